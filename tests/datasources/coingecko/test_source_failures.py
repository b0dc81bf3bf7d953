"""Answers that are not what they should be: each is a typed error, and none of them holds the key."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from datasources.coingecko.source import CoinGeckoSource
from datasources.errors import BadPayload, BadRequest, RateLimited, SourceError, Unauthorized, Unavailable
from datasources.records import DataKind

KEY = "CG-5ec2e7aa111122223333"
OUT_OF_RANGE = {"error": {"status": {"error_code": 10012, "error_message": "365 days"}}}

MakeGecko = Callable[..., CoinGeckoSource]
Fetch = Callable[..., Any]


def row(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"coin-{number}",
        "symbol": f"c{number}",
        "name": f"Coin {number}",
        "current_price": number,
        "market_cap_rank": number,
        "last_updated": "2025-06-10T11:59:31.345Z",
    } | changes


def serve(server: Any, reply: Any, answer_of: Callable[[Any], Any]) -> None:
    """Answer with a function of the request: JSON, or a reply made by itself."""

    def script(seen: Any) -> Any:
        answer = answer_of(seen)
        return answer if isinstance(answer, reply) else reply(body=json.dumps(answer).encode())

    server.script = script


def records(batches: Any) -> list[Any]:
    return [record for batch in batches for record in batch.records]


@pytest.mark.parametrize(
    ("kind", "answer", "path"),
    [
        (DataKind.ASSETS, {}, "/coins/list"),
        (DataKind.TOP_ASSETS, "x", "/coins/markets"),
        (DataKind.QUOTES, {"coin-1": {}}, "/coins/markets"),
        (DataKind.DAILY_BARS, {"coin-1": {}}, "/coins/coin-1/market_chart.prices"),
        (DataKind.DAILY_BARS, {"prices": [], "total_volumes": {}}, "/coins/coin-1/market_chart.total_volumes"),
        (DataKind.MARKET_METRICS, {}, "/global.data"),
        (DataKind.DEFI_METRICS, [], "/global/decentralized_finance_defi.data"),
    ],
)
def test_an_answer_of_another_form_is_an_error_that_says_where(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch, kind: DataKind, answer: Any, path: str
) -> None:
    serve(server, reply, lambda _seen: answer)
    with pytest.raises(BadPayload) as failure:
        fetch(make_gecko(), kind, provider_ids=("coin-1",))
    assert failure.value.path == path


CLOUDFLARE = b"<!DOCTYPE html><html><title>Access denied</title>error code: 1020</html>"


@pytest.mark.parametrize(
    ("status", "body", "content_type", "headers", "error", "retry_after_s"),
    [
        (429, b'{"status":{"error_code":429}}', "application/json", {"retry-after": "119"}, RateLimited, 119.0),
        (429, b"Throttled", "text/plain", {}, RateLimited, None),
        (429, CLOUDFLARE, "text/html", {"retry-after": "60"}, RateLimited, 60.0),
        (403, CLOUDFLARE, "text/html", {}, Unauthorized, None),
        (401, b'{"status":{"error_code":10002}}', "application/json", {}, Unauthorized, None),
        (401, json.dumps(OUT_OF_RANGE).encode(), "application/json", {}, BadRequest, None),
        (404, b'{"error":"coin not found"}', "application/json", {}, BadRequest, None),
        (422, b'{"error":"Missing parameter vs_currency"}', "application/json", {}, BadRequest, None),
        (500, b'{"status":500,"error":"Internal Server Error"}', "application/json", {}, Unavailable, None),
        (200, b'{"status":{"error_code":429}}', "application/json", {}, RateLimited, None),
        (200, CLOUDFLARE, "text/html", {}, BadPayload, None),
        (200, b"Throttled", "text/plain", {}, BadPayload, None),
    ],
)
def test_every_failure_is_a_typed_error(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch, status: int, body: bytes, content_type: str,
    headers: dict[str, str], error: type[SourceError], retry_after_s: float | None,
) -> None:  # fmt: skip
    server.play(reply(status=status, body=body, content_type=content_type, headers=headers))
    with pytest.raises(error) as failure:
        fetch(make_gecko("demo", KEY), DataKind.DAILY_BARS, provider_ids=("bitcoin",))
    assert KEY not in str(failure.value)
    assert getattr(failure.value, "retry_after_s", None) == retry_after_s


def test_a_500_for_a_wrong_request_is_not_tried_for_ever(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch
) -> None:
    server.play(reply(status=500, body=b'{"status":500,"error":"Internal Server Error"}'))
    with pytest.raises(Unavailable):
        fetch(make_gecko(max_attempts=3), DataKind.QUOTES, provider_ids=("bitcoin",))
    assert len(server.requests) == 3


def test_a_wait_that_comes_with_a_success_is_not_waited_for(
    server: Any, reply: Any, make_gecko: MakeGecko, fetch: Fetch, sleep: Any
) -> None:
    body = json.dumps([row(number) for number in range(1, 251)]).encode()
    server.play(reply(body=body, headers={"retry-after": "60"}), reply(body=b"[]"))
    assert len(records(fetch(make_gecko(), DataKind.TOP_ASSETS))) == 250
    assert max(sleep.waits, default=0.0) < 1
