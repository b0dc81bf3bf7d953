from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.store.engine import Store
from agent.store.own_grades import OwnGradeDay, PartName, own_grades_between, own_grades_on, put_own_grades

DAY = date(2025, 10, 10)
NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
PARTS = (PartName("momentum_30d", "short_term", 0.25), PartName("trend", "long_term", 0.5))


def graded(short: list[float], day: date = DAY) -> OwnGradeDay:
    count = len(short)
    parts = np.array([[12.5, np.nan, 99.0][:count], [1.0, 2.0, 3.0][:count]])
    ids = np.arange(1, count + 1, dtype=np.int64) * 2
    return OwnGradeDay(day, ids, np.array(short), np.array(short) / 2, PARTS, parts, NOW)


def test_grades_and_their_parts_come_back_as_they_were(listed: Store) -> None:
    with listed.writer() as session:
        put_own_grades(session, "sandbox", graded([71.23456789, np.nan, 3.0]))
        found = own_grades_on(session, "sandbox", DAY)
        assert own_grades_on(session, "sandbox", DAY - timedelta(days=1)) is None
        assert own_grades_on(session, "never collected", DAY) is None
    assert found is not None
    assert found.part_names == PARTS
    np.testing.assert_array_equal(found.short_term, [71.23456789, np.nan, 3.0])
    np.testing.assert_array_equal(found.parts[0], [12.5, np.nan, 99.0])
    assert (found.column(4), found.column(3), found.column(99)) == (1, None, None)
    assert found.computed_at == NOW


def test_the_grades_of_a_day_are_replaced_and_a_history_is_in_order(listed: Store) -> None:
    eve = DAY - timedelta(days=1)
    with listed.writer() as session:
        put_own_grades(session, "sandbox", graded([1.0, 2.0, 3.0]))
        put_own_grades(session, "sandbox", graded([4.0]))
        put_own_grades(session, "sandbox", graded([9.0, 9.0], eve))
        history = own_grades_between(session, "sandbox", eve, DAY)
    assert [(item.day, item.short_term.tolist()) for item in history] == [(eve, [9.0, 9.0]), (DAY, [4.0])]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(st.floats(0, 100) | st.just(float("nan")), max_size=3))
def test_whatever_is_stored_is_read_back(listed: Store, short: list[float]) -> None:
    with listed.writer() as session:
        put_own_grades(session, "sandbox", graded(short))
        found = own_grades_on(session, "sandbox", DAY)
    assert found is not None
    np.testing.assert_array_equal(found.short_term, short)
