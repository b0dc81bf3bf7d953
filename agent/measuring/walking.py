"""How the weightings of today's holdings would have done out of sample, after costs, over the stored history."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.optimize.covariance import Estimator
from agent.analytics.optimize.covariance_comparison import CovarianceScore, compare_covariances
from agent.analytics.optimize.problem import Limits, Unknown
from agent.analytics.optimize.walk_forward import WalkForward, walk_forward
from agent.analytics.returns import simple_returns

WINDOW_DAYS = 180
REBALANCE_DAYS = 30
HIGHEST_COST_BPS = 1000
NOTE = "they are those held today, and nobody knew then that they would be"


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk from `first_day`, the day of the first purchase, to `last_day`; `covariances` judges the estimators."""

    first_day: date
    last_day: date
    window_days: int
    rebalance_days: int
    result: WalkForward
    covariances: tuple[CovarianceScore, ...] | Unknown
    note: str = NOTE


def walk(as_of: date, closes: Floats, max_weight_pct: float, estimator: Estimator, cost_bps: float) -> Walk | Unknown:
    """Walk through days x assets of closes that end on `as_of`; Unknown where the history is too short.

    Where fewer assets can be held than the most weight of one allows for, equal weights stand in, and are counted.
    """
    stored = np.flatnonzero(np.isfinite(closes).any(axis=1))
    closes = closes[stored[0] if len(stored) else len(closes) :]
    if len(closes) < WINDOW_DAYS + 2:
        return Unknown(f"needs closes of {WINDOW_DAYS + 2} days, {len(closes)} are stored")
    result = walk_forward(
        closes,
        window=WINDOW_DAYS,
        rebalance=REBALANCE_DAYS,
        costs_bps=cost_bps,
        limits=Limits(maximum=max_weight_pct / 100.0),
        estimator=estimator,
    )
    if isinstance(result, Unknown):
        return result
    return Walk(
        first_day=as_of - timedelta(days=len(closes) - 1 - result.rebalances[0]),
        last_day=as_of,
        window_days=WINDOW_DAYS,
        rebalance_days=REBALANCE_DAYS,
        result=result,
        covariances=compare_covariances(simple_returns(closes), WINDOW_DAYS, REBALANCE_DAYS),
    )
