import numpy as np
import pandas as pd
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.analytics.correlation import average_correlation, beta, correlation, correlation_matrix, nearest_neighbours
from agent.analytics.errors import AnalyticsError

NAN = np.nan
RNG = np.random.default_rng(5)
MARKET = RNG.normal(0.0, 0.03, 200)
COIN = 1.4 * MARKET + RNG.normal(0.0, 0.02, 200)


def test_a_correlation_by_hand() -> None:
    a, b = np.array([1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0])
    # covariance ((-1)(-1) + 0*1 + 1*0) / 2 = 0.5, deviations 1 and 1
    assert correlation(a, b, minimum=3) == pytest.approx(0.5)


def test_a_beta_by_hand() -> None:
    a, b = np.array([0.02, 0.04, 0.09]), np.array([0.01, 0.02, 0.03])
    # covariance ((-0.03)(-0.01) + 0 + 0.04*0.01) / 2 = 0.00035, variance of b 0.0001
    assert beta(a, b, minimum=3) == pytest.approx(3.5)


def test_correlation_and_beta_agree_with_scipy() -> None:
    line = scipy.stats.linregress(MARKET, COIN)
    assert correlation(COIN, MARKET) == pytest.approx(line.rvalue, rel=1e-12)
    assert beta(COIN, MARKET) == pytest.approx(line.slope, rel=1e-12)


def test_days_that_either_misses_are_left_out() -> None:
    a, b = COIN.copy(), MARKET.copy()
    a[3], b[50] = NAN, NAN
    keep = np.isfinite(a) & np.isfinite(b)
    assert correlation(a, b) == pytest.approx(np.corrcoef(a[keep], b[keep])[0, 1], rel=1e-12)
    assert beta(a, b) == pytest.approx(scipy.stats.linregress(b[keep], a[keep]).slope, rel=1e-12)


def test_a_panel_is_compared_with_one_series() -> None:
    panel = np.column_stack((COIN, MARKET, np.zeros(200), np.full(200, NAN)))
    values = correlation(panel, MARKET)
    np.testing.assert_allclose(values[:2], [correlation(COIN, MARKET), 1.0])
    assert np.isnan(values[2:]).all()
    assert np.isnan(beta(panel, MARKET)).tolist() == [False, False, False, True]
    assert beta(panel, MARKET)[2] == 0.0


def test_too_few_common_days_are_no_correlation() -> None:
    assert np.isnan(correlation(COIN[:29], MARKET[:29]))
    assert np.isfinite(correlation(COIN[:30], MARKET[:30]))


def test_series_of_different_days_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="same days"):
        correlation(COIN, MARKET[1:])


def test_a_matrix_of_one_series_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="days x assets"):
        correlation_matrix(COIN)


def test_the_matrix_of_complete_returns_agrees_with_numpy() -> None:
    returns = RNG.normal(0.0, 0.05, (120, 6)) + RNG.normal(0.0, 0.05, (120, 1))
    np.testing.assert_allclose(correlation_matrix(returns), np.corrcoef(returns.T), atol=1e-14)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.0, 0.6))
def test_every_cell_of_a_ragged_matrix_is_the_correlation_of_its_pair(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    returns = rng.normal(0.0, 0.05, (60, 4))
    returns[rng.random(returns.shape) < share] = NAN
    matrix = correlation_matrix(returns, minimum=20)
    for i in range(4):
        for j in range(4):
            keep = np.isfinite(returns[:, i]) & np.isfinite(returns[:, j])
            pair = np.corrcoef(returns[keep][:, [i, j]].T)[0, 1] if keep.sum() >= 20 else NAN
            assert matrix[i, j] == pytest.approx(pair, abs=1e-12, nan_ok=True)


def test_an_asset_that_does_not_vary_where_both_are_known_has_no_correlation() -> None:
    a = np.concatenate((np.full(40, 0.01), RNG.normal(0.0, 0.1, 40)))
    b = np.concatenate((RNG.normal(0.0, 0.1, 40), np.full(40, NAN)))
    matrix = correlation_matrix(np.column_stack((a, b)))
    assert np.isnan(matrix[0, 1])
    assert matrix[0, 0] == matrix[1, 1] == 1.0


def test_two_identical_assets_correlate_exactly() -> None:
    matrix = correlation_matrix(np.column_stack((COIN, COIN)))
    np.testing.assert_allclose(matrix, np.ones((2, 2)), rtol=0, atol=1e-15)
    assert (matrix <= 1.0).all()


def test_the_average_is_over_distinct_pairs() -> None:
    matrix = np.array([[1.0, 0.2, 0.4], [0.2, 1.0, 0.9], [0.4, 0.9, 1.0]])
    assert average_correlation(matrix) == pytest.approx(0.5)  # (0.2 + 0.4 + 0.9) / 3
    # pairs weigh 0.5*0.3 = 0.15, 0.5*0.2 = 0.1, 0.3*0.2 = 0.06: (0.03 + 0.04 + 0.054) / 0.31
    assert average_correlation(matrix, np.array([0.5, 0.3, 0.2])) == pytest.approx(0.4)


def test_one_asset_has_no_average_correlation() -> None:
    assert np.isnan(average_correlation(np.ones((1, 1))))
    assert np.isnan(average_correlation(np.ones((2, 2)), np.array([1.0, 0.0])))


def test_an_unknown_pair_makes_the_average_unknown_unless_it_has_no_weight() -> None:
    matrix = np.array([[1.0, 0.2, NAN], [0.2, 1.0, 0.9], [NAN, 0.9, 1.0]])
    assert np.isnan(average_correlation(matrix))
    assert np.isnan(average_correlation(matrix, np.ones(3)))
    assert average_correlation(matrix, np.array([0.6, 0.4, 0.0])) == pytest.approx(0.2)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_a_matrix_of_more_than_one_block_agrees_with_pandas(missing: float) -> None:
    rng = np.random.default_rng(8)
    returns = rng.normal(0.0, 0.05, (60, 150)) + rng.normal(0.0, 0.05, (60, 1))
    returns[rng.random(returns.shape) < missing] = NAN
    matrix = correlation_matrix(returns)
    np.testing.assert_allclose(matrix, pd.DataFrame(returns).corr(min_periods=30), atol=1e-12)
    np.testing.assert_array_equal(matrix, matrix.T)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_the_nearest_neighbours_are_the_highest_of_the_matrix(missing: float) -> None:
    rng = np.random.default_rng(9)
    returns = rng.normal(0.0, 0.05, (60, 150)) + rng.normal(0.0, 0.05, (60, 1))
    returns[rng.random(returns.shape) < missing] = NAN
    found = nearest_neighbours(returns, 5)
    matrix = pd.DataFrame(returns).corr(min_periods=30).to_numpy().copy()
    np.fill_diagonal(matrix, -np.inf)
    np.testing.assert_allclose(found.correlations, -np.sort(-matrix, axis=1)[:, :5], atol=1e-12)
    np.testing.assert_allclose(np.take_along_axis(matrix, found.columns, axis=1), found.correlations, atol=1e-12)


def test_an_asset_with_too_few_known_correlations_has_fewer_neighbours() -> None:
    returns = np.column_stack((COIN, MARKET, np.zeros(200), np.where(np.arange(200) < 10, COIN, NAN)))
    found = nearest_neighbours(returns, 9)
    assert found.columns.tolist() == [[1, -1, -1], [0, -1, -1], [-1, -1, -1], [-1, -1, -1]]
    assert found.correlations[0, 0] == pytest.approx(correlation(COIN, MARKET))
    assert np.isnan(found.correlations[:, 1:]).all()


def test_one_asset_and_none_have_no_neighbours() -> None:
    assert nearest_neighbours(COIN[:, np.newaxis], 3).columns.shape == (1, 0)
    assert nearest_neighbours(np.zeros((5, 0)), 3).columns.shape == (0, 0)
    with pytest.raises(AnalyticsError, match="at least 1 neighbour"):
        nearest_neighbours(COIN[:, np.newaxis], 0)
