"""Rows with one thing wrong, or spelled another way, and what becomes of them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from datasources.intake import quarantine
from datasources.records import AssetListing, DailyBar, DataKind, Level, Metric, Record, TradingSignal
from datasources.token_metrics.answer import AnswerContext
from datasources.token_metrics.parse import parse_rows

NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
ID = {"TOKEN_ID": 3375, "TOKEN_NAME": "Bitcoin", "TOKEN_SYMBOL": "BTC"}
BAR = ID | {"DATE": "2025-06-08", "OPEN": 100, "HIGH": 120, "LOW": 90, "CLOSE": 110, "VOLUME": 5000}
SIGNAL = ID | {"DATE": "2025-06-08", "TRADING_SIGNAL": 1, "TOKEN_TREND": 1}
GRADE = ID | {"TM_GRADE": 71.5}
LEVELS = ID | {"DATE": "2025-06-08", "HISTORICAL_RESISTANCE_SUPPORT_LEVELS": [{"date": "2024-01-01", "level": 5}]}


def parse(kind: DataKind, row: Any, **context: Any) -> tuple[tuple[Record, ...], str | None]:
    (parsed,) = parse_rows(kind, [row], AnswerContext(NOW, **context))
    return parsed.records, parsed.fault


def test_numbers_in_strings_and_ids_in_strings_are_read() -> None:
    row = BAR | {"TOKEN_ID": "3375", "OPEN": "100", "HIGH": " 1.2e2 ", "CLOSE": "110.0", "VOLUME": None}
    assert parse(DataKind.DAILY_BARS, row) == (
        (DailyBar("3375", date(2025, 6, 8), 100.0, 120.0, 90.0, 110.0, None),),
        None,
    )


@pytest.mark.parametrize(
    ("spelling", "day"),
    [
        ("2025-06-08", date(2025, 6, 8)),
        ("2025-06-08T00:00:00.000Z", date(2025, 6, 8)),
        ("2025-06-08 23:59:59.999", date(2025, 6, 8)),
        ("2025-06-08T23:30:00-02:00", date(2025, 6, 9)),
    ],
)
@pytest.mark.parametrize("column", ["DATE", "TIMESTAMP", "DATETIME", "date"])
def test_a_day_is_read_from_any_of_its_columns_and_forms(column: str, spelling: str, day: date) -> None:
    row = {key: value for key, value in SIGNAL.items() if key != "DATE"} | {column: spelling}
    assert parse(DataKind.TRADING_SIGNALS, row) == ((TradingSignal("3375", day, 1, 1),), None)


@pytest.mark.parametrize(
    "value", [1718000000, True, "", "soon", "20250608", "2025-13-01", "2025-W23-1", "9999-12-31T23:59:59-12:00"]
)
def test_what_is_no_date_is_quarantined(value: Any) -> None:
    records, fault = parse(DataKind.TRADING_SIGNALS, SIGNAL | {"DATE": value})
    assert records == ()
    assert fault == "DATE is not a date"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"CLOSE": None}, "CLOSE is null"),
        ({"CLOSE": "NaN"}, "CLOSE is not a number"),
        ({"CLOSE": "1,000"}, "CLOSE is not a number"),
        ({"CLOSE": "٣"}, "CLOSE is not a number"),
        ({"CLOSE": True}, "CLOSE is not a number"),
        ({"CLOSE": [1]}, "CLOSE is not a number"),
        ({"CLOSE": float("inf")}, "CLOSE is not a finite number"),
        ({"CLOSE": 10**400}, "CLOSE is not a finite number"),
        ({"CLOSE": "1e999"}, "CLOSE is not a finite number"),
        ({"LOW": 0}, "a price is zero or negative"),
        ({"OPEN": -5}, "a price is zero or negative"),
        ({"VOLUME": -1}, "the volume is negative"),
        ({"HIGH": 80}, "the high is below the low"),
        ({"HIGH": 105}, "the open or close lies outside the range from low to high"),
        ({"LOW": 101}, "the open or close lies outside the range from low to high"),
        ({"TOKEN_ID": None}, "TOKEN_ID is not a positive whole number"),
        ({"TOKEN_ID": True}, "TOKEN_ID is not a positive whole number"),
        ({"TOKEN_ID": 0}, "TOKEN_ID is not a positive whole number"),
        ({"TOKEN_ID": "BTC"}, "TOKEN_ID is not a positive whole number"),
        ({"DATE": None}, "DATE is missing"),
    ],
)
def test_a_bar_with_one_thing_wrong_is_quarantined_with_the_reason(change: dict[str, Any], fault: str) -> None:
    assert parse(DataKind.DAILY_BARS, BAR | change) == ((), fault)


def test_a_missing_price_is_told_from_a_null_one() -> None:
    row = {key: value for key, value in BAR.items() if key != "CLOSE"}
    assert parse(DataKind.DAILY_BARS, row) == ((), "CLOSE is missing")


@pytest.mark.parametrize("row", [None, 1, "x", [], True])
def test_a_row_that_is_no_object_is_quarantined(row: Any) -> None:
    assert parse(DataKind.DAILY_BARS, row) == ((), "not an object")


def test_the_bar_of_a_day_that_is_not_over_is_left_out_without_a_word() -> None:
    assert parse(DataKind.DAILY_BARS, BAR | {"DATE": "2025-06-10"}) == ((), None)
    assert parse(DataKind.DAILY_BARS, BAR | {"DATE": "2025-06-10"}, last_day=date(2025, 6, 9)) == ((), None)
    assert parse(DataKind.DAILY_BARS, BAR | {"DATE": "2025-06-11"}) == ((), None)  # a clock ahead of ours
    assert len(parse(DataKind.DAILY_BARS, BAR | {"DATE": "2025-06-09"})[0]) == 1


def test_the_bar_of_an_hour_that_is_not_over_is_left_out_without_a_word() -> None:
    row = {key: value for key, value in BAR.items() if key != "DATE"}
    assert len(parse(DataKind.HOURLY_BARS, row | {"TIMESTAMP": "2025-06-10T11:00:00.000Z"})[0]) == 1
    assert parse(DataKind.HOURLY_BARS, row | {"TIMESTAMP": "2025-06-10T12:00:00.000Z"}) == ((), None)
    assert parse(DataKind.HOURLY_BARS, row | {"TIMESTAMP": "2025-06-12T12:00:00.000Z"}) == ((), "from the future")


def test_rows_from_the_future_or_outside_the_days_asked_for_are_quarantined() -> None:
    assert parse(DataKind.TRADING_SIGNALS, SIGNAL | {"DATE": "2025-06-12"}) == ((), "from the future")
    assert parse(DataKind.DAILY_BARS, BAR | {"DATE": "2025-06-12"}) == ((), "from the future")
    asked = {"first_day": date(2025, 6, 5), "last_day": date(2025, 6, 7)}
    assert parse(DataKind.DAILY_BARS, BAR, **asked) == ((), "later than the last day asked for")
    assert parse(DataKind.TRADING_SIGNALS, SIGNAL | {"DATE": "2025-06-04"}, **asked) == (
        (),
        "earlier than the first day asked for",
    )
    assert parse(DataKind.GRADES, GRADE, last_day=date(2025, 6, 9)) == ((), "later than the last day asked for")


def test_keys_that_differ_only_by_case_do_not_collide() -> None:
    row = ID | {"tm_link": "bitcoin", "TM_LINK": "https://app.tokenmetrics.com/undefined"}
    assert parse(DataKind.ASSETS, row)[0] == (AssetListing("3375", "BTC", "Bitcoin", "bitcoin"),)
    del row["tm_link"]
    assert parse(DataKind.ASSETS, row)[0] == (AssetListing("3375", "BTC", "Bitcoin", None),)


def test_the_exact_spelling_wins_and_two_inexact_ones_are_refused() -> None:
    assert parse(DataKind.GRADES, GRADE | {"tm_grade": 1})[0][0].value == 71.5  # type: ignore[union-attr]  # a grade
    row = ID | {"tm_grade": 1, "Tm_Grade": 2}
    assert parse(DataKind.GRADES, row) == ((), "TM_GRADE is there in 2 spellings")


@pytest.mark.parametrize(
    "key", ["TM_GRADE_24h_PCT_CHANGE", "tm_grade_24_h_pct_change", "tm_grade_24h_pct_change", "TM_GRADE_24H_PCT_CHANGE"]
)
def test_the_change_of_a_grade_is_found_in_all_its_spellings(key: str) -> None:
    assert parse(DataKind.GRADES, GRADE | {key: "-1.25"})[0][0].change_pct == -1.25  # type: ignore[union-attr]  # a grade


@pytest.mark.parametrize("key", ["CONTRACT_ADDRESS", "contract_address"])
def test_contract_addresses_are_found_in_both_spellings_and_sorted_by_chain(key: str) -> None:
    row = ID | {key: {"solana": "So1", "ethereum": "0x1", "base": None}}
    (listing,), _ = parse(DataKind.ASSETS, row)
    assert listing.contract_addresses == (("ethereum", "0x1"), ("solana", "So1"))  # type: ignore[union-attr]  # a listing


def test_a_name_cannot_bring_control_characters_or_half_surrogates_along() -> None:
    row = ID | {"TOKEN_NAME": " Bit\x00coin\ud800\n\n (wrapped)\u2028x ", "TOKEN_SYMBOL": "wbtc"}
    assert parse(DataKind.ASSETS, row)[0] == (AssetListing("3375", "WBTC", "Bitcoin (wrapped) x"),)


def test_an_asset_without_a_name_is_quarantined() -> None:
    assert parse(DataKind.ASSETS, ID | {"TOKEN_NAME": " "}) == ((), "TOKEN_NAME is missing")
    assert parse(DataKind.ASSETS, ID | {"TOKEN_SYMBOL": None}) == ((), "TOKEN_SYMBOL is missing")


def test_ranks_count_by_position_even_past_a_broken_row() -> None:
    rows: list[Any] = [ID, None, ID | {"TOKEN_ID": 3306}]
    parsed = parse_rows(DataKind.TOP_ASSETS, rows, AnswerContext(NOW, first_rank=101))
    assert [item.records[0].market_cap_rank for item in parsed if item.records] == [101, 103]  # type: ignore[union-attr]  # listings


@pytest.mark.parametrize(("value", "signal"), [("1", 1), (-1, -1), (0.0, 0), ("-1", -1)])
def test_a_signal_is_read_from_numbers_and_strings(value: Any, signal: int) -> None:
    (record,), _ = parse(DataKind.TRADING_SIGNALS, SIGNAL | {"TRADING_SIGNAL": value, "TOKEN_TREND": 0})
    assert record == TradingSignal("3375", date(2025, 6, 8), signal, None)


@pytest.mark.parametrize("value", [2, 0.5, "bullish", True])
def test_a_signal_is_minus_one_zero_or_one(value: Any) -> None:
    assert parse(DataKind.TRADING_SIGNALS, SIGNAL | {"TRADING_SIGNAL": value})[1]


@pytest.mark.parametrize("grade", [-0.1, 100.1, "n/a", None])
def test_a_grade_lies_from_0_to_100(grade: Any) -> None:
    assert parse(DataKind.GRADES, GRADE | {"TM_GRADE": grade})[1]


def test_the_grade_signal_of_the_market_is_a_number_where_that_of_an_asset_is_a_word() -> None:
    row = {"DATE": "2025-06-08", "TM_GRADE_SIGNAL": -1, "TOTAL_CRYPTO_MCAP": None}
    assert parse(DataKind.MARKET_METRICS, row)[0] == (
        Metric(None, date(2025, 6, 8), "market.grade_signal", "signal", -1),
    )
    assert parse(DataKind.MARKET_METRICS, row | {"TM_GRADE_SIGNAL": "Buy"})[1] == "TM_GRADE_SIGNAL is not a number"


def test_metrics_that_are_null_give_nothing_and_metrics_that_are_missing_are_a_fault() -> None:
    row = ID | {"DATE": "2025-06-08"}
    assert parse(DataKind.QUANT_METRICS, row | {"SHARPE": None, "CAGR": None}) == ((), None)
    assert parse(DataKind.QUANT_METRICS, row) == ((), "none of the expected metrics is there")


def test_nested_lists_that_are_null_give_nothing_and_broken_ones_are_a_fault() -> None:
    name = "HISTORICAL_RESISTANCE_SUPPORT_LEVELS"
    assert parse(DataKind.LEVELS, LEVELS | {name: None}) == ((), None)
    assert parse(DataKind.LEVELS, LEVELS | {name: [5, 5.0, "5"]})[0] == (Level("3375", date(2025, 6, 8), 5.0),)
    broken: Any
    for broken in (
        {},
        "5",
        [0],
        [None],
        [{"level": "x"}],
        [{"date": "x", "level": 5}],
        [{"date": "2026-01-01", "level": 5}],
    ):
        assert parse(DataKind.LEVELS, LEVELS | {name: broken})[1]
    correlations = ID | {"DATE": "2025-06-08"}
    for broken in ("x", [1], [{}], [{"token": "A", "correlation": 1.2}], [{"token": 1, "correlation": 0}]):
        assert parse(DataKind.CORRELATIONS, correlations | {"TOP_CORRELATION": broken})[1]


def test_a_quarantined_row_keeps_4000_characters_and_no_secret() -> None:
    secret = 'tm-"5ec2e7"\\x'
    row = quarantine(DataKind.QUOTES, "why", {"a": f"key {secret}", "b": "é" * 10_000}, (secret,))
    assert len(row.raw) == 4_000
    assert "5ec2e7" not in row.raw
    assert "***" in row.raw
    assert row.raw.isascii()
