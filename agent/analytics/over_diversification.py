"""Holdings that are one too many: what each one does to the volatility, and how few would spread the risk as well."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from agent.analytics.bars import Floats, Indices, divided
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.risk import NOISE

ENOUGH = 0.95
IDLE = 0.01


@dataclass(frozen=True, slots=True)
class OverDiversification:
    """How few holdings reach 95 % of the risk reduction, and what the volatility would be without each one.

    `sufficient` are the columns of these few, in the order they are picked, and `sufficient_count` their number.
    `volatility_changes` has one fraction per holding; `idle` are the columns of the holdings with weight without which
    the volatility would change by less than 1 % of itself. Each is judged alone: of two look-alikes both may be idle.
    """

    sufficient_count: Figure
    sufficient: tuple[int, ...]
    volatility_changes: tuple[Figure, ...]
    idle: tuple[int, ...]

    @classmethod
    def missing(cls, reason: str, holdings: int) -> Self:
        """No figures, for this reason."""
        none = Figure.missing(reason)
        return cls(none, (), (none,) * holdings, ())


def over_diversification(shares: Floats, covariance: Floats) -> OverDiversification:
    """Judge the holdings of a mix: one weight per asset, summing to 1, and assets x assets in.

    A mix that does not vary, an unknown weight or covariance, and, for the changes, a single holding give a reason.
    """
    sufficient = sufficient_holdings(shares, covariance)
    changes = volatility_changes(shares, covariance)
    still = "the portfolio did not move, or a weight or covariance is not known"
    return OverDiversification(
        sufficient_count=Figure.of(len(sufficient) or np.nan, still),
        sufficient=tuple(sufficient.tolist()),
        volatility_changes=tuple(Figure.of(each, f"{still}, or it is the only holding") for each in changes.tolist()),
        idle=tuple(np.flatnonzero((shares > 0) & (np.abs(changes) < IDLE)).tolist()),
    )


def volatility_changes(shares: Floats, covariance: Floats) -> Floats:
    """Relative change of the mix's volatility if a holding were dropped and the others scaled up: fractions.

    One weight per asset (summing to 1) and assets x assets in, one change per asset out: -0.1 means that the mix would
    be a tenth less volatile without it. From sigma_without^2 = (sigma^2 - 2 w_i (C w)_i + w_i^2 C_ii) / (1 - w_i)^2.
    NaN for the only holding, and for all if the mix does not vary or a figure is missing.
    """
    slopes = covariance @ shares
    variance = float(shares @ slopes)
    rest = 1.0 - shares
    # what is left after taking nearly everything away may come out below zero by rounding
    without = np.maximum(variance - 2.0 * shares * slopes + shares**2 * np.diagonal(covariance), 0.0)
    usable = (rest > NOISE) & (variance > NOISE**2)
    return np.asarray(divided(np.sqrt(without), rest * math.sqrt(max(variance, 0.0)), usable) - 1.0)


def sufficient_holdings(shares: Floats, covariance: Floats, part: float = ENOUGH) -> Indices:
    """Pick the holdings that together reach `part` of the portfolio's risk reduction, in the order they are picked.

    One weight per asset and assets x assets in, columns out. The risk reduction of some holdings at their weights is
    1 - 1 / diversification ratio = 1 - volatility / weighted volatility. The largest holding comes first; each further
    one is that which raises the reduction most, until it is `part` of that of all. Picked with hindsight, so it says
    that fewer would have done, not which to keep. Only the largest if all together reduce nothing. Empty if a figure
    is missing or the mix does not vary. Raises AnalyticsError if `part` is not above 0 and at most 1.
    """
    if not 0.0 < part <= 1.0:
        raise AnalyticsError(f"the part of the risk reduction to reach must be above 0 and at most 1, got {part}")
    deviations = np.sqrt(np.diagonal(covariance))
    averages, slopes = shares * deviations, np.zeros(len(shares))
    variance = shares @ covariance @ shares
    if not variance > NOISE**2:
        return np.zeros(0, dtype=np.intp)
    target = part * (1.0 - np.sqrt(variance) / averages.sum()) - NOISE
    picked = [int(shares.argmax())]
    open_ = shares > 0
    while True:
        last = picked[-1]
        open_[last] = False
        slopes = slopes + covariance[:, last] * shares[last]
        inside = np.array(picked)
        spread = shares[inside] @ slopes[inside]
        average = averages[inside].sum()
        if not open_.any() or _reduction(spread, average) >= target:
            return inside
        variances = spread + 2.0 * shares * slopes + averages**2
        picked.append(int(np.where(open_, _reduction(variances, average + averages), -1.0).argmax()))


def _reduction(variances: Floats, averages: Floats) -> Floats:
    """1 - volatility / weighted volatility; 0 where nothing varies."""
    varied = np.asarray(averages > NOISE)
    return np.where(varied, 1.0 - divided(np.sqrt(np.maximum(variances, 0.0)), averages, varied), 0.0)
