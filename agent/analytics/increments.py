"""Measuring a day from what the scan of the day before remembered, instead of from the start of history.

The first row of the panel is the anchor: averages begin there, so a panel that begins elsewhere gives slightly other
figures. A scan that always begins on the first of a month, about 400 days back, has one anchor for a month; within it
the full scan of a day and a chain of increments agree, and when the anchor moves, the next scan is a full one.
"""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from agent.analytics.averages import Averages
from agent.analytics.bars import MAX_GAP_DAYS, Floats, days_of_recent_bars, recent_bars
from agent.analytics.divergence import RSI_BARS, Divergence
from agent.analytics.errors import AnalyticsError
from agent.analytics.highs import Highs, first_remembered
from agent.analytics.indicators import histogram_cross
from agent.analytics.measures import Measures, PanelArrays, measure
from agent.analytics.recursive import divergence_figures
from agent.analytics.rolling import LAST_ROW
from agent.analytics.scan_state import Ids, ScanState
from agent.analytics.signals.level_memory import LevelMemory
from agent.analytics.signals.levels import LEVEL_DAYS, Levels, SwingBars, last_levels
from agent.analytics.turns import TURN_BARS, Turns
from agent.analytics.windowed import (
    BALANCE_BARS,
    CLOSE_BARS,
    HIGH_DAYS,
    RANGE_BARS,
    RETURN_DAYS,
    VOLUME_BARS,
    momentum_over,
    recent_figures,
)


@dataclass(frozen=True, slots=True)
class NewRows:
    """The rows of a panel that its row `row` is measured from, together with what is remembered of the others.

    `closes` are the last `close_days` rows of the closes or more, `tail` the last `tail_days` rows of the panel or
    more; both end with `row`. `old` are the closes of the rows from 365 before it up to the first of which the state
    remembers the highs.
    """

    row: int
    tail: PanelArrays
    closes: Floats
    old: Floats

    @classmethod
    def of(cls, state: ScanState, panel: PanelArrays) -> Self:
        """Take them out of a whole panel."""
        days = slice(-state.tail_days, None)
        tail = PanelArrays(panel.high[days], panel.low[days], panel.close[days], panel.volume[days])
        old = panel.close[old_rows(state)]
        return cls(len(panel.close) - 1, tail, panel.close[-state.close_days :], old)


def old_rows(state: ScanState) -> slice:
    """Which rows of closes are read again for the high of a year, counted from the anchor."""
    return slice(max(state.days - HIGH_DAYS, 0), state.high_from)


class Scanned(NamedTuple):
    """What is measured of a day, and what is remembered for the next one."""

    measures: Measures
    levels: Levels
    state: ScanState


def measure_with_state(panel: PanelArrays, asset_ids: Ids) -> Scanned:
    """Measure the last row of a panel, and remember what `advance` needs to measure the row after it.

    `asset_ids` name the columns, each once. Raises AnalyticsError for a panel without days or ids that do not fit.
    """
    _require_ids(asset_ids, panel.close)
    measures = measure(panel)
    averages = Averages.nothing(len(asset_ids))
    rsi = np.full((RSI_BARS, len(asset_ids)), np.nan)
    for high, low, close in zip(panel.high, panel.low, panel.close, strict=True):
        averages = averages.after(high, low, close)
        columns = np.flatnonzero(np.isfinite(close))
        rsi[averages.bars[columns] % RSI_BARS, columns] = averages.rsi()[columns]
    days, high_from = len(panel.close), first_remembered(len(panel.close))
    drawdown = np.where(np.isfinite(panel.close[-1]), measures.drawdown, measures.drawdown_previous)
    highs, turns = Highs.of(panel.close[high_from:], drawdown), Turns.of(panel.close, averages.bars, rsi)
    bars = SwingBars.of(panel.high[-LEVEL_DAYS:], panel.low[-LEVEL_DAYS:], panel.close[-LEVEL_DAYS:])
    counts = days, _tail_days(panel), _close_days(panel.close), high_from
    parts = averages, turns, highs, LevelMemory.of(bars, days - 1)
    state = ScanState(*counts, np.array(asset_ids, dtype=np.int64), *parts)
    return Scanned(measures, last_levels(bars, panel.close, measures.atr), state)


def advance(state: ScanState, rows: NewRows, asset_ids: Ids) -> Scanned | None:
    """Measure the day after the state: what `measure` gives for the whole panel, up to rounding.

    `asset_ids` name the columns, each once: assets may have joined and left. None if the day cannot be measured from
    this state, and must be in full: the rows do not follow on it (one day after it, from the same anchor, as many as
    are needed), the close before is not what it was, or the state began more than a month ago. What was corrected
    further back is not noticed: whoever keeps states drops them then. Raises AnalyticsError for arrays or ids that do
    not fit.
    """
    closes, tail = rows.closes, rows.tail
    _require_ids(asset_ids, closes)
    if {array.shape[1:] for array in (tail.close, rows.old)} != {closes.shape[1:]}:
        raise AnalyticsError(f"the rows must have the same columns, got {tail.close.shape} and {closes.shape}")
    before = state.of(asset_ids)
    if not (_are_enough(state, rows) and _follow(before.averages, rows)):
        return None
    averages = before.averages.after(tail.high[-1], tail.low[-1], closes[-1])
    last = closes[-TURN_BARS * (MAX_GAP_DAYS + 1) :]
    recent = recent_bars(last, TURN_BARS, np.isfinite(last))
    divergence, turns = before.turns.after(averages.bars, recent, averages.rsi())
    in_window = rows.old[1:] if state.days >= HIGH_DAYS else rows.old
    highs = before.highs.after(in_window, closes[-1], before.averages.absent)
    begins = np.isfinite(closes[-1]) & (averages.bars == 1)
    levels = before.levels.after(state.days, begins, tail.high, tail.low, tail.close)

    figures = _recursive_figures(before, averages, divergence, closes[-1])
    figures |= recent_figures(LAST_ROW, closes, tail.high, tail.low, tail.close, tail.volume)
    figures |= _year_figures(state.days, rows, before, highs)
    measures = Measures(**figures)
    found = levels.levels(before.levels, ~begins, measures.close, measures.close_previous, measures.atr)
    counts = state.days + 1, _tail_days(tail), _close_days(closes), state.high_from
    return Scanned(measures, found, ScanState(*counts, before.asset_ids, averages, turns, highs, levels))


def _require_ids(asset_ids: Ids, close: Floats) -> None:
    fits = close.ndim == 2 and np.shape(asset_ids) == close.shape[1:]
    if not fits or not ((np.diff(asset_ids) > 0).all() or len(np.unique(asset_ids)) == len(asset_ids)):
        raise AnalyticsError(f"expected one id for each column of {close.shape}, none twice, got {np.shape(asset_ids)}")


def _are_enough(state: ScanState, rows: NewRows) -> bool:
    old = old_rows(state)
    return (
        rows.row == state.days
        and max(state.days + 1 - HIGH_DAYS, 0) <= state.high_from
        and len(rows.old) == old.stop - old.start
        and len(rows.tail.close) >= state.tail_days
        and len(rows.closes) >= state.close_days
    )


def _follow(before: Averages, rows: NewRows) -> bool:
    """Whether the close before the last one is the remembered one, and nothing is known of an asset that is new."""
    yesterday = np.where((before.bars > 0) & (before.absent == 0), before.close, np.nan)
    new = before.bars == 0
    known = (np.isfinite(closes[:, new]).any() for closes in (rows.closes[:-1], rows.old))
    return np.array_equal(yesterday, rows.closes[-2], equal_nan=True) and not any(known)


def _recursive_figures(before: ScanState, now: Averages, divergence: Divergence, close: Floats) -> dict[str, Floats]:
    """Take every recursive figure of the last day, by its name in `Measures`."""
    # a figure of the bar before is of this run only if it was known one bar earlier
    histograms = np.where(now.bars > 34, np.stack((before.averages.histogram(), now.histogram())), np.nan)
    figures = {
        "rsi": now.rsi(),
        "rsi_previous": np.where(now.bars > 15, before.averages.rsi(), np.nan),
        "macd_cross": histogram_cross(histograms, np.stack((before.averages.close, now.close))),
        **now.figures(),
        **divergence_figures(divergence),
    }
    has_bar = np.isfinite(close)
    return {name: np.where(has_bar, values, np.nan) for name, values in figures.items()}


def _year_figures(days: int, rows: NewRows, before: ScanState, highs: Highs) -> dict[str, Floats]:
    close = rows.closes[-1]
    has_bar, missing = np.isfinite(close), np.full(close.shape, np.nan)
    return {
        "momentum_365d": momentum_over(np.stack((rows.old[0], close)), 1) if days >= HIGH_DAYS else missing,
        "drawdown": np.where(has_bar, highs.drawdown, np.nan),
        "drawdown_previous": before.highs.previous(before.averages.absent),
    }


def _tail_days(tail: PanelArrays) -> int:
    """Count the rows that the next day needs of high, low and volume, its own included."""
    has_close, has_volume = np.isfinite(tail.close), np.isfinite(tail.volume)
    windows = ((has_close, RANGE_BARS), (has_volume, VOLUME_BARS), (has_volume & has_close, BALANCE_BARS))
    return 1 + max(days_of_recent_bars(has_bar, count - 1) for has_bar, count in windows)


def _close_days(closes: Floats) -> int:
    """Count the rows that the next day needs of closes, its own included."""
    return 1 + max(days_of_recent_bars(np.isfinite(closes), CLOSE_BARS - 1), min(len(closes), RETURN_DAYS - 1))
