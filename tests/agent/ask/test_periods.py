"""The dates were read off a calendar: 10 October 2025 is a Friday, 1 October 2025 a Wednesday."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ask.periods import Period, find_period

FRIDAY = date(2025, 10, 10)
MONDAY = date(2025, 10, 6)


def period(text: str, today: date = FRIDAY, first_day: date | None = None) -> Period:
    found = find_period(text, today, first_day)
    assert found is not None, text
    return found[0]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("on monday", date(2025, 10, 6)),
        ("monday", date(2025, 10, 6)),
        ("on sat", date(2025, 10, 4)),
        ("on friday", date(2025, 10, 10)),
        ("last friday", date(2025, 10, 3)),
        ("on thursday", date(2025, 10, 9)),
        ("last thursday", date(2025, 10, 9)),
        ("the day before yesterday", date(2025, 10, 9)),
        ("on 3 october", date(2025, 10, 3)),
        ("3rd of october", date(2025, 10, 3)),
        ("october 3", date(2025, 10, 3)),
        ("oct 3rd, 2024", date(2024, 10, 3)),
        ("on 24 december", date(2024, 12, 24)),
        ("2025-02-28", date(2025, 2, 28)),
        ("28.2.2025", date(2025, 2, 28)),
        ("3 days ago", date(2025, 10, 7)),
        ("a week ago", date(2025, 10, 3)),
        ("two weeks ago", date(2025, 9, 26)),
    ],
)
def test_a_day_is_the_latest_one_that_the_words_fit(text: str, day: date) -> None:
    assert period(text).day == day


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("today", "1d"), ("yesterday", "1d"), ("overnight", "1d"), ("24h", "1d"), ("last week", "7d"),
        ("in a week", "7d"),
        ("over 7 days", "7d"), ("30d", "30d"), ("last month", "30d"), ("past 90 days", "90d"), ("last quarter", "90d"),
        ("three months", "90d"), ("12 months", "365d"), ("over a year", "365d"), ("365 days", "365d"),
    ],
)  # fmt: skip
def test_a_length_up_to_the_last_close_is_a_window(text: str, window: str) -> None:
    assert (period(text).window, period(text).start, period(text).day) == (window, None, None)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("since monday", date(2025, 10, 6), None),
        ("since last friday", date(2025, 10, 3), None),
        ("since 1 october", date(2025, 10, 1), None),
        ("since december", date(2024, 12, 1), None),
        ("in september", date(2025, 9, 1), date(2025, 9, 30)),
        ("in february 2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("in november", date(2024, 11, 1), date(2024, 11, 30)),
        ("q3", date(2025, 7, 1), date(2025, 9, 30)),
        ("in 2023", date(2023, 1, 1), date(2023, 12, 31)),
        ("since 2023", date(2023, 1, 1), None),
        ("from 1 to 15 september", date(2025, 9, 1), date(2025, 9, 15)),
        ("between 2025-09-15 and 2025-09-01", date(2025, 9, 1), date(2025, 9, 15)),
        ("this week", date(2025, 10, 6), None),
        ("month to date", date(2025, 10, 1), None),
        ("this quarter so far", date(2025, 10, 1), None),
        ("ytd", date(2025, 1, 1), None),
        ("over 10 days", date(2025, 9, 30), None),
    ],
)
def test_a_stretch_has_a_first_and_a_last_day(text: str, start: date, end: date | None) -> None:
    assert (period(text).start, period(text).end, period(text).window) == (start, end, None)


def test_a_month_that_runs_ends_with_the_last_close() -> None:
    assert (period("in october").start, period("in october").end) == (date(2025, 10, 1), None)


def test_a_week_that_began_today_is_a_day() -> None:
    assert period("this week", MONDAY).window == "1d"
    assert period("since monday", MONDAY).window == "1d"


@pytest.mark.parametrize("text", ["on 1 december 2026", "in 2035", "since 2026-01-01"])
def test_a_time_after_the_last_close_is_named_and_not_used(text: str) -> None:
    assert not period(text).is_usable
    assert "after the last close, that of 10 October 2025" in period(text).notes[0]


def test_a_time_before_all_data_is_named_and_a_stretch_is_cut() -> None:
    first = date(2025, 1, 15)
    assert "before all data, which begins on 15 January 2025" in period("in 2009", first_day=first).notes[0]
    assert not period("in 2009", first_day=first).is_usable
    cut = period("since 2024", first_day=first)
    assert (cut.start, cut.notes) == (first, ("The data begins on 15 January 2025 (UTC).",))


def test_a_day_that_no_calendar_has_is_named() -> None:
    assert period("on 31 february").notes == ('"on 31 february" is no day of the calendar.',)


@pytest.mark.parametrize(
    ("text", "window"), [("this month", "30d"), ("this week", "7d"), ("ytd", "365d"), ("in september", "30d"),
                         ("since 1 october", "7d"), ("on monday", "1d")],
)  # fmt: skip
def test_what_knows_windows_alone_gets_the_closest(text: str, window: str) -> None:
    assert period(text).as_window(FRIDAY) == window


@pytest.mark.parametrize(
    "text", ["", "and 20", "price of sun", "may it rise", "$30", "an hour ago", "rsi 14", "up 30%"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert find_period(text, FRIDAY) is None


_WORDS = st.sampled_from(
    ["last", "since", "in", "on", "from", "to", "31", "30", "0", "99", "9999", "february", "may", "sept", "monday",
     "sun", "year", "week", "2025", "2025-13-45", "29.2.2023", "ago"]
)  # fmt: skip


@given(st.lists(_WORDS, max_size=8), st.dates(date(1900, 1, 1), date(2200, 1, 1)))
def test_any_time_words_give_days_up_to_the_last_close(words: list[str], today: date) -> None:
    found = find_period(" ".join(words), today)
    if found is not None and found[0].is_usable:
        first, last = found[0].bounds(today)
        assert first <= last <= today
