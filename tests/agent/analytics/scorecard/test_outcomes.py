import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.scorecard.outcomes import forward_returns, measure_outcomes

NAN = np.nan


def walk(days: int, assets: int, seed: int = 5) -> np.ndarray:
    return np.exp(np.cumsum(np.random.default_rng(seed).normal(0.0, 0.05, (days, assets)), axis=0))


@pytest.mark.parametrize("horizon", [1, 7, 30])
def test_a_forward_return_runs_from_the_close_to_that_of_calendar_days_later(horizon: int) -> None:
    close = walk(100, 3)
    frame = pd.DataFrame(close)
    np.testing.assert_allclose(forward_returns(close, horizon), (frame.shift(-horizon) / frame - 1).to_numpy())


@given(st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_a_missing_exit_is_the_last_close_within_the_horizon(horizon: int, seed: int) -> None:
    close = walk(25, 4, seed)
    close[np.random.default_rng(seed).random(close.shape) < 0.4] = NAN
    expected = np.full(close.shape, NAN)
    for day in range(25 - horizon):
        for asset in range(4):
            seen = [price for price in close[day : day + horizon + 1, asset] if np.isfinite(price)]
            if np.isfinite(close[day, asset]):
                expected[day, asset] = seen[-1] / close[day, asset] - 1
    np.testing.assert_allclose(forward_returns(close, horizon), expected)


def test_a_delisted_asset_leaves_at_its_last_close_and_is_counted() -> None:
    close = np.ones((10, 2))
    close[:, 1] = [10, 10, 10, 5, 1, NAN, NAN, NAN, NAN, NAN]
    outcomes = measure_outcomes(close, 3)
    np.testing.assert_allclose(outcomes.returns[:5, 1], [-0.5, -0.9, -0.9, -0.8, 0.0])
    assert outcomes.left_early[:, 1].tolist() == [False, False, True, True, True, *[False] * 5]
    assert np.isnan(outcomes.returns[5:, 1]).all()
    assert not outcomes.left_early[:, 0].any()


def test_a_price_that_went_to_zero_lost_everything_and_cannot_be_entered() -> None:
    np.testing.assert_array_equal(forward_returns(np.array([2.0, 0.0, 0.0, 1.0]), 1), [-1.0, NAN, NAN, NAN])


def test_horizons_that_are_not_over_have_no_outcome() -> None:
    close = walk(40, 2)
    full = forward_returns(close, 7)
    for end in (0, 5, 7, 8, 30):
        cut = forward_returns(close[:end], 7)
        known = max(end - 7, 0)
        np.testing.assert_array_equal(cut[:known], full[:known])
        assert np.isnan(cut[known:]).all()


def test_holding_is_the_mean_of_all_over_the_same_days() -> None:
    close = walk(50, 5)
    close[20:, 4] = NAN
    outcomes = measure_outcomes(close, 7)
    np.testing.assert_allclose(outcomes.holding, pd.DataFrame(outcomes.returns).mean(axis=1).to_numpy())


def test_one_asset_alone_on_a_day_has_nothing_to_be_compared_with() -> None:
    close = walk(10, 2)
    close[:4, 1] = NAN
    assert np.isfinite(measure_outcomes(close, 1).holding).tolist() == [False] * 4 + [True] * 5 + [False]


def test_holding_the_market_alone_is_its_mean_over_all_days() -> None:
    outcomes = measure_outcomes(walk(50, 1), 7)
    np.testing.assert_allclose(outcomes.holding[:43], outcomes.returns[:43].mean())
    assert np.isnan(outcomes.holding[43:]).all()


def test_only_those_compared_on_the_day_of_entry_have_outcomes() -> None:
    close = walk(30, 3)
    compared = np.ones(close.shape, dtype=bool)
    compared[:, 2] = False
    compared[10:, 1] = False
    outcomes = measure_outcomes(close, 7, close[:, 0], compared)
    assert np.isnan(outcomes.returns[:, 2]).all()
    np.testing.assert_allclose(outcomes.returns[:10, 1], close[7:17, 1] / close[:10, 1] - 1)
    assert np.isnan(outcomes.returns[10:, 1]).all()
    np.testing.assert_allclose(outcomes.holding[:10], outcomes.returns[:10, :2].mean(axis=1))
    np.testing.assert_array_equal(outcomes.bitcoin, forward_returns(close[:, 0], 7))


@pytest.mark.parametrize("shape", [(0, 3), (5, 0), (3, 1), (3, 3)])
def test_panels_without_outcomes_are_no_error(shape: tuple[int, int]) -> None:
    outcomes = measure_outcomes(np.full(shape, NAN), 7)
    assert outcomes.returns.shape == shape
    assert np.isnan(outcomes.holding).all()
    assert np.isnan(outcomes.bitcoin).all()


def test_arguments_that_do_not_fit_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="at least 1 day"):
        forward_returns(np.ones(5), 0)
    with pytest.raises(AnalyticsError, match="days x subjects"):
        measure_outcomes(np.ones(5), 1)
    with pytest.raises(AnalyticsError, match=r"bitcoin must have shape \(5,\)"):
        measure_outcomes(np.ones((5, 2)), 1, np.ones(4))
    with pytest.raises(AnalyticsError, match=r"compared must have shape \(5, 2\)"):
        measure_outcomes(np.ones((5, 2)), 1, None, np.ones((5, 3), dtype=bool))
