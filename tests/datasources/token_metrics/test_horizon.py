"""Listings that take no days: how far they are read, and which hour stands for a day."""

from datetime import UTC, date, datetime
from typing import Any

from datasources.token_metrics.horizon import Horizon, NewestOfDay

FIRST, LAST, TODAY = date(2025, 6, 5), date(2025, 6, 8), date(2025, 6, 10)
NOW = datetime(2025, 6, 10, 12, tzinfo=UTC)


def rows(*days: int, token: int = 1) -> list[Any]:
    return [{"TOKEN_ID": token, "TIMESTAMP": f"2025-06-{day:02d}T10:00:00Z"} for day in days]


def days(kept: list[Any]) -> list[int]:
    return [int(row["TIMESTAMP"][8:10]) for row in kept]


def test_newest_first_the_reading_ends_once_the_first_day_is_passed() -> None:
    horizon = Horizon(FIRST, LAST, TODAY, ["1"])
    assert days(horizon.keep(rows(10, 9, 8, 7))) == [8, 7]
    assert not horizon.passed
    assert days(horizon.keep(rows(6, 5, 4))) == [6, 5]
    assert horizon.passed


def test_oldest_first_the_reading_goes_on_to_the_end() -> None:
    horizon = Horizon(FIRST, LAST, TODAY, ["1"])
    assert days(horizon.keep(rows(2, 3, 4))) == []
    assert not horizon.passed
    assert days(horizon.keep(rows(5, 6))) == [5, 6]
    assert not horizon.passed


def test_rows_in_no_order_are_read_to_the_end() -> None:
    horizon = Horizon(FIRST, LAST, TODAY, ["1"])
    assert days(horizon.keep(rows(7, 3, 9, 2, 6))) == [7, 6]
    assert not horizon.passed


def test_each_asset_must_be_passed() -> None:
    horizon = Horizon(FIRST, LAST, TODAY, ["1", "2"])
    horizon.keep(rows(8, 3))
    assert not horizon.passed
    horizon.keep(rows(8, 3, token=2))
    assert horizon.passed


def test_an_asset_whose_rows_are_all_older_is_passed_too() -> None:
    horizon = Horizon(FIRST, LAST, TODAY, ["1"])
    assert horizon.keep(rows(3, 2)) == []
    assert horizon.passed


def test_rows_that_cannot_be_read_or_lie_in_the_future_are_left_to_the_parser() -> None:
    odd: list[Any] = [None, {"TOKEN_ID": 1}, {"TOKEN_ID": "x", "TIMESTAMP": "2025-06-01"}, *rows(20)]
    assert Horizon(FIRST, LAST, TODAY, ["1"]).keep(odd) == odd


def test_the_newest_hour_stands_for_its_day_in_whatever_order_hours_come() -> None:
    hours: list[Any] = [
        {"DATETIME": f"2025-06-{day} {hour:02d}:00:00.000"} for day, hour in (("09", 3), ("08", 22), ("08", 23))
    ]
    for order in (hours, hours[::-1]):
        newest = NewestOfDay(NOW)
        for row in order:
            newest.add([row])
        newest.add(["junk"])
        assert newest.rows == [hours[2], hours[0], "junk"]


def test_an_hour_that_has_not_come_never_stands_for_its_day() -> None:
    newest = NewestOfDay(NOW)
    newest.add([{"DATETIME": "2025-06-10 13:00:00"}, {"DATETIME": "2025-06-10 11:00:00"}])
    assert newest.rows == [{"DATETIME": "2025-06-10 11:00:00"}, {"DATETIME": "2025-06-10 13:00:00"}]
