"""How a metric of an asset went between two days; a day without a value is named and never stood in for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from agent.ask.arguments import AskMetric, History
from agent.ask.tools import Candidate
from agent.ask.toolset.assets import require_past
from agent.ask.toolset.catalogue import Measured, Origin, measured
from agent.ask.toolset.figures import asset_figure
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.market_read import Closes, MarketRead
from agent.ask.toolset.resolve import require
from agent.ask.toolset.result import Finding
from agent.ask.toolset.rows import bar_range, bar_ref
from agent.briefing.tracing import derivation
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Metric, Unit
from agent.claims.figures import day_text
from agent.claims.naming import subject_of
from agent.measuring.errors import WrongArgument

LONGEST_DAYS = 1100
_USUAL = "30d"
_SECTION = SectionKey.MARKET


@dataclass(frozen=True, slots=True)
class _Span:
    """Two days; `window` is the one that was asked for, None for days of the reader's own."""

    start: date
    end: date
    window: str | None

    @property
    def days(self) -> int:
        """How many days lie between them."""
        return (self.end - self.start).days


def history(ledger: Ledger, wish: History) -> Finding:
    """The metric on the two days and what happened between; of prices also the highest and the lowest close."""
    read = ledger.read
    found = require(read, wish.asset)
    if wish.metric is AskMetric.VOLATILITY and wish.window in ("30d", "90d"):
        return _over_window(ledger, wish.metric, wish.window, found)
    span = _span(read, wish)
    # a window that is asked for is the way back, but for metrics that have no window of their own to take it
    measure = measured(wish.metric, None)
    if measure.origin is Origin.HOLDINGS:
        raise WrongArgument("what is held is known as it is today only: ask for the history of the price")
    if wish.metric in (AskMetric.PRICE, AskMetric.CHANGE):
        return _prices(ledger, found.asset_id, span)
    return _figures(ledger, measure, found.asset_id, span)


def _over_window(ledger: Ledger, metric: AskMetric, window: str, found: Candidate) -> Finding:
    """A metric that is itself of a window, over that window: one figure."""
    measure = measured(metric, window)
    key = asset_figure(ledger.read, measure, found.asset_id).draft(ledger, found.asset_id)
    drafts = [] if key is None else [Draft("volatility", ClaimKind.LEVEL, _SECTION, (key,), 0.9)]
    notes = (f"the {measure.spoken} of {found.name} is not in the data",) if key is None else ()
    days = int(window.removesuffix("d"))
    return Finding(ledger.claims(drafts), ledger.read.as_of, days, "days", notes=notes, candidates=(found,))


def _span(read: MarketRead, wish: History) -> _Span:
    if wish.window is not None and (wish.start or wish.end):
        raise WrongArgument("give a window or two days, not both")
    if wish.end is not None and wish.start is None:
        raise WrongArgument("give the day from which on, too")
    end = require_past(read, wish.end) or read.as_of
    window = None if wish.start else wish.window or _USUAL
    start = wish.start or end - timedelta(days=int((window or _USUAL).removesuffix("d")))
    if start >= end:
        raise WrongArgument(f"the first day, {day_text(start)}, is not before {day_text(end)}")
    if (end - start).days > LONGEST_DAYS:
        raise WrongArgument(f"a history is of at most {LONGEST_DAYS:,} days, this would be of {(end - start).days:,}")
    return _Span(start, end, window)


def _prices(ledger: Ledger, asset_id: int, span: _Span) -> Finding:
    closes = ledger.read.several([asset_id], span.end, span.days + 1)[0]
    prices, subject = closes.close[:, 0], subject_of(asset_id)
    known = int(np.isfinite(prices).sum())
    missing = [day for day, value in ((span.start, prices[0]), (span.end, prices[-1])) if not np.isfinite(value)]
    drafts = list(_extremes(ledger, closes, span))
    if not missing:
        keys = [_close(ledger, closes, row) for row in (0, -1)]
        origin = derivation(
            "change_pct",
            f"(close / close of {span.start} - 1) x 100",
            bar_ref(closes.source, asset_id, span.end, prices[-1]),
            bar_ref(closes.source, asset_id, span.start, prices[0]),
        )
        details = {"as_of": span.end, "source": closes.source, "start": span.start, "window": span.window}
        value = float((prices[-1] / prices[0] - 1) * 100)
        change = ledger.add(subject, Metric.CHANGE, Unit.PCT, value, origin, **details)
        drafts.insert(0, Draft("change_between", ClaimKind.CHANGE, _SECTION, (*keys, change), 1.0))
    else:
        days = [_close(ledger, closes, row) for row in (0, -1) if np.isfinite(prices[row])]
        drafts += [Draft("close", ClaimKind.LEVEL, _SECTION, (key,), 0.6) for key in days]
    gaps = span.days + 1 - known
    notes = (
        *(f"there is no bar of {day_text(day)}" for day in missing),
        *((f"{gaps:,} of the {span.days + 1:,} days have no bar",) if gaps and known else ()),
    )
    return Finding(ledger.claims(drafts), span.end, known, "days of closes", notes=notes)


def _close(ledger: Ledger, closes: Closes, row: int) -> str:
    day, value = closes.day(row), float(closes.close[row, 0])
    asset_id = int(closes.asset_ids[0])
    origin = derivation("close", "the close of the day's bar", bar_ref(closes.source, asset_id, day, value))
    return ledger.add(subject_of(asset_id), Metric.CLOSE, Unit.USD, value, origin, as_of=day, source=closes.source)


def _extremes(ledger: Ledger, closes: Closes, span: _Span) -> Iterator[Draft]:
    """The highest and the lowest close of a window, the later day of two equal ones."""
    prices = closes.close[1:, 0]  # a window of 30 days ends with its 30th close
    # an extreme is told over a number of days up to the day of the answer
    window = span.window or (f"{span.days}d" if span.end == ledger.read.as_of else None)
    if window in (None, "1d") or not np.isfinite(prices).any():
        return
    for metric, sign in ((Metric.HIGHEST_CLOSE, 1), (Metric.LOWEST_CLOSE, -1)):
        ordered = np.where(np.isfinite(prices), sign * prices, -np.inf)
        row = len(prices) - 1 - int(np.argmax(ordered[::-1]))
        day, word = closes.day(row + 1), "highest" if sign > 0 else "lowest"
        origin = derivation(metric, f"{word} close of {span.days} days", bar_range(closes, 0, span.days))
        key = ledger.add(
            subject_of(int(closes.asset_ids[0])),
            metric,
            Unit.USD,
            float(prices[row]),
            origin,
            as_of=day,
            source=closes.source,
            window=window,
        )
        yield Draft("extreme", ClaimKind.EXTREME, _SECTION, (key,), 0.6)


def _figures(ledger: Ledger, measure: Measured, asset_id: int, span: _Span) -> Finding:
    """Any other metric on the two days, each figure of its own day."""
    vectors = [asset_figure(ledger.read, measure, asset_id, day, exactly=True) for day in (span.start, span.end)]
    same = vectors[0].measure == vectors[1].measure
    keys = [vector.draft(ledger, asset_id) for vector in vectors]
    missing = [day for day, key in zip((span.start, span.end), keys, strict=True) if key is None]
    there = [key for key in keys if key is not None]
    if len(there) == len(keys) and same:
        drafts = [Draft("figure_change", ClaimKind.CHANGE, _SECTION, tuple(there), 1.0)]
    else:
        drafts = [Draft("figure", measure.kind, _SECTION, (key,), 0.6) for key in there]
    notes = tuple(f"the {measure.spoken} of {day_text(day)} is not in the data" for day in missing)
    return Finding(ledger.claims(drafts), span.end, len(there), "days", notes=notes)
