"""The efficient frontier: the least volatility at each return, and how far a portfolio lies from it."""

import math
from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.optimize.covariance import LEDOIT_WOLF, Estimator, estimated
from agent.analytics.optimize.problem import Limits, Unknown, moving_days
from agent.analytics.optimize.solver import Solver
from agent.analytics.risk import DAYS_PER_YEAR

NOTE = "in-sample: means and covariance are those of the same past days, and such means hardly repeat"

# Optimal weights are within 1e-4 of the optimum: this close to an end of the frontier counts as on it.
_SLACK = 1e-4


@dataclass(frozen=True, slots=True)
class Frontier:
    """Efficient mixes from the least volatile to the one of the highest return, annualised with 365 days.

    `returns` (arithmetic means) and `volatilities` are fractions per year, one per point, both rising; `weights` are
    points x assets. `mean` and `covariance` are what they were computed from, per year. `note` says what they are not.
    """

    returns: Floats
    volatilities: Floats
    weights: Floats
    mean: Floats
    covariance: Floats
    note: str = NOTE


@dataclass(frozen=True, slots=True)
class Distance:
    """How far weights lie from the frontier, fractions per year; 0 if the frontier offers nothing better.

    `excess_volatility`: how much less volatility there was at no less return. `forgone_return`: how much more return
    there was at no more volatility. Both in-sample, see `note`.
    """

    annual_return: float
    volatility: float
    excess_volatility: Figure
    forgone_return: Figure
    note: str = NOTE


def efficient_frontier(
    returns: Floats,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    points: int = 30,
    estimator: Estimator = LEDOIT_WOLF,
) -> Frontier | Unknown:
    """Mixes of the least variance for `points` evenly spaced mean returns, over the window that the rows are.

    Days x assets of daily returns; nine tenths of the days must have a return of every asset. The mean of the days is
    taken for the expected return, so the frontier is in-sample: it says what would have been best, not what will be.
    One point only if the least volatile mix had the highest return too. Raises AnalyticsError for fewer than 2 points
    and OptimizerMissing without skfolio. Source: Markowitz (1952).
    """
    if points < 2:
        raise AnalyticsError(f"a frontier needs at least 2 points, got {points}")
    days = moving_days(returns)
    if isinstance(days, Unknown):
        return days
    bounds = limits.bounds(days.shape[1])
    if isinstance(bounds, Unknown):
        return bounds
    weights = _efficient(Solver(days, *bounds, estimator), points)
    if isinstance(weights, Unknown):
        return weights
    mean, matrix = days.mean(axis=0) * DAYS_PER_YEAR, estimated(days, estimator) * DAYS_PER_YEAR
    return Frontier(
        returns=weights @ mean,
        volatilities=np.sqrt(np.einsum("pi,ij,pj->p", weights, matrix, weights)),
        weights=weights,
        mean=mean,
        covariance=matrix,
    )


def _efficient(solver: Solver, points: int) -> Floats | Unknown:
    """Weights of the frontier, points x assets."""
    first = solver.minimum_variance()
    if isinstance(first, Unknown):
        return first
    mean = solver.returns.mean(axis=0)
    lowest, highest = float(first @ mean), solver.highest_return()
    if highest - lowest <= 1e-6 * float(np.abs(mean).max()):
        return first[np.newaxis]
    rest = solver.least_variance_at(np.linspace(lowest, highest, points)[1:])
    return rest if isinstance(rest, Unknown) else np.vstack((first, rest))


def distance(frontier: Frontier, weights: Floats) -> Distance:
    """Compare weights with the frontier's mixes at their own return and at their own volatility.

    One weight per asset, fractions. Between two points of the frontier stand the mixes of the two, which are within the
    limits and no better than the frontier itself. Raises AnalyticsError for weights of another number of assets.
    """
    weights = np.asarray(weights, dtype=np.float64)
    if weights.shape != frontier.mean.shape:
        raise AnalyticsError(f"expected one weight for each of {frontier.mean.size} assets, got {weights.shape}")
    own_return, own_volatility = float(weights @ frontier.mean), math.sqrt(weights @ frontier.covariance @ weights)
    return Distance(
        annual_return=own_return,
        volatility=own_volatility,
        excess_volatility=_gain(own_volatility - _volatility_at(frontier, own_return), "returned as much"),
        forgone_return=_gain(_return_at(frontier, own_volatility) - own_return, "was as quiet"),
    )


def _gain(difference: float, what: str) -> Figure:
    return Figure.of(difference if math.isnan(difference) else max(difference, 0.0), f"no mix within the limits {what}")


def _volatility_at(frontier: Frontier, target: float) -> float:
    """Least volatility at no less than this return; NaN above the highest."""
    lowest, highest = frontier.returns[[0, -1]]
    if target > highest + _SLACK:
        return math.nan
    target = min(max(target, lowest), highest)
    point = _segment(frontier.returns, target)
    ends = frontier.returns[point : point + 2]
    share = (target - ends[0]) / (ends[-1] - ends[0]) if ends[-1] > ends[0] else 0.0
    mix = (1 - share) * frontier.weights[point] + share * frontier.weights[point : point + 2][-1]
    return math.sqrt(mix @ frontier.covariance @ mix)


def _return_at(frontier: Frontier, target: float) -> float:
    """Highest return at no more than this volatility; NaN below the least."""
    lowest, highest = frontier.volatilities[[0, -1]]
    if target < lowest - _SLACK:
        return math.nan
    target = min(max(target, lowest), highest)
    point = _segment(frontier.volatilities, target)
    low, high = frontier.weights[point], frontier.weights[point : point + 2][-1]
    # the variance of the mix is a parabola of the share of `high`; its root in a form that divides by no small number
    start, step = low @ frontier.covariance @ low, high - low
    slope, curve = low @ frontier.covariance @ step, step @ frontier.covariance @ step
    rise = max(target**2 - start, 0.0)
    root = slope + math.sqrt(max(slope**2 + curve * rise, 0.0))
    share = min(rise / root, 1.0) if root > 0 else 0.0
    return float((low + share * step) @ frontier.mean)


def _segment(rising: Floats, target: float) -> int:
    """Point of the frontier at or before the target, the last but one at most."""
    return max(min(int(np.searchsorted(rising, target, side="right")) - 1, len(rising) - 2), 0)
