"""How the portfolio is spread and what it risks: the figures of its diversification report, the most telling first."""

from collections.abc import Iterable, Iterator, Mapping

from agent.ask.toolset.portfolio_desk import PortfolioDesk
from agent.briefing.drafts.structure import fall_drafts, shock_draft, spread_drafts
from agent.briefing.facts.asset import asset_key
from agent.briefing.facts.portfolio import portfolio_key
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Fact

MOST_TOLD = 13
_SECTION = SectionKey.PORTFOLIO
_RISK_SHARES = 3


def diversification(desk: PortfolioDesk, _window: str | None) -> Iterator[Draft]:
    """How well the holdings are spread, and how alike they move."""
    with_market = not desk.unpriced
    found = desk.measured(with_market=with_market)
    missing = [found.portfolio.volatility_90d, found.correlation_under_stress.average]
    desk.note_missing([*missing, *([found.correlation_to_market_90d] if with_market else [])])
    yield from most_telling(desk.facts, _spread(desk))


def risk(desk: PortfolioDesk, _window: str | None) -> Iterator[Draft]:
    """Who carries the risk, what a bad day costs, and how the portfolio fell."""
    found = desk.measured()
    missing = [
        found.portfolio.volatility_90d,
        found.portfolio.maximum_drawdown_365d,
        found.value_at_risk_1d_pct,
        found.bitcoin_shock.change_pct,
    ]
    desk.note_missing(missing)
    yield from most_telling(desk.facts, _losses(desk))


def most_telling(facts: Mapping[str, Fact], drafts: Iterable[Draft], most: int = MOST_TOLD) -> list[Draft]:
    """The first of the drafts whose facts are there."""
    return [draft for draft in drafts if all(key in facts for key in draft.keys)][:most]


def concentration_draft() -> Draft:
    """How concentrated the holdings are by weight."""
    keys = (portfolio_key("holding_count"), portfolio_key("effective_number"), portfolio_key("hhi"))
    return Draft("concentration", ClaimKind.DIVERSIFICATION, _SECTION, keys, 0.8)


def _spread(desk: PortfolioDesk) -> Iterator[Draft]:
    key = portfolio_key
    if len(desk.held) > 1:
        yield concentration_draft()
    yield _ratio(0.85)
    yield Draft("average_correlation", ClaimKind.CORRELATION, _SECTION, (key("average_correlation_90d"),), 0.75)
    yield Draft("figure", ClaimKind.DIVERSIFICATION, _SECTION, (key("independent_bets"),), 0.7)
    yield _bitcoin_link(0.65)
    yield from spread_drafts(0.5)
    for name in ("top_share_3", "top_share_5"):
        yield Draft("figure", ClaimKind.DIVERSIFICATION, _SECTION, (key(name),), 0.4)


def _losses(desk: PortfolioDesk) -> Iterator[Draft]:
    key = portfolio_key
    losses = (key("value_at_risk"), key("value_at_risk_usd"))
    yield Draft("value_at_risk", ClaimKind.LEVEL, _SECTION, losses, 0.9)
    yield from _risk_shares(desk)
    yield shock_draft(0.7)
    yield from fall_drafts(0.65)
    yield _ratio(0.6)
    if key("deepest_fall") not in desk.facts:  # which says it with its days
        yield Draft("max_drawdown", ClaimKind.LEVEL, _SECTION, (key("maximum_drawdown_365d"),), 0.55)
    yield Draft("sharpe", ClaimKind.LEVEL, _SECTION, (key("sharpe_365d"),), 0.5)
    yield _bitcoin_link(0.45)


def _risk_shares(desk: PortfolioDesk) -> Iterator[Draft]:
    """The three holdings that carry most of the risk, where there are several."""
    facts = desk.facts
    keys = [asset_key(asset_id, "risk_share") for asset_id in desk.held]
    known = sorted((key for key in keys if key in facts), key=lambda key: -(facts[key].value or 0))
    for key in known[:_RISK_SHARES]:
        pair = (key, f"{facts[key].subject}/weight")
        yield Draft("risk_against_weight", ClaimKind.DIVERSIFICATION, _SECTION, pair, 0.8)


def _ratio(salience: float) -> Draft:
    keys = tuple(portfolio_key(name) for name in ("volatility_90d", "weighted_volatility_90d", "diversification_ratio"))
    return Draft("diversification", ClaimKind.DIVERSIFICATION, _SECTION, keys, salience)


def _bitcoin_link(salience: float) -> Draft:
    keys = (portfolio_key("correlation"), portfolio_key("beta"))
    return Draft("bitcoin_link", ClaimKind.CORRELATION, _SECTION, keys, salience)
