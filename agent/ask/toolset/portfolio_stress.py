"""The portfolio's weights of today on days that were, and in a fall of Bitcoin that is assumed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from agent.analytics.figure import Figure
from agent.ask.arguments import Portfolio
from agent.ask.toolset.figures import require_held
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.market_read import Closes, MarketRead
from agent.ask.toolset.portfolio_desk import PortfolioDesk
from agent.ask.toolset.portfolio_snapshot import portfolio_snapshot
from agent.ask.toolset.result import Finding
from agent.ask.toolset.rows import amount_refs, bar_range, close_ref
from agent.briefing.drafts.structure import shock_draft
from agent.briefing.facts.risk import add_risk_facts
from agent.briefing.remembered import name_of
from agent.briefing.tracing import derivation
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Derivation, Metric, RowRange, RowRef, Unit
from agent.claims.figures import day_text, direction
from agent.claims.naming import subject_of
from agent.measuring.stress import Bitcoin, StressAnalysis, StressDay, stress_analysis
from agent.store.panel import load_panel

DAYS_TOLD = 6
WHOLE = 0.9995  # what is shown as 100.0%
_SEEN = 0.0005  # what is shown as more than 0.0%
_SECTION = SectionKey.PORTFOLIO
_SHARES = "today's weights, each close x amount over the sum of all"


def stress(ledger: Ledger, wish: Portfolio) -> Finding:
    """What past days would have made of the portfolio, the day that is asked for first, then the worst.

    Raises NothingHeld, and WrongArgument for a day that is not in the stored history.
    """
    require_held(ledger.read)
    asked = () if wish.day is None else (wish.day,)
    found = stress_analysis(ledger.read.store, ledger.read.wanted, days=asked)
    desk = _Desk(ledger, found)
    days = _told(found, wish.day)
    drafts = [draft for place, day in enumerate(days) for draft in desk.day(day, 0.95 - place / 100)]
    drafts.append(_shock(ledger))
    notes = tuple(dict.fromkeys(_notes(found, days, wish.day)))
    universe = f"day{'' if len(days) == 1 else 's'} of the stored history"
    return Finding(ledger.claims(drafts), found.as_of, len(days), universe, notes=notes)


def _told(found: StressAnalysis, asked: date | None) -> list[StressDay]:
    """The day that was asked for, then those on which the portfolio would have lost most."""
    known = [day for day in found.days if day.change_usd.value is not None and day.bitcoin_pct.value is not None]
    return sorted(known, key=lambda day: (day.day != asked, day.change_usd.value))[:DAYS_TOLD]


def _notes(found: StressAnalysis, told: list[StressDay], asked: date | None) -> Iterator[str]:
    if found.value_usd.value is None:
        yield f"not known: {found.value_usd.reason}"
    for day in found.days:
        if day.day == asked and day not in told:
            yield f"not known of {day_text(day.day)}: {day.change_pct.reason or day.bitcoin_pct.reason}"
    if found.bitcoin is None:
        yield "not known: no price of Bitcoin is stored"
    names = dict.fromkeys(name for day in told for name in day.uncovered)
    if names:
        yield f"without a price on some of these days: {', '.join(names)}"


@dataclass(frozen=True)
class _Desk:
    """Drafts the facts of one analysis."""

    ledger: Ledger
    found: StressAnalysis

    @property
    def subject(self) -> str:
        """The portfolio."""
        return f"portfolio:{self.ledger.read.held.portfolio_id}"

    @cached_property
    def weighed(self) -> tuple[RowRef, ...]:
        """What today's weights are from: the amounts, and the closes of today."""
        read = self.ledger.read
        today = _closes(read, self.sources, self.found.as_of)
        prices = (close_ref(part, column, -1) for part in today for column in range(len(part.asset_ids)))
        return (*amount_refs(read.held.portfolio_id, read.held.holdings), *prices)

    @cached_property
    def sources(self) -> Mapping[int, str]:
        """Where the prices of each holding are from."""
        return {item.asset_id: item.price_source for item in self.found.holdings}

    def day(self, day: StressDay, salience: float) -> Iterator[Draft]:
        """One past day: of the whole portfolio, or of the part that had a price."""
        bitcoin, share = self.found.bitcoin, day.covered_share.value or 0.0
        if bitcoin is None or share < _SEEN:
            return
        then = _ranges(_closes(self.ledger.read, self.sources, day.day, 2), 2)
        moved, change = self._bitcoin(bitcoin, day), self._change(day, Unit.PCT, day.change_pct, then)
        if share < WHOLE:
            origin = derivation(Metric.STRESS_SHARE, f"{_SHARES}; of those with a price, x 100", *self.weighed, *then)
            part = self._add(day, Metric.STRESS_SHARE, Unit.PCT, share * 100, origin)
            yield Draft("stress_day_part", ClaimKind.WHAT_IF, _SECTION, (part, change, moved), salience)
            return
        money = self._change(day, Unit.USD, day.change_usd, then)
        # no "lost 3.1%, or $0.00"
        if not direction(self.ledger.fact(change)) or direction(self.ledger.fact(money)):
            yield Draft("stress_day", ClaimKind.WHAT_IF, _SECTION, (change, money, moved), salience)

    def _change(self, day: StressDay, unit: Unit, figure: Figure, then: list[RowRange]) -> str:
        scale = "x 100" if unit is Unit.PCT else "x value"
        formula = f"{_SHARES}; sum of weight x change on the past day over the holdings with a price, {scale}"
        origin = derivation(Metric.STRESS_CHANGE, formula, *self.weighed, *then)
        label = name_of(day.day, self.found.source)
        return self._add(day, Metric.STRESS_CHANGE, unit, figure.value, origin, label=label)

    def _add(
        self, day: StressDay, metric: Metric, unit: Unit, value: float | None, origin: Derivation, **details: object
    ) -> str:
        own = {"as_of": self.found.as_of, "start": day.day, **details}
        return self.ledger.add(self.subject, metric, unit, value, origin, **own)

    def _bitcoin(self, bitcoin: Bitcoin, day: StressDay) -> str:
        (closes,) = _closes(self.ledger.read, {bitcoin.asset_id: bitcoin.price_source}, day.day, 2)
        refs = (close_ref(closes, 0, -1), close_ref(closes, 0, -2))
        origin = derivation(Metric.CHANGE, "(close / close of the day before - 1) x 100", *refs)
        return self.ledger.add(
            subject_of(bitcoin.asset_id),
            Metric.CHANGE,
            Unit.PCT,
            day.bitcoin_pct.value,
            origin,
            as_of=day.day,
            window="1d",
            start=day.day - timedelta(days=1),
            source=bitcoin.price_source,
        )


def _shock(ledger: Ledger) -> Draft:
    """The assumed fall of Bitcoin, by the facts that the view of risk tells too."""
    desk = PortfolioDesk(ledger, portfolio_snapshot(ledger.read))
    if desk.facts:  # those of risk rest on the portfolio's own
        add_risk_facts(ledger.book, desk.snapshot, desk.report)
    return shock_draft(0.7)


def _closes(read: MarketRead, sources: Mapping[int, str], day: date, days: int = 1) -> tuple[Closes, ...]:
    """The closes of assets up to a day, each from its own source."""
    with read.store.reader() as session:
        found = []
        for source in dict.fromkeys(sources.values()):
            ids = [asset_id for asset_id, own in sources.items() if own == source]
            panel = load_panel(session, source, day - timedelta(days=days - 1), day, ("close",), ids)
            found.append(Closes(source, day, panel.asset_ids, panel.values["close"]))
    return tuple(found)


def _ranges(parts: tuple[Closes, ...], days: int) -> list[RowRange]:
    return [bar_range(part, column, days) for part in parts for column in range(len(part.asset_ids))]
