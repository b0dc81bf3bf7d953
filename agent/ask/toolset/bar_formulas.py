"""Figures of the last row of closes, in the units and over the windows that answers tell them in, and their formulas.

Each takes days x assets in USD and a number of days, and gives one value an asset, NaN where it is not known.
"""

from collections.abc import Callable, Mapping

import numpy as np

from agent.analytics import returns, risk
from agent.analytics.bars import Floats, Indices, divided, recent_bars, required_days
from agent.analytics.indicators import rsi
from agent.analytics.tail_risk import LEVEL
from agent.analytics.trend import atr, directional_movement
from agent.claims.fact import Metric

SETTLED_DAYS = 250  # Wilder's averages of older bars add less than one part in a million


def mean_price(close: Floats, bars: int) -> Floats:
    """The mean of the last bars, in USD."""
    return np.asarray(recent_bars(close, bars, np.isfinite(close)).mean(axis=0))


def distance(close: Floats, bars: int) -> Floats:
    """How far the close is from the mean of the last bars, in per cent."""
    mean = mean_price(close, bars)
    return np.asarray((divided(close[-1], mean, mean > 0) - 1) * 100)


def maximum_drawdown(close: Floats, days: int) -> Floats:
    """The deepest fall from an earlier peak, in per cent, at most 0."""
    return _where_known(close, days, risk.maximum_drawdown(close[-days - 1 :])) * 100


def worst_days(close: Floats, days: int) -> Floats:
    """Mean loss of the worst twentieth of days in per cent, as `tail_risk` defines it; NaN where that is no loss."""
    losses = -_daily(close, days)
    known = np.isfinite(losses).sum(axis=0)
    enough = np.flatnonzero(known >= required_days(days))
    found = np.full(close.shape[1], np.nan)
    if enough.size:
        found[enough] = _tail_mean(np.where(np.isfinite(losses), losses, -np.inf)[:, enough], known[enough])
    return np.where(found > risk.NOISE, found * 100, np.nan)


def _tail_mean(losses: Floats, known: Indices) -> Floats:
    """The mean of the largest twentieth of the known losses; of what is no whole day the part that is left counts."""
    tail = (1.0 - LEVEL) * known
    tail = np.where(np.isclose(tail, np.rint(tail), rtol=1e-12, atol=0.0), np.rint(tail), tail)
    whole = np.floor(tail).astype(np.intp)
    most = int(whole.max()) + 1
    worst = -np.sort(-np.partition(losses, len(losses) - most, axis=0)[-most:], axis=0)
    total = np.vstack((np.zeros(len(known)), np.cumsum(worst, axis=0)))
    places = np.arange(len(known))
    return np.asarray((total[whole, places] + worst[whole, places] * (tail - whole)) / tail)


def _daily(close: Floats, days: int) -> Floats:
    return returns.simple_returns(close[-days - 1 :])[1:]


def _where_known(close: Floats, days: int, values: Floats) -> Floats:
    """The values of assets with returns on nine tenths of the days."""
    known = np.isfinite(_daily(close, days)).sum(axis=0)
    return np.where(known >= required_days(days), values, np.nan)


def _of_returns(ratio: Callable[[Floats], Floats]) -> Callable[[Floats, int], Floats]:
    return lambda close, days: _where_known(close, days, ratio(_daily(close, days)))


OF_CLOSES: Mapping[Metric, Callable[[Floats, int], Floats]] = {
    Metric.CLOSE: lambda close, _: close[-1],
    Metric.CHANGE: returns.change_pct,
    Metric.VOLATILITY: lambda close, days: risk.realized_volatility(_daily(close, days), days) * 100,
    Metric.DOWNSIDE_VOLATILITY: lambda close, days: risk.downside_volatility(_daily(close, days), days) * 100,
    Metric.DRAWDOWN: lambda close, days: risk.drawdown(close, days) * 100,
    Metric.MAX_DRAWDOWN: maximum_drawdown,
    Metric.EXPECTED_SHORTFALL: worst_days,
    Metric.SHARPE: _of_returns(risk.sharpe_ratio),
    Metric.SORTINO: _of_returns(risk.sortino_ratio),
    Metric.RSI: lambda close, _: rsi(close[-SETTLED_DAYS:])[-1],
    Metric.DISTANCE: distance,
    Metric.MEAN_PRICE: mean_price,
}


def adx(high: Floats, low: Floats, close: Floats) -> Floats:
    """Wilder's ADX, 0 to 100."""
    return np.asarray(directional_movement(high, low, close).adx[-1])


def daily_range(high: Floats, low: Floats, close: Floats) -> Floats:
    """The average true range over the close, in per cent."""
    return np.asarray(divided(atr(high, low, close)[-1], close[-1], close[-1] > 0) * 100)


OF_RANGES: Mapping[Metric, Callable[[Floats, Floats, Floats], Floats]] = {
    Metric.ADX: adx,
    Metric.DAILY_RANGE: daily_range,
}

FORMULAS: Mapping[Metric, str] = {
    Metric.CLOSE: "the close of the day's bar",
    Metric.VOLATILITY: "standard deviation of {days} daily returns x sqrt(365) x 100",
    Metric.DOWNSIDE_VOLATILITY: "root mean square of the negative ones of {days} daily returns x sqrt(365) x 100",
    Metric.DRAWDOWN: "(close / highest close of {days} days - 1) x 100",
    Metric.MAX_DRAWDOWN: "deepest fall of the close from an earlier high within {days} days x 100",
    Metric.EXPECTED_SHORTFALL: "mean loss of the worst 5 % of {days} daily returns x 100",
    Metric.SHARPE: "mean / standard deviation of {days} daily returns x sqrt(365)",
    Metric.SORTINO: "mean of {days} daily returns / root mean square of the negative ones x sqrt(365)",
    Metric.RSI: "Wilder's RSI of 14 days",
    Metric.ADX: "Wilder's average directional index of 14 days",
    Metric.DAILY_RANGE: "Wilder's average true range of 14 days / close x 100",
    Metric.DISTANCE: "(close / mean close of {days} bars - 1) x 100",
    Metric.MEAN_PRICE: "mean close of {days} bars",
    Metric.CORRELATION: "correlation of {days} daily returns with Bitcoin's",
    Metric.BETA: "covariance with Bitcoin's {days} daily returns / their variance",
}
