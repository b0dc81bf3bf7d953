import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.rolling_correlation import rolling_average_correlation, rolling_correlations

NAN = np.nan


def some_returns(days: int, assets: int, seed: int, missing: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    returns = rng.normal(0.0, 0.03, (days, 1)) + rng.normal(0.0, 0.03, (days, assets))
    returns[rng.random(returns.shape) < missing] = NAN
    return returns


def pandas_rolling(returns: np.ndarray, window: int, minimum: int) -> np.ndarray:
    days, assets = returns.shape
    return pd.DataFrame(returns).rolling(window, min_periods=minimum).corr().to_numpy().reshape(days, assets, assets)


@given(st.integers(2, 40), st.sampled_from([0.0, 0.15]), st.integers(0, 2**32 - 1))
def test_rolling_correlations_agree_with_pandas(window: int, missing: float, seed: int) -> None:
    returns = some_returns(60, 3, seed, missing)
    minimum = max(window * 2 // 3, 2)
    found = rolling_correlations(returns, window, minimum)
    np.testing.assert_allclose(found, pandas_rolling(returns, window, minimum), atol=1e-9)


def test_three_days_by_hand() -> None:
    # days 2 to 4: (1, 2, 3) and (1, 3, 2): 0.5
    found = rolling_correlations(np.array([[9.0, 7.0], [1.0, 1.0], [2.0, 3.0], [3.0, 2.0]]), 3)
    assert found[3, 0, 1] == found[3, 1, 0] == pytest.approx(0.5)
    assert np.isnan(found[:2]).all()
    assert found[3, 0, 0] == 1.0


def test_a_window_needs_nine_tenths_of_its_days() -> None:
    returns = some_returns(90, 2, 1)
    returns[:9, 0] = NAN
    assert np.isfinite(rolling_correlations(returns, 90)[-1]).all()
    returns[9, 0] = NAN
    assert np.isnan(rolling_correlations(returns, 90)[-1, 0]).all()
    assert np.isnan(rolling_average_correlation(returns, 90)[-1])


def test_a_return_beyond_all_measure_does_not_spoil_the_windows_after_it() -> None:
    returns = some_returns(80, 2, 2)
    clean = rolling_correlations(returns[21:], 20)
    returns[20] = [1e9, 3e8]
    np.testing.assert_allclose(rolling_correlations(returns, 20)[40:], clean[19:], atol=1e-12)
    np.testing.assert_allclose(rolling_average_correlation(returns, 20)[40:], clean[19:, 0, 1], atol=1e-12)


def test_an_asset_that_does_not_vary_in_a_window_has_no_correlation_in_it() -> None:
    returns = some_returns(60, 3, 3)
    returns[10:30, 1] = 0.001
    found = rolling_correlations(returns, 20)
    assert np.isnan(found[29, 1]).all()
    assert np.isfinite(found[29, 0, 2])
    assert np.isfinite(found[30]).all()
    assert np.isnan(rolling_average_correlation(returns, 20)[29:31]).tolist() == [True, False]


@given(st.integers(2, 6), st.sampled_from([0.0, 0.02]), st.integers(0, 2**32 - 1))
def test_the_average_is_the_mean_over_the_pairs_on_days_that_all_have(count: int, missing: float, seed: int) -> None:
    returns = some_returns(70, count, seed, missing)
    returns[np.isnan(returns).any(axis=1)] = NAN
    shares = np.random.default_rng(seed).dirichlet(np.ones(count))
    pairs = rolling_correlations(returns, 30)[:, *np.triu_indices(count, k=1)]
    products = np.outer(shares, shares)[np.triu_indices(count, k=1)]
    np.testing.assert_allclose(rolling_average_correlation(returns, 30), pairs.mean(axis=1), atol=1e-9)
    weighted = rolling_average_correlation(returns, 30, weights=shares)
    np.testing.assert_allclose(weighted, pairs @ products / products.sum(), atol=1e-9)


def test_assets_of_no_weight_do_not_count() -> None:
    returns = some_returns(40, 3, 5)
    expected = rolling_average_correlation(returns[:, :2], 30)
    returns[:, 2] = NAN
    np.testing.assert_array_equal(rolling_average_correlation(returns, 30, weights=np.array([1.0, 1.0, 0.0])), expected)


def test_nothing_depends_on_a_later_day() -> None:
    returns = some_returns(80, 4, 6, 0.02)
    for day in (35, 50, 79):
        for function in (rolling_correlations, rolling_average_correlation):
            np.testing.assert_allclose(function(returns, 30)[:day], function(returns[:day], 30), atol=1e-12)


@pytest.mark.parametrize("shape", [(0, 3), (5, 0), (5, 1)])
def test_empty_panels_give_empty_or_unknown_figures(shape: tuple[int, int]) -> None:
    assert rolling_correlations(np.zeros(shape), 3).shape == (shape[0], shape[1], shape[1])
    assert np.isnan(rolling_average_correlation(np.zeros(shape), 3)).all()
    assert np.isnan(rolling_average_correlation(np.full(shape, NAN), 3)).all()


def test_arguments_that_do_not_fit_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="days x assets"):
        rolling_correlations(np.zeros(5), 3)
    with pytest.raises(AnalyticsError, match="window of 2"):
        rolling_average_correlation(np.zeros((5, 2)), 1)
    with pytest.raises(AnalyticsError, match="one weight for each of 2"):
        rolling_average_correlation(np.zeros((5, 2)), 3, weights=np.ones(3))
