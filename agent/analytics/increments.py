"""Measuring a day from what the scan of the day before remembered, instead of from the start of history.

The first row of the panel is the anchor: averages begin there, so a panel that begins elsewhere gives slightly other
figures. A scan that always begins on the first of a month, about 400 days back, has one anchor for a month; within it
the full scan of a day and a chain of increments agree, and when the anchor moves, the next scan is a full one.
"""

import numpy as np

from agent.analytics.averages import Averages
from agent.analytics.bars import MAX_GAP_DAYS, Floats, days_of_recent_bars, recent_bars
from agent.analytics.divergence import CLOSE_BARS, RSI_BARS, SWING_BARS, Divergence, divergence_of, may_diverge
from agent.analytics.errors import AnalyticsError
from agent.analytics.indicators import histogram_cross
from agent.analytics.measures import Measures, PanelArrays, measure
from agent.analytics.recursive import divergence_figures
from agent.analytics.rolling import LAST_ROW
from agent.analytics.scan_state import Ids, ScanState, Sums
from agent.analytics.windowed import BALANCE_BARS, RANGE_BARS, VOLUME_BARS, windowed_figures


def measure_with_state(panel: PanelArrays, asset_ids: Ids) -> tuple[Measures, ScanState]:
    """Measure the last row of a panel, and remember what `advance` needs to measure the row after it.

    `asset_ids` name the columns, each once. Raises AnalyticsError for a panel without days or ids that do not fit.
    """
    _require_ids(asset_ids, panel.close)
    measures = measure(panel)
    state = ScanState.nothing(len(asset_ids))
    averages = state.averages
    for high, low, close in zip(panel.high, panel.low, panel.close, strict=True):
        averages = _remembered(averages, state.rsi, high, low, close)
    tail_days = _tail_days(panel.close, panel)
    ids, checksum = np.array(asset_ids, dtype=np.int64), _checksum(panel.close)
    return measures, ScanState(len(panel.close), tail_days, ids, checksum, averages, state.rsi)


def advance(
    state: ScanState, tail: PanelArrays, asset_ids: Ids, closes: Floats | None = None
) -> tuple[Measures, ScanState] | None:
    """Measure the day after the state: what `measure` gives for the whole panel, up to rounding.

    `tail` are the last rows of the panel, at least `state.tail_days` of them (mostly 56), `closes` all its rows from
    the anchor on (taken from `tail` if not given); the last row of each is the day to measure. `asset_ids` name the
    columns, each once: assets may have joined and left. None if the day cannot be measured from this state, and must
    be in full: the rows do not follow on it (one day after it, from the same anchor), or a close before the last day
    is not what it was. A high or a low that was corrected reaches ATR and ADX only with the next full scan. Raises
    AnalyticsError for arrays or ids that do not fit.
    """
    closes = tail.close if closes is None else closes
    _require_ids(asset_ids, closes)
    if tail.close.shape[1] != closes.shape[1]:
        raise AnalyticsError(f"tail and closes must have the same columns, got {tail.close.shape} and {closes.shape}")
    if len(closes) != state.days + 1 or len(tail.close) < state.tail_days:
        return None
    before = state.of(asset_ids)
    if not np.array_equal(before.checksum, _checksum(closes[:-1])):
        return None
    averages = _remembered(before.averages, before.rsi, tail.high[-1], tail.low[-1], closes[-1])
    figures = _recursive_figures(before.averages, averages, before.rsi, closes)
    figures |= windowed_figures(LAST_ROW, closes, tail.high, tail.low, tail.close, tail.volume)
    checksum = before.checksum + _checksum(closes[-1:], state.days)
    days, tail_days = state.days + 1, _tail_days(closes, tail)
    return Measures(**figures), ScanState(days, tail_days, before.asset_ids, checksum, averages, before.rsi)


def _require_ids(asset_ids: Ids, close: Floats) -> None:
    if close.ndim != 2 or np.shape(asset_ids) != close.shape[1:] or len(np.unique(asset_ids)) != len(asset_ids):
        raise AnalyticsError(f"expected one id for each column of {close.shape}, none twice, got {np.shape(asset_ids)}")


def _remembered(averages: Averages, rsi: Floats, high: Floats, low: Floats, close: Floats) -> Averages:
    """Carry the averages forward by a day, and write the RSIs of its bars into `rsi`."""
    following = averages.after(high, low, close)
    columns = np.flatnonzero(np.isfinite(close))
    rsi[following.bars[columns] % RSI_BARS, columns] = following.rsi()[columns]
    return following


def _recursive_figures(before: Averages, now: Averages, rsi: Floats, closes: Floats) -> dict[str, Floats]:
    """Take every recursive figure of the last day, by its name in `Measures`."""
    columns = np.arange(closes.shape[1])
    # a histogram of the bar before is of this run only if it was known one bar earlier; so is an RSI
    histograms = np.where(now.bars > 34, np.stack((before.histogram(), now.histogram())), np.nan)
    figures = {
        "rsi": now.rsi(),
        "rsi_previous": np.where(now.bars > 15, rsi[(now.bars - 1) % RSI_BARS, columns], np.nan),
        "macd_cross": histogram_cross(histograms, np.stack((before.close, now.close))),
        **now.figures(),
        **divergence_figures(_divergence(now, rsi, closes)),
    }
    has_bar = np.isfinite(closes[-1])
    return {name: np.where(has_bar, values, np.nan) for name, values in figures.items()}


def _divergence(now: Averages, rsi: Floats, closes: Floats) -> Divergence:
    """Find the divergences of the last day; the windows are only taken where there may be one."""
    has_bar = np.isfinite(closes)
    oldest = rsi[(now.bars + 1) % RSI_BARS, np.arange(closes.shape[1])]
    known = (now.bars >= RSI_BARS + 14) & np.isfinite(oldest) & has_bar[-1]
    result = Divergence(np.where(known, 0.0, np.nan), *np.full((2, len(known)), np.nan))
    columns = np.flatnonzero(known & may_diverge(recent_bars(closes, SWING_BARS + 1, has_bar)))
    bars = (now.bars[columns] + np.arange(1, RSI_BARS + 1)[:, np.newaxis]) % RSI_BARS
    rows = slice(-CLOSE_BARS * (MAX_GAP_DAYS + 1), None)
    recent = recent_bars(closes[rows, columns], CLOSE_BARS, has_bar[rows, columns])
    for part, found in zip(result, divergence_of(recent, rsi[bars, columns]), strict=True):
        part[columns] = found
    return result


def _tail_days(closes: Floats, tail: PanelArrays) -> int:
    """Count the rows that a panel needs at its end to measure the next day, that day included."""
    has_volume = np.isfinite(tail.volume)
    windows = (
        (np.isfinite(closes), RANGE_BARS),
        (has_volume, VOLUME_BARS),
        (has_volume & np.isfinite(tail.close), BALANCE_BARS),
    )
    return 1 + max(days_of_recent_bars(has_bar, count - 1) for has_bar, count in windows)


def _checksum(closes: Floats, first_day: int = 0) -> Sums:
    """Sum up the closes of every asset, as bits and by day: 0 without any, another if one was changed or moved."""
    weights = 2 * np.arange(first_day, first_day + len(closes), dtype=np.uint64) + 1
    nothing = np.full(len(closes), np.nan).view(np.uint64) * weights
    sums: Sums = np.einsum("i,ij->j", weights, closes.view(np.uint64)) - nothing.sum()
    return sums
