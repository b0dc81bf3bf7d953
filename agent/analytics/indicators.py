"""Technical indicators, computed by TA-Lib on each asset's own bars.

The rule for missing days is that of `bars`: up to three missing days are skipped, after more the indicator starts
anew. On a day without a bar an indicator is NaN. No value depends on a later row.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from agent.analytics.bars import Floats, Runs, as_columns, recent_bars, require_same_shape
from agent.analytics.errors import AnalyticsError
from agent.analytics.rolling import at_every_bar

SeriesFunction = Callable[..., tuple[Floats, ...]]

# TA-Lib before 0.8.1 takes sums below 1e-14 for zero (its issue 253): the RSI of coins priced below about 1e-11 USD
# becomes 0. The RSI does not depend on the unit of price, and multiplying by a power of two is exact.
PRICE_SCALE = 2.0**200

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


def over_runs(runs: Runs, function: SeriesFunction, outputs: int, *values: Floats) -> tuple[Floats, ...]:
    """Apply a function of gapless series to every run of days x assets values; its `outputs` go back to their days."""
    laid = [runs.lay(columns) for columns in values]
    results = tuple(np.full(len(laid[0]), np.nan) for _ in range(outputs))
    for start, end in zip(runs.starts.tolist(), runs.ends.tolist(), strict=True):
        for result, series in zip(results, function(*(column[start:end] for column in laid)), strict=True):
            result[start:end] = series
    return tuple(runs.restore(result) for result in results)


def require_period(**periods: int) -> None:
    """Raise AnalyticsError, with its name, for a number of bars that is below 2."""
    for name, period in periods.items():
        if period < 2:
            raise AnalyticsError(f"{name} must be at least 2 bars, got {period}")


def series_rsi(prices: Floats, period: int = 14) -> tuple[Floats]:
    """Take the RSI of one gapless series; see `rsi`."""
    import talib  # noqa: PLC0415 - costs half a second, and most commands measure nothing

    values = talib.RSI(prices * PRICE_SCALE, period)
    if len(values) > period and values[period] == 0.0:
        moved = prices != prices[0]
        values[: moved.argmax() if moved.any() else len(values)] = np.nan
    return (values,)


def rsi(close: Floats, period: int = 14) -> Floats:
    """Relative strength index of Wilder, 0 to 100, for every day.

    Days x assets (or one series) in and out. NaN for the first `period` bars of a run, on days without a bar, and
    while the price has not moved at all since the run began. Source: Wilder, New Concepts in Technical Trading
    Systems (1978); computed by TA-Lib.
    """
    require_period(period=period)
    columns = as_columns(close)
    runs = Runs.of(np.isfinite(columns))
    (values,) = over_runs(runs, lambda prices: series_rsi(prices, period), 1, columns)
    return values.reshape(np.shape(close))


def macd(close: Floats, fast: int = 12, slow: int = 26, signal: int = 9) -> Macd:
    """Measure moving average convergence/divergence: EMA(fast) - EMA(slow), its EMA(signal), and their difference.

    Days x assets (or one series) in, three arrays of that shape out, USD. NaN for the first `slow + signal - 2` bars
    of a run and on days without a bar. Source: Appel; computed by TA-Lib, which seeds each EMA with a simple mean.
    """
    import talib  # noqa: PLC0415 - costs half a second, and most commands measure nothing

    require_period(fast=fast, slow=slow, signal=signal)
    columns = as_columns(close)
    runs = Runs.of(np.isfinite(columns))
    lines = over_runs(runs, lambda prices: talib.MACD(prices, fast, slow, signal), 3, columns)
    return Macd(*(line.reshape(np.shape(close)) for line in lines))


def sma(close: Floats, window: int) -> Floats:
    """Take the simple moving average of the last `window` bars, for every day, in the unit of the input.

    Days x assets (or one series) in and out. NaN for the first `window - 1` bars of a run and on days without a bar.
    """
    require_period(window=window)
    columns = as_columns(close)
    (means,) = at_every_bar(lambda bars: (bars.mean(axis=0),), window, np.isfinite(columns), columns)
    return means.reshape(np.shape(close))


def ema(close: Floats, period: int) -> Floats:
    """Take the exponential moving average, weight 2 / (period + 1) for the last bar, for every day, as the input.

    Days x assets (or one series) in and out. It begins with the simple mean of the first `period` bars of a run; NaN
    before that and on days without a bar. Computed by TA-Lib.
    """
    import talib  # noqa: PLC0415 - costs half a second, and most commands measure nothing

    require_period(period=period)
    columns = as_columns(close)
    (averages,) = over_runs(Runs.of(np.isfinite(columns)), lambda prices: (talib.EMA(prices, period),), 1, columns)
    return averages.reshape(np.shape(close))


def histogram_cross(histogram: Floats, close: Floats) -> Floats:
    """Whether a MACD histogram changed its sign between two bars: 1 upwards, -1 downwards, 0 no, NaN unknown.

    Both 2 x anything, the bar before and the last bar, USD; one value each out. See `macd_cross`.
    """
    before, now = np.where(np.abs(histogram) <= _MACD_NOISE * close, 0.0, histogram)
    cross = np.where((now > 0) & (before <= 0), 1.0, np.where((now < 0) & (before >= 0), -1.0, 0.0))
    return np.where(np.isnan(now) | np.isnan(before), np.nan, cross)


def macd_cross(histogram: Floats, close: Floats) -> Floats:
    """Whether the MACD crossed its signal line at the last bar: 1 above, -1 below, 0 no, NaN unknown.

    Days x assets in, one value per asset out. The histogram of the bar before must have been at or beyond zero on the
    other side; one within 1e-12 of the price counts as zero. Unknown without the histograms of the last two bars.
    """
    require_same_shape(histogram=histogram, close=close)
    closes = as_columns(close)
    has_bar = np.isfinite(closes)
    cross = histogram_cross(recent_bars(as_columns(histogram), 2, has_bar), recent_bars(closes, 2, has_bar))
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


def passed(close: Floats, extremes: Extremes) -> Floats:
    """Whether closes are beyond extremes of one shape: 1 above the high, -1 below the low, 0 no, NaN unknown."""
    beyond = np.where(close > extremes.high, 1.0, np.where(close < extremes.low, -1.0, 0.0))
    return np.where(np.isnan(close) | np.isnan(extremes.high) | np.isnan(extremes.low), np.nan, beyond)


def breakout(high: Floats, low: Floats, close: Floats, window: int = 20) -> Floats:
    """Whether the last close passed the previous `window`-bar extreme: 1 above the high, -1 below the low, 0 no.

    Days x assets in, one value per asset out. NaN where the close or the extreme, as in `previous_extreme`, is missing.
    """
    last = close[-1] if len(close) else np.full(np.shape(close)[1:], np.nan)
    return passed(last, previous_extreme(high, low, window, close))
