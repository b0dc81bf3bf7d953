"""Covariance of daily returns by three estimators: of the sample, shrunk (Ledoit-Wolf), exponentially weighted."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.errors import AnalyticsError
from agent.analytics.optimize.library import fitted, skfolio
from agent.analytics.optimize.problem import Unknown, moving_days


class Kind(StrEnum):
    """The ways to estimate."""

    SAMPLE = "sample"
    LEDOIT_WOLF = "ledoit_wolf"
    EWMA = "ewma"


@dataclass(frozen=True, slots=True)
class Estimator:
    """A way to estimate a covariance; the half-life, in days, is that of EWMA and of no meaning to the others."""

    kind: Kind
    half_life_days: float = 40.0

    def __post_init__(self) -> None:
        if not self.half_life_days > 0:
            raise AnalyticsError(f"a half-life must be longer than 0 days, got {self.half_life_days}")

    @property
    def is_regular(self) -> bool:
        """Whether its covariance can be inverted with fewer days than assets."""
        return self.kind is Kind.LEDOIT_WOLF


SAMPLE = Estimator(Kind.SAMPLE)
LEDOIT_WOLF = Estimator(Kind.LEDOIT_WOLF)
EWMA = Estimator(Kind.EWMA)


def covariance(returns: Floats, estimator: Estimator = LEDOIT_WOLF) -> Floats | Unknown:
    """Estimate the covariance of daily returns: assets x assets, squared fractions per day.

    Days x assets in; the rows on which every asset has a return count, and Unknown says why they are too few or which
    asset did not move. Sample: ddof=1. Ledoit-Wolf (2004): shrunk to a multiple of the identity, ddof=0. EWMA: mean
    taken as 0, weights halve every `half_life_days` (RiskMetrics, 1996). Raises OptimizerMissing without skfolio.
    """
    days = moving_days(returns)
    return days if isinstance(days, Unknown) else estimated(days, estimator)


def estimated(days: Floats, estimator: Estimator) -> Floats:
    """Estimate the covariance of complete returns of assets that moved; see `covariance`."""
    # shrinkage is the same in any unit, and in this one no test for tiny numbers gets in its way
    scale = unit(days)
    # nothing is solved with it, so it need not be made positive definite, which costs more than the estimate
    model = estimating(estimator).set_params(nearest=False)
    fitted(model, days / scale)
    return np.asarray(model.covariance_, dtype=np.float64) * scale**2


def unit(returns: Floats) -> float:
    """Median daily volatility of the assets, the unit in which a solver's tolerances fit quiet and wild markets."""
    return float(np.median(returns.std(axis=0, ddof=1)))


def estimating(estimator: Estimator) -> Any:  # noqa: ANN401 - skfolio publishes no types
    """Make the estimator of skfolio, not fitted yet. Raises OptimizerMissing without skfolio."""
    moments = skfolio().moments
    match estimator.kind:
        case Kind.SAMPLE:
            return moments.EmpiricalCovariance()
        case Kind.LEDOIT_WOLF:
            return moments.LedoitWolf(store_precision=False)
        case Kind.EWMA:
            # the days were counted before: no warm-up of its own
            return moments.EWCovariance(half_life=estimator.half_life_days, min_observations=1)
