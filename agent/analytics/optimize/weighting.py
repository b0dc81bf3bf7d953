"""Better weights for the same assets: six weightings, each with what it would change and how it would have done."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from agent.analytics import diversification, portfolio
from agent.analytics.bars import Floats
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.optimize.covariance import LEDOIT_WOLF, Estimator
from agent.analytics.optimize.problem import ROUNDING, Limits, Unknown, common_days, moving_days, within
from agent.analytics.optimize.solver import Solver
from agent.analytics.risk import DAYS_PER_YEAR, NOISE, moments, sharpe_ratio


class Method(StrEnum):
    """The weightings: the first two need no history, the others are optimal for it."""

    EQUAL = "equal"
    MARKET_VALUE = "market_value"
    MINIMUM_VARIANCE = "minimum_variance"
    MAXIMUM_SHARPE = "maximum_sharpe"
    RISK_PARITY = "risk_parity"
    HIERARCHICAL_RISK_PARITY = "hierarchical_risk_parity"


@dataclass(frozen=True, slots=True)
class Weighting:
    """Long-only weights that sum to 1, the turnover to them, and figures of their mix over the window.

    The figures are in-sample: the weights were chosen on the same days, so what comes after is worse on average.
    `volatility` and `sharpe` are annualised with 365 days, `turnover` is a fraction of the portfolio's value.
    """

    weights: Floats
    turnover: Figure
    volatility: Figure
    sharpe: Figure
    diversification_ratio: Figure
    effective_number: float


@dataclass(frozen=True, slots=True)
class WeightingResult:
    """What a method gave: a weighting, or why it has none."""

    method: Method
    outcome: Weighting | Unknown


def weightings(
    returns: Floats,
    current: Floats | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    market_values_usd: Floats | None = None,
    estimator: Estimator = LEDOIT_WOLF,
    methods: Sequence[Method] = tuple(Method),
) -> tuple[WeightingResult, ...]:
    """Weigh the assets by every method over the window that the rows of `returns` are.

    Days x assets of daily returns; weights now and market values one per asset, NaN where unknown. Nine tenths of the
    days must have a return of every asset. Raises AnalyticsError for shapes that do not fit, and OptimizerMissing
    without skfolio if a method needs it. Sources: see `optimize.solver`.
    """
    _require_fit(returns, current=current, market_values_usd=market_values_usd)
    results = []
    for method in methods:
        weights = target_weights(method, returns, limits, market_values_usd, estimator)
        outcome = weights if isinstance(weights, Unknown) else measured(weights, returns, current)
        results.append(WeightingResult(method, outcome))
    return tuple(results)


def target_weights(
    method: Method, returns: Floats, limits: Limits, market_values_usd: Floats | None, estimator: Estimator
) -> Floats | Unknown:
    """Weights of one method, fractions that sum to 1 within the limits, or why there are none. See `weightings`."""
    assets = np.shape(returns)[1]
    bounds = limits.bounds(assets)
    if isinstance(bounds, Unknown):
        return bounds
    if method is Method.EQUAL:
        return within(np.ones(assets), *bounds)
    if method is Method.MARKET_VALUE:
        return _by_market_value(market_values_usd, *bounds)
    days = moving_days(returns)
    if isinstance(days, Unknown):
        return days
    solver = Solver(days, *bounds, estimator)
    solutions = {
        Method.MINIMUM_VARIANCE: solver.minimum_variance,
        Method.MAXIMUM_SHARPE: solver.maximum_sharpe,
        Method.RISK_PARITY: solver.risk_parity,
        Method.HIERARCHICAL_RISK_PARITY: solver.hierarchical_risk_parity,
    }
    return solutions[method]()


def measured(weights: Floats, returns: Floats, current: Floats | None = None) -> Weighting:
    """Measure weights on the days of the window that all assets share; each figure a value or its reason."""
    turn = turnover(current, weights)
    count = diversification.effective_number(weights)
    days = common_days(returns)
    if isinstance(days, Unknown):
        missing = Figure.missing(days.reason)
        return Weighting(weights, turn, missing, missing, missing, count)
    mix = portfolio.mix_returns(weights, days)
    deviation = float(moments(mix).deviation)
    ratio = diversification.diversification_ratio(
        diversification.weighted_volatility(weights, moments(days).deviation), deviation if deviation > NOISE else 0.0
    )
    still = "the mix did not move"
    return Weighting(
        weights=weights,
        turnover=turn,
        volatility=Figure.of(deviation * math.sqrt(DAYS_PER_YEAR), still),
        sharpe=Figure.of(float(sharpe_ratio(mix)), still),
        diversification_ratio=Figure.of(ratio, still),
        effective_number=count,
    )


def turnover(current: Floats | None, weights: Floats) -> Figure:
    """Share of the portfolio to sell, and to buy: half the sum of the absolute differences of weights, 0 to 1."""
    if current is None:
        return Figure.missing("no current weights were given")
    return Figure.of(float(np.abs(weights - current).sum()) / 2, "a current weight is unknown")


def _by_market_value(market_values_usd: Floats | None, lower: Floats, upper: Floats) -> Floats | Unknown:
    if market_values_usd is None:
        return Unknown("no market values were given")
    values = np.asarray(market_values_usd, dtype=np.float64)
    unknown = np.flatnonzero(~np.isfinite(values))
    if unknown.size:
        return Unknown(f"{unknown.size} of {values.size} assets have no market value", tuple(unknown.tolist()))
    return within(values, lower, upper)


def _require_fit(returns: Floats, **per_asset: Floats | None) -> None:
    if np.ndim(returns) != 2:
        raise AnalyticsError(f"expected returns of days x assets, got shape {np.shape(returns)}")
    assets = np.shape(returns)[1]
    for name, values in per_asset.items():
        if values is None:
            continue
        if np.shape(values) != (assets,):
            raise AnalyticsError(f"{name} must be one number per asset, got {np.shape(values)} for {assets} assets")
        if (np.asarray(values) < 0).any():
            raise AnalyticsError(f"{name} must be zero or more; short positions are not supported")
    current = per_asset.get("current")
    if current is not None and abs(float(np.sum(current)) - 1) > ROUNDING:
        raise AnalyticsError(f"current weights must sum to 1, got {float(np.sum(current)):.6g}")
