from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.jobs.slots import next_slot, slots_between

BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_slot_is_the_readers_local_time_in_utc() -> None:
    assert slots_between("0 7 * * *", BERLIN, at("2025-07-01T00:00"), at("2025-07-02T00:00")) == (
        at("2025-07-01T05:00"),
    )
    assert slots_between("0 7 * * *", BERLIN, at("2025-01-01T00:00"), at("2025-01-02T00:00")) == (
        at("2025-01-01T06:00"),
    )


def test_the_start_is_left_out_and_the_end_is_in() -> None:
    slots = slots_between("0 * * * *", "UTC", at("2025-10-11T05:00"), at("2025-10-11T07:00"))
    assert slots == (at("2025-10-11T06:00"), at("2025-10-11T07:00"))
    assert slots_between("0 * * * *", "UTC", at("2025-10-11T05:00"), at("2025-10-11T05:59")) == ()


def test_a_daily_slot_comes_once_a_day_through_both_clock_changes() -> None:
    # Clocks go forward on 30 March 2025 at 02:00 and back on 26 October 2025 at 03:00.
    spring = slots_between("0 7 * * *", BERLIN, at("2025-03-28T12:00"), at("2025-03-31T12:00"))
    assert spring == (at("2025-03-29T06:00"), at("2025-03-30T05:00"), at("2025-03-31T05:00"))
    autumn = slots_between("0 7 * * *", BERLIN, at("2025-10-24T12:00"), at("2025-10-27T12:00"))
    assert autumn == (at("2025-10-25T05:00"), at("2025-10-26T06:00"), at("2025-10-27T06:00"))


def test_a_slot_in_the_hour_that_is_skipped_still_comes_no_more_than_once_that_day() -> None:
    slots = slots_between("30 2 * * *", BERLIN, at("2025-03-29T12:00"), at("2025-03-31T12:00"))
    assert slots[-1] == at("2025-03-31T00:30")
    assert len([slot for slot in slots if slot.date().isoformat() == "2025-03-30"]) <= 1


def test_hourly_slots_run_through_the_hour_that_comes_twice() -> None:
    slots = slots_between("20 * * * *", BERLIN, at("2025-10-25T22:00"), at("2025-10-26T04:00"))
    assert slots == tuple(at("2025-10-25T22:20") + timedelta(hours=hour) for hour in range(6))


def test_week_days_are_those_of_the_readers_calendar() -> None:
    # 06:30 on a Monday in Auckland is still Sunday in UTC.
    slots = slots_between("30 6 * * mon", "Pacific/Auckland", at("2025-06-01T00:00"), at("2025-06-09T00:00"))
    assert slots == (at("2025-06-01T18:30"), at("2025-06-08T18:30"))


def test_the_next_slot_is_later_than_now() -> None:
    assert next_slot("0 7 * * *", BERLIN, at("2025-10-11T05:00")) == at("2025-10-12T05:00")
    assert next_slot("0 7 * * *", BERLIN, at("2025-10-11T04:59")) == at("2025-10-11T05:00")


def test_a_day_that_never_comes_has_no_slot() -> None:
    assert next_slot("0 7 30 2 *", "UTC", at("2025-10-11T05:00")) is None
    assert slots_between("0 7 30 2 *", "UTC", at("2025-10-11T05:00"), at("2025-12-11T05:00")) == ()


MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


@given(MOMENTS, st.integers(1, 40), st.sampled_from(["*/20 * * * *", "20 * * * *", "0 7 * * *", "30 2 * * *"]))
@pytest.mark.parametrize("timezone", ["UTC", BERLIN, "Australia/Lord_Howe"])
def test_slots_are_in_order_within_their_bounds_and_the_same_in_two_steps(
    timezone: str, start: datetime, hours: int, cron: str
) -> None:
    middle, end = start + timedelta(hours=hours / 3), start + timedelta(hours=hours)
    slots = slots_between(cron, timezone, start, end)
    assert list(slots) == sorted(set(slots))
    assert all(start < slot <= end for slot in slots)
    assert slots == slots_between(cron, timezone, start, middle) + slots_between(cron, timezone, middle, end)
