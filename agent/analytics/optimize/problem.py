"""What an optimizer is given: the days that all assets share and the limits of their weights; or why there is none."""

from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Floats, Indices, required_days
from agent.analytics.errors import AnalyticsError
from agent.analytics.risk import NOISE, moments

# Weights and limits are sums of fractions: they are compared with 1 up to rounding.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer, for this reason; `columns` are the assets that stand in its way, where single ones do."""

    reason: str
    columns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the most weight of an asset, fractions: one number for all assets, or one per asset."""

    minimum: float | Floats = 0.0
    maximum: float | Floats = 1.0

    def bounds(self, assets: int) -> tuple[Floats, Floats] | Unknown:
        """Least and most weight per asset, or why no weights within them sum to 1.

        Raises AnalyticsError for limits of another number of assets, below 0, above 1, or crossed.
        """
        if not assets:
            return Unknown("there are no assets")
        lower, upper = _per_asset(self.minimum, assets), _per_asset(self.maximum, assets)
        if not ((lower >= 0) & (lower <= upper) & (upper <= 1)).all():
            raise AnalyticsError("limits of weights must be fractions with 0 <= minimum <= maximum <= 1")
        if lower.sum() > 1 + ROUNDING or upper.sum() < 1 - ROUNDING:
            return Unknown(
                f"no weights within the limits sum to 1: the {assets} assets take at least {lower.sum():.3g} "
                f"and at most {upper.sum():.3g}"
            )
        return lower, upper

    def of(self, columns: Indices) -> "Limits":
        """Take the limits of some of the assets, by their columns."""
        minimum, maximum = (side[columns] if isinstance(side, np.ndarray) else side for side in self._sides())
        return Limits(minimum, maximum)

    def _sides(self) -> tuple[float | Floats, float | Floats]:
        return self.minimum, self.maximum


def _per_asset(side: float | Floats, assets: int) -> Floats:
    values = np.asarray(side, dtype=np.float64)
    if values.ndim and values.shape != (assets,):
        raise AnalyticsError(f"limits must be one number or one per asset, got {values.shape} for {assets} assets")
    return np.full(assets, values)


def within(base: Floats, lower: Floats, upper: Floats) -> Floats | Unknown:
    """Weights in proportion to `base` where the limits allow, at a limit elsewhere; they sum to 1.

    One value per asset in (zero or more) and out (fractions): clip(c * base, lower, upper) with the c that makes the
    sum 1. Unknown if no c does, because too many assets have a base of 0.
    """
    positive = base > 0
    steps = np.unique(np.concatenate((lower[positive] / base[positive], upper[positive] / base[positive])))
    sums = np.clip(steps[:, np.newaxis] * base, lower, upper).sum(axis=1)
    if sums.size == 0 or sums[-1] < 1 - ROUNDING:
        return Unknown(
            f"the limits leave no room: {int((~positive).sum())} of {base.size} assets have nothing to weigh"
        )
    scale = np.interp(1.0, sums, steps)
    return np.clip(scale * base, lower, upper)


def common_days(returns: Floats) -> Floats | Unknown:
    """Take the rows on which every asset has a return: days x assets, or why they are too few.

    Days x assets of daily returns in; all its rows are the window. Nine tenths of them, and two, must be there.
    """
    returns = np.asarray(returns, dtype=np.float64)
    if returns.ndim != 2:
        raise AnalyticsError(f"expected returns of days x assets, got shape {returns.shape}")
    days, assets = returns.shape
    if not days or not assets:
        return Unknown(f"nothing to measure: {days} days of {assets} assets")
    needed = max(required_days(days), 2)
    known = np.isfinite(returns)
    short = np.flatnonzero(known.sum(axis=0) < needed)
    if short.size:
        return Unknown(
            f"{short.size} of {assets} assets have fewer than {needed} daily returns in the {days} days",
            tuple(short.tolist()),
        )
    complete = known.all(axis=1)
    if complete.sum() < needed:
        return Unknown(f"needs {needed} of {days} days on which every asset has a return, has {int(complete.sum())}")
    return returns[complete]


def moving_days(returns: Floats) -> Floats | Unknown:
    """Like `common_days`, and every asset must have moved on them: without variance nothing can be weighed by risk."""
    days = common_days(returns)
    if isinstance(days, Unknown):
        return days
    still = np.flatnonzero(~(moments(days).deviation > NOISE))
    if still.size:
        return Unknown(f"{still.size} of {days.shape[1]} assets did not move", tuple(still.tolist()))
    return days


def usable_columns(returns: Floats) -> Indices:
    """Assets whose returns can be measured together: columns, in order, on which `moving_days` gives an answer.

    Assets that lack nine tenths of the rows or did not move are left out, then the one with the most missing days,
    again and again, until nine tenths of the rows have a return of every asset that is left.
    """
    needed = max(required_days(max(len(returns), 1)), 2)
    known = np.isfinite(returns)
    columns = np.flatnonzero((known.sum(axis=0) >= needed) & (moments(returns).deviation > NOISE))
    while columns.size and known[:, columns].all(axis=1).sum() < needed:
        columns = np.delete(columns, known[:, columns].sum(axis=0).argmin())
    complete = known[:, columns].all(axis=1)
    # an asset that moved only on the days that others lack
    return columns[moments(returns[np.ix_(complete, columns)]).deviation > NOISE] if columns.size else columns
