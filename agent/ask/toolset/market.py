"""The market as a whole: how many coins rose, the median, Bitcoin, and what sources report of everything."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from agent.analytics import returns
from agent.analytics.bars import Floats
from agent.ask.arguments import AskMetric, Filter, Market, Screen
from agent.ask.toolset import ranking
from agent.ask.toolset.breadth import BREADTH_DAYS, breadth_drafts
from agent.ask.toolset.catalogue import measured
from agent.ask.toolset.figures import asset_figure, universe_vector
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.result import Finding
from agent.ask.toolset.rows import cross_section, metric_ref
from agent.briefing.facts.market import fear_greed_class
from agent.briefing.gather import MARKET_DAYS
from agent.briefing.gather_market import CHANGE_DAYS
from agent.briefing.tracing import derivation
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import MARKET, Metric, State, Unit
from agent.store.metrics import MetricRow, metric_history

FLAT_PCT = 0.05  # what is shown as 0.0%
_SECTION = SectionKey.MARKET
_MOOD = "sentiment.fear_greed_index"
MOST_CLAIMS = 20
_REPORTED = (
    ("total_market_cap", Metric.TOTAL_MARKET_CAP, "market.total_market_cap_usd", Unit.USD, 0.65),
    ("figure", Metric.STABLECOIN_SUPPLY, "stablecoin.supply_usd", Unit.USD, 0.6),
    ("figure", Metric.TOTAL_VALUE_LOCKED, "defi.total_tvl_usd", Unit.USD, 0.59),
    ("high_grade_share", Metric.HIGH_GRADE_SHARE, "market.high_grade_share_pct", Unit.PCT, 0.56),
)


def market(ledger: Ledger, wish: Market) -> Finding:
    """Breadth and median of the last day, or over a window the share of coins that rose, and what else is known of all.

    The most telling claims come first, and no more than `MOST_CLAIMS` are made.
    """
    read = ledger.read
    read.market(read.market_day, BREADTH_DAYS)  # once for all that looks back
    if wish.window in (None, "1d"):
        vector = universe_vector(read, AskMetric.CHANGE, "1d", "tracked")
        changes = vector.values[np.isfinite(vector.values)]
        first, rows = ledger.claims(_breadth(ledger, changes)), len(changes)
    else:
        rise = Filter(metric=AskMetric.CHANGE, window=wish.window, side="above", bound=0.0)
        found = ranking.screen(ledger, Screen(filters=(rise,), count=1))
        first, rows = found.claims[:1], found.rows  # how many rose; which of them is a question for a rank
    drafts = [*_bitcoin(ledger, wish), *_mood(ledger), *breadth_drafts(ledger), *_dominance(ledger), *_reported(ledger)]
    more = ledger.claims(sorted(drafts, key=lambda draft: -draft.salience))
    unknown = len(read.tracked) - rows
    notes = (f"the change of {unknown:,} more of them is not known",) if unknown else ()
    claims = (*first, *more)[:MOST_CLAIMS]
    return Finding(claims, read.market_day, rows, ranking.universe_text("tracked", rows), notes=notes)


def _breadth(ledger: Ledger, changes: Floats) -> Iterator[Draft]:
    """How many rose, fell and stood still, and the median change."""
    if not len(changes):
        return
    read = ledger.read
    counted = returns.breadth(changes, flat=FLAT_PCT)
    closes = read.market(read.market_day, 2)
    inputs = tuple(cross_section(closes, row) for row in (-1, -2))
    size = {
        "universe": "tracked",
        "universe_size": len(changes),
        "window": "1d",
        "start": read.market_day - timedelta(days=1),
        "as_of": read.market_day,
    }
    keys = tuple(
        ledger.add(
            MARKET,
            metric,
            Unit.COUNT,
            Decimal(value),
            derivation("count", f"coins whose 1-day change counts as {metric}; below 0.05 % is unchanged", *inputs),
            **size,
        )
        for metric, value in (
            (Metric.RISERS, counted.risers),
            (Metric.FALLERS, counted.fallers),
            (Metric.UNCHANGED, counted.unchanged),
        )
    )
    origin = derivation("median", "median of the 1-day changes in per cent", *inputs)
    median = ledger.add(MARKET, Metric.MEDIAN_CHANGE, Unit.PCT, returns.median_change(changes), origin, **size)
    yield Draft("breadth", ClaimKind.COUNT, _SECTION, keys, 1.0)
    yield Draft("median", ClaimKind.CHANGE, _SECTION, (median,), 0.8)


def _bitcoin(ledger: Ledger, wish: Market) -> Iterator[Draft]:
    read = ledger.read
    if read.bitcoin is None:
        return
    window = wish.window or "1d"
    change = asset_figure(read, measured(AskMetric.CHANGE, window), read.bitcoin).draft(ledger, read.bitcoin)
    close = asset_figure(read, measured(AskMetric.PRICE, None), read.bitcoin).draft(ledger, read.bitcoin)
    if window == "1d":
        yield Draft("change_to_close", ClaimKind.CHANGE, _SECTION, (change or "", close or ""), 0.9)
    else:
        yield Draft("change", ClaimKind.CHANGE, _SECTION, (change or "",), 0.9)


def _mood(ledger: Ledger) -> Iterator[Draft]:
    """The fear and greed index of the open day or the last one before, with that of the day before it."""
    found = _last(ledger, _MOOD, ledger.read.wanted.first_open_day)
    if found is None:
        return
    keys = []
    for row, source in (found, _on(ledger, _MOOD, found[1], found[0].day - timedelta(days=1))):
        if row is not None:
            keys.append(_draft(ledger, Metric.FEAR_GREED, Unit.SCORE, row, source))
    template = ("fear_greed", ClaimKind.LEVEL) if len(keys) == 1 else ("fear_greed_change", ClaimKind.CHANGE)
    yield Draft(*template, _SECTION, tuple(keys), 0.7)


def _dominance(ledger: Ledger) -> Iterator[Draft]:
    """Bitcoin's share of the total market value."""
    read = ledger.read
    if read.bitcoin is not None:
        key = asset_figure(read, measured(AskMetric.DOMINANCE, None), read.bitcoin).draft(ledger, read.bitcoin)
        yield Draft("figure", ClaimKind.LEVEL, _SECTION, (key or "",), 0.62)


def _reported(ledger: Ledger) -> Iterator[Draft]:
    """What sources report of the whole market, beside the same of thirty days before where that is stored."""
    for template, metric, name, unit, salience in _REPORTED:
        found = _last(ledger, name, ledger.read.market_day)
        if found is None:
            continue
        row, source = found
        before, _ = _on(ledger, name, source, row.day - timedelta(days=CHANGE_DAYS))
        key = _draft(ledger, metric, unit, row, source)
        if before is None or unit is not Unit.USD:
            yield Draft(template, ClaimKind.LEVEL, _SECTION, (key,), salience)
        else:
            earlier = _draft(ledger, metric, unit, before, source, due=before.day)
            yield Draft("figure_change", ClaimKind.CHANGE, _SECTION, (earlier, key), salience)


def _last(ledger: Ledger, name: str, until: date) -> tuple[MetricRow, str] | None:
    """The latest figure of this name and its source, none older than a briefing would take; of equals the first."""
    read, found = ledger.read, list[tuple[MetricRow, str]]()
    with read.store.reader() as session:
        for source in read.sources:
            rows = metric_history(session, source, name, None, until - timedelta(days=MARKET_DAYS), until)
            found += [(rows[-1], source)] if rows else []
    return max(found, key=lambda item: item[0].day, default=None)


def _on(ledger: Ledger, name: str, source: str, day: date) -> tuple[MetricRow | None, str]:
    with ledger.read.store.reader() as session:
        rows = metric_history(session, source, name, None, day, day)
    return (rows[0] if rows else None), source


def _draft(ledger: Ledger, metric: Metric, unit: Unit, row: MetricRow, source: str, *, due: date | None = None) -> str:
    """Draft a reported figure; one that is older than the day it was due on is late."""
    reference = metric_ref(source, row.name, 0, row.day, row.value)
    origin = derivation("reported", f"as {source} reported it", reference)
    late = ((due or ledger.read.market_day) - row.day).days > 1
    return ledger.add(
        MARKET,
        metric,
        unit,
        row.value,
        origin,
        as_of=row.day,
        source=source,
        fetched_at=row.fetched_at,
        state=State.STALE if late else State.FRESH,
        label=fear_greed_class(row.value) if metric is Metric.FEAR_GREED else None,
    )
