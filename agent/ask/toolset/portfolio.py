"""The reader's portfolio from one side: its value, its holdings, its changes, and the views of other files."""

from collections.abc import Callable, Iterator, Mapping

from agent.ask.arguments import AskMetric, Portfolio
from agent.ask.toolset.catalogue import measured
from agent.ask.toolset.figures import asset_figure
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.portfolio_desk import PortfolioDesk
from agent.ask.toolset.portfolio_exposure import NO_TARGETS, exposure, targets
from agent.ask.toolset.portfolio_risk import concentration_draft, diversification, risk
from agent.ask.toolset.portfolio_snapshot import portfolio_snapshot
from agent.ask.toolset.portfolio_stress import stress
from agent.ask.toolset.portfolio_weights import weights
from agent.ask.toolset.price_state import price_gaps
from agent.ask.toolset.result import Finding
from agent.briefing.facts.portfolio import add_change_since, portfolio_key
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.figures import direction
from agent.claims.naming import subject_of

_SECTION = SectionKey.PORTFOLIO
_GAPS_TOLD = 5


def portfolio(ledger: Ledger, wish: Portfolio) -> Finding:
    """The portfolio from the side that is wished for; raises NothingHeld."""
    if wish.view in _APART:
        return _APART[wish.view](ledger, wish)
    desk = PortfolioDesk(ledger, portfolio_snapshot(ledger.read), wish.sector)
    if wish.view == "targets" and not desk.snapshot.targets:
        return Finding(as_of=ledger.read.as_of, notes=(NO_TARGETS,))
    drafts = list(_VIEWS[wish.view](desk, wish.window))
    for asset_id in desk.unpriced[:_GAPS_TOLD]:
        drafts += price_gaps(ledger, asset_id)
    names = desk.names(desk.unpriced)
    notes = (*((f"without a price of the day: {names}",) if names else ()), *desk.notes)
    count = len(desk.snapshot.holdings)
    plural = "" if count == 1 else "s"
    return Finding(ledger.claims(drafts), ledger.read.as_of, count, f"your {count} holding{plural}", notes=notes)


def _overview(desk: PortfolioDesk, window: str | None) -> Iterator[Draft]:
    yield from _value(desk)
    if desk.snapshot.bitcoin is not None:
        bitcoin = _asset_change(desk, desk.snapshot.bitcoin, "1d")
        yield Draft("versus", ClaimKind.COMPARISON, _SECTION, (portfolio_key("change_1d"), bitcoin), 0.7)
    for name in desk.first_alone("contribution"):
        if direction(desk.facts[name]):
            yield Draft("contribution", ClaimKind.RANK, _SECTION, (name,), 0.75)
    for name in desk.first_alone("weight"):
        yield Draft("largest_holding", ClaimKind.RANK, _SECTION, (name,), 0.6)
    if len(desk.held) > 1:
        yield concentration_draft()
    yield from _changes_of_value(desk, window, ())


def _value(desk: PortfolioDesk) -> Iterator[Draft]:
    change, money, worth = (portfolio_key(name) for name in ("change_1d", "value_change_1d", "value"))
    facts = desk.facts
    worded = change in facts and money in facts and (direction(facts[change]) == 0 or direction(facts[money]) != 0)
    if worded:
        yield Draft("value_change", ClaimKind.CHANGE, _SECTION, (change, money, worth), 1.0)
    else:
        yield Draft("value", ClaimKind.LEVEL, _SECTION, (worth,), 1.0)


def _holdings(desk: PortfolioDesk, _window: str | None) -> Iterator[Draft]:
    yield Draft("value", ClaimKind.LEVEL, _SECTION, (portfolio_key("value"),), 0.9)
    for place, asset_id in enumerate(desk.held):
        subject, salience = subject_of(asset_id), 0.8 - place / 100
        yield Draft("weight", ClaimKind.LEVEL, _SECTION, (f"{subject}/weight",), salience)
        yield Draft("figure", ClaimKind.LEVEL, _SECTION, (f"{subject}/value",), salience - 0.1)


def _changes(desk: PortfolioDesk, window: str | None) -> Iterator[Draft]:
    if window in (None, "1d"):
        yield from _value(desk)
    yield from _changes_of_value(desk, window, ("7d", "30d"))
    for place, asset_id in enumerate(desk.held):
        key = _asset_change(desk, asset_id, window or "1d")
        yield Draft("change", ClaimKind.CHANGE, _SECTION, (key,), 0.7 - place / 100)
    for name in desk.first_alone("contribution") if window in (None, "1d") else ():
        if direction(desk.facts[name]):
            yield Draft("contribution", ClaimKind.RANK, _SECTION, (name,), 0.75)


def _changes_of_value(desk: PortfolioDesk, window: str | None, usual: tuple[str, ...]) -> Iterator[Draft]:
    """The changes of what is held now over windows longer than a day."""
    for each in (window,) if window not in (None, "1d") else usual:
        days = int(str(each).removesuffix("d"))
        desk.facts  # noqa: B018 - the day's own facts are drafted first
        if portfolio_key(f"change_{each}") not in desk.ledger.book:
            add_change_since(desk.ledger.book, desk.snapshot, -1 - days, str(each), str(each))
        yield Draft("change", ClaimKind.CHANGE, _SECTION, (portfolio_key(f"change_{each}"),), 0.85)


def _asset_change(desk: PortfolioDesk, asset_id: int, window: str) -> str:
    """The key of an asset's change; an empty one, of which no claim is made, where it is not known."""
    vector = asset_figure(desk.ledger.read, measured(AskMetric.CHANGE, window), asset_id)
    return vector.draft(desk.ledger, asset_id) or ""


_APART: Mapping[str, Callable[[Ledger, Portfolio], Finding]] = {"weights": weights, "stress": stress}
_VIEWS: Mapping[str, Callable[[PortfolioDesk, str | None], Iterator[Draft]]] = {
    "overview": _overview,
    "holdings": _holdings,
    "changes": _changes,
    "diversification": diversification,
    "risk": risk,
    "exposure": exposure,
    "targets": targets,
}
