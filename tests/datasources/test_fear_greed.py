"""The fear and greed index: the documented answer, the traps, and a loopback server that speaks the format."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.access import Access
from datasources.base import Batch, Query, Terms
from datasources.context import Context
from datasources.errors import BadPayload, SourceError, Unavailable, Unsupported
from datasources.fear_greed import FearGreedSource, classify, open_envelope, parse_rows
from datasources.files.lines import parse_sentiment
from datasources.intake import Intake
from datasources.records import DataKind, Metric

TERMS = Terms("Fear and greed", "", "unverified", None)
NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
TODAY = date(2025, 6, 10)
INDEX = "sentiment.fear_greed_index"
EXAMPLE: dict[str, Any] = {
    "name": "Fear and Greed Index",
    "data": [
        {"value": "40", "value_classification": "Fear", "timestamp": "1551157200", "time_until_update": "68499"},
        {"value": "47", "value_classification": "Neutral", "timestamp": "1551070800"},
    ],
    "metadata": {"error": None},
}
Make = Callable[..., FearGreedSource]


def seconds(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def row(day: date = TODAY, value: Any = "60", label: Any = "Greed", **changes: Any) -> dict[str, Any]:
    return {"value": value, "value_classification": label, "timestamp": str(seconds(day))} | changes


def read(*rows: Any, now: datetime = NOW) -> tuple[list[Any], list[str]]:
    parsed = parse_rows(rows, Context(now))
    return [record for item in parsed for record in item.records], [item.fault for item in parsed if item.fault]


def test_the_documented_answer_is_read() -> None:
    records, faults = read(*open_envelope("demo", EXAMPLE))
    assert records == [
        Metric(None, date(2019, 2, 26), INDEX, "score", 40.0),
        Metric(None, date(2019, 2, 25), INDEX, "score", 47.0),
    ]
    assert faults == []


def test_the_record_is_that_of_history_on_disk() -> None:
    records, _ = read(row(value="60"))
    assert records == [parse_sentiment(TODAY, {"value": "60"})]


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (0, "Extreme Fear"),
        (25, "Extreme Fear"),
        (26, "Fear"),
        (46, "Fear"),
        (47, "Neutral"),
        (54, "Neutral"),
        (55, "Greed"),
        (75, "Greed"),
        (76, "Extreme Greed"),
        (100, "Extreme Greed"),
    ],
)
def test_classes_begin_where_the_provider_begins_them(value: int, label: str) -> None:
    assert classify(value) == label
    assert read(row(value=str(value), label=label)) == ([Metric(None, TODAY, INDEX, "score", value)], [])


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"label": "Fear"}, "value_classification does not fit the value"),
        ({"value": "76", "label": "Extreme greed"}, "value_classification does not fit the value"),  # another index
        ({"label": 7}, "value_classification is not text"),
        ({"value": "101"}, "value is not from 0 to 100"),
        ({"value": "-1"}, "value is not from 0 to 100"),
        ({"value": "60.5"}, "value is not a whole number"),
        ({"value": None}, "value is null or missing"),
        ({"value": "NaN"}, "value is not a number"),
        ({"timestamp": None}, "timestamp is null or missing"),
        ({"timestamp": "06-10-2025"}, "timestamp is not a number"),
        ({"timestamp": str(seconds(TODAY) * 1_000)}, "timestamp is not a time"),
        ({"day": date(2025, 6, 11)}, "from the future"),
        ({"day": date(2025, 7, 11)}, "from the future"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(changes: dict[str, Any], fault: str) -> None:
    assert read(row(**changes)) == ([], [fault])


@pytest.mark.parametrize("answer", [None, [], "x", {}, {"data": None}, {"data": {}, "metadata": {"error": None}}])
def test_an_answer_without_rows_is_unreadable(answer: Any) -> None:
    with pytest.raises(BadPayload):
        open_envelope("demo", answer)


def test_an_error_in_the_metadata_is_a_failure_and_not_repeated() -> None:
    with pytest.raises(Unavailable) as caught:
        open_envelope("demo", {"data": [], "metadata": {"error": "secret-words"}})
    assert "secret" not in str(caught.value)


@pytest.fixture
def make_source(server: Any, reply: Any, access: Callable[..., Access]) -> Make:
    missing = {date(2025, 6, 6)}

    def answer(seen: Any) -> Any:
        days = [TODAY - timedelta(days=back) for back in range(3_000)]
        limit = int(seen.query["limit"])
        rows = [row(day) for day in days if day not in missing][: limit or None]
        return reply(body=json.dumps({"name": "x", "data": rows, "metadata": {"error": None}}).encode())

    server.script = answer
    base_url = server.base_url.removesuffix("/v2")
    return lambda: FearGreedSource("sandbox_fear_greed", TERMS, access(base_url, max_attempts=1))


def fetch(source: FearGreedSource, query: Query) -> list[Batch[Any]]:
    async def scenario() -> list[Batch[Any]]:
        try:
            return [batch async for batch in source.fetch(DataKind.SENTIMENT, query)]
        finally:
            await source.aclose()

    return asyncio.run(scenario())


def test_a_missing_day_is_absent_and_the_days_before_are_passed_over(server: Any, make_source: Make) -> None:
    (batch,) = fetch(make_source(), Query())
    assert [record.day.day for record in batch.records] == [10, 9, 8, 7, 5, 4]
    assert batch.quarantined == ()
    assert (batch.requests, batch.fetched_at) == (1, NOW)
    assert [(seen.path, seen.query) for seen in server.requests] == [("/fng/", {"limit": "7", "format": "json"})]


@pytest.mark.parametrize(
    ("start", "limit"), [(TODAY, "1"), (TODAY - timedelta(days=999), "1000"), (TODAY - timedelta(days=1_000), "0")]
)
def test_as_many_days_are_asked_for_as_lie_between(server: Any, make_source: Make, start: date, limit: str) -> None:
    source = make_source()
    assert source.plan(DataKind.SENTIMENT, Query(start=start)).requests == 1
    (batch,) = fetch(source, Query(start=start))
    assert server.requests[-1].query["limit"] == limit
    assert min(record.day for record in batch.records) == start


def test_days_after_the_end_are_asked_for_and_passed_over(server: Any, make_source: Make) -> None:
    (batch,) = fetch(make_source(), Query(start=date(2025, 6, 2), end=date(2025, 6, 3)))
    assert server.requests[-1].query["limit"] == "9"
    assert [record.day.day for record in batch.records] == [3, 2]


def test_days_to_come_are_not_asked_for(make_source: Make) -> None:
    source = make_source()
    query = Query(start=date(2025, 6, 11), end=date(2025, 6, 12))
    assert source.plan(DataKind.SENTIMENT, query).requests == 0
    assert fetch(source, query) == []
    assert source.requests == 0


def test_two_values_of_one_day_are_a_contradiction(server: Any, reply: Any, make_source: Make) -> None:
    source = make_source()
    rows = [row(), row(), row(value="61")]
    server.script = lambda _seen: reply(body=json.dumps({"data": rows}).encode())
    (batch,) = fetch(source, Query())
    assert [record.value for record in batch.records] == [60.0]
    assert [item.reason for item in batch.quarantined] == ["contradicts an earlier row about the same thing"]


def test_another_kind_is_refused_at_once(make_source: Make) -> None:
    with pytest.raises(Unsupported):
        make_source().fetch(DataKind.QUOTES, Query())
    with pytest.raises(Unsupported):
        make_source().plan(DataKind.QUOTES, Query())


def test_the_probe_asks_for_one_value(server: Any, make_source: Make) -> None:
    async def scenario() -> None:
        source = make_source()
        await source.probe()
        await source.aclose()

    asyncio.run(scenario())
    assert [seen.query["limit"] for seen in server.requests] == ["1"]


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["60", "Greed", "NaN", "1e400", str(seconds(TODAY)), "\ud800", 10**400, -0.0])
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(["value", "value_classification", "timestamp", "data", "metadata", "error", "x"])
mutated = st.dictionaries(keys, values, max_size=4).map(lambda changes: row() | changes) | values


@settings(max_examples=25)
@given(st.lists(mutated, max_size=5), mutated)
def test_whatever_comes_gives_sound_values_a_reason_or_a_typed_error(rows: list[Any], answer: Any) -> None:
    records, quarantined = Intake(DataKind.SENTIMENT, (), None, ()).take(parse_rows(rows, Context(NOW)))
    assert all(isinstance(record, Metric) and 0 <= record.value <= 100 and record.day <= TODAY for record in records)
    assert all(item.reason and item.raw.isascii() for item in quarantined)
    with suppress(SourceError):
        open_envelope("demo", answer)
