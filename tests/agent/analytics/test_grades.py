import numpy as np
import pytest

from agent.analytics.grades import Crossing, GradeLevel, crossings, grade_change, grade_level, threshold_crossing

NAN = np.nan


@pytest.mark.parametrize(
    ("grade", "level"),
    [
        (100.0, GradeLevel.HIGH),
        (80.0, GradeLevel.HIGH),
        (79.96, GradeLevel.HIGH),  # shown as 80.0
        (79.9, GradeLevel.MIDDLE),
        (30.0, GradeLevel.MIDDLE),
        (29.9, GradeLevel.LOW),
        (0.0, GradeLevel.LOW),
        (NAN, None),
    ],
)
def test_a_grade_has_the_level_that_its_shown_figure_has(grade: float, level: GradeLevel | None) -> None:
    assert grade_level(grade) == level


def test_a_threshold_is_crossed_by_reaching_it_and_by_falling_below_it() -> None:
    previous = np.array([64.0, 80.0, 80.0, 79.9, 85.0, NAN, 90.0])
    current = np.array([80.0, 64.0, 85.0, 79.8, 80.0, 90.0, NAN])
    np.testing.assert_array_equal(threshold_crossing(previous, current, 80.0), [1, -1, 0, 0, 0, NAN, NAN])


def test_a_change_is_that_of_the_grades_as_they_are_shown() -> None:
    previous = np.array([60.1, 60.14, 60.16, 70.0, NAN, 50.0])
    current = np.array([70.1, 70.06, 70.06, 60.0, 50.0, NAN])
    np.testing.assert_array_equal(grade_change(previous, current), [10.0, 10.0, 9.9, -10.0, NAN, NAN])


def test_a_grade_that_was_already_shown_at_the_threshold_does_not_cross_it() -> None:
    assert crossings(79.97, 80.3) == ()


def test_a_grade_that_is_shown_at_the_threshold_has_crossed_it() -> None:
    assert crossings(64.0, 79.96) == (Crossing(80.0, 1),)


def test_every_threshold_passed_is_listed_in_order() -> None:
    assert crossings(25.0, 85.0) == (Crossing(30.0, 1), Crossing(80.0, 1))
    assert crossings(85.0, 25.0) == (Crossing(80.0, -1), Crossing(30.0, -1))
    assert crossings(64.0, 82.1) == (Crossing(80.0, 1),)
    assert crossings(NAN, 82.1) == ()
