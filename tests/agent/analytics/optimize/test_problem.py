import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.optimize.problem import Limits, Unknown, common_days, moving_days, usable_columns, within

NAN = np.nan


def test_one_limit_holds_for_every_asset_and_a_row_of_them_for_each() -> None:
    bounds = Limits(0.1, np.array([0.5, 0.6, 0.7])).bounds(3)
    assert not isinstance(bounds, Unknown)
    np.testing.assert_array_equal(bounds[0], [0.1, 0.1, 0.1])
    np.testing.assert_array_equal(bounds[1], [0.5, 0.6, 0.7])


def test_limits_of_some_assets_are_taken_by_column() -> None:
    some = Limits(0.0, np.array([0.5, 0.6, 0.7])).of(np.array([2, 0]))
    np.testing.assert_array_equal(some.maximum, [0.7, 0.5])
    assert some.minimum == 0.0


@pytest.mark.parametrize(
    "limits", [Limits(-0.1), Limits(0.6, 0.5), Limits(0.0, 1.1), Limits(NAN), Limits(0.0, np.array([0.5, 0.5]))]
)
def test_limits_that_make_no_sense_are_refused(limits: Limits) -> None:
    with pytest.raises(AnalyticsError, match="limits"):
        limits.bounds(3)


def test_limits_that_no_weights_keep_are_a_reason() -> None:
    # 3 * 0.3 = 0.9 is all that can be given; 3 * 0.4 = 1.2 must be
    for limits in (Limits(0.0, 0.3), Limits(0.4)):
        bounds = limits.bounds(3)
        assert isinstance(bounds, Unknown)
        assert "sum to 1" in bounds.reason
    assert Limits().bounds(0) == Unknown("there are no assets")


def test_capped_weights_by_hand() -> None:
    # 6:3:1 capped at 0.5 leaves 0.5 for 3:1
    weights = within(np.array([60.0, 30.0, 10.0]), np.zeros(3), np.full(3, 0.5))
    np.testing.assert_allclose(weights, [0.5, 0.375, 0.125], atol=1e-15)
    # a least weight of 0.2 for the third leaves 0.8 for 6:3
    weights = within(np.array([60.0, 30.0, 10.0]), np.array([0.0, 0.0, 0.2]), np.ones(3))
    np.testing.assert_allclose(weights, [0.8 * 2 / 3, 0.8 / 3, 0.2], atol=1e-15)


def test_what_weighs_nothing_cannot_take_what_a_limit_leaves() -> None:
    outcome = within(np.array([1.0, 0.0]), np.zeros(2), np.array([0.6, 1.0]))
    assert isinstance(outcome, Unknown)
    assert isinstance(within(np.zeros(2), np.zeros(2), np.ones(2)), Unknown)


@given(
    base=st.lists(st.floats(0.01, 100.0), min_size=1, max_size=8),
    cap=st.floats(0.0, 1.0),
    floor=st.floats(0.0, 1.0),
)
def test_capped_weights_sum_to_one_within_the_limits_and_keep_the_order(
    base: list[float], cap: float, floor: float
) -> None:
    count = len(base)
    lower, upper = np.full(count, floor / count), np.full(count, 1 / count + cap * (1 - 1 / count))
    weights = within(np.array(base), lower, upper)
    assert not isinstance(weights, Unknown)
    assert weights.sum() == pytest.approx(1.0, abs=1e-9)
    assert (weights >= lower).all()
    assert (weights <= upper).all()
    assert (np.diff(weights[np.argsort(base)]) >= -1e-12).all()


def test_days_that_every_asset_has_are_taken() -> None:
    returns = np.arange(40.0).reshape(20, 2)
    returns[3, 0] = returns[7, 1] = NAN
    days = common_days(returns)
    assert not isinstance(days, Unknown)
    np.testing.assert_array_equal(days, np.delete(returns, [3, 7], axis=0))  # 18 of 20 is nine tenths


def test_an_asset_with_too_few_returns_is_named() -> None:
    returns = np.ones((20, 3))
    returns[:3, 1] = NAN
    assert common_days(returns) == Unknown("1 of 3 assets have fewer than 18 daily returns in the 20 days", (1,))


def test_too_few_common_days_are_a_reason_although_each_asset_has_enough() -> None:
    returns = np.ones((20, 2))
    returns[:2, 0] = returns[5:7, 1] = NAN
    outcome = common_days(returns)
    assert outcome == Unknown("needs 18 of 20 days on which every asset has a return, has 16")


@pytest.mark.parametrize("shape", [(0, 3), (5, 0), (0, 0)])
def test_nothing_is_a_reason(shape: tuple[int, int]) -> None:
    assert isinstance(common_days(np.ones(shape)), Unknown)
    assert usable_columns(np.ones(shape)).size == 0


def test_one_day_has_no_variance() -> None:
    assert isinstance(common_days(np.ones((1, 2))), Unknown)


def test_an_asset_that_did_not_move_is_named() -> None:
    returns = np.random.default_rng(1).normal(size=(20, 3))
    returns[:, 2] = 0.01
    assert moving_days(returns) == Unknown("1 of 3 assets did not move", (2,))


def test_a_panel_has_two_dimensions() -> None:
    with pytest.raises(AnalyticsError, match="days x assets"):
        common_days(np.ones(5))


def test_usable_columns_leave_out_the_fewest_returns_first() -> None:
    returns = np.random.default_rng(2).normal(size=(20, 5))
    returns[:3, 0] = NAN  # 17 of 20
    returns[:, 1] = 0.0
    returns[4:6, 2] = NAN  # 18 of 20, and 17 with the next
    returns[8, 3] = NAN
    assert usable_columns(returns).tolist() == [3, 4]
    assert not isinstance(moving_days(returns[:, [3, 4]]), Unknown)
