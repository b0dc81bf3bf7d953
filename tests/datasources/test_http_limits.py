"""A client asks its credits and the breaker of its host before it sends anything."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from datasources.breaker import BreakerBoard
from datasources.errors import QuotaSpent, RateLimited, SourceError, Unavailable
from datasources.http import HttpClient

MakeClient = Callable[..., HttpClient]


def get(client: HttpClient, path: str = "/price") -> Any:
    async def scenario() -> Any:
        try:
            return await client.get_json(path, {})
        finally:
            await client.aclose()

    return asyncio.run(scenario())


class Purse:
    """A meter with so many credits, and a count of those that were taken."""

    def __init__(self, credits_left: int) -> None:
        self.left = credits_left
        self.taken = 0

    def reserve(self, credits_wanted: int) -> None:
        if credits_wanted > self.left:
            raise QuotaSpent("demo", "used up")
        self.left -= credits_wanted
        self.taken += credits_wanted


def test_every_attempt_costs_a_credit(server: Any, reply: Any, make_client: MakeClient) -> None:
    server.play(reply(status=500), reply(status=429), reply(body=b"[1]"))
    purse = Purse(10)
    assert get(make_client(meter=purse)) == [1]
    assert purse.taken == len(server.requests) == 3


def test_a_request_nobody_can_pay_is_not_sent(server: Any, reply: Any, make_client: MakeClient) -> None:
    server.play(reply(status=500))
    with pytest.raises(QuotaSpent):
        get(make_client(meter=Purse(2)))
    assert len(server.requests) == 2


def test_what_is_not_sent_costs_nothing(server: Any, reply: Any, make_client: MakeClient) -> None:
    server.play(reply(status=429, headers={"retry-after": "3600"}))
    purse = Purse(10)
    client = make_client(meter=purse)

    async def scenario() -> None:
        for _ in range(3):
            with pytest.raises(RateLimited):
                await client.get_json("/price", {})
        await client.aclose()

    asyncio.run(scenario())
    assert purse.taken == len(server.requests) == 1


class Clock:
    """A wall clock that is set by hand."""

    def __init__(self) -> None:
        self.now = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def board(clock: Clock) -> BreakerBoard:
    return BreakerBoard(clock)


def call_often(client: HttpClient, times: int) -> list[str]:
    """Ask again and again; gives "ok" or the name of the error for each call."""

    async def scenario() -> list[str]:
        outcomes = []
        for _ in range(times):
            try:
                await client.get_json("/price", {})
                outcomes.append("ok")
            except SourceError as error:
                outcomes.append(type(error).__name__)
        await client.aclose()
        return outcomes

    return asyncio.run(scenario())


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 408},
        {"status": 503, "headers": {"retry-after": "0"}},
        {"body": b'{"data": [', "cut": True},
        {"body": b'{"data": [', "unmeasured": True},
        {"body": b"<html>checking your browser</html>", "content_type": "text/html"},
        {"body": b"{'a': 1}"},
        {"body": b"[", "stall": True},
        {"status": 301, "headers": {"location": "/elsewhere"}},
    ],
)
def test_a_host_that_fails_five_calls_in_a_row_is_left_alone(
    server: Any, reply: Any, make_client: MakeClient, board: BreakerBoard, fault: dict[str, Any]
) -> None:
    server.play(reply(**fault))
    purse = Purse(100)
    call_often(make_client(breakers=board, timeout_s=0.1, max_attempts=1), 5)
    client = make_client(breakers=board, meter=purse)
    with pytest.raises(Unavailable, match="in a row; the next try is at 2025-06-10 12:05:00 UTC"):
        get(client)
    assert (len(server.requests), purse.taken, client.requests) == (5, 0, 0)
    assert board.states[client.host].failures == 5


def test_a_call_counts_once_however_often_it_is_tried(
    server: Any, reply: Any, make_client: MakeClient, board: BreakerBoard
) -> None:
    server.play(reply(status=500))
    client = make_client(breakers=board, max_attempts=4)
    call_often(client, 2)
    assert len(server.requests) == 8
    assert board.states[client.host].failures == 2


def test_nobody_there_is_a_failure_of_the_host(server: Any, make_client: MakeClient, board: BreakerBoard) -> None:
    client = make_client(breakers=board, max_attempts=1)
    server.close()
    assert call_often(client, 6) == ["Unavailable"] * 6
    assert client.requests == 5


def test_a_refusal_is_an_answer_and_a_rate_limit_says_nothing(
    server: Any, reply: Any, make_client: MakeClient, board: BreakerBoard
) -> None:
    bad, slow_down, refused = reply(status=500), reply(status=429), reply(status=404)
    server.play(bad, bad, bad, bad, slow_down, refused, bad, bad, bad, bad, refused)
    client = make_client(breakers=board, max_attempts=1)
    outcomes = call_often(client, 11)
    assert outcomes == ["Unavailable"] * 4 + ["RateLimited", "BadRequest"] + ["Unavailable"] * 4 + ["BadRequest"]
    assert board.states[client.host].failures == 0


def test_five_minutes_later_one_probe_is_sent_and_the_others_are_refused(
    server: Any, reply: Any, make_client: MakeClient, board: BreakerBoard, clock: Clock
) -> None:
    server.play(*[reply(status=500)] * 5, reply(body=b"[1]"))
    call_often(make_client(breakers=board, max_attempts=1), 5)
    clock.now += timedelta(minutes=5)
    client = make_client(breakers=board)

    async def scenario() -> list[Any]:
        calls = [client.get_json("/price", {}) for _ in range(3)]
        found = await asyncio.gather(*calls, return_exceptions=True)
        after = await client.get_json("/price", {})
        await client.aclose()
        return [*found, after]

    first, second, third, after = asyncio.run(scenario())
    assert (first, after) == ([1], [1])
    assert isinstance(second, Unavailable)
    assert isinstance(third, Unavailable)
    assert len(server.requests) == 7


def test_a_failed_probe_is_not_repeated_and_closes_the_door_again(
    server: Any, reply: Any, make_client: MakeClient, board: BreakerBoard, clock: Clock
) -> None:
    server.play(reply(status=500))
    call_often(make_client(breakers=board, max_attempts=1), 5)
    clock.now += timedelta(minutes=6)
    assert call_often(make_client(breakers=board, max_attempts=4), 2) == ["Unavailable"] * 2
    assert len(server.requests) == 6
    assert board.retry_at(f"127.0.0.1:{server.base_url.split(':')[2].split('/')[0]}") == clock.now + timedelta(
        minutes=5
    )


def test_a_probe_that_could_not_be_paid_leaves_the_next_one_free(
    server: Any, reply: Any, make_client: MakeClient, board: BreakerBoard, clock: Clock
) -> None:
    server.play(*[reply(status=500)] * 5, reply())
    call_often(make_client(breakers=board, max_attempts=1), 5)
    clock.now += timedelta(minutes=5)
    assert call_often(make_client(breakers=board, meter=Purse(0)), 1) == ["QuotaSpent"]
    assert call_often(make_client(breakers=board), 1) == ["ok"]


def test_a_cancelled_probe_leaves_the_next_one_free(
    server: Any, reply: Any, make_client: MakeClient, board: BreakerBoard, clock: Clock
) -> None:
    server.play(*[reply(status=500)] * 5, reply(body=b"[", stall=True), reply())
    call_often(make_client(breakers=board, max_attempts=1), 5)
    clock.now += timedelta(minutes=5)

    async def scenario() -> None:
        client = make_client(breakers=board)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await client.get_json("/price", {})
        await client.aclose()

    asyncio.run(scenario())
    assert call_often(make_client(breakers=board), 1) == ["ok"]


def test_two_hosts_have_breakers_of_their_own(
    server: Any, reply: Any, make_client: MakeClient, board: BreakerBoard
) -> None:
    server.play(reply(status=500))
    call_often(make_client(breakers=board, max_attempts=1), 6)
    other = make_client(breakers=board, max_attempts=1, base_url=server.base_url.replace("127.0.0.1", "localhost"))
    assert call_often(other, 1) == ["Unavailable"]
    assert len(server.requests) == 6
