"""Bitcoin's network: recorded shapes, the traps, and a loopback server that speaks the format."""

import asyncio
import json
import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.access import Access
from datasources.base import Batch, Query, Terms
from datasources.context import Context
from datasources.errors import BadPayload, BadRequest, Unauthorized, Unavailable, Unsupported
from datasources.intake import Intake, ParsedRow
from datasources.mempool import PARTS, MempoolSource, parse_adjustment, parse_fees, parse_hash_rate, parse_height
from datasources.records import AssetListing, DataKind, Metric
from datasources.values import RowError

TERMS = Terms("Bitcoin network data", "", "unverified", None)
NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
TODAY = date(2025, 6, 10)
MIDNIGHT = 1749513600  # 2025-06-10T00:00:00Z
DAY_S = 86_400
CONTEXT = Context(NOW)
Make = Callable[[], MempoolSource]

FEES: dict[str, Any] = {"fastestFee": 4, "halfHourFee": 3, "hourFee": 2, "economyFee": 2, "minimumFee": 1}
HASH_RATE: dict[str, Any] = {
    "hashrates": [
        {"timestamp": MIDNIGHT - 2 * DAY_S, "avgHashrate": 885_000_000_000_000_000_000},
        {"timestamp": MIDNIGHT - DAY_S, "avgHashrate": 918_273_645_546_372_819_101},
        {"timestamp": MIDNIGHT, "avgHashrate": 700_000_000_000_000_000_000},
    ],
    "difficulty": [{"time": MIDNIGHT, "difficulty": 126_982_285_146_989.3, "height": 899_136}],
    "currentHashrate": 9.0e20,
    "currentDifficulty": 126_982_285_146_989.3,
}
ADJUSTMENT: dict[str, Any] = {
    "progressPercent": 44.4,
    "difficultyChange": -0.63,
    "estimatedRetargetDate": (MIDNIGHT + 7 * DAY_S) * 1_000,
    "remainingBlocks": 1_121,
    "remainingTime": 665_977_627,
    "previousRetarget": -4.8,
    "previousTime": 1_748_680_000,
    "timeAvg": 594_000,
    "adjustedTimeAvg": 594_000,
    "timeOffset": 0,
    "expectedBlocks": 888.0,
}
ANSWERS: dict[str, Any] = {
    "/mempool/api/v1/fees/recommended": FEES,
    "/mempool/api/v1/mining/hashrate/3d": HASH_RATE,
    "/mempool/api/v1/difficulty-adjustment": ADJUSTMENT,
    "/mempool/api/blocks/tip/height": 900_512,
}


def records(parsed: list[ParsedRow]) -> list[Any]:
    return [record for row in parsed for record in row.records]


def faults(parsed: list[ParsedRow]) -> list[str]:
    return [row.fault for row in parsed if row.fault]


def metric(name: str, unit: str, value: float, day: date = TODAY) -> Metric:
    return Metric("bitcoin", day, f"network.{name}", unit, value)


def test_fees_are_satoshis_for_each_virtual_byte() -> None:
    assert records(parse_fees(FEES, CONTEXT)) == [
        metric("fee_fastest_sat_per_vb", "sat_per_vb", 4.0),
        metric("fee_hour_sat_per_vb", "sat_per_vb", 2.0),
    ]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"fastestFee": 0}, "fastestFee is zero or negative"),
        ({"fastestFee": 1}, "the fastest fee is below that of an hour"),
        ({"hourFee": None}, "hourFee is null or missing"),
        ({"hourFee": "NaN"}, "hourFee is not a number"),
    ],
)
def test_fees_that_cannot_be_used_say_why(changes: dict[str, Any], fault: str) -> None:
    assert faults(parse_fees(FEES | changes, CONTEXT)) == [fault]


def test_the_hash_rate_is_of_days_that_are_over_and_beyond_what_a_float_counts() -> None:
    assert records(parse_hash_rate(HASH_RATE, CONTEXT)) == [
        metric("hash_rate_hashes_per_s", "hashes_per_s", 8.85e20, date(2025, 6, 8)),
        metric("hash_rate_hashes_per_s", "hashes_per_s", 9.182736455463728e20, date(2025, 6, 9)),
        metric("difficulty", "ratio", 126_982_285_146_989.3),
    ]


def test_a_bad_day_costs_no_other_one() -> None:
    bad: Any = [{"timestamp": MIDNIGHT - DAY_S, "avgHashrate": None}, {"timestamp": MIDNIGHT * 1_000}, 7]
    parsed = parse_hash_rate(HASH_RATE | {"hashrates": [*bad, HASH_RATE["hashrates"][0]]}, CONTEXT)
    assert [record.day for record in records(parsed)] == [date(2025, 6, 8), TODAY]
    assert faults(parsed) == ["avgHashrate is null or missing", "timestamp is not a time", "not an object"]


def test_the_times_of_the_adjustment_are_milliseconds() -> None:
    assert records(parse_adjustment(ADJUSTMENT, CONTEXT)) == [metric("difficulty_change_pct", "pct", -0.63)]
    in_seconds = ADJUSTMENT | {"estimatedRetargetDate": MIDNIGHT + 7 * DAY_S}
    assert faults(parse_adjustment(in_seconds, CONTEXT)) == [
        "estimatedRetargetDate, in milliseconds, is not in the year to come"
    ]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"difficultyChange": None}, "difficultyChange is null or missing"),
        ({"difficultyChange": 301}, "difficultyChange is not from -75 to 300"),
        ({"difficultyChange": -76}, "difficultyChange is not from -75 to 300"),
        (
            {"estimatedRetargetDate": (MIDNIGHT - 3 * DAY_S) * 1_000},
            "estimatedRetargetDate, in milliseconds, is not in the year to come",
        ),
        ({"estimatedRetargetDate": 10**30}, "estimatedRetargetDate is not a time"),
    ],
)
def test_an_adjustment_that_cannot_be_used_says_why(changes: dict[str, Any], fault: str) -> None:
    assert faults(parse_adjustment(ADJUSTMENT | changes, CONTEXT)) == [fault]


def test_the_height_is_a_bare_number() -> None:
    assert records(parse_height(900_512, CONTEXT)) == [metric("block_height", "count", 900_512.0)]


@pytest.mark.parametrize("answer", [None, True, -1, 1.5, "900512", [], {}, 10**400])
def test_anything_else_is_no_height(answer: Any) -> None:
    with pytest.raises(RowError):
        parse_height(answer, CONTEXT)


@pytest.fixture
def make_source(server: Any, reply: Any, access: Callable[..., Access]) -> Make:
    def answer(seen: Any) -> Any:
        return reply(body=json.dumps(ANSWERS[seen.path]).encode(), content_type="text/plain")

    server.script = answer
    base_url = server.base_url.removesuffix("/v2") + "/mempool/api"
    return lambda: MempoolSource("sandbox_mempool", TERMS, access(base_url, max_attempts=1))


def gather(
    source: MempoolSource, query: Query, error: type[Exception] | None = None, kind: DataKind = DataKind.NETWORK_METRICS
) -> list[Batch[Any]]:
    """Collect the batches of a fetch, and check how it ends."""
    batches: list[Batch[Any]] = []

    async def scenario() -> None:
        try:
            async for batch in source.fetch(kind, query):
                batches.append(batch)  # noqa: PERF401 - what came before a failure counts
        finally:
            await source.aclose()

    if error is None:
        asyncio.run(scenario())
    else:
        with pytest.raises(error):
            asyncio.run(scenario())
    return batches


def names(batches: list[Batch[Any]]) -> list[tuple[str, int]]:
    return [(record.name.removeprefix("network."), record.day.day) for batch in batches for record in batch.records]


NOW_NAMES = ["fee_fastest_sat_per_vb", "fee_hour_sat_per_vb", "difficulty", "difficulty_change_pct", "block_height"]


def test_four_calls_bring_the_network_as_it_is(server: Any, make_source: Make) -> None:
    source = make_source()
    plan = source.plan(DataKind.NETWORK_METRICS, Query(("bitcoin",)))
    batches = gather(source, Query(("bitcoin",)))
    expected = [(name, 10) for name in NOW_NAMES] + [("hash_rate_hashes_per_s", 8), ("hash_rate_hashes_per_s", 9)]
    assert sorted(names(batches)) == sorted(expected)
    assert (plan.requests, source.requests, [batch.requests for batch in batches]) == (4, 4, [1, 1, 1, 1])
    assert [seen.path for seen in server.requests] == list(ANSWERS)
    assert not [row for batch in batches for row in batch.quarantined]


def test_yesterday_alone_takes_one_call(make_source: Make) -> None:
    source = make_source()
    yesterday = Query(start=date(2025, 6, 9), end=date(2025, 6, 9))
    assert source.plan(DataKind.NETWORK_METRICS, yesterday).requests == 1
    assert names(gather(source, yesterday)) == [("hash_rate_hashes_per_s", 9)]


@pytest.mark.parametrize("query", [Query(end=date(2025, 6, 1)), Query(start=date(2025, 6, 11)), Query(limit=0)])
def test_days_it_does_not_know_are_not_asked_for(make_source: Make, query: Query) -> None:
    source = make_source()
    assert source.plan(DataKind.NETWORK_METRICS, query).requests == 0
    assert gather(source, query) == []
    assert source.requests == 0


def test_bitcoin_is_listed_without_asking(make_source: Make) -> None:
    source = make_source()
    (batch,) = gather(source, Query(), kind=DataKind.ASSETS)
    assert batch.records == (AssetListing("bitcoin", "BTC", "Bitcoin", "bitcoin"),)
    assert (batch.requests, source.requests, source.plan(DataKind.ASSETS, Query()).requests) == (0, 0, 0)


def test_an_endpoint_that_refuses_keeps_no_other_one_from_being_asked(
    server: Any, reply: Any, make_source: Make
) -> None:
    source, honest = make_source(), server.script
    server.script = lambda seen: reply(403, b"") if "fees" in seen.path else honest(seen)
    assert len(names(gather(source, Query(start=TODAY), Unauthorized))) == 3


def test_a_host_that_is_down_ends_the_round(server: Any, reply: Any, make_source: Make) -> None:
    source, honest = make_source(), server.script
    server.script = lambda seen: reply(500, b"") if "hashrate" in seen.path else honest(seen)
    assert len(names(gather(source, Query(), Unavailable))) == 2
    assert source.requests == 2


def test_a_retry_after_beside_a_success_is_not_waited_for(
    server: Any, reply: Any, make_source: Make, sleep: Any
) -> None:
    source, honest = make_source(), server.script

    def answer(seen: Any) -> Any:
        return reply(body=honest(seen).body, headers={"retry-after": "60"})

    server.script = answer
    assert len(names(gather(source, Query()))) == 7
    assert sum(sleep.waits) < 1


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b'{"hashrates": null}'])
def test_an_answer_of_another_form_is_an_error_and_not_empty(
    server: Any, reply: Any, make_source: Make, body: bytes
) -> None:
    source = make_source()
    server.script = lambda _seen: reply(body=body)
    assert names(gather(source, Query(), BadPayload)) == []


def test_what_cannot_be_asked_is_refused_at_once(make_source: Make) -> None:
    with pytest.raises(Unsupported):
        make_source().fetch(DataKind.QUOTES, Query())
    with pytest.raises(BadRequest):
        make_source().fetch(DataKind.NETWORK_METRICS, Query(("ethereum",)))
    with pytest.raises(BadRequest):
        make_source().plan(DataKind.ASSETS, Query(("ethereum",)))


def test_the_probe_asks_for_the_height(server: Any, reply: Any, make_source: Make) -> None:
    async def probe(source: MempoolSource) -> None:
        try:
            await source.probe()
        finally:
            await source.aclose()

    asyncio.run(probe(make_source()))
    assert [seen.path for seen in server.requests] == ["/mempool/api/blocks/tip/height"]
    source = make_source()
    server.script = lambda _seen: reply(body=b"{}")
    with pytest.raises(BadPayload):
        asyncio.run(probe(source))


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["NaN", "-1", "1e400", MIDNIGHT - DAY_S, "\ud800", 10**400, -0.0])
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
fields = st.sampled_from(sorted({*FEES, *HASH_RATE, *ADJUSTMENT, "timestamp", "avgHashrate"}))
days = st.lists(
    st.dictionaries(fields, values, max_size=3).map(lambda row: HASH_RATE["hashrates"][0] | row), max_size=3
)
mutated = (
    st.builds(
        lambda row, changes: row | changes,
        st.sampled_from([FEES, HASH_RATE, ADJUSTMENT]),
        st.dictionaries(fields, values),
    )
    | days.map(lambda rows: HASH_RATE | {"hashrates": rows})
    | values
)


@settings(max_examples=25)
@given(mutated)
def test_whatever_comes_gives_sound_figures_a_reason_or_a_refused_answer(answer: Any) -> None:
    for part in PARTS:
        try:
            parsed = part.parse(answer, Context(NOW, TODAY, date(2025, 6, 1)))
        except RowError:
            continue
        found, quarantined = Intake(DataKind.NETWORK_METRICS, ("bitcoin",), None, ()).take(parsed)
        for record in found:
            assert isinstance(record, Metric)
            assert math.isfinite(record.value)
            assert date(2025, 6, 1) <= record.day <= TODAY
        assert all(row.reason and row.raw.isascii() for row in quarantined)
