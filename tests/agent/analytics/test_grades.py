import numpy as np

from agent.analytics.grades import grade_change, threshold_crossing

NAN = np.nan


def test_a_threshold_is_crossed_by_reaching_it_and_by_falling_below_it() -> None:
    previous = np.array([64.0, 80.0, 80.0, 79.9, 85.0, NAN, 90.0])
    current = np.array([80.0, 64.0, 85.0, 79.8, 80.0, 90.0, NAN])
    np.testing.assert_array_equal(threshold_crossing(previous, current, 80.0), [1, -1, 0, 0, 0, NAN, NAN])


def test_a_change_is_that_of_the_grades_as_they_are_shown() -> None:
    previous = np.array([60.1, 60.14, 60.16, 70.0, NAN, 50.0])
    current = np.array([70.1, 70.06, 70.06, 60.0, 50.0, NAN])
    np.testing.assert_array_equal(grade_change(previous, current), [10.0, 10.0, 9.9, -10.0, NAN, NAN])


def test_a_grade_crosses_a_threshold_as_it_is_shown() -> None:
    previous, current = np.array([79.97, 64.0]), np.array([80.3, 79.96])
    np.testing.assert_array_equal(threshold_crossing(previous, current, 80.0), [0, 1])
