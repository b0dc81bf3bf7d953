import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.signals import windows

NAN = np.nan


def ragged(seed: int, days: int = 60, missing: float = 0.05) -> np.ndarray:
    rng = np.random.default_rng(seed)
    values = rng.normal(5.0, 1.0, (days, 4))
    values[rng.random(values.shape) < missing] = NAN
    return values


def nine_tenths(days: int) -> int:
    return int(np.ceil(0.9 * days - 1e-9))


@given(st.integers(0, 2**32 - 1), st.integers(2, 70), st.sampled_from([0.0, 0.03, 0.3]))
def test_windows_are_those_of_pandas(seed: int, days: int, missing: float) -> None:
    values = ragged(seed, missing=missing)
    rolling = pd.DataFrame(values).rolling(days, min_periods=nine_tenths(days))
    mean = windows.window_mean(values, days)
    np.testing.assert_allclose(mean, rolling.mean(), rtol=1e-10)
    np.testing.assert_allclose(windows.window_deviation(values, mean, days), rolling.std(), rtol=1e-7)
    np.testing.assert_array_equal(windows.window_maximum(values, days), rolling.max())


def test_a_deviation_far_from_zero_keeps_its_digits() -> None:
    values = 1e9 + np.array([[1.0], [2.0], [4.0]])
    mean = windows.window_mean(values, 3)
    # mean 7/3; squares 16/9 + 1/9 + 25/9 = 42/9; over 2
    assert windows.window_deviation(values, mean, 3)[-1, 0] == pytest.approx(np.sqrt(21 / 9), rel=1e-7)


@pytest.mark.parametrize(("missing", "known"), [(3, True), (4, False)])
def test_nine_tenths_of_a_window_must_be_there(missing: int, *, known: bool) -> None:
    values = np.ones((30, 1))
    values[5 : 5 + missing] = NAN
    assert np.isfinite(windows.window_mean(values, 30)[-1, 0]) == known


@pytest.mark.parametrize("days", [7, 50, 64])
def test_a_window_is_the_same_to_the_bit_whatever_comes_before_and_after_it(days: int) -> None:
    values = ragged(1, 200)
    mean, best = windows.window_mean(values, days), windows.window_maximum(values, days)
    deviation = windows.window_deviation(values, mean, days)
    for row in (days, 100, 150):
        tail = values[row - days : row]
        mean_of_tail = windows.window_mean(tail, days)
        np.testing.assert_array_equal(mean_of_tail[-1], mean[row - 1])
        np.testing.assert_array_equal(windows.window_maximum(tail, days)[-1], best[row - 1])
        np.testing.assert_array_equal(windows.window_deviation(tail, mean_of_tail, days)[-1], deviation[row - 1])


def test_the_value_before_is_found_over_three_missing_days_and_not_over_four() -> None:
    values = np.array([[1.0], [NAN], [NAN], [NAN], [2.0], [NAN], [NAN], [NAN], [NAN], [3.0]])
    expected = [NAN, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, NAN]
    np.testing.assert_array_equal(windows.previous(values)[:, 0], expected)


def test_a_change_spans_calendar_days_and_needs_both_ends() -> None:
    values = np.array([[10.0, 0.0, -1.0], [NAN, 5.0, 5.0], [15.0, 1.0, 1.0], [4.0, 4.0, 4.0]])
    expected = [[NAN] * 3, [NAN] * 3, [0.5, NAN, NAN], [NAN, -0.2, -0.2]]
    np.testing.assert_allclose(windows.change(values, 2), expected)


@pytest.mark.parametrize("shape", [(0, 3), (1, 3), (5, 0), (2, 2)])
def test_panels_shorter_than_the_window_give_nothing_and_no_warning(shape: tuple[int, int]) -> None:
    values = np.ones(shape)
    mean = windows.window_mean(values, 20)
    for figures in (
        mean,
        windows.window_deviation(values, mean, 20),
        windows.window_maximum(values, 20),
        windows.change(values, 20),
        windows.shifted(values, 20),
    ):
        assert figures.shape == shape
        assert np.isnan(figures).all()
    assert windows.previous(values).shape == shape


def test_what_is_no_panel_is_refused() -> None:
    with pytest.raises(AnalyticsError, match="days first"):
        windows.as_panel(np.ones(3))
