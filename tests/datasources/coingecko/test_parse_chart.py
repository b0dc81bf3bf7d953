"""Charts as bars: which point closes which day. Times are worked out by hand from the calendar."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from datasources.coingecko.parse_chart import parse_chart
from datasources.context import Context
from datasources.records import DailyBar

NOW = datetime(2025, 6, 10, 14, 39, 54, tzinfo=UTC)
MIDNIGHT = datetime(2025, 6, 10, tzinfo=UTC)  # closes 9 June
FIRST, LAST = date(2025, 6, 8), date(2025, 6, 9)
DAY = timedelta(days=1)


def ms(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def chart(prices: list[Any], volumes: list[Any] | None = None, now: datetime = NOW) -> tuple[list[Any], list[str]]:
    parsed = parse_chart("bitcoin", prices, [] if volumes is None else volumes, Context(now, LAST, FIRST))
    bars = [record for row in parsed for record in row.records]
    return bars, [row.fault for row in parsed if row.fault]


def bar(day: date, close: float, volume: float | None = None) -> DailyBar:
    return DailyBar("bitcoin", day, None, None, None, close, volume)


def test_a_point_at_midnight_is_the_close_of_the_day_before_and_the_last_point_is_now() -> None:
    prices = [[ms(MIDNIGHT - DAY), 105600.5], [ms(MIDNIGHT), 110300], [ms(NOW), 109000.0]]
    volumes = [[ms(MIDNIGHT - DAY), 30e9], [ms(MIDNIGHT), 40e9], [ms(NOW), 50e9]]
    bars, faults = chart(prices, volumes)
    assert bars == [bar(date(2025, 6, 8), 105600.5, 30e9), bar(date(2025, 6, 9), 110300.0, 40e9)]
    assert faults == []


def test_a_last_point_just_after_midnight_is_now_and_closes_nothing() -> None:
    now = MIDNIGHT + timedelta(minutes=10, seconds=30)
    bars, _ = chart([[ms(MIDNIGHT - DAY), 1.0], [ms(MIDNIGHT + timedelta(minutes=9)), 2.0]], now=now)
    assert bars == [bar(date(2025, 6, 8), 1.0)]


def test_a_close_counts_ten_minutes_after_midnight_and_not_before() -> None:
    prices = [[ms(MIDNIGHT), 2.0]]
    assert chart(prices, now=MIDNIGHT + timedelta(minutes=9, seconds=59)) == ([], [])
    assert chart(prices, now=MIDNIGHT + timedelta(minutes=10))[0] == [bar(date(2025, 6, 9), 2.0)]


def test_points_that_step_back_are_sorted_and_the_one_nearest_to_midnight_counts() -> None:
    step = timedelta(milliseconds=955)  # recorded: a step of -955 ms
    prices = [[ms(NOW), 9.0], [ms(MIDNIGHT), 2.0], [ms(MIDNIGHT - step), 3.0], [ms(MIDNIGHT - DAY + step), 1.0]]
    assert chart(prices)[0] == [bar(date(2025, 6, 8), 1.0), bar(date(2025, 6, 9), 2.0)]


def test_of_hourly_points_the_ones_at_midnight_are_picked() -> None:
    start = MIDNIGHT - 2 * DAY + timedelta(minutes=1)
    prices = [[ms(start + timedelta(hours=hour)), 100.0 + hour] for hour in range(62)]
    bars, faults = chart([*prices, [ms(NOW), 999.0]])
    assert bars == [bar(date(2025, 6, 8), 124.0), bar(date(2025, 6, 9), 148.0)]
    assert faults == []


@pytest.mark.parametrize(("minutes", "close"), [(-10, 5.0), (10, 5.0), (-11, None), (11, None)])
def test_only_a_point_within_ten_minutes_of_midnight_closes_a_day(minutes: int, close: float | None) -> None:
    bars, _ = chart([[ms(MIDNIGHT + timedelta(minutes=minutes)), 5.0], [ms(NOW), 9.0]])
    assert bars == ([] if close is None else [bar(date(2025, 6, 9), close)])


def test_a_missing_midnight_is_no_bar_and_not_the_neighbour() -> None:
    assert chart([[ms(MIDNIGHT - 2 * DAY), 1.0], [ms(MIDNIGHT), 3.0], [ms(NOW), 4.0]])[0] == [
        bar(date(2025, 6, 9), 3.0)
    ]


def test_days_that_were_not_asked_for_are_left_out() -> None:
    prices = [[ms(MIDNIGHT + day * DAY), 7.0] for day in range(-6, 2)]
    assert [found.day for found in chart(prices)[0]] == [FIRST, LAST]


def test_a_volume_of_another_moment_is_no_volume() -> None:
    bars, _ = chart([[ms(MIDNIGHT), 2.0], [ms(NOW), 3.0]], [[ms(MIDNIGHT) + 1, 5.0]])
    assert bars == [bar(date(2025, 6, 9), 2.0, None)]


@pytest.mark.parametrize(
    ("point", "reason"),
    [
        ([ms(MIDNIGHT), None], "the price is null or missing"),
        ([ms(MIDNIGHT), -2.0], "the price is zero or negative"),
        ([ms(MIDNIGHT), "NaN"], "the price is not a number"),
        ([ms(MIDNIGHT)], "not a pair"),
        ("x", "not a pair"),
        ([None, 1.0], "the time is not a number"),
        ([True, 1.0], "the time is not a number"),
        ([10**400, 1.0], "the time is not a finite number"),
        ([ms(MIDNIGHT + 30 * DAY), 1.0], "from the future"),
        ([-62_135_596_800_000, 1.0], "earlier than any market"),
        ([1_749_513_600, 1.0], "earlier than any market"),  # seconds in place of milliseconds
    ],
)
def test_a_point_that_cannot_be_used_says_why_and_leaves_the_others(point: Any, reason: str) -> None:
    bars, faults = chart([[ms(MIDNIGHT - DAY), 1.0], point, [ms(NOW), 3.0]])
    assert bars == [bar(date(2025, 6, 8), 1.0)]
    assert len(faults) == 1
    assert reason in faults[0]


@pytest.mark.parametrize("volume", [-1.0, "much", [], float("inf")])
def test_a_volume_that_cannot_be_keeps_its_day_out(volume: Any) -> None:
    bars, faults = chart([[ms(MIDNIGHT), 2.0], [ms(NOW), 3.0]], [[ms(MIDNIGHT), volume]])
    assert bars == []
    assert len(faults) == 1


def test_a_volume_that_is_no_pair_is_not_lost_without_a_word() -> None:
    bars, faults = chart([[ms(MIDNIGHT), 2.0], [ms(NOW), 3.0]], [None])
    assert bars == [bar(date(2025, 6, 9), 2.0, None)]
    assert faults == ["not a pair of a time and a figure"]
