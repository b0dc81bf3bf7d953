"""Trend and range: Wilder's true range and directional movement, Bollinger's bands, Donchian's channel.

Days x assets in and out; the rule for missing days is that of `bars`. A bar whose price was only sampled has no true
high and low: Wilder's averages are unknown there and begin anew behind it.
"""

from functools import partial
from typing import NamedTuple

import numpy as np

from agent.analytics.bars import Floats, Runs, as_columns, require_same_shape
from agent.analytics.indicators import PRICE_SCALE, Extremes, over_runs, require_period
from agent.analytics.rolling import at_every_bar


class Directional(NamedTuple):
    """Wilder's average directional index and directional indicators, 0 to 100."""

    adx: Floats
    plus_di: Floats
    minus_di: Floats


class Bands(NamedTuple):
    """The upper and the lower Bollinger band, in the unit of the closes."""

    upper: Floats
    lower: Floats


def full_runs(high: Floats, low: Floats, close: Floats) -> Runs:
    """Find the runs of bars, split at those without a high or a low; days x assets in."""
    runs = Runs.of(np.isfinite(close))
    return runs.within(np.isfinite(runs.lay(high)) & np.isfinite(runs.lay(low)))


def atr(high: Floats, low: Floats, close: Floats, period: int = 14) -> Floats:
    """Average true range of Wilder, USD, for every day.

    Days x assets (or one series) of one shape in and out. NaN for the first `period` bars of a run or behind a bar
    without a high or low, and on days without all three. Raises AnalyticsError for arrays of several shapes. Source:
    Wilder, New Concepts in Technical Trading Systems (1978); computed by TA-Lib.
    """
    import talib  # noqa: PLC0415 - costs half a second, and most commands measure nothing

    require_period(period=period)
    require_same_shape(high=high, low=low, close=close)

    def series_atr(highs: Floats, lows: Floats, closes: Floats) -> tuple[Floats]:
        return (talib.ATR(highs, lows, closes, period),)

    columns = as_columns(high), as_columns(low), as_columns(close)
    (ranges,) = over_runs(full_runs(*columns), series_atr, 1, *columns)
    return ranges.reshape(np.shape(close))


def series_directional(high: Floats, low: Floats, close: Floats, period: int = 14) -> tuple[Floats, Floats, Floats]:
    """Take ADX, +DI and -DI of one gapless series; see `directional_movement`."""
    import talib  # noqa: PLC0415 - costs half a second, and most commands measure nothing

    bars = high * PRICE_SCALE, low * PRICE_SCALE, close * PRICE_SCALE
    lines = talib.ADX(*bars, period), talib.PLUS_DI(*bars, period), talib.MINUS_DI(*bars, period)
    if len(close) > period and lines[1][period] == lines[2][period] == 0.0:
        moved = np.append(False, (high[1:] != low[1:]) | (high[1:] != close[:-1]))  # a true range above 0
        for line in lines:
            line[: moved.argmax() if moved.any() else len(line)] = np.nan
    return lines


def directional_movement(high: Floats, low: Floats, close: Floats, period: int = 14) -> Directional:
    """Average directional index, +DI and -DI of Wilder, 0 to 100, for every day.

    Days x assets (or one series) of one shape in, three such out. NaN for the first `period` bars (ADX: the first
    `2 * period - 1`) of a run or behind a bar without a high or low, on days without all three, and while the price
    has not moved at all. Raises AnalyticsError for arrays of several shapes. Source: Wilder, New Concepts in Technical
    Trading Systems (1978); computed by TA-Lib.
    """
    require_period(period=period)
    require_same_shape(high=high, low=low, close=close)
    columns = as_columns(high), as_columns(low), as_columns(close)
    lines = over_runs(full_runs(*columns), partial(series_directional, period=period), 3, *columns)
    return Directional(*(line.reshape(np.shape(close)) for line in lines))


def bands_of(close: Floats, width: float = 2.0) -> Bands:
    """Put bands around the mean of a window of bars; see `bollinger`."""
    middle, reach = close.mean(axis=0), width * close.std(axis=0)
    return Bands(middle + reach, middle - reach)


def bollinger(close: Floats, window: int = 20, width: float = 2.0) -> Bands:
    """Bands `width` standard deviations (ddof=0, as Bollinger defines them) around the mean of the last bars.

    Days x assets (or one series) in, two such out, USD. NaN for the first `window - 1` bars of a run and on days
    without a bar. Source: Bollinger, Bollinger on Bollinger Bands (2001).
    """
    require_period(window=window)
    columns = as_columns(close)
    bands = at_every_bar(lambda bars: bands_of(bars, width), window, np.isfinite(columns), columns)
    return Bands(*(band.reshape(np.shape(close)) for band in bands))


def donchian(high: Floats, low: Floats, close: Floats, window: int = 20) -> Extremes:
    """Highest high and lowest low of the `window` bars before each day's bar, which itself is left out, USD.

    Days x assets (or one series) of one shape in, two such out. NaN for the first `window` bars of a run, on days
    without a close, and where one of the bars has no high (or low). Raises AnalyticsError for arrays of several
    shapes. Source: Donchian (1960).
    """
    require_period(window=window)
    require_same_shape(high=high, low=low, close=close)
    columns = as_columns(high), as_columns(low)
    extremes = at_every_bar(
        lambda highs, lows: (highs[:-1].max(axis=0), lows[:-1].min(axis=0)),
        window + 1,
        np.isfinite(as_columns(close)),
        *columns,
    )
    return Extremes(*(extreme.reshape(np.shape(close)) for extreme in extremes))
