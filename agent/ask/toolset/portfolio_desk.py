"""The reader's portfolio at a question: its snapshot, and the facts that views of it have drafted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from agent.analytics.diversification_report import DiversificationReport
from agent.analytics.figure import Figure
from agent.analytics.report import PortfolioReport
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.portfolio_snapshot import market_coins
from agent.briefing.facts.holding import add_holding_facts
from agent.briefing.facts.portfolio import add_portfolio_facts, measure_portfolio, portfolio_key
from agent.briefing.facts.risk import add_risk_facts
from agent.briefing.facts.spread import add_market_links, add_spread_facts, measure_spread
from agent.briefing.snapshot import Snapshot
from agent.briefing.tracing import bar_ref, derivation
from agent.claims.fact import Fact, Metric, Unit
from agent.claims.naming import subject_of

_MOST_NAMED = 5


@dataclass(frozen=True)
class PortfolioDesk:
    """The portfolio with its measured report; `sector` is asked about, `notes` say what could not be known."""

    ledger: Ledger
    snapshot: Snapshot
    sector: str | None = None
    notes: list[str] = field(default_factory=list)

    @cached_property
    def report(self) -> PortfolioReport:
        """The figures of a briefing."""
        report = measure_portfolio(self.snapshot)
        assert report is not None  # noqa: S101 - something is held, or there would be no snapshot
        return report

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The sealed facts of the portfolio and its holdings, by draft key, with all that was drafted since."""
        book = self.ledger.book
        if portfolio_key("holding_count") not in book:
            for holding in self.snapshot.holdings:
                self._add_close(holding.asset_id)
            add_portfolio_facts(book, self.snapshot, self.report)
            add_holding_facts(book, self.snapshot, self.report)
        return self.ledger.seal()

    def measured(self, *, with_market: bool = False) -> DiversificationReport:
        """Draft the facts of risk and spread; those of the average coin need the market to be read."""
        coins, rows = market_coins(self.ledger.read) if with_market else (None, None)
        found = measure_spread(self.snapshot, coins)
        assert found is not None  # noqa: S101 - something is held, or there would be no snapshot
        self.facts  # noqa: B018 - these rest on the portfolio's own facts
        add_risk_facts(self.ledger.book, self.snapshot, found.portfolio)
        add_spread_facts(self.ledger.book, self.snapshot, found)
        if rows is not None:
            add_market_links(self.ledger.book, self.snapshot, found, rows)
        return found

    def note_missing(self, figures: Iterable[Figure]) -> None:
        """Say once why figures have no value."""
        reasons = dict.fromkeys(f"not known: {figure.reason}" for figure in figures if figure.reason)
        self.notes.extend(reason for reason in reasons if reason not in self.notes)

    def names(self, asset_ids: Sequence[int]) -> str:
        """What assets are called, by commas; of many the first, and how many more there are."""
        found = self.ledger.read.entities(map(subject_of, asset_ids))
        named = ", ".join(entity.name for entity in list(found.values())[:_MOST_NAMED])
        more = len(found) - _MOST_NAMED
        return f"{named} and {more} more" if more > 0 else named

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
        facts = self.facts
        keys = [f"{subject_of(key)}/{what}" for key in self.held]
        first = [key for key in keys if key in facts and facts[key].rank == 1]
        for key in first:
            rivals = [other for other in first if facts[other].rank_from_bottom == facts[key].rank_from_bottom]
            if len(rivals) == 1 and facts[key].universe_size != 1:
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
