"""The reader's portfolio from one side, and what it would be after a change of what is held."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from agent.analytics.report import PortfolioReport
from agent.ask.arguments import AskMetric, Portfolio
from agent.ask.toolset.catalogue import measured
from agent.ask.toolset.figures import asset_figure
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.portfolio_risk import risk_drafts, spread_drafts
from agent.ask.toolset.portfolio_snapshot import portfolio_snapshot
from agent.ask.toolset.portfolio_stress import stress
from agent.ask.toolset.portfolio_weights import weights
from agent.ask.toolset.price_state import price_gaps
from agent.ask.toolset.result import Finding
from agent.briefing.facts_holding import add_holding_facts
from agent.briefing.facts_portfolio import add_change_since, add_portfolio_facts, measure_portfolio, portfolio_key
from agent.briefing.snapshot import Snapshot
from agent.briefing.tracing import bar_ref, derivation
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Fact, Metric, Unit
from agent.claims.figures import direction
from agent.claims.naming import subject_of

_SECTION = SectionKey.PORTFOLIO
_GAPS_TOLD = 5


def portfolio(ledger: Ledger, wish: Portfolio) -> Finding:
    """The portfolio's value, its holdings, its changes, how it is spread, or what may be lost."""
    if wish.view in _APART:
        return _APART[wish.view](ledger, wish)
    desk = _Desk(ledger, portfolio_snapshot(ledger.read))
    drafts = list(_VIEWS[wish.view](desk, wish.window))
    for asset_id in desk.unpriced[:_GAPS_TOLD]:
        drafts += price_gaps(ledger, asset_id)
    names = [entity.name for entity in ledger.read.entities(map(subject_of, desk.unpriced)).values()]
    notes = (f"without a price of the day: {', '.join(names)}",) if names else ()
    count = len(desk.snapshot.holdings)
    plural = "" if count == 1 else "s"
    return Finding(ledger.claims(drafts), ledger.read.as_of, count, f"your {count} holding{plural}", notes=notes)


@dataclass(frozen=True)
class _Desk:
    """The portfolio with its measured report."""

    ledger: Ledger
    snapshot: Snapshot

    @cached_property
    def report(self) -> PortfolioReport:
        """The figures of a briefing; drafts the facts of the portfolio as a whole."""
        report = measure_portfolio(self.snapshot)
        assert report is not None  # noqa: S101 - something is held, or there would be no snapshot
        return report

    @cached_property
    def facts(self) -> Mapping[str, Fact]:
        """The sealed facts of the portfolio and its holdings, by draft key."""
        book = self.ledger.book
        if portfolio_key("holding_count") not in book:
            for holding in self.snapshot.holdings:
                self._add_close(holding.asset_id)
            add_portfolio_facts(book, self.snapshot, self.report)
            add_holding_facts(book, self.snapshot, self.report)
        return self.ledger.seal()

    @property
    def held(self) -> list[int]:
        """The holdings, the largest first; those without a price last."""
        weights = {
            item.asset_id: self.facts.get(f"{subject_of(item.asset_id)}/weight") for item in self.snapshot.holdings
        }
        sized = {key: 0.0 if fact is None or fact.value is None else float(fact.value) for key, fact in weights.items()}
        return sorted(sized, key=lambda key: -sized[key])

    @property
    def unpriced(self) -> list[int]:
        """The holdings without a close of the day."""
        return [self.snapshot.holdings[place].asset_id for place in self.report.unpriced]

    def first_alone(self, what: str) -> Iterator[str]:
        """The holdings in first place from the top and from the bottom that share it with no other."""
        keys = [f"{subject_of(key)}/{what}" for key in self.held]
        first = [key for key in keys if key in self.facts and self.facts[key].rank == 1]
        for key in first:
            rivals = [
                other for other in first if self.facts[other].rank_from_bottom == self.facts[key].rank_from_bottom
            ]
            if len(rivals) == 1 and self.facts[key].universe_size != 1:
                yield key

    def _add_close(self, asset_id: int) -> None:
        prices = self.snapshot.prices
        column = prices.column(asset_id)
        if column is None or not prices.close[-1, column] > 0:
            return
        origin = derivation("close", "the close of the day's bar", bar_ref(self.snapshot, asset_id, -1))
        self.ledger.book.add(
            f"{subject_of(asset_id)}/close",
            subject_of(asset_id),
            Metric.CLOSE,
            Unit.USD,
            float(prices.close[-1, column]),
            origin,
            source=self.snapshot.price_source(asset_id),
        )


def _overview(desk: _Desk, window: str | None) -> Iterator[Draft]:
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
        yield _concentration()
    yield from _changes_of_value(desk, window, ())


def _value(desk: _Desk) -> Iterator[Draft]:
    change, money, worth = (portfolio_key(name) for name in ("change_1d", "value_change_1d", "value"))
    facts = desk.facts
    worded = change in facts and money in facts and (direction(facts[change]) == 0 or direction(facts[money]) != 0)
    if worded:
        yield Draft("value_change", ClaimKind.CHANGE, _SECTION, (change, money, worth), 1.0)
    else:
        yield Draft("value", ClaimKind.LEVEL, _SECTION, (worth,), 1.0)


def _holdings(desk: _Desk, _window: str | None) -> Iterator[Draft]:
    yield Draft("value", ClaimKind.LEVEL, _SECTION, (portfolio_key("value"),), 0.9)
    for place, asset_id in enumerate(desk.held):
        subject, salience = subject_of(asset_id), 0.8 - place / 100
        yield Draft("weight", ClaimKind.LEVEL, _SECTION, (f"{subject}/weight",), salience)
        yield Draft("figure", ClaimKind.LEVEL, _SECTION, (f"{subject}/value",), salience - 0.1)


def _changes(desk: _Desk, window: str | None) -> Iterator[Draft]:
    if window in (None, "1d"):
        yield from _value(desk)
    yield from _changes_of_value(desk, window, ("7d", "30d"))
    for place, asset_id in enumerate(desk.held):
        key = _asset_change(desk, asset_id, window or "1d")
        yield Draft("change", ClaimKind.CHANGE, _SECTION, (key,), 0.7 - place / 100)
    for name in desk.first_alone("contribution") if window in (None, "1d") else ():
        if direction(desk.facts[name]):
            yield Draft("contribution", ClaimKind.RANK, _SECTION, (name,), 0.75)


def _changes_of_value(desk: _Desk, window: str | None, usual: tuple[str, ...]) -> Iterator[Draft]:
    """The changes of what is held now over windows longer than a day."""
    for each in (window,) if window not in (None, "1d") else usual:
        days = int(str(each).removesuffix("d"))
        desk.facts  # noqa: B018 - the day's own facts are drafted first
        if portfolio_key(f"change_{each}") not in desk.ledger.book:
            add_change_since(desk.ledger.book, desk.snapshot, -1 - days, str(each), str(each))
        yield Draft("change", ClaimKind.CHANGE, _SECTION, (portfolio_key(f"change_{each}"),), 0.85)


def _asset_change(desk: _Desk, asset_id: int, window: str) -> str:
    """The key of an asset's change; an empty one, of which no claim is made, where it is not known."""
    vector = asset_figure(desk.ledger.read, measured(AskMetric.CHANGE, window), asset_id)
    return vector.draft(desk.ledger, asset_id) or ""


def _concentration() -> Draft:
    keys = (portfolio_key("holding_count"), portfolio_key("effective_number"), portfolio_key("hhi"))
    return Draft("concentration", ClaimKind.DIVERSIFICATION, _SECTION, keys, 0.8)


def _diversification(desk: _Desk, _window: str | None) -> Iterator[Draft]:
    key = portfolio_key
    if desk.facts and len(desk.held) > 1:
        yield _concentration()
    spread = (key("volatility_90d"), key("weighted_volatility_90d"), key("diversification_ratio"))
    yield Draft("diversification", ClaimKind.DIVERSIFICATION, _SECTION, spread, 0.85)
    yield Draft("average_correlation", ClaimKind.CORRELATION, _SECTION, (key("average_correlation_90d"),), 0.75)
    yield from spread_drafts(desk.ledger, desk.snapshot)
    yield Draft("bitcoin_link", ClaimKind.CORRELATION, _SECTION, (key("correlation"), key("beta")), 0.6)
    for name in desk.first_alone("weight"):
        yield Draft("largest_holding", ClaimKind.RANK, _SECTION, (name,), 0.6)


def _risk(desk: _Desk, _window: str | None) -> Iterator[Draft]:
    key = portfolio_key
    yield from risk_drafts(desk.ledger, desk.snapshot, desk.facts)
    spread = (key("volatility_90d"), key("weighted_volatility_90d"), key("diversification_ratio"))
    yield Draft("diversification", ClaimKind.DIVERSIFICATION, _SECTION, spread, 0.75)
    yield Draft("max_drawdown", ClaimKind.LEVEL, _SECTION, (key("maximum_drawdown_365d"),), 0.7)
    yield Draft("sharpe", ClaimKind.LEVEL, _SECTION, (key("sharpe_365d"),), 0.5)
    yield Draft("bitcoin_link", ClaimKind.CORRELATION, _SECTION, (key("correlation"), key("beta")), 0.6)


_APART: Mapping[str, Callable[[Ledger, Portfolio], Finding]] = {"weights": weights, "stress": stress}
_VIEWS: Mapping[str, Callable[[_Desk, str | None], Iterator[Draft]]] = {
    "overview": _overview,
    "holdings": _holdings,
    "changes": _changes,
    "diversification": _diversification,
    "risk": _risk,
}
