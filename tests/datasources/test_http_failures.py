"""What a client waits for, how it reads failures, and what it may send twice."""

import asyncio
import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from datasources.errors import BadRequest, RateLimited, SourceError, Unauthorized, Unavailable
from datasources.http import HttpClient

KEY = "tm-5ec2e7aa-1111-2222-3333-444455556666"
MakeClient = Callable[..., HttpClient]


def get(client: HttpClient, path: str = "/price") -> Any:
    async def scenario() -> Any:
        try:
            return await client.get_json(path, {})
        finally:
            await client.aclose()

    return asyncio.run(scenario())


def test_a_wait_of_most_of_the_budget_is_waited_once(server: Any, reply: Any, sleep: Any, make_client: Any) -> None:
    server.play(reply(status=429, headers={"retry-after": "60"}))
    with pytest.raises(RateLimited, match="429"):
        get(make_client())
    assert len(server.requests) == 2  # 60 s of 90 are gone; a second wait of 60 s would be too much
    assert max(sleep.waits) == pytest.approx(60, abs=0.5)


def test_a_server_in_maintenance_is_waited_for_as_it_asks(
    server: Any, reply: Any, sleep: Any, make_client: MakeClient
) -> None:
    server.play(reply(status=503, headers={"retry-after": "20"}), reply(body=b"[1]"))
    assert get(make_client()) == [1]
    assert max(sleep.waits) == pytest.approx(20, abs=0.5)
    server.play(reply(status=503, headers={"retry-after": "7200"}))
    with pytest.raises(RateLimited) as caught:
        get(make_client())
    assert caught.value.retry_after_s == 7200.0


@pytest.mark.parametrize("status", [200, 500])
def test_retry_after_means_nothing_beside_other_statuses(
    server: Any, reply: Any, sleep: Any, make_client: MakeClient, status: int
) -> None:
    server.play(reply(status=status, headers={"retry-after": "60"}), reply())
    assert get(make_client()) == {"success": True, "data": []}
    assert all(wait <= 1 for wait in sleep.waits)


def test_a_banned_address_does_not_ask_again_for_two_minutes(server: Any, reply: Any, make_client: MakeClient) -> None:
    server.play(reply(status=418))
    client = make_client()

    async def scenario() -> None:
        with pytest.raises(RateLimited, match="banned") as caught:
            await client.get_json("/klines", {})
        assert caught.value.retry_after_s == 120.0
        with pytest.raises(RateLimited, match="not asked"):
            await client.get_json("/klines", {})
        await client.aclose()

    asyncio.run(scenario())
    assert len(server.requests) == 1


def test_a_body_that_ends_early_without_a_length_is_tried_again(
    server: Any, reply: Any, make_client: MakeClient
) -> None:
    server.play(reply(body=b'{"data": [1, 2', unmeasured=True), reply(body=b'{"data": [1, 2]}', unmeasured=True))
    assert get(make_client()) == {"data": [1, 2]}
    assert len(server.requests) == 2


def test_a_body_that_drips_ends_at_the_deadline(server: Any, reply: Any, make_client: MakeClient) -> None:
    server.play(reply(body=b" " * 100, drip_s=0.02))
    began = time.monotonic()
    with pytest.raises(Unavailable, match=r"within 0\.2 s"):
        get(make_client(timeout_s=0.2, max_attempts=1))
    assert time.monotonic() - began < 1.5


class Reader:
    """Remembers what it was given of a failure, and answers with what it is told to."""

    def __init__(self, answer: SourceError | None = None) -> None:
        self.given: list[tuple[int, Any]] = []
        self.answer = answer

    def __call__(self, status: int, body: Any) -> SourceError | None:
        self.given.append((status, body))
        return self.answer


@pytest.mark.parametrize(
    ("fault", "given"),
    [
        ({"body": b'{"error": {"error_code": 10005}}'}, {"error": {"error_code": 10005}}),
        ({"body": gzip.compress(b'{"code": -1121}'), "headers": {"content-encoding": "gzip"}}, {"code": -1121}),
        ({"body": gzip.compress(b"[" + b" " * 9_000_000), "headers": {"content-encoding": "gzip"}}, None),
        ({"body": b"x", "headers": {"content-encoding": "br"}}, None),
        ({"body": b"<html>denied</html>", "content_type": "text/html"}, None),
        ({"body": b'{"note": "' + b"x" * 9_000 + b'"}'}, None),
        ({"body": b'{"a": NaN}'}, None),
        ({"body": b""}, None),
        ({"body": b'{"a": 1', "stall": True}, None),
        ({"body": b'{"a": 1}', "cut": True}, None),
    ],
)
def test_the_body_of_a_failure_is_read_as_far_as_it_is_small_json(
    server: Any, reply: Any, make_client: MakeClient, fault: dict[str, Any], given: Any
) -> None:
    server.play(reply(status=403, **fault))
    reader = Reader()
    with pytest.raises(Unauthorized, match="403"):
        get(make_client(read_failure=reader, timeout_s=1.0))
    assert reader.given == [(403, given)]
    assert len(server.requests) == 1


def test_a_reader_of_failures_says_better_what_is_wrong(server: Any, reply: Any, make_client: MakeClient) -> None:
    server.play(reply(status=401))
    with pytest.raises(BadRequest, match="time range"):
        get(make_client(read_failure=Reader(BadRequest("demo", "the time range is beyond the plan"))))


def test_a_reader_is_not_asked_about_a_success(server: Any, make_client: MakeClient) -> None:
    reader = Reader(BadRequest("demo", "no"))
    get(make_client(read_failure=reader))
    assert reader.given == []


def test_a_rate_limit_that_a_reader_renames_keeps_its_time(
    server: Any, reply: Any, sleep: Any, make_client: MakeClient
) -> None:
    server.play(reply(status=429, headers={"retry-after": "17"}), reply(body=b"[1]"))
    assert get(make_client(read_failure=Reader(RateLimited("demo", "too many for this plan")))) == [1]
    assert max(sleep.waits) == pytest.approx(17, abs=0.5)


def post(client: HttpClient, body: dict[str, Any]) -> Any:
    async def scenario() -> Any:
        try:
            return await client.post_json("/tmai", body)
        finally:
            await client.aclose()

    return asyncio.run(scenario())


def test_a_post_sends_json_and_reads_json(server: Any, reply: Any, make_client: MakeClient) -> None:
    server.play(reply(body=b'{"answer": "yes"}'))
    assert post(make_client(), {"question": "é?"}) == {"answer": "yes"}
    (seen,) = server.requests
    assert (seen.method, seen.path, seen.query) == ("POST", "/v2/tmai", {})
    assert json.loads(seen.body) == {"question": "é?"}
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["x-api-key"] == KEY


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 503, "headers": {"retry-after": "1"}},
        {"body": b"{", "cut": True},
        {"body": b"{", "stall": True},
        {"body": b"{", "unmeasured": True},
    ],
)
def test_a_post_that_may_have_arrived_is_not_sent_twice(
    server: Any, reply: Any, make_client: MakeClient, fault: dict[str, Any]
) -> None:
    server.play(reply(**fault))
    with pytest.raises((Unavailable, RateLimited)):
        post(make_client(timeout_s=0.2), {"question": "?"})
    assert len(server.requests) == 1


def test_a_post_that_was_turned_away_or_reached_nobody_is_sent_again(
    server: Any, reply: Any, make_client: MakeClient
) -> None:
    server.play(reply(status=429, headers={"retry-after": "2"}), reply(body=b"[1]"))
    assert post(make_client(), {"question": "?"}) == [1]
    assert len(server.requests) == 2
    client = make_client(max_attempts=3)
    server.close()
    with pytest.raises(Unavailable, match="ConnectError"):
        post(client, {"question": "?"})
    assert client.requests == 3


def test_a_body_with_nan_is_not_json(make_client: MakeClient) -> None:
    with pytest.raises(ValueError, match="JSON"):
        post(make_client(), {"question": float("nan")})
