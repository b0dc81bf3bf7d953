import json
from datetime import UTC, datetime
from typing import Any

import pytest

from datasources.sandbox.faults import SPOILERS, FaultKind
from datasources.sandbox.fields import price_places, shift, time_places, volume_places
from datasources.sandbox.spoil import overlapping, spoiled

NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
BAR = {
    "TOKEN_ID": 3375,
    "DATE": "2025-10-10T00:00:00.000Z",
    "OPEN": 10,
    "HIGH": 12.5,
    "LOW": 9,
    "CLOSE": 11,
    "VOLUME": 7,
}
OLDER = BAR | {"DATE": "2025-10-09T00:00:00.000Z"}
ANSWERS: dict[str, Any] = {
    "token_metrics": {"success": True, "message": "ok", "length": 2, "data": [BAR, OLDER]},
    "markets": [{"id": "bitcoin", "current_price": 5, "total_volume": 9}, {"id": "b", "current_price": 1}],
    "chart": {
        "prices": [[1760054400000, 5.5], [1760140800000, 6.5]],
        "market_caps": [[1760054400000, 50], [1760140800000, 60]],
        "total_volumes": [[1760054400000, 1], [1760140800000, 2]],
    },
    "klines": [
        [1759968000000, "1.0", "2.0", "0.5", "1.5", "9", 1760054399999, "14", 3, "4", "6", "0"],
        [1760054400000, "1.5", "2.0", "0.5", "1.0", "9", 1760140799999, "14", 3, "4", "6", "0"],
    ],
    "coin_metrics": {"data": [{"asset": "btc", "time": "2025-10-10T00:00:00.000000000Z", "PriceUSD": "1.5"}]},
    "fng": {"name": "Fear", "data": [{"value": "50", "timestamp": "1760054400"}], "metadata": {"error": None}},
    "simple": {"bitcoin": {"usd": 5.5, "last_updated_at": 1760054400}, "ethereum": {"usd": 1}},
}  # fmt: skip
NAMES = sorted(ANSWERS)


def spoil(name: str, kind: FaultKind, seed: int = 0) -> Any:
    return json.loads(spoiled(json.dumps(ANSWERS[name]).encode(), kind, seed, NOW))


@pytest.mark.parametrize("kind", sorted(SPOILERS), ids=str)
@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_spoils_the_same_values(name: str, kind: FaultKind) -> None:
    body = json.dumps(ANSWERS[name]).encode()
    assert spoiled(body, kind, 3, NOW) == spoiled(body, kind, 3, NOW)


@pytest.mark.parametrize(
    "kind",
    [FaultKind.EMPTY, FaultKind.EXTRA_KEYS, FaultKind.NULLS, FaultKind.MISSING_KEYS, FaultKind.NAN],
    ids=str,
)
@pytest.mark.parametrize("name", NAMES)
def test_every_provider_s_answer_is_spoiled(name: str, kind: FaultKind) -> None:
    assert spoil(name, kind) != ANSWERS[name]


def test_empty_answers_keep_their_form() -> None:
    assert spoil("token_metrics", FaultKind.EMPTY) == {"success": True, "message": "ok", "length": 0, "data": []}
    assert spoil("markets", FaultKind.EMPTY) == spoil("klines", FaultKind.EMPTY) == []
    assert spoil("chart", FaultKind.EMPTY) == {"prices": [], "market_caps": [], "total_volumes": []}


def test_numbers_that_json_has_not_are_written_as_they_would_come() -> None:
    body = json.dumps(ANSWERS["token_metrics"]).encode()
    assert b"NaN" in spoiled(body, FaultKind.NAN, 0, NOW)
    assert b"Infinity" in spoiled(body, FaultKind.INFINITY, 0, NOW)
    assert b":1e400" in spoiled(body, FaultKind.HUGE_NUMBERS, 0, NOW)


@pytest.mark.parametrize("name", ["token_metrics", "markets", "chart", "klines", "coin_metrics", "simple"])
def test_a_negative_price_is_a_price_and_nothing_else(name: str) -> None:
    text = json.dumps(spoil(name, FaultKind.NEGATIVE_PRICES))
    assert "-" in text.replace("2025-10-", "").replace("T00:00", "")
    if name == "chart":
        assert spoil(name, FaultKind.NEGATIVE_PRICES)["total_volumes"] == ANSWERS["chart"]["total_volumes"]


def test_prices_and_volumes_are_found_in_every_form() -> None:
    assert price_places(BAR, "data") == ["OPEN", "HIGH", "LOW", "CLOSE"]
    assert volume_places(BAR, "data") == ["VOLUME"]
    kline = ANSWERS["klines"][0]
    assert (time_places(kline), price_places(kline, ""), volume_places(kline, "")) == ([0, 6], [1, 2, 3, 4], [5, 7])
    assert price_places([1760054400000, 5.5], "prices") == [1]
    assert volume_places([1760054400000, 5.5], "total_volumes") == [1]


@pytest.mark.parametrize(
    ("value", "later"),
    [
        ("2025-10-10", "2025-10-11"),
        ("2025-12-31T00:00:00.000Z", "2026-01-01T00:00:00.000Z"),
        ("2023-11-08 10:00:00.000", "2023-11-09 10:00:00.000"),
        ("2025-10-10T00:00:00.000000000Z", "2025-10-11T00:00:00.000000000Z"),
        (1760054400, 1760140800),
        (1760054400000, 1760140800000),
        ("1760054400", "1760140800"),
        ("n/a", "n/a"),
    ],
)
def test_a_time_moves_by_a_day_in_its_own_form(value: object, later: object) -> None:
    assert shift(value, NOW.replace(day=12) - NOW) == later


def test_a_future_row_is_the_newest_one_ten_days_after_now() -> None:
    added = spoil("token_metrics", FaultKind.FUTURE_ROWS)["data"][2:]
    assert added == [BAR | {"DATE": "2025-10-21T00:00:00.000Z"}]


def test_an_unfinished_row_is_of_today_with_half_the_volume() -> None:
    added = spoil("token_metrics", FaultKind.UNFINISHED_ROWS)["data"][2:]
    assert added == [BAR | {"DATE": "2025-10-11T00:00:00.000Z", "VOLUME": 3.5}]


def test_a_contradiction_comes_after_the_right_rows_and_differs_in_one_price() -> None:
    rows = spoil("token_metrics", FaultKind.CONTRADICTING_ROWS)["data"]
    assert rows[:2] == [BAR, OLDER]
    assert sum(rows[2][key] != BAR[key] for key in BAR) == 1


def test_an_overlapping_page_begins_with_the_end_of_the_one_before() -> None:
    before, current = ({"length": 2, "data": [{"n": n}, {"n": n + 1}]} for n in (1, 3))
    page = json.loads(overlapping(json.dumps(before).encode(), json.dumps(current).encode(), rows=1))
    assert page["data"] == [{"n": 2}, {"n": 3}, {"n": 4}]


def test_what_is_no_json_stays_as_it_is() -> None:
    assert spoiled(b"<html>", FaultKind.NULLS, 0, NOW) == b"<html>"
