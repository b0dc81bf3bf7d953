"""Candles as the exchange's documentation shows them; expectations are read off by hand."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from datasources.binance.parse import opened_at, parse_candle, parse_pair
from datasources.binance.plan import INTERVALS
from datasources.context import Context
from datasources.records import AssetListing, DailyBar, DataKind, HourlyBar
from datasources.values import RowError

NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
DAILY, HOURLY = INTERVALS[DataKind.DAILY_BARS], INTERVALS[DataKind.HOURLY_BARS]
DAY_MS, HOUR_MS = 86_400_000, 3_600_000
TODAY_MS = 1_749_513_600_000  # 2025-06-10 00:00 UTC
# The example of the exchange's documentation, closed after a day: 2017-07-03.
EXAMPLE: list[Any] = [
    1499040000000, "0.01634790", "0.80000000", "0.01575800", "0.01577100", "148976.11427815",
    1499126399999, "2434.19055334", 308, "1756.87402397", "28.46694368", "0",
]  # fmt: skip


def candle(opens: int, length: int = DAY_MS, **changes: Any) -> list[Any]:
    row = list(EXAMPLE)
    row[0], row[6] = opens, opens + length - 1
    for name, value in changes.items():
        row[["opens", "open", "high", "low", "close", "volume", "closes", "quote"].index(name)] = value
    return row


def read(row: Any, interval: Any = DAILY, now: Any = NOW, **days: Any) -> Any:
    parsed = parse_candle("ETHBTC", row, interval, Context(now, **days))
    return parsed.fault if parsed.fault is not None else parsed.records


def test_a_daily_candle_is_labelled_by_its_opening_and_its_volume_is_in_dollars() -> None:
    expected = DailyBar("ETHBTC", date(2017, 7, 3), 0.0163479, 0.8, 0.015758, 0.015771, 2434.19055334)
    assert read(EXAMPLE) == (expected,)


def test_an_hourly_candle_is_labelled_by_its_hour() -> None:
    (bar,) = read(candle(TODAY_MS + 11 * HOUR_MS, HOUR_MS), HOURLY)
    assert isinstance(bar, HourlyBar)
    assert bar.opened_at == datetime(2025, 6, 10, 11, tzinfo=UTC)


def test_times_in_microseconds_are_the_same_times() -> None:
    assert read([1499040000000000, *EXAMPLE[1:6], 1499126399999999, *EXAMPLE[7:]]) == read(EXAMPLE)


@pytest.mark.parametrize(("length", "interval", "opens"), [(DAY_MS, DAILY, TODAY_MS), (HOUR_MS, HOURLY, TODAY_MS)])
def test_a_candle_that_is_not_over_is_left_out_and_then_it_is_a_bar(length: int, interval: Any, opens: int) -> None:
    # Recorded: the last candle of a day in progress had a fortieth of a day's volume.
    row = candle(opens, length, quote="5400000")
    closes = datetime(2025, 6, 10, tzinfo=UTC) + timedelta(milliseconds=length - 1)
    assert read(row, interval, closes) == ()
    assert len(read(row, interval, closes + timedelta(milliseconds=1))) == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (candle(TODAY_MS - DAY_MS + 1), "does not open with its day or hour"),
        (candle(TODAY_MS - 7 * HOUR_MS), "does not open with its day or hour"),
        (candle(TODAY_MS - DAY_MS, closes=TODAY_MS + DAY_MS), "does not close within"),
        (candle(TODAY_MS - DAY_MS, closes=TODAY_MS - DAY_MS), "does not close within"),
        (candle(TODAY_MS + 30 * DAY_MS), "from the future"),
        (candle(-TODAY_MS), "earlier than the first day"),
        (candle(TODAY_MS - DAY_MS, open="-1"), "zero or negative"),
        (candle(TODAY_MS - DAY_MS, low="0"), "zero or negative"),
        (candle(TODAY_MS - DAY_MS, high="0.001"), "high is below the low"),
        (candle(TODAY_MS - DAY_MS, close="0.9"), "outside the range"),
        (candle(TODAY_MS - DAY_MS, quote="-3"), "quoteVolume is negative"),
        (candle(TODAY_MS - DAY_MS, close=None), "close is null or missing"),
        (candle(TODAY_MS - DAY_MS, close="NaN"), "close is not a number"),
        (candle(TODAY_MS - DAY_MS, close=float("inf")), "close is not a finite number"),
        ([None, *EXAMPLE[1:]], "openTime is null or missing"),
        ([10**400, *EXAMPLE[1:]], "openTime is not a finite number"),
        ([10**29, *EXAMPLE[1:]], "openTime is not a time"),
        (EXAMPLE[:6], "closeTime is null or missing"),
        ([], "openTime is null or missing"),
        ({"openTime": 1499040000000}, "not a list of figures"),
        (None, "not a list of figures"),
    ],
)
def test_a_candle_that_cannot_be_used_says_why(row: Any, reason: str) -> None:
    assert reason in read(row, first_day=date(2025, 6, 1))


def test_a_candle_without_the_dollar_volume_is_a_bar_without_a_volume() -> None:
    (bar,) = read(candle(TODAY_MS - DAY_MS, quote=None))
    assert bar.volume_usd is None


def test_a_candle_outside_the_days_asked_for_is_a_fault() -> None:
    days: dict[str, Any] = {"first_day": date(2025, 6, 7), "last_day": date(2025, 6, 7)}
    assert read(candle(TODAY_MS - 2 * DAY_MS), **days) == "later than the last day asked for"
    assert read(candle(TODAY_MS - 4 * DAY_MS), **days) == "earlier than the first day asked for"


@pytest.mark.parametrize("row", [None, [], [None], ["x"], {}, [True], [10**400]])
def test_what_has_no_time_opens_at_none(row: Any) -> None:
    assert opened_at(row) is None


def pair(**changes: Any) -> dict[str, Any]:
    return {"symbol": "POLUSDT", "status": "TRADING", "baseAsset": "POL", "quoteAsset": "USDT"} | changes


@pytest.mark.parametrize(
    ("status", "inactive"), [("TRADING", False), ("BREAK", True), ("HALT", True), ("END_OF_DAY", True)]
)
def test_a_pair_is_a_listing_of_its_base_asset(status: str, *, inactive: bool) -> None:
    expected = AssetListing("POLUSDT", "POL", "POL (ex-MATIC)", slug="polygon-ecosystem-token", inactive=inactive)
    assert parse_pair(pair(status=status)) == (expected,)


@pytest.mark.parametrize("symbol", ["1000SATSUSDT", "BTCEUR", "ETHBTC", "USDCUSDT"])
def test_a_pair_we_are_not_certain_of_is_not_listed(symbol: Any) -> None:
    assert parse_pair(pair(symbol=symbol)) == ()


@pytest.mark.parametrize(
    "change",
    [
        {"baseAsset": "MATIC"},
        {"quoteAsset": "USDC"},
        {"status": None},
        {"status": "GONE"},
        {"status": []},
        {"symbol": None},
    ],
)
def test_a_pair_that_contradicts_itself_or_has_an_unknown_status_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(RowError):
        parse_pair(pair(**change))
