"""Technical indicators, computed by TA-Lib on each asset's own bars.

The rule for missing days is that of `bars`: up to three missing days are skipped, after more the indicator starts
anew. On a day without a bar an indicator is NaN. No value depends on a later row.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from agent.analytics.bars import Floats, Runs, as_columns, divided, recent_bars, require_same_shape
from agent.analytics.errors import AnalyticsError

# TA-Lib before 0.8.1 takes sums below 1e-14 for zero (its issue 253): the RSI of coins priced below about 1e-11 USD
# becomes 0. The RSI does not depend on the unit of price, and multiplying by a power of two is exact.
_RSI_SCALE = 2.0**200

# Averages of a constant price differ by rounding; a histogram this small relative to the price is no histogram.
_MACD_NOISE = 1e-12


class Macd(NamedTuple):
    """The three MACD lines in USD, each of the shape of the closes."""

    line: Floats
    signal: Floats
    histogram: Floats


class Extremes(NamedTuple):
    """The highest high and the lowest low of the bars before the last row, in USD, one value per asset."""

    high: Floats
    low: Floats


def _over_runs(close: Floats, function: Callable[[Floats], tuple[Floats, ...]], outputs: int) -> tuple[Floats, ...]:
    """Apply a function of one gapless series to every run and put its outputs back where the bars were."""
    columns = as_columns(close)
    panel = Runs.of(np.isfinite(columns))
    laid = panel.lay(columns)
    results = tuple(np.empty(len(laid)) for _ in range(outputs))
    for start, end in zip(panel.starts.tolist(), panel.ends.tolist(), strict=True):
        for result, values in zip(results, function(laid[start:end]), strict=True):
            result[start:end] = values
    return tuple(panel.restore(result).reshape(np.shape(close)) for result in results)


def _require_period(**periods: int) -> None:
    for name, period in periods.items():
        if period < 2:
            raise AnalyticsError(f"{name} must be at least 2 bars, got {period}")


def rsi(close: Floats, period: int = 14) -> Floats:
    """Relative strength index of Wilder, 0 to 100, for every day.

    Days x assets (or one series) in and out. NaN for the first `period` bars of a run, on days without a bar, and
    while the price has not moved at all since the run began. Source: Wilder, New Concepts in Technical Trading
    Systems (1978); computed by TA-Lib.
    """
    import talib  # noqa: PLC0415 - costs half a second, and most commands measure nothing

    _require_period(period=period)

    def series_rsi(prices: Floats) -> tuple[Floats]:
        values = talib.RSI(prices * _RSI_SCALE, period)
        if len(values) > period and values[period] == 0.0:
            moved = prices != prices[0]
            values[: moved.argmax() if moved.any() else len(values)] = np.nan
        return (values,)

    return _over_runs(close, series_rsi, 1)[0]


def macd(close: Floats, fast: int = 12, slow: int = 26, signal: int = 9) -> Macd:
    """Measure moving average convergence/divergence: EMA(fast) - EMA(slow), its EMA(signal), and their difference.

    Days x assets (or one series) in, three arrays of that shape out, USD. NaN for the first `slow + signal - 2` bars
    of a run and on days without a bar. Source: Appel; computed by TA-Lib, which seeds each EMA with a simple mean.
    """
    import talib  # noqa: PLC0415 - costs half a second, and most commands measure nothing

    _require_period(fast=fast, slow=slow, signal=signal)

    def series_macd(prices: Floats) -> tuple[Floats, Floats, Floats]:
        lines: tuple[Floats, Floats, Floats] = talib.MACD(prices, fast, slow, signal)
        return lines

    return Macd(*_over_runs(close, series_macd, 3))


def sma(close: Floats, window: int) -> Floats:
    """Take the simple moving average of the last `window` bars, for every day, in the unit of the input.

    Days x assets (or one series) in and out. NaN for the first `window - 1` bars of a run and on days without a bar.
    """
    _require_period(window=window)

    def series_sma(prices: Floats) -> tuple[Floats]:
        means = np.full(len(prices), np.nan)
        if len(prices) >= window:
            means[window - 1 :] = np.lib.stride_tricks.sliding_window_view(prices, window).mean(axis=1)
        return (means,)

    return _over_runs(close, series_sma, 1)[0]


def macd_cross(histogram: Floats, close: Floats) -> Floats:
    """Whether the MACD crossed its signal line at the last bar: 1 above, -1 below, 0 no, NaN unknown.

    Days x assets in, one value per asset out. The histogram of the bar before must have been at or beyond zero on the
    other side; one within 1e-12 of the price counts as zero. Unknown without the histograms of the last two bars.
    """
    require_same_shape(histogram=histogram, close=close)
    closes = as_columns(close)
    has_bar = np.isfinite(closes)
    level = recent_bars(as_columns(histogram), 2, has_bar)
    level[np.abs(level) <= _MACD_NOISE * recent_bars(closes, 2, has_bar)] = 0.0
    before, now = level
    cross = np.where((now > 0) & (before <= 0), 1.0, np.where((now < 0) & (before >= 0), -1.0, 0.0))
    cross[np.isnan(now) | np.isnan(before)] = np.nan
    return cross.reshape(np.shape(close)[1:])


def previous_extreme(high: Floats, low: Floats, window: int = 20, close: Floats | None = None) -> Extremes:
    """Highest high and lowest low of the `window` bars before the last row, which itself is left out.

    Days x assets in, one value per asset out, USD. A day with a close is a bar; without closes a day with both a high
    and a low is. NaN without a bar in the last row, with fewer than `window` bars before it in its run, or if one of
    these has no high (or low): a price that was only sampled may have gone further.
    """
    require_same_shape(high=high, low=low, **({} if close is None else {"close": close}))
    highs, lows = as_columns(high), as_columns(low)
    has_bar = np.isfinite(highs) & np.isfinite(lows) if close is None else np.isfinite(as_columns(close))
    highest = recent_bars(highs, window + 1, has_bar)[:-1].max(axis=0)
    lowest = recent_bars(lows, window + 1, has_bar)[:-1].min(axis=0)
    shape = np.shape(high)[1:]
    return Extremes(highest.reshape(shape), lowest.reshape(shape))


def breakout(high: Floats, low: Floats, close: Floats, window: int = 20) -> Floats:
    """Whether the last close passed the previous `window`-bar extreme: 1 above the high, -1 below the low, 0 no.

    Days x assets in, one value per asset out. NaN where the close or the extreme, as in `previous_extreme`, is missing.
    """
    extremes = previous_extreme(high, low, window, close)
    last = close[-1] if len(close) else np.full(np.shape(close)[1:], np.nan)
    passed = np.where(last > extremes.high, 1.0, np.where(last < extremes.low, -1.0, 0.0))
    unknown = np.isnan(last) | np.isnan(extremes.high) | np.isnan(extremes.low)
    return np.where(unknown, np.nan, passed)


def volume_zscore(volume: Floats, window: int = 20) -> Floats:
    """Volume of the last row against the `window` bars before it: (volume - mean) / standard deviation (ddof=1).

    Days x assets in, one value per asset out, in standard deviations. The last row is not part of the mean. NaN
    without a volume in the last row, with fewer than `window` bars before it in its run, or if those are all equal.
    """
    _require_period(window=window)
    volumes = as_columns(volume)
    recent = recent_bars(volumes, window + 1, np.isfinite(volumes))
    before, now = recent[:-1], recent[-1]
    deviation = before.std(axis=0, ddof=1)
    varied = before.max(axis=0) > before.min(axis=0)
    zscore = divided(now - before.mean(axis=0), deviation, varied)
    return zscore.reshape(np.shape(volume)[1:])
