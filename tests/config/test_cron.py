from datetime import UTC, datetime

import pytest
from apscheduler.triggers.cron import CronTrigger
from hypothesis import given
from hypothesis import strategies as st

from config.cron import check_cron


@pytest.mark.parametrize(
    "expression",
    ["20 * * * *", "*/5 * * * *", "0 7 * * mon-fri", "0,30 6-9/3 1 jan,JUL *", "0 0 29 feb *", "0 7 * * SUN"],
)
def test_usual_expressions_are_accepted(expression: str) -> None:
    check_cron(expression)


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "has 0 fields"),
        ("* * * *", "has 4 fields"),
        ("0 0 7 * * *", "has 6 fields"),
        ("60 * * * *", "minute '60', which is not between 0 and 59"),
        ("0 24 * * *", "hour '24', which is not between 0 and 23"),
        ("0 0 0 * *", "day '0', which is not between 1 and 31"),
        ("0 0 1 13 *", "month '13', which is not between 1 and 12"),
        ("0 7 * * 1", r"day of week '1', which is no name \(write mon to sun\)"),
        ("30-10 * * * *", "minute '30-10', which runs backwards"),
        ("0 7 * * fri-mon", "day of week 'fri-mon', which runs backwards"),
        ("*/60 * * * *", "minute step '60', which does not fit its range"),
        ("*/0 * * * *", "minute step '0'"),
        ("5/10 * * * *", r"a step without a range \(write 5-59/10\)"),
        ("1,,2 * * * *", "minute '', which is not"),
        ("٣ * * * *", "minute '٣', which is not"),
        ("0 0 31 feb,apr *", "never happens"),
        ("@daily", "has 1 fields"),
    ],
)
def test_an_expression_that_cannot_run_is_refused_with_its_field(expression: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_cron(expression)


number = st.integers(-1, 61).map(str)
part = st.one_of(
    st.just("*"),
    number,
    st.sampled_from(["mon", "sun", "feb", "dec", "last", "x", ""]),
    st.tuples(number, number).map("-".join),
    st.tuples(st.just("*"), number).map("/".join),
    st.tuples(number, number, number).map(lambda three: f"{three[0]}-{three[1]}/{three[2]}"),
)
field = st.lists(part, min_size=1, max_size=2).map(",".join)


@given(st.lists(st.one_of(st.just("*"), field), min_size=5, max_size=5).map(" ".join))
def test_what_is_accepted_the_scheduler_accepts_and_fires(expression: str) -> None:
    try:
        check_cron(expression)
    except ValueError:
        return
    trigger = CronTrigger.from_crontab(expression, timezone=UTC)
    assert trigger.get_next_fire_time(None, datetime(2025, 10, 11, tzinfo=UTC)) is not None
