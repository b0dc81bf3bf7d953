"""The odd shapes of the newer endpoints, and what becomes of them."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from datasources.records import (
    DataKind,
    Grade,
    HourlySignal,
    Index,
    IndexHolding,
    Investor,
    Metric,
    Moonshot,
    Prediction,
    Record,
    Report,
)
from datasources.token_metrics.answer import AnswerContext
from datasources.token_metrics.parse import parse_rows
from datasources.token_metrics.parse_reports import LONGEST_REPORT

NOW = datetime(2025, 6, 10, 12, 30, tzinfo=UTC)
TODAY = date(2025, 6, 10)
ID = {"TOKEN_ID": 3375, "TOKEN_NAME": "Bitcoin", "TOKEN_SYMBOL": "BTC"}
DATED = ID | {"DATE": "2025-06-08"}
SIGNAL = ID | {"TIMESTAMP": "2025-06-10T10:00:00.000Z", "SIGNAL": "-1", "POSITION": "0", "CLOSE": "5"}
PICK = {"TOKEN_NAME": "Pepe", "TOKEN_SYMBOL": "PEPE", "MOONSHOT_AT": "2025-06-01"}
HOLDING = ID | {"WEIGHT": 10, "DATE": TODAY.isoformat()}
INDEX = {"ID": 1, "NAME": "Top"}


def parse(kind: DataKind, row: Any, **context: Any) -> tuple[tuple[Record, ...], str | None]:
    (parsed,) = parse_rows(kind, [row], AnswerContext(NOW, **context))
    return parsed.records, parsed.fault


def scenario(**changes: Any) -> dict[str, Any]:
    return DATED | {"PRICE_PREDICTION": {"price_prediction": [{"scenario": 8, "predicted_price_base": 5} | changes]}}


def test_an_hourly_signal_in_strings_is_read_and_its_time_is_taken_back_to_the_hour() -> None:
    row = SIGNAL | {"TIMESTAMP": "2025-06-10T10:26:09.454Z"}
    expected = HourlySignal("3375", datetime(2025, 6, 10, 10, tzinfo=UTC), -1, 0, 5.0)
    assert parse(DataKind.HOURLY_SIGNALS, row) == ((expected,), None)


def test_the_signal_of_an_hour_that_is_not_over_is_left_out_and_one_of_tomorrow_is_a_fault() -> None:
    assert parse(DataKind.HOURLY_SIGNALS, SIGNAL | {"TIMESTAMP": "2025-06-10T12:00:00Z"}) == ((), None)
    assert parse(DataKind.HOURLY_SIGNALS, SIGNAL | {"TIMESTAMP": "2025-06-12T12:00:00Z"}) == ((), "from the future")
    assert len(parse(DataKind.HOURLY_SIGNALS, SIGNAL | {"TIMESTAMP": "2025-06-10T11:00:00Z"})[0]) == 1


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"SIGNAL": None}, "SIGNAL is missing or null"),
        ({"SIGNAL": "2"}, "SIGNAL is not -1, 0 or 1"),
        ({"SIGNAL": "bullish"}, "SIGNAL is not a number"),
        ({"POSITION": "3"}, "POSITION is not -1, 0 or 1"),
        ({"CLOSE": "-5"}, "CLOSE is zero or negative"),
        ({"TIMESTAMP": None}, "TIMESTAMP is missing"),
    ],
)
def test_an_hourly_signal_with_one_thing_wrong_says_what(change: dict[str, Any], fault: str) -> None:
    assert parse(DataKind.HOURLY_SIGNALS, SIGNAL | change) == ((), fault)


@pytest.mark.parametrize("grade", [-1, 101, None, "x"])
def test_the_newer_grades_lie_from_0_to_100_and_their_parts_from_0_to_10(grade: Any) -> None:
    assert parse(DataKind.TECHNOLOGY_GRADES, DATED | {"TECHNOLOGY_GRADE": grade})[1]
    assert parse(DataKind.FUNDAMENTAL_GRADES, ID | {"FUNDAMENTAL_GRADE": grade})[1]
    row = ID | {"FUNDAMENTAL_GRADE": 50, "VC_SCORE": 10.5}
    assert parse(DataKind.FUNDAMENTAL_GRADES, row) == ((), "VC_SCORE is not from 0 to 10")


def test_the_tm_grade_of_august_2025_is_read_by_the_same_parser_as_the_later_one() -> None:
    old = ID | {"TM_GRADE": "60", "FUNDAMENTAL_GRADE": "70", "FUNDAMENTAL_GRADE_CLASS": "emerging"}
    new = ID | {"TM_GRADE": 60, "QUANT_GRADE": 55}
    (first,), (second,) = parse(DataKind.GRADES, old)[0], parse(DataKind.GRADES, new)[0]
    assert isinstance(first, Grade)
    assert isinstance(second, Grade)
    assert (first.day, first.value, first.parts) == (TODAY, 60.0, (("fundamental_grade", 70.0),))
    assert (second.day, second.value, second.parts) == (TODAY, 60.0, (("quant_grade", 55.0),))


def test_what_a_prediction_row_is_follows_from_its_keys_and_not_from_its_path() -> None:
    old = DATED | {"FORECASTS_FOR_NEXT_7_DAYS": {"2-day-forecast": {"forecast": "3.5"}}}
    expected = (Prediction("3375", date(2025, 6, 8), "forecast", "expected", 3.5, None, 2),)
    analysis = DATED | {"SCENARIO_ANALYSIS": [{"crypto_market_cap_trillion": 2, "price_prediction": 9}]}
    for kind in (DataKind.PREDICTIONS, DataKind.SCENARIOS):
        assert parse(kind, old) == (expected, None)
        assert parse(kind, scenario())[0] == (Prediction("3375", date(2025, 6, 8), "scenario", "base", 5.0, 8.0),)
        assert parse(kind, analysis)[0] == (Prediction("3375", date(2025, 6, 8), "scenario", "expected", 9.0, 2.0),)


def test_a_scenario_in_dollars_or_trillions_is_the_worth_of_the_market_in_trillions() -> None:
    for total in (8e12, 8, "8"):
        (found,), _ = parse(DataKind.PREDICTIONS, scenario(scenario=2, total_mcap_scenario=total))
        assert isinstance(found, Prediction)
        assert found.scenario == 8.0


@pytest.mark.parametrize("name", ["PRICE_PREDICTION", "SCENARIO_PREDICTION", "SCENARIO_ANALYSIS"])
def test_predictions_that_are_null_give_nothing_and_missing_ones_are_a_fault(name: str) -> None:
    assert parse(DataKind.PREDICTIONS, DATED | {name: None}) == ((), None)
    assert parse(DataKind.PREDICTIONS, DATED) == ((), "none of the expected predictions is there")
    broken: Any
    for broken in ("x", 5, [5], {"price_prediction": 5}, {"price_prediction": [5]}, {"else": []}):
        assert parse(DataKind.PREDICTIONS, DATED | {name: broken})[1]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"predicted_price_base": -1}, "PREDICTED_PRICE_BASE is zero or negative"),
        ({"predicted_price_base": "NaN"}, "PREDICTED_PRICE_BASE is not a number"),
        ({"predicted_mcap_base": -1}, "PREDICTED_MCAP_BASE is negative"),
        ({"scenario": None}, "SCENARIO is null"),
        ({"scenario": 0}, "a scenario is zero or negative"),
        ({"predicted_roi_base": []}, "PREDICTED_ROI_BASE is not a number"),
    ],
)
def test_a_scenario_with_one_thing_wrong_says_what(change: dict[str, Any], fault: str) -> None:
    assert parse(DataKind.PREDICTIONS, scenario(**change)) == ((), fault)


def test_a_report_is_kept_as_it_came_but_for_control_characters_and_its_length() -> None:
    hostile = "# Buy!\x00\x1b[31m\ud800\r\n<img src=x onerror=alert(1)>\n\t[click](javascript:alert(1))\u202e"
    kept = "# Buy![31m\n<img src=x onerror=alert(1)>\n\t[click](javascript:alert(1))\u202e"
    row = ID | {"DEEP_DIVE": hostile, "CODE_REVIEW": "é" * (LONGEST_REPORT + 1)}
    assert parse(DataKind.REPORTS, row)[0] == (
        Report("3375", "deep_dive", kept),
        Report("3375", "code_review", "é" * LONGEST_REPORT),
    )


def test_a_report_without_words_gives_nothing_and_one_without_texts_is_a_fault() -> None:
    assert parse(DataKind.REPORTS, ID | {"DEEP_DIVE": None, "CODE_REVIEW": " \n"}) == ((), None)
    assert parse(DataKind.REPORTS, ID) == ((), "none of the expected texts is there")
    assert parse(DataKind.REPORTS, ID | {"DEEP_DIVE": 5}) == ((), "DEEP_DIVE is not text")


@pytest.mark.parametrize(
    ("website", "twitter", "kept"),
    [
        ("https://a.example", "@zero_x", ("https://a.example", "@zero_x")),
        ("javascript:alert(1)", "<b>", (None, None)),
        ('https://a.example/"onclick', "https://x.com/a b", (None, None)),
        (5, [], (None, None)),
    ],
)
def test_the_addresses_of_an_investor_are_addresses_or_not_there(
    website: Any, twitter: Any, kept: tuple[str | None, str | None]
) -> None:
    row = {"INVESTOR_NAME": "A", "INVESTOR_WEBSITE": website, "INVESTOR_TWITTER": twitter}
    assert parse(DataKind.INVESTORS, row) == ((Investor("A", *kept),), None)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"INVESTOR_NAME": " "}, "INVESTOR_NAME is missing"),
        ({"ROUND_COUNT": "2.5"}, "ROUND_COUNT is not a whole number"),
        ({"ROUND_COUNT": -1}, "ROUND_COUNT is not from 0 to 1e+06"),
        ({"INVESTOR_SCORE": 11}, "INVESTOR_SCORE is not from 0 to 10"),
        ({"ROI_AVERAGE": "n/a"}, "ROI_AVERAGE is not a number"),
    ],
)
def test_an_investor_with_one_thing_wrong_says_what(change: dict[str, Any], fault: str) -> None:
    assert parse(DataKind.INVESTORS, {"INVESTOR_NAME": "A"} | change) == ((), fault)


def test_an_index_that_says_little_is_an_index_of_today() -> None:
    assert parse(DataKind.INDICES, INDEX) == ((Index("1", "Top", None, TODAY),), None)
    assert parse(DataKind.INDICES, INDEX | {"ID": "x"})[1] == "ID is not a positive whole number"
    assert parse(DataKind.INDICES, INDEX | {"24H": "x"})[1] == "24H is not a number"
    assert parse(DataKind.INDICES, INDEX | {"24_h": "x"})[1] == "24H is not a number"
    assert parse(DataKind.INDICES, INDEX | {"PRICE": 0})[1] == "PRICE is zero or negative"
    assert parse(DataKind.INDICES, INDEX | {"COINS": 1.5})[1] == "COINS is not a whole number"


def test_a_holding_is_of_the_index_that_was_asked_for() -> None:
    assert parse(DataKind.INDEX_HOLDINGS, HOLDING, index_id="7")[0] == (IndexHolding("7", "3375", TODAY, 10.0),)
    assert parse(DataKind.INDEX_HOLDINGS, HOLDING | {"WEIGHT": 100.5}, index_id="7")[1] == "WEIGHT is not from 0 to 100"
    assert parse(DataKind.INDEX_HOLDINGS, HOLDING | {"WEIGHT": None}, index_id="7")[1] == "WEIGHT is null"
    dateless = {name: value for name, value in HOLDING.items() if name != "DATE"}
    assert parse(DataKind.INDEX_HOLDINGS, dateless, index_id="7")[1] == "DATE is missing"
    assert parse(DataKind.INDEX_HOLDINGS, HOLDING)[1] == "INDEX_ID is not a positive whole number"


def test_the_value_of_another_index_is_quarantined_and_no_index_loses_more_than_all() -> None:
    row = {"ID": 8, "DATE": "2025-06-08", "INDEX_CUMULATIVE_ROI": 0.5}
    other = "about an index that was not asked for"
    assert parse(DataKind.INDEX_PERFORMANCE, row, index_id="7") == ((), other)
    assert len(parse(DataKind.INDEX_PERFORMANCE, row, index_id="8")[0]) == 1
    assert parse(DataKind.INDEX_PERFORMANCE, row | {"INDEX_CUMULATIVE_ROI": -1.1}, index_id="8")[1]


def test_the_return_of_a_pick_in_percent_becomes_a_fraction_and_the_fraction_wins() -> None:
    for change, expected in (({"roi_pct": -20}, -0.2), ({"MOONSHOT_ROI": 0.5, "roi_pct": 1}, 0.5), ({}, None)):
        (found,), _ = parse(DataKind.MOONSHOTS, PICK | change)
        assert isinstance(found, Moonshot)
        assert found.return_fraction == expected


def test_a_pick_that_ends_later_has_not_ended_and_one_of_the_future_is_a_fault() -> None:
    (found,), _ = parse(DataKind.MOONSHOTS, PICK | {"MOONSHOT_END_AT": "2025-06-11"})
    assert isinstance(found, Moonshot)
    assert found.ended_at is None
    assert parse(DataKind.MOONSHOTS, PICK | {"MOONSHOT_END_AT": "2025-05-31"}) == (
        (),
        "MOONSHOT_END_AT is before MOONSHOT_AT",
    )
    assert parse(DataKind.MOONSHOTS, PICK | {"MOONSHOT_AT": "2025-06-20"}) == ((), "from the future")
    assert parse(DataKind.MOONSHOTS, PICK | {"TOKEN_NAME": None}) == ((), "TOKEN_NAME is missing")


def test_moods_that_are_null_give_nothing_and_impossible_ones_are_a_fault() -> None:
    row = {"DATETIME": "2025-06-08 10:00:00.000", "MARKET_SENTIMENT_GRADE": "50"}
    found = Metric(None, date(2025, 6, 8), "sentiment.tm_market", "score", 50.0)
    assert parse(DataKind.SENTIMENT, row | {"NEWS_SENTIMENT_GRADE": None}) == ((found,), None)
    assert parse(DataKind.SENTIMENT, row | {"NEWS_SENTIMENT_GRADE": 101})[1]
    assert parse(DataKind.SENTIMENT, row | {"DATETIME": "2025-06-10T13:00:00Z"}) == ((), None)
    assert parse(DataKind.SENTIMENT, row | {"DATETIME": "2025-06-12T13:00:00Z"}) == ((), "from the future")
    assert parse(DataKind.SENTIMENT, {"DATETIME": "2025-06-08"}) == ((), "none of the expected metrics is there")


def test_the_newer_market_metrics_may_be_in_lower_case_and_may_be_null() -> None:
    row = {"date": "2025-06-08", "btc_price": 5, "vol_10": None, "above_ma": None, "rect_signal": 1}
    assert parse(DataKind.MARKET_METRICS, row)[0] == (
        Metric(None, date(2025, 6, 8), "market.rect_signal", "signal", 1),
        Metric(None, date(2025, 6, 8), "market.btc_price_usd", "usd", 5.0),
    )
    assert parse(DataKind.MARKET_METRICS, row | {"above_ma": 101})[1] == "ABOVE_MA is not from 0 to 100"
    assert parse(DataKind.MARKET_METRICS, row | {"btc_market_cap": -1})[1] == "BTC_MARKET_CAP is zero or negative"


def test_category_names_may_hold_commas_and_brackets_and_lists_may_be_null() -> None:
    named = [{"category_id": 1, "category_name": "Layer 1 (L1), base"}]
    (listing,), _ = parse(DataKind.ASSETS, ID | {"CATEGORY_LIST": named, "EXCHANGE_LIST": None, "contract_address": {}})
    assert listing.categories == ("Layer 1 (L1), base",)  # type: ignore[union-attr]  # a listing
    assert (listing.exchanges, listing.contract_addresses) == ((), ())  # type: ignore[union-attr]  # a listing


def test_assets_with_the_same_symbol_stay_apart() -> None:
    rows: list[Any] = [ID | {"TOKEN_ID": number, "TOKEN_SYMBOL": "BITCOIN"} for number in (1, 2, 3)]
    parsed = parse_rows(DataKind.ASSETS, rows, AnswerContext(NOW))
    assert [item.records[0].provider_id for item in parsed] == ["1", "2", "3"]  # type: ignore[union-attr]  # listings
