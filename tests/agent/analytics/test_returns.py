import numpy as np
import pytest

from agent.analytics.errors import AnalyticsError
from agent.analytics.returns import Breadth, breadth, change_pct, median_change, momentum, simple_returns, streak

NAN = np.nan


def test_a_return_is_the_close_over_the_close_before_less_one() -> None:
    # 110/100 - 1 = 0.1, 99/110 - 1 = -0.1
    np.testing.assert_allclose(simple_returns(np.array([100.0, 110.0, 99.0])), [NAN, 0.1, -0.1])


def test_a_return_never_spans_a_missing_day() -> None:
    np.testing.assert_allclose(simple_returns(np.array([100.0, NAN, 99.0, 198.0])), [NAN, NAN, NAN, 1.0])


def test_returns_of_no_days_are_no_returns() -> None:
    assert simple_returns(np.empty((0, 3))).shape == (0, 3)


def test_a_change_compares_calendar_days_not_bars() -> None:
    close = np.array([[80.0, 50.0], [NAN, 60.0], [100.0, NAN], [120.0, 75.0]])
    # asset 0 over 3 days: 120/80 - 1 = 50 %; asset 1: 75/50 - 1 = 50 %
    np.testing.assert_allclose(change_pct(close, 3), [50.0, 50.0])
    np.testing.assert_allclose(change_pct(close, 2), [NAN, 25.0])
    np.testing.assert_allclose(change_pct(close, 1), [20.0, NAN])


def test_a_change_of_a_panel_that_is_too_short_is_unknown() -> None:
    assert np.isnan(change_pct(np.array([1.0, 2.0]), 2))
    assert np.isnan(change_pct(np.empty((0, 2)), 1)).all()


def test_a_change_without_a_last_close_is_unknown() -> None:
    assert np.isnan(change_pct(np.array([1.0, NAN]), 1))


def test_a_change_over_no_days_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="at least 1 day"):
        change_pct(np.array([1.0, 2.0]), 0)


def test_a_tiny_price_has_an_exact_change() -> None:
    assert change_pct(np.array([1e-12, 2e-12]), 1) == pytest.approx(100.0)


def test_the_median_leaves_out_what_is_unknown() -> None:
    assert median_change(np.array([3.0, NAN, -1.0, 2.0])) == 2.0
    assert median_change(np.array([3.0, NAN, -1.0])) == 1.0  # (3 - 1) / 2


def test_the_median_of_nothing_is_unknown() -> None:
    assert np.isnan(median_change(np.array([NAN])))
    assert np.isnan(median_change(np.array([])))


def test_breadth_counts_every_change_once() -> None:
    assert breadth(np.array([1.0, -2.0, 0.0, 0.05, NAN, -3.0]), flat=0.05) == Breadth(1, 2, 2, 1)


@pytest.mark.parametrize(
    ("close", "days"),
    [
        ([1, 2, 3, 4], 3),
        ([4, 3, 2, 1], -3),
        ([3, 2, 3, 4], 2),
        ([1, 2, 2, 3], 1),
        ([1, 2, 3, 3], 0),
        ([1, NAN, 3, 4], 1),
        ([1, 2, 3, NAN], 0),
        ([1, 2, NAN, 4], 0),
        ([5], 0),
        ([], 0),
        ([NAN, NAN, NAN], 0),
        ([2, 3, 2, 1], -2),
    ],
)
def test_a_streak_ends_at_a_turn_an_unchanged_close_or_a_missing_day(close: list[float], days: int) -> None:
    assert streak(np.array(close, dtype=float)) == days


def test_streaks_of_a_panel_are_those_of_its_columns() -> None:
    assert streak(np.array([[1.0, 9.0, 1.0], [2.0, 8.0, 1.0], [3.0, 7.0, 1.0]])).tolist() == [2, -2, 0]


def test_momentum_counts_calendar_days_at_every_row() -> None:
    close = np.array([[10.0], [11.0], [NAN], [12.1], [20.0]])
    # 12.1 / 11 - 1 = 0.1; the others lack an end
    np.testing.assert_allclose(momentum(close, 2)[:, 0], [NAN, NAN, NAN, 0.1, NAN])
    np.testing.assert_allclose(momentum(close[:, 0], 4), [NAN, NAN, NAN, NAN, 1.0])
    assert np.isnan(momentum(close, 5)).all()


def test_momentum_over_no_days_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="at least 1 day"):
        momentum(np.ones(3), 0)
