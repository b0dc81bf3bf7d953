"""How sure a mean over days is: percentile intervals of a circular block bootstrap."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Floats, Indices
from agent.analytics.block_bootstrap import circular_blocks
from agent.analytics.optimize.problem import Unknown

DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate between its bounds, at the stated confidence (0.95: 95 %), all in the unit of the estimate."""

    estimate: float
    lower: float
    upper: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Resampling:
    """How an interval is drawn: blocks of `block` rows, so that what lasts for shorter is kept together."""

    block: int
    seed: int = 0
    draws: int = DRAWS
    confidence: float = 0.95

    def rows(self, count: int) -> Indices:
        """Row numbers of every draw: draws x count."""
        return circular_blocks(count, self.block, self.draws, np.random.default_rng(self.seed))


def interval(series: Floats, statistic: Callable[[Floats], Floats], resampling: Resampling) -> Interval | Unknown:
    """Interval of a statistic of rows that depend on their neighbours; the same seed gives the same interval.

    Rows x series in; `statistic` takes (..., rows, series) to (...). Unknown with fewer than four blocks of rows, with
    a row that is not finite, or where the statistic has no finite value. Source: Politis and Romano (1992).
    """
    needed = 4 * resampling.block
    if len(series) < needed:
        return Unknown(f"an interval needs {needed} observations, has {len(series)}")
    estimate = float(statistic(series))
    drawn = statistic(series[resampling.rows(len(series))])
    if not (np.isfinite(estimate) and np.isfinite(drawn).all()):
        return Unknown("the figure is unknown, or unknown in parts of the history")
    tail = (1 - resampling.confidence) / 2
    lower, upper = np.quantile(drawn, [tail, 1 - tail])
    return Interval(estimate, float(lower), float(upper), resampling.confidence)


def mean_difference(series: Floats) -> Floats:
    """Mean over the rows of the first series less the second: (..., rows, 2) in, (...) out."""
    return np.asarray((series[..., 0] - series[..., 1]).mean(axis=-1))
