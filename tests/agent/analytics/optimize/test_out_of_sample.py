"""What needs skfolio and is judged on the days after: covariances, correlation forecasts, optimal weights walked on."""

import numpy as np
import pytest
from sklearn.covariance import ledoit_wolf as shrunk

from agent.analytics.bars import Floats
from agent.analytics.errors import AnalyticsError
from agent.analytics.optimize.correlation_estimators import Forecaster, foretold
from agent.analytics.optimize.correlation_forecast import (
    CorrelationForecast,
    ForecastScore,
    _chosen,
    forecast_correlation,
    judge,
)
from agent.analytics.optimize.covariance import EWMA, LEDOIT_WOLF, SAMPLE, Estimator, Kind, covariance
from agent.analytics.optimize.covariance_comparison import compare_covariances, frobenius, qlike
from agent.analytics.optimize.interval import Interval
from agent.analytics.optimize.problem import Limits, Unknown
from agent.analytics.optimize.walk_forward import WalkForward, walk_forward
from agent.analytics.optimize.weighting import Method, Weighting, weightings

NAN = np.nan


def market(days: int, assets: int = 4, seed: int = 9) -> Floats:
    rng = np.random.default_rng(seed)
    return np.asarray(rng.normal(0, 0.02, (days, 1)) + rng.normal(0, 0.02, (days, assets)) * rng.uniform(1, 2, assets))


def test_the_sample_covariance_is_that_of_numpy() -> None:
    returns = market(60)
    np.testing.assert_allclose(covariance(returns, SAMPLE), np.cov(returns, rowvar=False), rtol=1e-10)


def test_the_shrunk_covariance_is_that_of_scikit_learn() -> None:
    returns = market(60)
    np.testing.assert_allclose(covariance(returns, LEDOIT_WOLF), shrunk(returns)[0], rtol=1e-10)


def test_the_weighted_covariance_is_its_sum() -> None:
    returns = market(60)
    memory = 0.5 ** (np.arange(60)[::-1] / 20.0)
    expected = (returns * memory[:, np.newaxis]).T @ returns / memory.sum()
    np.testing.assert_allclose(covariance(returns, Estimator(Kind.EWMA, 20.0)), expected, rtol=1e-10)


def test_the_covariance_of_twins_is_given_without_a_warning() -> None:
    returns = market(60)[:, [0, 0, 1]]
    for estimator in (SAMPLE, LEDOIT_WOLF, EWMA):
        matrix = covariance(returns, estimator)
        assert not isinstance(matrix, Unknown)
        # shrinkage takes from the covariance of twins and leaves their variances alike
        assert matrix[0, 0] == pytest.approx(matrix[1, 1])
        assert 0.8 * matrix[0, 0] < matrix[0, 1] <= matrix[0, 0] * (1 + 1e-12)


def test_a_covariance_that_cannot_be_estimated_is_a_reason() -> None:
    returns = market(60)
    returns[:7, 2] = NAN
    assert covariance(returns) == Unknown("1 of 4 assets have fewer than 54 daily returns in the 60 days", (2,))
    with pytest.raises(AnalyticsError, match="half-life"):
        Estimator(Kind.EWMA, 0.0)


def test_losses_of_a_forecast_by_hand() -> None:
    forecast, outcome = np.diag([4.0, 1.0]), np.array([[2.0, 1.0], [0.0, 3.0]])
    # log 4 + mean of (4/4 + 1/1) and (0 + 9/1) = 1.386 + 5.5, of two assets
    assert qlike(forecast, outcome) == pytest.approx((np.log(4) + 5.5) / 2)
    # mean outer product: [[2, 1], [1, 5]]; differences 2, -1, -1, -4
    assert frobenius(forecast, outcome) == pytest.approx((4 + 1 + 1 + 16) / 4 * 365**2)


def test_covariances_are_judged_on_the_days_after() -> None:
    returns = market(300)
    scores = compare_covariances(returns, window=60, step=20)
    assert not isinstance(scores, Unknown)
    assert [score.estimator for score in scores] == [SAMPLE, LEDOIT_WOLF, EWMA]
    assert all(score.dates == 12 for score in scores)
    expected = [
        qlike(np.cov(returns[start - 60 : start], rowvar=False), returns[start : start + 20])
        for start in range(60, 281, 20)
    ]
    assert scores[0].qlike.mean == pytest.approx(np.mean(expected))
    assert isinstance(scores[0].qlike.difference, Unknown)
    edge = scores[1].qlike.difference
    assert isinstance(edge, Interval)
    assert edge.estimate == pytest.approx(scores[1].qlike.mean - scores[0].qlike.mean)


def test_a_short_memory_wins_where_the_risk_keeps_growing() -> None:
    # a volatility that grows by 1 % a day is 1.6 times that of 50 days before
    returns = np.random.default_rng(3).normal(0, 0.001, (400, 2)) * 1.01 ** np.arange(400)[:, np.newaxis]
    scores = compare_covariances(returns, window=100, step=10, estimators=(Estimator(Kind.EWMA, 20.0),))
    assert not isinstance(scores, Unknown)
    assert isinstance(scores[0].qlike.difference, Interval)
    assert scores[0].qlike.difference.upper < 0


def test_a_comparison_without_a_date_is_a_reason_and_gaps_only_cost_assets() -> None:
    assert isinstance(compare_covariances(market(70), window=60, step=20), Unknown)
    assert isinstance(compare_covariances(np.full((200, 3), NAN), window=60, step=20), Unknown)
    ragged = market(200)
    ragged[:130, 0] = NAN
    ragged[150:, 1] = NAN
    ragged[:, 2] = 0.0
    assert isinstance(compare_covariances(ragged[:, :3], window=60, step=20), Unknown)
    assert not isinstance(compare_covariances(ragged, window=60, step=20), Unknown)


def test_correlation_forecasts_by_hand() -> None:
    returns = market(400)
    recent, long = (np.corrcoef(returns[-days:], rowvar=False) for days in (90, 365))
    np.testing.assert_allclose(foretold(Forecaster.LAST_90_DAYS, returns), recent, atol=1e-12)
    np.testing.assert_allclose(foretold(Forecaster.LONG_RUN_BLEND, returns), (recent + long) / 2, atol=1e-12)
    blend = (recent + recent[np.triu_indices(4, 1)].mean()) / 2
    np.fill_diagonal(blend, 1.0)
    np.testing.assert_allclose(foretold(Forecaster.CONSTANT_CORRELATION, returns), blend, atol=1e-12)
    z = returns[-90:] / returns[-90:].std(axis=0, ddof=1)
    _, shrinkage = shrunk(z)
    expected = (1 - shrinkage) * recent + shrinkage * np.eye(4)
    np.testing.assert_allclose(foretold(Forecaster.LEDOIT_WOLF, returns), expected, atol=1e-10)
    weights = 0.5 ** (np.arange(365)[::-1] / 60.0)
    moving = (returns[-365:] * weights[:, np.newaxis]).T @ returns[-365:]
    scale = np.sqrt(np.diagonal(moving))
    np.testing.assert_allclose(foretold(Forecaster.EWMA, returns), moving / np.outer(scale, scale), atol=1e-10)


def test_the_mean_reverting_forecast_is_the_recursion() -> None:
    returns = market(365)
    decay, variance = 0.5 ** (1 / 20), (returns[:20] ** 2).mean(axis=0)
    z = np.empty_like(returns)
    for day, today in enumerate(returns):
        z[day], variance = today / np.sqrt(variance), decay * variance + (1 - decay) * today**2
    long = z.T @ z / 365
    state = long.copy()
    for day in z:
        state = 0.02 * long + 0.03 * np.outer(day, day) + 0.95 * state
    ahead = np.mean([long + 0.98**days * (state - long) for days in range(30)], axis=0)
    scale = np.sqrt(np.diagonal(ahead))
    np.testing.assert_allclose(foretold(Forecaster.MEAN_REVERTING, returns), ahead / np.outer(scale, scale), atol=1e-12)


@pytest.mark.parametrize("forecaster", list(Forecaster))
def test_every_forecast_is_a_correlation_matrix_and_forgets_older_days(forecaster: Forecaster) -> None:
    returns = market(400)
    matrix = foretold(forecaster, returns)
    assert not isinstance(matrix, Unknown)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-12)
    np.testing.assert_array_equal(np.diagonal(matrix), 1.0)
    assert (np.linalg.eigvalsh(matrix) > -1e-12).all()
    returns[:35] *= 5
    np.testing.assert_array_equal(foretold(forecaster, returns), matrix)


def test_without_lasting_differences_shrinking_to_the_mean_beats_the_last_90_days() -> None:
    # all pairs are alike, so what tells them apart in 90 days is noise
    rng = np.random.default_rng(12)
    returns = rng.normal(0, 0.02, (640, 1)) + rng.normal(0, 0.02, (640, 6))
    forecast = forecast_correlation(returns)
    assert isinstance(forecast, CorrelationForecast)
    assert forecast.best is not Forecaster.LAST_90_DAYS
    assert isinstance(forecast.edge_over_last_90d, Interval)
    assert forecast.edge_over_last_90d.lower > 0
    assert forecast.edge_over_last_90d.confidence == pytest.approx(0.99)
    assert forecast.average == pytest.approx(0.5, abs=0.1)
    assert forecast.dates == 25
    assert forecast.reason.startswith("better than the last 90 days")


def test_where_correlations_grow_nothing_is_claimed_and_the_last_90_days_are_used() -> None:
    # two assets drift from apart to alike: there is no mean to shrink to, and older days only mislead
    rng = np.random.default_rng(13)
    share = np.linspace(0.0, 0.95, 640)
    first, other = rng.normal(0, 0.02, (2, 640))
    returns = np.column_stack((first, share * first + np.sqrt(1 - share**2) * other))
    forecast = forecast_correlation(returns)
    assert isinstance(forecast, CorrelationForecast)
    assert forecast.best is Forecaster.LAST_90_DAYS
    assert forecast.reason.startswith("no edge over the last 90 days")
    assert isinstance(forecast.edge_over_last_90d, Interval)
    assert forecast.edge_over_last_90d.lower <= 0 <= forecast.edge_over_last_90d.upper
    np.testing.assert_allclose(forecast.matrix, np.corrcoef(returns[-90:], rowvar=False), atol=1e-12)


@pytest.mark.parametrize(
    ("edge", "best", "reason"),
    [
        (Interval(0.02, 0.01, 0.03, 0.99), Forecaster.EWMA, "better than the last 90 days"),
        (Interval(0.02, -0.01, 0.05, 0.99), Forecaster.LAST_90_DAYS, "no edge over the last 90 days"),
        (Interval(-0.02, -0.03, -0.01, 0.99), Forecaster.LAST_90_DAYS, "no edge over the last 90 days"),
        (Unknown("too few dates"), Forecaster.LAST_90_DAYS, "no edge over the last 90 days is proven"),
    ],
)
def test_a_rival_is_used_only_if_its_whole_interval_is_above_zero(
    edge: Interval | Unknown, best: Forecaster, reason: str
) -> None:
    naive = ForecastScore(Forecaster.LAST_90_DAYS, 0.05, 0.2, Unknown("itself"), Unknown("itself"))
    rival = ForecastScore(Forecaster.EWMA, 0.03, 0.2, edge, edge)
    worse = ForecastScore(Forecaster.LEDOIT_WOLF, 0.04, 0.2, Interval(0.01, 0.009, 0.011, 0.99), edge)
    chosen, used, why = _chosen((naive, rival, worse), dates=30)
    assert (chosen, used) == (best, edge)
    assert why.startswith(reason)


def test_a_short_history_is_forecast_by_the_last_90_days_unproven() -> None:
    returns = market(200)
    returns[:150, 3] = NAN
    forecast = forecast_correlation(returns)
    assert isinstance(forecast, CorrelationForecast)
    assert (forecast.best, forecast.dates, forecast.scores) == (Forecaster.LAST_90_DAYS, 0, ())
    assert "unproven" in forecast.reason
    assert forecast.left_out == (3,)
    assert np.isnan(forecast.matrix[3]).all()
    expected = np.corrcoef(returns[-90:, :3], rowvar=False)
    np.testing.assert_allclose(forecast.matrix[:3, :3], expected, atol=1e-12)
    assert forecast.average == pytest.approx(expected[np.triu_indices(3, 1)].mean())


def test_a_young_coin_among_older_ones_is_forecast_by_the_last_90_days() -> None:
    returns = np.random.default_rng(6).normal(0.0, 0.03, (700, 4))
    returns[:-120, 3] = NAN
    forecast = forecast_correlation(returns)
    assert isinstance(forecast, CorrelationForecast)
    assert (forecast.best, forecast.left_out) == (Forecaster.LAST_90_DAYS, ())
    np.testing.assert_allclose(forecast.matrix, np.corrcoef(returns[-90:], rowvar=False), atol=1e-12)


@pytest.mark.parametrize("returns", [np.ones((0, 0)), np.ones((0, 3)), market(89), market(200, 1), np.zeros((200, 3))])
def test_too_little_to_forecast_from_is_a_reason(returns: Floats) -> None:
    assert isinstance(forecast_correlation(returns), Unknown)


def test_a_forecast_and_its_edge_use_no_later_row() -> None:
    returns = market(500)
    changed = returns.copy()
    changed[450:] = market(50, seed=1) * 9
    changed[460:, 0] = NAN
    now, later, cut = (
        forecast_correlation(panel, as_of) for panel, as_of in ((returns, 449), (changed, 449), (returns[:450], None))
    )
    assert isinstance(now, CorrelationForecast)
    for other in (later, cut):
        assert isinstance(other, CorrelationForecast)
        np.testing.assert_array_equal(other.matrix, now.matrix)
        assert (other.best, other.scores, other.dates) == (now.best, now.scores, now.dates)
    with pytest.raises(AnalyticsError, match="row 500"):
        forecast_correlation(returns, 500)


def test_the_loss_of_a_forecaster_is_its_squared_error_on_the_days_after() -> None:
    returns = market(415)
    scores, dates = judge(returns)
    pairs = np.triu_indices(4, 1)
    errors, fisher = [], []
    for start in (365, 375, 385):
        forecast = np.corrcoef(returns[start - 90 : start], rowvar=False)[pairs]
        outcome = np.corrcoef(returns[start : start + 30], rowvar=False)[pairs]
        errors.append(((forecast - outcome) ** 2).mean())
        fisher.append(((np.arctanh(forecast) - np.arctanh(outcome)) ** 2).mean())
    assert dates == 3
    assert scores[0].forecaster is Forecaster.LAST_90_DAYS
    assert scores[0].loss == pytest.approx(np.mean(errors))
    assert scores[0].fisher_loss == pytest.approx(np.mean(fisher))
    assert isinstance(scores[1].edge, Unknown)


def test_a_coin_that_stood_still_and_then_moved_stays_within_bounds() -> None:
    returns = market(365)
    returns[:300, 0] = 0.0
    returns[300, 0] = 5.0
    for forecaster in Forecaster:
        matrix = foretold(forecaster, returns)
        assert not isinstance(matrix, Unknown)
        assert (np.abs(matrix) <= 1).all()


def test_optimal_weights_are_walked_forward_as_they_were_known() -> None:
    returns = market(140)
    closes = np.cumprod(1 + returns, axis=0)
    methods, limits = (Method.MINIMUM_VARIANCE, Method.MAXIMUM_SHARPE), Limits(0.0, 0.5)
    walk = walk_forward(closes, methods, window=60, rebalance=40, costs_bps=0.0, limits=limits)
    assert isinstance(walk, WalkForward)
    assert [track.name for track in walk.tracks] == ["equal", "buy_and_hold", "minimum_variance", "maximum_sharpe"]
    assert walk.rebalances == (60, 100)
    (known,) = weightings(returns[1:61], limits=limits, methods=methods[:1])
    assert isinstance(known.outcome, Weighting)
    path = (closes[60:101] / closes[60]) @ known.outcome.weights
    np.testing.assert_allclose(walk.tracks[2].returns[:40], path[1:] / path[:-1] - 1, atol=1e-9)


def test_equal_weights_stand_in_where_a_method_has_none_and_are_counted() -> None:
    falling = np.cumprod(1 + market(140) * 0.1 - 0.01, axis=0)
    walk = walk_forward(falling, (Method.MAXIMUM_SHARPE,), window=60, rebalance=40)
    assert isinstance(walk, WalkForward)
    equal, _, sharpest = walk.tracks
    assert sharpest.fallbacks == 2
    np.testing.assert_array_equal(sharpest.returns, equal.returns)
