"""Weightings and the frontier, against closed forms, SciPy's SLSQP and an own recursive bisection."""

import math
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from empyrical import annual_volatility, sharpe_ratio
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.optimize import minimize
from scipy.spatial.distance import squareform

from agent.analytics.bars import Floats
from agent.analytics.errors import AnalyticsError, OptimizerMissing
from agent.analytics.optimize.covariance import EWMA, LEDOIT_WOLF, SAMPLE, Estimator, covariance
from agent.analytics.optimize.frontier import Frontier, distance, efficient_frontier
from agent.analytics.optimize.problem import Limits, Unknown
from agent.analytics.optimize.weighting import Method, Weighting, turnover, weightings

NAN = np.nan
EXACT = (Method.MINIMUM_VARIANCE, Method.MAXIMUM_SHARPE, Method.RISK_PARITY, Method.HIERARCHICAL_RISK_PARITY)


def market(days: int = 120, assets: int = 6, seed: int = 5) -> Floats:
    rng = np.random.default_rng(seed)
    common = rng.normal(0.002, 0.02, (days, 1))
    return common * rng.uniform(0.5, 1.5, assets) + rng.normal(0.001, 0.02, (days, assets)) * rng.uniform(1, 2, assets)


def weights_of(method: Method, returns: Floats, limits: Limits | None = None, estimator: Estimator = SAMPLE) -> Floats:
    (result,) = weightings(returns, limits=limits or Limits(), estimator=estimator, methods=(method,))
    assert isinstance(result.outcome, Weighting), result
    return result.outcome.weights


def reason_of(method: Method, returns: Floats, limits: Limits | None = None, estimator: Estimator = SAMPLE) -> Unknown:
    (result,) = weightings(returns, limits=limits or Limits(), estimator=estimator, methods=(method,))
    assert isinstance(result.outcome, Unknown), result
    return result.outcome


def independent_optimum(
    returns: Floats, method: Method, lower: float = 0.0, upper: float = 1.0, least_return: float | None = None
) -> Floats:
    mean, matrix, count = returns.mean(axis=0), np.cov(returns, rowvar=False), returns.shape[1]
    scale = matrix.mean()

    def loss(weights: Floats) -> float:
        variance = float(weights @ matrix @ weights) / scale
        return -float(weights @ mean) / math.sqrt(variance * scale) if method is Method.MAXIMUM_SHARPE else variance

    constraints = [{"type": "eq", "fun": lambda weights: weights.sum() - 1}]
    if least_return is not None:
        constraints.append({"type": "ineq", "fun": lambda weights: (weights @ mean - least_return) / abs(mean).max()})
    solved = minimize(
        loss,
        np.full(count, 1 / count),
        bounds=[(lower, upper)] * count,
        constraints=constraints,
        method="SLSQP",
        options={"ftol": 1e-15, "maxiter": 500},
    )
    return np.asarray(solved.x)


def test_minimum_variance_is_the_closed_form_where_that_is_long_only() -> None:
    returns = np.random.default_rng(1).normal(0.0, 0.02, (200, 4)) * [1.0, 1.2, 1.5, 2.0]
    inverse = np.linalg.solve(np.cov(returns, rowvar=False), np.ones(4))
    assert (inverse > 0).all()
    np.testing.assert_allclose(weights_of(Method.MINIMUM_VARIANCE, returns), inverse / inverse.sum(), atol=1e-5)


def test_maximum_sharpe_is_the_closed_form_where_that_is_long_only() -> None:
    returns = np.random.default_rng(2).normal(0.0, 0.02, (200, 4))
    returns += [0.004, 0.005, 0.006, 0.004] - returns.mean(axis=0)
    tangent = np.linalg.solve(np.cov(returns, rowvar=False), returns.mean(axis=0))
    assert (tangent > 0).all()
    np.testing.assert_allclose(weights_of(Method.MAXIMUM_SHARPE, returns), tangent / tangent.sum(), atol=1e-5)


@pytest.mark.parametrize("method", [Method.MINIMUM_VARIANCE, Method.MAXIMUM_SHARPE])
@pytest.mark.parametrize(("lower", "upper"), [(0.0, 1.0), (0.05, 0.3)])
def test_optima_within_limits_are_those_of_another_solver(method: Method, lower: float, upper: float) -> None:
    returns = market()
    expected = independent_optimum(returns, method, lower, upper)
    np.testing.assert_allclose(weights_of(method, returns, Limits(lower, upper)), expected, atol=1e-4)


def test_risk_parity_of_two_assets_is_by_inverse_volatility() -> None:
    returns = market(assets=2)
    inverse = 1 / returns.std(axis=0)
    np.testing.assert_allclose(weights_of(Method.RISK_PARITY, returns), inverse / inverse.sum(), atol=1e-5)


@pytest.mark.parametrize("estimator", [SAMPLE, LEDOIT_WOLF, EWMA])
def test_risk_parity_gives_every_asset_the_same_part_of_the_variance(estimator: Estimator) -> None:
    returns = market()
    weights, matrix = weights_of(Method.RISK_PARITY, returns, estimator=estimator), covariance(returns, estimator)
    assert not isinstance(matrix, Unknown)
    parts = weights * (matrix @ weights) / (weights @ matrix @ weights)
    np.testing.assert_allclose(parts, 1 / 6, atol=1e-4)


def test_hierarchical_risk_parity_is_that_of_the_paper_with_leaves_in_optimal_order() -> None:
    returns = market(assets=7)
    matrix = np.cov(returns, rowvar=False)
    far = squareform(np.sqrt((1 - np.corrcoef(returns, rowvar=False)) / 2), checks=False)
    row = leaves_list(linkage(far, "single", optimal_ordering=True))
    expected, parts = np.ones(7), [row]
    while parts:
        part = parts.pop()
        halves = part[: len(part) // 2], part[len(part) // 2 :]
        inverse = [1 / np.diagonal(matrix)[half] for half in halves]
        variances = [
            (share / share.sum()) @ matrix[np.ix_(half, half)] @ (share / share.sum())
            for share, half in zip(inverse, halves, strict=True)
        ]
        expected[halves[0]] *= variances[1] / sum(variances)
        expected[halves[1]] *= variances[0] / sum(variances)
        parts += [half for half in halves if len(half) > 1]
    np.testing.assert_allclose(weights_of(Method.HIERARCHICAL_RISK_PARITY, returns), expected, atol=1e-12)


@pytest.mark.parametrize("method", list(Method))
def test_every_weighting_is_long_only_and_sums_to_one_within_the_limits(method: Method) -> None:
    lower, upper = np.array([0.0, 0.0, 0.1, 0.0, 0.05, 0.0]), np.array([0.2, 0.3, 1.0, 1.0, 0.4, 0.25])
    (result,) = weightings(
        market(),
        limits=Limits(lower, upper),
        market_values_usd=np.array([9.0, 1.0, 1.0, 2.0, 3.0, 4.0]),
        methods=(method,),
    )
    assert isinstance(result.outcome, Weighting)
    weights = result.outcome.weights
    assert weights.sum() == pytest.approx(1.0, abs=1e-9)
    assert (weights >= lower - 1e-9).all()
    assert (weights <= upper + 1e-9).all()


def test_the_simple_weightings_by_hand() -> None:
    returns, values = market(assets=3), np.array([60.0, 30.0, 10.0])
    equal, by_value = weightings(returns, market_values_usd=values, methods=(Method.EQUAL, Method.MARKET_VALUE))
    assert isinstance(equal.outcome, Weighting)
    assert isinstance(by_value.outcome, Weighting)
    np.testing.assert_allclose(equal.outcome.weights, 1 / 3)
    np.testing.assert_allclose(by_value.outcome.weights, [0.6, 0.3, 0.1])


def test_an_unknown_market_value_is_named() -> None:
    values = np.array([60.0, NAN, 10.0])
    (result,) = weightings(market(assets=3), market_values_usd=values, methods=(Method.MARKET_VALUE,))
    assert result.outcome == Unknown("1 of 3 assets have no market value", (1,))
    assert reason_of(Method.MARKET_VALUE, market()).reason == "no market values were given"


def test_figures_of_a_weighting_are_those_of_its_mix() -> None:
    returns, current = market(assets=3), np.array([0.5, 0.5, 0.0])
    (result,) = weightings(
        returns, current, market_values_usd=np.array([6.0, 3.0, 1.0]), methods=(Method.MARKET_VALUE,)
    )
    assert isinstance(result.outcome, Weighting)
    weights, mix = np.array([0.6, 0.3, 0.1]), returns @ [0.6, 0.3, 0.1]
    volatility = annual_volatility(mix, annualization=365)
    assert result.outcome.volatility.value == pytest.approx(volatility, rel=1e-12)
    assert result.outcome.sharpe.value == pytest.approx(sharpe_ratio(mix, annualization=365), rel=1e-12)
    average = weights @ returns.std(axis=0, ddof=1) * math.sqrt(365)
    assert result.outcome.diversification_ratio.value == pytest.approx(average / volatility, rel=1e-12)
    assert result.outcome.effective_number == pytest.approx(1 / (0.36 + 0.09 + 0.01))
    assert result.outcome.turnover.value == pytest.approx(0.2)  # (0.1 + 0.2 + 0.1) / 2


def test_turnover_is_unknown_without_current_weights() -> None:
    assert turnover(None, np.ones(1)).reason == "no current weights were given"
    assert turnover(np.array([0.5, NAN]), np.array([0.5, 0.5])).value is None
    assert turnover(np.array([1.0, 0.0]), np.array([0.0, 1.0])).value == 1.0


@pytest.mark.parametrize("current", [np.array([0.5, 0.6]), np.array([1.5, -0.5]), np.array([1.0])])
def test_current_weights_that_are_none_are_refused(current: Floats) -> None:
    with pytest.raises(AnalyticsError, match="current"):
        weightings(market(assets=2), current, methods=(Method.EQUAL,))


def test_a_lone_asset_takes_everything() -> None:
    returns = market(assets=1)
    returns += 0.001 - returns.mean()
    for method in (Method.EQUAL, *EXACT):
        np.testing.assert_array_equal(weights_of(method, returns), [1.0])


def test_twins_share_what_one_of_them_would_get() -> None:
    pair = market(assets=2, seed=8)
    twins = np.column_stack((pair, pair[:, 1]))
    for method in (Method.MINIMUM_VARIANCE, Method.MAXIMUM_SHARPE):
        one, two = weights_of(method, pair), weights_of(method, twins)
        np.testing.assert_allclose([two[0], two[1] + two[2]], one, atol=1e-4)
    for method in (Method.RISK_PARITY, Method.HIERARCHICAL_RISK_PARITY):
        two = weights_of(method, twins)
        assert two[1] == pytest.approx(two[2], abs=1e-4)


def test_a_price_that_stood_still_is_named_by_what_needs_its_variance() -> None:
    returns = market(assets=3)
    returns[:, 1] = 0.0
    for method in EXACT:
        assert reason_of(method, returns) == Unknown("1 of 3 assets did not move", (1,))
    np.testing.assert_allclose(weights_of(Method.EQUAL, returns), 1 / 3)
    assert efficient_frontier(returns) == Unknown("1 of 3 assets did not move", (1,))


def test_fewer_days_than_assets_need_shrinkage() -> None:
    returns = market(days=10, assets=12)
    for method in (Method.MINIMUM_VARIANCE, Method.RISK_PARITY):
        assert "more days than assets" in reason_of(method, returns).reason
        assert weights_of(method, returns, estimator=LEDOIT_WOLF).sum() == pytest.approx(1.0)
    # nothing is inverted there
    assert weights_of(Method.HIERARCHICAL_RISK_PARITY, returns).sum() == pytest.approx(1.0)


def test_no_mix_has_a_highest_sharpe_ratio_if_everything_fell() -> None:
    returns = market()
    returns -= returns.mean(axis=0) + 0.001
    assert "gained" in reason_of(Method.MAXIMUM_SHARPE, returns).reason
    # one that rose is not enough if the limits give it too little: 0.1 * 0.002 - 0.9 * 0.001 < 0
    returns[:, 0] += 0.003
    assert "gained" in reason_of(Method.MAXIMUM_SHARPE, returns, Limits(0.0, 0.2)).reason
    assert weights_of(Method.MAXIMUM_SHARPE, returns)[0] > 0.5


@pytest.mark.parametrize("returns", [np.ones((0, 3)), np.full((50, 3), NAN), np.zeros((50, 0)), np.ones((1, 2))])
def test_ragged_returns_give_reasons(returns: Floats) -> None:
    for result in weightings(returns):
        outcome = result.outcome
        if isinstance(outcome, Weighting):
            assert result.method is Method.EQUAL
            assert outcome.volatility.reason
        else:
            assert outcome.reason
    assert isinstance(efficient_frontier(returns), Unknown)


def test_missing_days_are_left_out_and_not_filled() -> None:
    returns = market()
    holed = np.insert(returns, 50, NAN, axis=0)
    np.testing.assert_allclose(
        weights_of(Method.MINIMUM_VARIANCE, holed), weights_of(Method.MINIMUM_VARIANCE, returns), atol=1e-12
    )


def test_the_frontier_is_that_of_another_solver() -> None:
    returns = market(assets=4)
    frontier = efficient_frontier(returns, Limits(0.0, 0.6), points=5, estimator=SAMPLE)
    assert isinstance(frontier, Frontier)
    assert "in-sample" in frontier.note
    np.testing.assert_allclose(np.diff(frontier.returns), np.diff(frontier.returns)[0], rtol=1e-3)
    for target, volatility in zip(frontier.returns, frontier.volatilities, strict=True):
        best = independent_optimum(returns, Method.MINIMUM_VARIANCE, 0.0, 0.6, least_return=target / 365)
        assert volatility == pytest.approx(annual_volatility(returns @ best, annualization=365), rel=1e-4)
    # the highest return within the limits: 0.6 of the best asset, 0.4 of the next
    mean = np.sort(returns.mean(axis=0))[::-1]
    assert frontier.returns[-1] == pytest.approx((0.6 * mean[0] + 0.4 * mean[1]) * 365, rel=1e-5)


def test_a_falling_market_has_a_frontier_too() -> None:
    returns = market(assets=4) - 0.02
    frontier = efficient_frontier(returns, points=4)
    assert isinstance(frontier, Frontier)
    assert (frontier.returns < 0).all()
    assert all(low < high for low, high in pairwise(frontier.volatilities))


def test_a_frontier_of_twins_or_of_one_asset_is_a_point() -> None:
    for returns in (market(assets=1), np.repeat(market(assets=1), 2, axis=1)):
        frontier = efficient_frontier(returns)
        assert isinstance(frontier, Frontier)
        assert len(frontier.returns) == 1
        weights = np.full(returns.shape[1], 1 / returns.shape[1])
        assert distance(frontier, weights).excess_volatility.value == pytest.approx(0.0, abs=1e-9)


def test_a_frontier_needs_two_points() -> None:
    with pytest.raises(AnalyticsError, match="2 points"):
        efficient_frontier(market(), points=1)


def by_hand() -> Frontier:
    """Make a frontier of two assets without correlation: volatilities 0.2 and 0.4, returns 0.1 and 0.5."""
    # least variance at weights of 0.8 and 0.2: variance 0.64 * 0.04 + 0.04 * 0.16 = 0.032, return 0.18
    weights = np.array([[0.8, 0.2], [0.4, 0.6], [0.0, 1.0]])
    mean, matrix = np.array([0.1, 0.5]), np.diag([0.04, 0.16])
    return Frontier(weights @ mean, np.sqrt(np.diagonal(weights @ matrix @ weights.T)), weights, mean, matrix)


def test_the_distance_from_a_frontier_by_hand() -> None:
    gap = distance(by_hand(), np.array([1.0, 0.0]))
    assert (gap.annual_return, gap.volatility) == (pytest.approx(0.1), pytest.approx(0.2))
    # less return than the least volatile mix: that one returns more
    assert gap.excess_volatility.value == pytest.approx(0.2 - math.sqrt(0.032))
    # at a volatility of 0.2: 0.04 (1 - x)^2 + 0.16 x^2 = 0.04 gives x = 0.4, a return of 0.26
    assert gap.forgone_return.value == pytest.approx(0.26 - 0.1)


def test_a_mix_on_the_frontier_has_no_distance_from_it() -> None:
    for share in (0.2, 0.35, 0.6, 0.9, 1.0):
        gap = distance(by_hand(), np.array([1 - share, share]))
        assert gap.excess_volatility.value == pytest.approx(0.0, abs=1e-12)
        assert gap.forgone_return.value == pytest.approx(0.0, abs=1e-12)


def test_weights_beyond_the_limits_may_lie_beyond_the_frontier() -> None:
    limited = by_hand()
    limited = Frontier(
        limited.returns[1:2], limited.volatilities[1:2], limited.weights[1:2], limited.mean, limited.covariance
    )
    assert (
        distance(limited, np.array([0.0, 1.0])).excess_volatility.reason == "no mix within the limits returned as much"
    )
    assert distance(limited, np.array([0.8, 0.2])).forgone_return.reason == "no mix within the limits was as quiet"
    with pytest.raises(AnalyticsError, match="2 assets"):
        distance(limited, np.ones(3))


def test_without_skfolio_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "skfolio", None)
    with pytest.raises(OptimizerMissing, match=r"install coinbrief\[optimize\]"):
        weightings(market())
    (equal,) = weightings(market(), methods=(Method.EQUAL,))
    assert isinstance(equal.outcome, Weighting)


def test_importing_the_package_loads_nothing_heavy() -> None:
    modules = "correlation_forecast covariance_comparison frontier walk_forward weighting"
    code = "import sys\n" + "".join(f"import agent.analytics.optimize.{module}\n" for module in modules.split())
    code += "print(sorted({'skfolio', 'sklearn', 'pandas', 'scipy', 'cvxpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
