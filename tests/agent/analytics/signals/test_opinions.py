"""A provider's opinions laid out as a history: what was thought before, and what followed a trading signal."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.signals.ground import day_of
from agent.analytics.signals.opinions import Opinions, measure_opinions

NAN = np.nan


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, np.newaxis]


def of_signals(signals: list[float], close: list[float]) -> Opinions:
    nothing = np.full((len(signals), 1), NAN)
    return measure_opinions(nothing, nothing, column(*signals), column(*close))


def test_grades_before_are_those_of_calendar_days_and_not_carried_forward() -> None:
    grades = column(10, 20, NAN, 40, 50, 60, 70, 80, 90, 95)
    nothing = np.full(grades.shape, NAN)
    seen = measure_opinions(grades, grades, nothing, nothing)
    np.testing.assert_array_equal(seen.trader_grade_previous[:, 0], [NAN, 10, 20, NAN, 40, 50, 60, 70, 80, 90])
    np.testing.assert_array_equal(seen.investor_grade_week_before[7:, 0], [10, 20, NAN])
    np.testing.assert_array_equal(seen.investor_grade_week_before_previous[7:, 0], [NAN, 10, 20])
    last = day_of(seen, -1)
    assert (last.investor_grade.tolist(), last.investor_grade_previous.tolist()) == ([95.0], [90.0])


def test_the_return_since_a_signal_counts_from_the_close_of_the_day_it_began() -> None:
    # -1 was there when the history begins; 1 begins at 10 USD, -1 at 15 USD
    seen = of_signals([-1, -1, 1, 1, 1, -1, -1], [8, 9, 10, 11, 12, 15, 12])
    np.testing.assert_allclose(seen.return_since_signal[:, 0], [NAN, NAN, 0.0, 0.1, 0.2, 0.0, -0.2])
    np.testing.assert_array_equal(seen.days_since_signal[:, 0], [NAN, NAN, 0, 1, 2, 0, 1])


def test_on_the_day_of_a_flip_the_previous_signal_ends_with_its_return() -> None:
    seen = of_signals([-1, 1, 1, 1, -1], [9, 10, 11, 12, 15])
    np.testing.assert_allclose(seen.return_since_previous_signal[:, 0], [NAN, NAN, 0.1, 0.2, 0.5])
    np.testing.assert_array_equal(seen.days_since_previous_signal[:, 0], [NAN, NAN, 1, 2, 3])


def test_a_signal_of_zero_leaves_the_last_side_in_force() -> None:
    seen = of_signals([-1, 0, 1, 0, 0, 1, 0], [8, 9, 10, 11, 12, 13, 14])
    np.testing.assert_array_equal(seen.days_since_signal[:, 0], [NAN, NAN, 0, 1, 2, 3, 4])
    np.testing.assert_allclose(seen.return_since_signal[2:, 0], [0.0, 0.1, 0.2, 0.3, 0.4])


def test_a_day_without_a_signal_knows_none_and_three_of_them_do_not_end_it() -> None:
    seen = of_signals([-1, 1, NAN, NAN, NAN, 1], [9, 10, 11, 12, 13, 14])
    np.testing.assert_array_equal(seen.days_since_signal[:, 0], [NAN, 0, NAN, NAN, NAN, 4])


@pytest.mark.parametrize("after", [[1, 1], [0, 1], [0, 0]])
def test_after_four_days_without_a_signal_its_beginning_is_unknown(after: list[float]) -> None:
    seen = of_signals([-1, 1, NAN, NAN, NAN, NAN, *after], [10.0] * 8)
    assert np.isnan(seen.days_since_signal[6:]).all()
    assert np.isnan(seen.return_since_signal[6:]).all()


def test_a_turn_after_a_long_gap_is_no_beginning_but_the_next_one_is() -> None:
    seen = of_signals([1, NAN, NAN, NAN, NAN, -1, 1], [10.0] * 7)
    np.testing.assert_array_equal(seen.days_since_signal[5:, 0], [NAN, 0])


def test_without_a_close_on_the_first_day_the_return_is_unknown_and_the_days_are_not() -> None:
    seen = of_signals([-1, 1, 1], [9, NAN, 11])
    assert np.isnan(seen.return_since_signal[2, 0])
    assert seen.days_since_signal[2, 0] == 1


def test_a_price_of_zero_gives_no_return() -> None:
    assert np.isnan(of_signals([-1, 1, 1], [9, 0, 11]).return_since_signal[2, 0])


@given(st.lists(st.sampled_from([1.0, 0.0, -1.0, NAN]), min_size=1, max_size=25), st.integers(1, 25))
def test_a_day_does_not_depend_on_what_follows(signals: list[float], days: int) -> None:
    close = (np.arange(25.0) + 5)[: len(signals)].tolist()
    whole, cut = of_signals(signals, close), of_signals(signals[:days], close[:days])
    for field in fields(Opinions):
        np.testing.assert_array_equal(getattr(whole, field.name)[:days], getattr(cut, field.name))


@given(st.lists(st.sampled_from([1.0, 0.0, -1.0, NAN]), min_size=1, max_size=25))
def test_the_beginning_is_what_a_walk_back_finds(signals: list[float]) -> None:
    seen = of_signals(signals, [1.0] * len(signals)).days_since_signal[:, 0]
    for day, found in enumerate(seen):
        expected = NAN if np.isnan(signals[day]) else walked_back(signals[: day + 1])
        np.testing.assert_equal(found, expected)


def walked_back(signals: list[float]) -> float:
    side, began, missing = 0.0, NAN, 0
    for back, signal in enumerate(reversed(signals)):
        missing = missing + 1 if np.isnan(signal) else 0
        if missing > 3:
            return NAN
        if np.isnan(signal) or signal == 0:
            continue
        if side in (0.0, signal):
            side, began = signal, float(back)
        else:
            return began
    return NAN


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
def test_empty_panels_give_empty_opinions(shape: tuple[int, int]) -> None:
    seen = measure_opinions(*(np.empty(shape),) * 4)
    assert all(getattr(seen, field.name).shape == shape for field in fields(Opinions))


def test_panels_of_different_shapes_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="one shape"):
        measure_opinions(np.ones((2, 2)), np.ones((2, 2)), np.ones((2, 2)), np.ones((3, 2)))
