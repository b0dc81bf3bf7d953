"""Risk of a series: volatility, drawdowns, Sharpe ratio. Fractions, not per cent; annualised with 365 days."""

import math
from typing import NamedTuple

import numpy as np

from agent.analytics.bars import Floats, divided, required_days

DAYS_PER_YEAR = 365

# Daily returns carry a rounding error of about 2e-16; what varies less than this does not vary.
NOISE = 1e-12


class Moments(NamedTuple):
    """Number of known values, their mean and their sample standard deviation (ddof=1), per column."""

    known: Floats
    mean: Floats
    deviation: Floats


def moments(values: Floats) -> Moments:
    """Count, mean and standard deviation (ddof=1) of the known values down the rows.

    Days x assets in, one value per asset out; the mean of none and the deviation of fewer than two are NaN.
    """
    values = np.asarray(values, dtype=np.float64)
    known = np.isfinite(values)
    count = known.sum(axis=0).astype(np.float64)
    mean = divided(np.where(known, values, 0.0).sum(axis=0), count, count > 0)
    squares = (np.where(known, values - mean, 0.0) ** 2).sum(axis=0)
    return Moments(count, mean, np.sqrt(divided(squares, count - 1, count > 1)))


def realized_volatility(returns: Floats, window: int, periods: int = DAYS_PER_YEAR) -> Floats:
    """Take the standard deviation (ddof=1) of the last `window` daily returns, times sqrt(periods), as a fraction.

    Days x assets in, one value per asset out. Uses the returns that are there; NaN if they are fewer than nine tenths
    of the window. Zero for a price that did not move.
    """
    count, _, deviation = moments(np.asarray(returns)[-window:])
    enough = count >= required_days(window)
    return np.where(enough, deviation * math.sqrt(periods), np.nan)


def drawdown(close: Floats, window: int) -> Floats:
    """Compare the last close with the highest close of the last `window` rows, itself included: a fraction, at most 0.

    Days x assets in, one value per asset out. NaN without a close in the last row or with closes on fewer than nine
    tenths of the window.
    """
    recent = np.asarray(close, dtype=np.float64)[-window:]
    if len(recent) == 0:
        return np.full(recent.shape[1:], np.nan)
    enough = np.isfinite(recent).sum(axis=0) >= required_days(window)
    peak = np.fmax.reduce(recent, axis=0)
    usable = enough & np.isfinite(recent[-1]) & (peak > 0)
    return np.asarray(divided(recent[-1], peak, usable) - 1.0)


def maximum_drawdown(values: Floats) -> Floats:
    """Deepest fall of the values from an earlier peak, compounded, as a fraction: 0 if they never fell.

    Days x assets (or one series) of prices or values in, one figure per asset out. The first value counts as a peak.
    Missing days are skipped; NaN with fewer than two values.
    """
    values = np.asarray(values, dtype=np.float64)
    if len(values) == 0:
        return np.full(values.shape[1:], np.nan)
    peaks = np.fmax.accumulate(values, axis=0)
    falls = divided(values, peaks, peaks > 0) - 1.0
    return np.where(np.isfinite(falls).sum(axis=0) >= 2, np.fmin.reduce(falls, axis=0), np.nan)


def sharpe_ratio(returns: Floats, periods: int = DAYS_PER_YEAR) -> Floats:
    """Mean over standard deviation (ddof=1) of daily returns, times sqrt(periods); no risk-free rate is taken off.

    Days x assets in, one ratio per asset out. Uses the returns that are there; NaN with fewer than two, or if they do
    not vary. Source: Sharpe (1994).
    """
    _, mean, deviation = moments(returns)
    return np.asarray(divided(mean, deviation, deviation > NOISE) * math.sqrt(periods))


def downside_volatility(returns: Floats, window: int, periods: int = DAYS_PER_YEAR) -> Floats:
    """Root mean square of the negative ones among the last `window` daily returns, times sqrt(periods), as a fraction.

    Days x assets in, one value per asset out: the downside deviation against a target of 0. Days without a loss count
    as 0, so the mean is over all known days. NaN if these are fewer than nine tenths of the window. Source: Sortino
    and Price (1994).
    """
    recent = np.asarray(returns, dtype=np.float64)[-window:]
    enough = np.isfinite(recent).sum(axis=0) >= required_days(window)
    return np.where(enough, _downside(recent) * math.sqrt(periods), np.nan)


def sortino_ratio(returns: Floats, periods: int = DAYS_PER_YEAR) -> Floats:
    """Mean daily return over the downside deviation against 0, times sqrt(periods).

    Days x assets in, one ratio per asset out. Uses the returns that are there; NaN with fewer than two, or if none of
    them is a loss. Source: Sortino and Price (1994).
    """
    known, mean, _ = moments(returns)
    downside = _downside(np.asarray(returns, dtype=np.float64))
    return np.asarray(divided(mean, downside, (known > 1) & (downside > NOISE)) * math.sqrt(periods))


def _downside(returns: Floats) -> Floats:
    """Root mean square of min(return, 0) over the known days; NaN without one."""
    known = np.isfinite(returns).sum(axis=0)
    squares = (np.where(returns < 0, returns, 0.0) ** 2).sum(axis=0)
    return np.sqrt(divided(squares, known, known > 0))
