import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from datasources.base import CallPlan, Query
from datasources.binance.failures import failure_of
from datasources.binance.source import BinanceSource
from datasources.errors import (
    BadPayload,
    BadRequest,
    RateLimited,
    SourceError,
    Unauthorized,
    Unavailable,
    Unsupported,
)
from datasources.records import DataKind
from datasources.registry import open_source

NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_MS, HOUR_MS = 86_400_000, 3_600_000
NOW_MS = 1_749_556_800_000
INVALID = b'{"code":-1121,"msg":"Invalid symbol."}'

MakeBinance = Callable[..., BinanceSource]
Fetch = Callable[..., Any]


def candle(opens: int, length: int = DAY_MS) -> list[Any]:
    price = str(1 + opens // length % 1_000)
    return [opens, price, price, price, price, "10", opens + length - 1, "1000.5", 3, "5", "500", "0"]


def candles_of(seen: Any, first_ms: int = 0) -> list[Any]:
    """What the exchange answers: from startTime on, ascending, at most `limit`, the one in progress too."""
    length = {"1d": DAY_MS, "1h": HOUR_MS}[seen.query["interval"]]
    start, end = int(seen.query["startTime"]), min(int(seen.query["endTime"]), NOW_MS)
    opens = -(-max(start, first_ms) // length) * length
    return [candle(at, length) for at in range(opens, end + 1, length)][: int(seen.query["limit"])]


def serve(server: Any, reply: Any, answer_of: Callable[[Any], Any]) -> None:
    """Answer with a function of the request: JSON, or a reply made by itself."""

    def script(seen: Any) -> Any:
        answer = answer_of(seen)
        return answer if isinstance(answer, reply) else reply(body=json.dumps(answer).encode())

    server.script = script


def records(batches: Any) -> list[Any]:
    return [record for batch in batches for record in batch.records]


def faults(batches: Any) -> list[str]:
    return [row.reason for batch in batches for row in batch.quarantined]


def pair(symbol: str, **changes: Any) -> dict[str, Any]:
    base = symbol.removesuffix("USDT")
    return {"symbol": symbol, "status": "TRADING", "baseAsset": base, "quoteAsset": "USDT"} | changes


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def test_a_history_of_several_pages_has_every_day_once(
    server: Any, reply: Any, make_binance: MakeBinance, fetch: Fetch
) -> None:
    serve(server, reply, candles_of)
    first = date(2019, 1, 1)
    batches = fetch(make_binance(), DataKind.DAILY_BARS, provider_ids=("BTCUSDT",), start=first)
    assert [bar.day for bar in records(batches)] == days(first, date(2025, 6, 9))
    assert [len(batch.records) for batch in batches] == [1_000, 1_000, 352]
    starts = [int(seen.query["startTime"]) for seen in server.requests]
    assert starts == [1_546_300_800_000, 1_546_300_800_000 + 1_000 * DAY_MS, 1_546_300_800_000 + 2_000 * DAY_MS]
    assert faults(batches) == []


def test_a_full_page_that_reaches_the_end_needs_no_other(
    server: Any, reply: Any, make_binance: MakeBinance, fetch: Fetch
) -> None:
    serve(server, reply, candles_of)
    found = fetch(make_binance(), DataKind.DAILY_BARS, provider_ids=("BTCUSDT",), start=date(2022, 9, 14))
    assert len(records(found)) == 1_000
    assert len(server.requests) == 1


def test_a_pair_that_was_listed_later_begins_later(
    server: Any, reply: Any, make_binance: MakeBinance, fetch: Fetch
) -> None:
    serve(server, reply, lambda seen: candles_of(seen, NOW_MS - 10 * DAY_MS))
    found = fetch(make_binance(), DataKind.DAILY_BARS, provider_ids=("BTCUSDT",), start=date(2017, 1, 1))
    assert [bar.day for bar in records(found)] == days(date(2025, 6, 1), date(2025, 6, 9))
    assert len(server.requests) == 1


def test_the_candle_in_progress_is_left_out(server: Any, reply: Any, make_binance: MakeBinance, fetch: Fetch) -> None:
    today_ms = NOW_MS - DAY_MS // 2
    serve(server, reply, lambda _seen: [candle(today_ms - DAY_MS), candle(today_ms)])
    batches = fetch(make_binance(), DataKind.DAILY_BARS, provider_ids=("BTCUSDT",))
    assert [bar.day for bar in records(batches)] == [date(2025, 6, 9)]
    assert faults(batches) == []


def test_hours_are_fetched_up_to_the_last_that_is_over(
    server: Any, reply: Any, make_binance: MakeBinance, fetch: Fetch
) -> None:
    serve(server, reply, candles_of)
    found = records(fetch(make_binance(), DataKind.HOURLY_BARS, provider_ids=("ETHUSDT",), start=date(2025, 6, 10)))
    assert [bar.opened_at.hour for bar in found] == list(range(12))


def test_repeated_unsorted_and_contradicting_candles_double_nothing(
    server: Any, reply: Any, make_binance: MakeBinance, fetch: Fetch
) -> None:
    first = NOW_MS - DAY_MS // 2 - 3 * DAY_MS
    other = candle(first)
    other[7] = "77"
    serve(server, reply, lambda _seen: [candle(first + DAY_MS), candle(first), candle(first + DAY_MS), other])
    batches = fetch(make_binance(), DataKind.DAILY_BARS, provider_ids=("BTCUSDT",))
    assert [bar.day for bar in records(batches)] == [date(2025, 6, 8), date(2025, 6, 7)]
    assert faults(batches) == ["contradicts an earlier row about the same thing"]


def test_a_server_that_gives_the_same_full_page_again_is_an_error_and_not_a_gap(
    server: Any, reply: Any, make_binance: MakeBinance, fetch: Fetch
) -> None:
    page = [candle(1_546_300_800_000 + at * DAY_MS) for at in range(1_000)]
    serve(server, reply, lambda _seen: page)
    found: list[Any] = []
    with pytest.raises(BadPayload, match="without a candle that was asked for"):
        fetch(make_binance(), DataKind.DAILY_BARS, found, provider_ids=("BTCUSDT",), start=date(2019, 1, 1))
    assert len(records(found)) == 1_000
    assert len(server.requests) == 2


def test_no_candles_are_an_empty_iteration(server: Any, reply: Any, make_binance: MakeBinance, fetch: Fetch) -> None:
    serve(server, reply, lambda _seen: [])
    assert fetch(make_binance(), DataKind.DAILY_BARS, provider_ids=("BTCUSDT",)) == []


def test_a_pair_that_is_gone_does_not_keep_the_others(
    server: Any, reply: Any, make_binance: MakeBinance, fetch: Fetch
) -> None:
    gone = reply(status=400, body=INVALID)
    serve(server, reply, lambda seen: gone if seen.query["symbol"] == "XYZUSDT" else candles_of(seen))
    found: list[Any] = []
    with pytest.raises(BadRequest, match=r"1 of 3 assets were refused: XYZUSDT; .*-1121: there is no such pair"):
        fetch(make_binance(), DataKind.DAILY_BARS, found, provider_ids=("BTCUSDT", "XYZUSDT", "ETHUSDT"))
    assert [len(batch.records) for batch in found] == [29, 29]
    assert [batch.requests for batch in found] == [1, 2]


def test_pairs_of_the_table_are_listed_under_their_coingecko_ids(
    server: Any, reply: Any, make_binance: MakeBinance, fetch: Fetch
) -> None:
    symbols = [
        pair("BTCUSDT"),
        pair("LUNAUSDT"),
        pair("MATICUSDT", status="BREAK"),
        pair("1000SATSUSDT"),
        pair("WOWUSDT"),
        {"symbol": "BTCEUR", "status": "TRADING"},
        pair("ETHUSDT", status="?"),
        None,
    ]
    serve(server, reply, lambda _seen: {"timezone": "UTC", "symbols": symbols})
    batches = fetch(make_binance(), DataKind.ASSETS)
    assert [(found.provider_id, found.slug, found.inactive) for found in records(batches)] == [
        ("BTCUSDT", "bitcoin", False),
        ("LUNAUSDT", "terra-luna-2", False),
        ("MATICUSDT", "matic-network", True),
    ]
    assert faults(batches) == ["status is missing or not a known one", "not an object"]
    assert server.requests[0].path.endswith("/api/v3/exchangeInfo")
    some = fetch(make_binance(), DataKind.ASSETS, provider_ids=("BTCUSDT", "SOLUSDT"))
    assert [found.provider_id for found in records(some)] == ["BTCUSDT"]
    assert faults(some) == ["not an object"]
    assert len(records(fetch(make_binance(), DataKind.ASSETS, limit=2))) == 2


@pytest.mark.parametrize(
    ("kind", "answer", "path"),
    [
        (DataKind.ASSETS, [], "/api/v3/exchangeInfo.symbols"),
        (DataKind.ASSETS, {"symbols": {}}, "/api/v3/exchangeInfo.symbols"),
        (DataKind.DAILY_BARS, {}, "/api/v3/klines"),
        (DataKind.HOURLY_BARS, None, "/api/v3/klines"),
    ],
)
def test_an_answer_of_another_form_is_an_error_that_says_where(
    server: Any, reply: Any, make_binance: MakeBinance, fetch: Fetch, kind: DataKind, answer: Any, path: str
) -> None:
    serve(server, reply, lambda _seen: answer)
    with pytest.raises(BadPayload) as failure:
        fetch(make_binance(), kind, provider_ids=("BTCUSDT",))
    assert failure.value.path == path


@pytest.mark.parametrize(
    ("status", "body", "headers", "error", "retry_after_s"),
    [
        (400, INVALID, {}, BadRequest, None),
        (418, b'{"code":-1003,"msg":"IP banned"}', {"retry-after": "259200"}, RateLimited, 86_400.0),
        (418, b"", {"retry-after": "1200"}, RateLimited, 1_200.0),
        (429, b'{"code":-1003,"msg":"Too many requests"}', {"retry-after": "30"}, RateLimited, 30.0),
        (403, b"<html>WAF</html>", {}, Unauthorized, None),
        (503, b"{}", {}, Unavailable, None),
        (200, b'{"code":-1003,"msg":"Too many requests"}', {}, RateLimited, None),
        (200, b'{"code":-1001,"msg":"Internal error"}', {}, Unavailable, None),
        (200, b'{"code":-1102,"msg":"Mandatory parameter"}', {}, BadRequest, None),
    ],
)
def test_every_failure_is_a_typed_error(
    server: Any, reply: Any, make_binance: MakeBinance, fetch: Fetch, status: int, body: bytes, headers: Any,
    error: type[SourceError], retry_after_s: float | None,
) -> None:  # fmt: skip
    server.play(reply(status=status, body=body, headers=headers))
    with pytest.raises(error) as failure:
        fetch(make_binance(), DataKind.DAILY_BARS, provider_ids=("BTCUSDT", "ETHUSDT"), limit=1)
    assert getattr(failure.value, "retry_after_s", None) == retry_after_s
    assert len(server.requests) == 1


def test_a_ban_is_not_followed_by_another_request(
    server: Any, reply: Any, make_binance: MakeBinance, fetch: Fetch
) -> None:
    server.play(reply(status=418, headers={"retry-after": "600"}))
    with pytest.raises(RateLimited):
        fetch(make_binance(max_attempts=4), DataKind.DAILY_BARS, provider_ids=("BTCUSDT", "ETHUSDT", "SOLUSDT"))
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", [{"code": True}, {"code": 5}, {"code": "-1121"}, [], None, {"symbols": []}])
def test_a_body_without_a_negative_code_is_no_failure(body: Any) -> None:
    assert failure_of("binance", 200, body) is None


@pytest.mark.parametrize(
    ("kind", "query", "requests", "exact"),
    [
        (DataKind.ASSETS, {}, 1, True),
        (DataKind.ASSETS, {"limit": 0}, 0, True),
        (DataKind.DAILY_BARS, {"provider_ids": ("BTCUSDT", "ETHUSDT")}, 2, True),
        (DataKind.DAILY_BARS, {"provider_ids": ("BTCUSDT",), "start": date(2019, 1, 1)}, 3, False),
        (DataKind.DAILY_BARS, {"provider_ids": ("BTCUSDT",), "start": date(2025, 6, 10)}, 0, True),
        (DataKind.HOURLY_BARS, {"provider_ids": ("BTCUSDT",)}, 1, True),
    ],
)
def test_a_plan_says_what_a_query_costs(
    make_binance: MakeBinance,
    kind: DataKind,
    query: dict[str, Any],
    requests: int,
    exact: bool,  # noqa: FBT001 - a table
) -> None:
    assert make_binance().plan(kind, Query(**query)) == CallPlan(requests, exact=exact)


@pytest.mark.parametrize(
    ("kind", "ids", "error"),
    [
        (DataKind.QUOTES, ("BTCUSDT",), Unsupported),
        (DataKind.DAILY_BARS, (), BadRequest),
        (DataKind.DAILY_BARS, ("bitcoin",), BadRequest),
        (DataKind.DAILY_BARS, ("BTCEUR",), BadRequest),
        (DataKind.HOURLY_BARS, ("BTCUSDT&symbol=X",), BadRequest),
    ],
)
def test_what_cannot_be_asked_is_refused_before_any_request(
    server: Any, make_binance: MakeBinance, kind: DataKind, ids: tuple[str, ...], error: type[SourceError]
) -> None:
    source = make_binance()
    for ask in (source.fetch, source.plan):
        with pytest.raises(error):
            ask(kind, Query(ids))
    assert server.requests == []


def test_a_probe_is_a_ping(server: Any, reply: Any, make_binance: MakeBinance) -> None:
    async def probe() -> int:
        source = make_binance()
        try:
            await source.probe()
        finally:
            await source.aclose()
        return source.requests

    serve(server, reply, lambda _seen: {})
    assert asyncio.run(probe()) == 1
    assert server.requests[0].path.endswith("/api/v3/ping")
    serve(server, reply, lambda _seen: reply(status=503))
    with pytest.raises(Unavailable):
        asyncio.run(probe())


def test_it_is_opened_by_name(make_binance: MakeBinance, access: Any) -> None:
    terms = make_binance().terms
    source = open_source("binance", "sandbox_binance", terms, access("http://127.0.0.1:9"))
    assert (source.name, source.terms, source.requests) == ("sandbox_binance", terms, 0)
    assert "sandbox_binance" in repr(source)
    assert set(source.capabilities) == {DataKind.ASSETS, DataKind.DAILY_BARS, DataKind.HOURLY_BARS}
