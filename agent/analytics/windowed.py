"""The figures of `Measures` that a window of bars or days determines, for the last row or for every row."""

import numpy as np

from agent.analytics.bars import MAX_GAP_DAYS, Floats
from agent.analytics.indicators import Extremes, passed
from agent.analytics.returns import momentum, simple_returns
from agent.analytics.risk import downside_volatility, drawdown, realized_volatility
from agent.analytics.rolling import Rows
from agent.analytics.trend import bands_of
from agent.analytics.volume import balance_of, ratio_of, zscore_of

HIGH_DAYS = 365

Figures = dict[str, Floats]  # by their names in Measures

# How many bars and days the figures look at, the last one included.
CLOSE_BARS = 201
RANGE_BARS = 56
VOLUME_BARS = 25
BALANCE_BARS = 21
RETURN_DAYS = 91
YEAR_DAYS = HIGH_DAYS + 1 + MAX_GAP_DAYS  # the drawdown at the bar before may be that many days old

_MOMENTUM_DAYS = (7, 30, 90)


def windowed_figures(rows: Rows, closes: Floats, high: Floats, low: Floats, close: Floats, volume: Floats) -> Figures:
    """Take every windowed figure, by its name in `Measures`.

    `closes` are days x assets; high, low, close and volume are their last days, as many as `days_of_recent_bars` says
    for the bars above (all of them, for every row).
    """
    figures = recent_figures(rows, closes, high, low, close, volume)
    return figures | _named(_YEAR_NAMES, rows.days(_year_windows, YEAR_DAYS, closes))


def recent_figures(rows: Rows, closes: Floats, high: Floats, low: Floats, close: Floats, volume: Floats) -> Figures:
    """Take those of `windowed_figures` that do not look a year back: `closes` may begin with the last 201 bars."""
    has_close, has_volume = np.isfinite(close), np.isfinite(volume)
    figures = _named(_CLOSE_NAMES, rows.bars(_close_windows, CLOSE_BARS, np.isfinite(closes), closes))
    figures |= _named(_RANGE_NAMES, rows.bars(_range_windows, RANGE_BARS, has_close, high, low))
    figures |= _named(_VOLUME_NAMES, rows.bars(_volume_windows, VOLUME_BARS, has_volume, volume))
    (figures["obv_balance"],) = rows.bars(_balance_windows, BALANCE_BARS, has_close & has_volume, close, volume)
    figures |= _named(_CALENDAR_NAMES, rows.days(_calendar_windows, RETURN_DAYS, closes))
    figures["breakout"] = passed(figures["close"], Extremes(figures["previous_high"], figures["previous_low"]))
    return figures


def _named(names: tuple[str, ...], values: tuple[Floats, ...]) -> Figures:
    return dict(zip(names, values, strict=True))


_CLOSE_NAMES = (
    "close_previous",
    "sma_20",
    "sma_50",
    "sma_50_previous",
    "sma_200",
    "sma_200_previous",
    "bollinger_upper",
    "bollinger_lower",
    "held_change",
)


def _close_windows(close: Floats) -> tuple[Floats, ...]:
    averages = close[-20:].mean(axis=0), *_averages(close, 50), *_averages(close, 200)
    return close[-2], *averages, *bands_of(close[-20:]), momentum(close[-6:], 5)[-1]


def _averages(close: Floats, bars: int) -> tuple[Floats, Floats]:
    """The average at the last bar and at the one before: all but one of their bars are the same."""
    shared = close[-bars:-1].sum(axis=0)
    return (shared + close[-1]) / bars, (shared + close[-1 - bars]) / bars


_RANGE_NAMES = ("previous_high", "previous_low", "previous_high_55", "previous_low_55")


def _range_windows(high: Floats, low: Floats) -> tuple[Floats, ...]:
    return high[-21:-1].max(axis=0), low[-21:-1].min(axis=0), high[:-1].max(axis=0), low[:-1].min(axis=0)


_VOLUME_NAMES = ("volume", "volume_z", "volume_ratio")


def _volume_windows(volume: Floats) -> tuple[Floats, ...]:
    return volume[-1], zscore_of(volume[-21:]), ratio_of(volume, 5)


def _balance_windows(close: Floats, volume: Floats) -> tuple[Floats]:
    return (balance_of(close, volume),)


_CALENDAR_NAMES = (
    "close",
    *(f"momentum_{days}d" for days in _MOMENTUM_DAYS),
    "volatility_30d",
    "volatility_90d",
    "downside_volatility_90d",
)


def _calendar_windows(close: Floats) -> tuple[Floats, ...]:
    returns = simple_returns(close)
    return (
        close[-1],
        *(momentum_over(close, days) for days in _MOMENTUM_DAYS),
        realized_volatility(returns, 30),
        realized_volatility(returns, 90),
        downside_volatility(returns, 90),
    )


def momentum_over(close: Floats, days: int) -> Floats:
    """Take the last row of `momentum`, which needs no more than its ends."""
    return np.asarray(momentum(close[[-1 - days, -1]], 1)[-1])


_YEAR_NAMES = ("momentum_365d", "drawdown", "drawdown_previous")


def _year_windows(close: Floats) -> tuple[Floats, ...]:
    return momentum_over(close, HIGH_DAYS), drawdown(close, HIGH_DAYS), _previous_drawdown(close)


def _previous_drawdown(close: Floats) -> Floats:
    """Drawdown as of the bar before the last row, if it is at most `MAX_GAP_DAYS` missing days away."""
    previous = drawdown(close[:-1], HIGH_DAYS)
    known = np.isfinite(close[-2 : -3 - MAX_GAP_DAYS : -1])
    for days in range(1, MAX_GAP_DAYS + 1):
        columns = known[days] & ~known[:days].any(axis=0)
        if columns.any():
            previous[columns] = drawdown(close[: -1 - days, columns], HIGH_DAYS)
    return previous
