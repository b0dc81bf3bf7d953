"""Six ways to foretell how assets will move together; none is fitted, every parameter is stated here.

Each takes the last 90 and the last 365 daily returns, days x assets, oldest first, complete and of assets that moved,
and gives correlations of assets x assets.
"""

from collections.abc import Callable
from enum import StrEnum

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.correlation import average_correlation
from agent.analytics.optimize.covariance import LEDOIT_WOLF, Estimator, Kind, estimated
from agent.analytics.optimize.problem import Unknown, moving_days

RECENT_DAYS = 90
LONG_DAYS = 365
HORIZON_DAYS = 30

HALF_LIFE_DAYS = 60.0
BLEND = 0.5

# Of the order that daily returns give (Engle, 2002): the weight of a day's news, and of what was there the day before.
DCC_NEWS = 0.03
DCC_MEMORY = 0.95
VOLATILITY_HALF_LIFE_DAYS = 20.0


class Forecaster(StrEnum):
    """The ways, the one that all are measured against first."""

    LAST_90_DAYS = "last_90_days"
    EWMA = "ewma"
    LEDOIT_WOLF = "ledoit_wolf"
    CONSTANT_CORRELATION = "constant_correlation"
    LONG_RUN_BLEND = "long_run_blend"
    MEAN_REVERTING = "mean_reverting"


def foretold(forecaster: Forecaster, returns: Floats) -> Floats | Unknown:
    """Forecast the correlations of the next 30 days: assets x assets, 1 on the diagonal.

    Days x assets of daily returns in, of which the last 90 and the last 365 rows are used. Unknown where fewer than
    nine tenths of either have a return of every asset, or one did not move. Raises OptimizerMissing without skfolio for
    EWMA and shrinkage.
    """
    recent, long = moving_days(returns[-RECENT_DAYS:]), moving_days(returns[-LONG_DAYS:])
    if isinstance(recent, Unknown):
        return recent
    if isinstance(long, Unknown):
        return long
    matrix = _FORECASTS[forecaster](recent, long)
    np.fill_diagonal(matrix, 1.0)
    return np.clip(matrix, -1.0, 1.0)


def last_90_days(recent: Floats, _long: Floats) -> Floats:
    """Sample correlations of the last 90 days."""
    return np.atleast_2d(np.corrcoef(recent, rowvar=False))


def ewma(_recent: Floats, long: Floats) -> Floats:
    """Exponentially weighted correlations, half-life 60 days. Source: RiskMetrics (1996)."""
    return _correlations(estimated(long, Estimator(Kind.EWMA, HALF_LIFE_DAYS)))


def ledoit_wolf(recent: Floats, _long: Floats) -> Floats:
    """Correlations of the last 90 days, shrunk towards none as far as their noise asks. Source: Ledoit and Wolf (2004).

    Of returns of equal variance, so that the target, a multiple of the identity, is one of correlations.
    """
    return _correlations(estimated(recent / recent.std(axis=0, ddof=1), LEDOIT_WOLF))


def constant_correlation(recent: Floats, _long: Floats) -> Floats:
    """Each correlation of the last 90 days half way to the mean of all. Source: Elton and Gruber (1973)."""
    matrix = last_90_days(recent, recent)
    return np.asarray((1 - BLEND) * matrix + BLEND * average_correlation(matrix))


def long_run_blend(recent: Floats, long: Floats) -> Floats:
    """Each correlation of the last 90 days half way to that of the last 365."""
    return np.asarray((1 - BLEND) * last_90_days(recent, recent) + BLEND * last_90_days(long, long))


def mean_reverting(_recent: Floats, long: Floats) -> Floats:
    """Dynamic conditional correlation, its mean over the next 30 days, with fixed parameters. Source: Engle (2002).

    Q[t+1] = (1 - a - b) S + a z[t] z[t]' + b Q[t], with S the mean of z z' over the last 365 days, Q[1] = S, a = 0.03,
    b = 0.95, and z the return over the volatility foretold for it; k days on, Q - S has shrunk by (a + b)^k.
    """
    z = _standardised(long)
    days = len(z)
    mean = z.T @ z / days
    memory = DCC_MEMORY ** np.arange(days)[::-1]
    kept = (1 - DCC_NEWS - DCC_MEMORY) * memory.sum() + DCC_MEMORY**days
    tomorrow = kept * mean + DCC_NEWS * (z * memory[:, np.newaxis]).T @ z
    lasting = ((DCC_NEWS + DCC_MEMORY) ** np.arange(HORIZON_DAYS)).mean()
    return _correlations(mean + lasting * (tomorrow - mean))


def _correlations(matrix: Floats) -> Floats:
    """Scale a covariance to correlations."""
    deviation = np.sqrt(np.diagonal(matrix))
    return np.asarray(matrix / np.outer(deviation, deviation))


def _standardised(returns: Floats) -> Floats:
    """Returns over the volatility foretold the day before: EWMA, half-life 20 days, from the mean of the first 20."""
    decay = 0.5 ** (1 / VOLATILITY_HALF_LIFE_DAYS)
    variance = (returns[: int(VOLATILITY_HALF_LIFE_DAYS)] ** 2).mean(axis=0)
    # where a coin stood still and then moved, the ratio would have no bound
    floor = 0.01 * (returns**2).mean(axis=0)
    z = np.empty_like(returns)
    for day, today in enumerate(returns):
        z[day] = today / np.sqrt(np.maximum(variance, floor))
        variance = decay * variance + (1 - decay) * today**2
    return z


_FORECASTS: dict[Forecaster, Callable[[Floats, Floats], Floats]] = {
    Forecaster.LAST_90_DAYS: last_90_days,
    Forecaster.EWMA: ewma,
    Forecaster.LEDOIT_WOLF: ledoit_wolf,
    Forecaster.CONSTANT_CORRELATION: constant_correlation,
    Forecaster.LONG_RUN_BLEND: long_run_blend,
    Forecaster.MEAN_REVERTING: mean_reverting,
}
