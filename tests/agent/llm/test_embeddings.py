"""A server of vectors is believed only as far as its answer can be checked."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from agent.llm.budget import BudgetSpent, Cap, Caps, Cost, Denied, Reservation, Spent, Wish, decide
from agent.llm.embeddings import BudgetedEmbeddings, EndpointEmbeddings
from agent.llm.errors import LLMError, Malformed, QuotaSpent, RateLimited, Unauthorized, Unavailable, Unreachable
from agent.llm.moderations import EndpointModerator
from agent.llm.port import CallRecord, Usage
from tests.agent.llm.scripted import KEY, NOW, Ledger, Reply, ScriptedServer, failure, running_server

VECTORS = [[1.0, 0.0, 2], [0.5, -0.25, 0.0]]


def answer(*rows: Any, **more: Any) -> Reply:
    document = {"object": "list", "model": "vec", "data": list(rows), "usage": {"prompt_tokens": 9, "total_tokens": 9}}
    return Reply(json.dumps(document | more).encode(), headers={"x-request-id": "req-1"})


def row(index: Any, embedding: Any) -> dict[str, Any]:
    return {"object": "embedding", "index": index, "embedding": embedding}


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(running: ScriptedServer) -> ScriptedServer:
    return running.forget()


@pytest.fixture(scope="module")
def embeddings(running: ScriptedServer) -> Iterator[EndpointEmbeddings]:
    made = EndpointEmbeddings(
        running.base_url, SecretStr(KEY), "vec", timeout_s=5, clock=lambda: NOW, call_log=running.ledger, max_retries=0
    )
    yield made
    made.close()


@pytest.fixture(scope="module")
def moderator(running: ScriptedServer) -> Iterator[EndpointModerator]:
    made = EndpointModerator(running.base_url, SecretStr(KEY), "mod", timeout_s=5, max_retries=0)
    yield made
    made.close()


def test_each_text_gets_its_vector_whatever_order_they_come_in(
    server: ScriptedServer, embeddings: EndpointEmbeddings
) -> None:
    server.play(answer(row(1, VECTORS[1]), row(0, VECTORS[0])))
    found = embeddings.embed(["one", "two"])
    assert found.dtype == np.float32
    assert found.tolist() == VECTORS
    [seen] = server.requests
    assert seen.path == "/v1/embeddings"
    assert seen.body == {"model": "vec", "input": ["one", "two"], "encoding_format": "float"}
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    [record] = server.ledger.records
    assert (record.purpose, record.outcome, record.usage, record.cost_usd, record.request_id) == (
        *("embeddings", "ok", Usage(9, 0), None, "req-1"),
    )


@pytest.mark.parametrize(
    "reply",
    [
        answer(row(0, [1.0, 2.0])),  # one for two texts
        answer(*(row(place, [1.0]) for place in range(3))),
        answer(row(0, [1.0, 2.0]), row(1, [1.0])),
        answer(row(0, [1.0]), row(0, [2.0])),
        answer(row(0, [1.0]), row(2, [2.0])),
        answer(row(0, [1.0]), row(1, [])),
        answer(row(0, [1.0]), row(1, ["2"])),
        answer(row(0, [1.0]), row(1, [True])),
        answer(row(0, [1.0]), row(1, [None])),
        answer(row(0, [1.0]), row(1, [0.0])),
        answer(row(0, [1.0]), row(1, "AACAPw==")),
        answer(row(0, [1.0]), row(1, [1e308, 1e308])),
        answer(row(0, [1.0]), "row"),
        answer(row(0, [1.0]), {"index": 1}),
        answer(row(0, [1.0] * 9000), row(1, [1.0] * 9000)),
        Reply(b'{"data": [{"index": 0, "embedding": [NaN]}, {"index": 1, "embedding": [1.0]}]}'),
        Reply(b'{"data": [{"index": 0, "embedding": [1e999]}, {"index": 1, "embedding": [1.0]}]}'),
        Reply(b"<!doctype html><title>Login</title>", content_type="text/html"),
        Reply(b""),
        Reply(b"[]"),
        Reply(b'{"object": "list"}'),
    ],
)
def test_an_answer_that_is_not_one_finite_vector_a_text_is_malformed(
    server: ScriptedServer, embeddings: EndpointEmbeddings, reply: Reply
) -> None:
    server.play(reply)
    with pytest.raises(Malformed) as caught:
        embeddings.embed(["one", "two"])
    assert caught.value.host == embeddings.host
    assert [record.outcome for record in server.ledger.records] == ["malformed"]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (failure(401, f"Incorrect API key provided: {KEY}", "invalid_api_key"), Unauthorized),
        (failure(429, "slow down"), RateLimited),
        (failure(429, "quota", "insufficient_quota"), QuotaSpent),
        (failure(503, "overloaded"), Unavailable),
        (Reply(b'{"data": [', cut=True), Unavailable),
        (Reply(json.dumps({"error": {"message": KEY, "code": 401}}).encode()), Unauthorized),
    ],
)
def test_a_failure_is_the_error_it_is_for_every_model_and_never_shows_the_key(
    server: ScriptedServer, embeddings: EndpointEmbeddings, reply: Reply, kind: type[LLMError]
) -> None:
    server.play(reply)
    with pytest.raises(kind) as caught:
        embeddings.embed(["one"])
    assert KEY not in f"{caught.value} {embeddings!r}"
    assert [record.outcome for record in server.ledger.records] == [kind.code]


@pytest.mark.parametrize("count", [0, 33])
def test_too_many_texts_for_one_call_are_the_callers_mistake(embeddings: EndpointEmbeddings, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 32"):
        embeddings.embed(["x"] * count)


class Account(Ledger):
    """Keeps what was reserved and settled."""

    def __init__(self) -> None:
        super().__init__()
        self.settled: list[Cost] = []
        self.wishes: list[Wish] = []

    def reserve(self, wish: Wish, caps: Caps) -> Reservation | Denied:
        self.wishes.append(wish)
        decision = decide(caps, Spent(), wish.worst_case, NOW)
        return decision if isinstance(decision, Denied) else Reservation("r1")

    def settle(self, reservation: Reservation, spent: Cost, input_tokens: int | None) -> None:
        del reservation, input_tokens
        self.settled.append(spent)

    def attempts(self) -> Sequence[CallRecord]:
        return self.records


def price(usage: Usage, at: datetime) -> Decimal | None:
    del at
    return Decimal(usage.input_tokens or 0) / 1000


def test_what_texts_cost_is_set_aside_before_they_are_sent(
    server: ScriptedServer, embeddings: EndpointEmbeddings
) -> None:
    server.play(answer(row(0, [1.0])))
    account = Account()
    careful = BudgetedEmbeddings(embeddings, account, caps=Caps(), clock=lambda: NOW, price=price)
    assert careful.embed(["thirty bytes of text, or 10 tok"]).shape == (1, 1)
    assert account.settled == [Cost(Decimal("0.011"), 11)]  # 31 bytes, a third of them rounded up


def test_what_the_server_refused_costs_nothing(server: ScriptedServer, embeddings: EndpointEmbeddings) -> None:
    account = Account()
    careful = BudgetedEmbeddings(embeddings, account, caps=Caps(), clock=lambda: NOW, price=price)
    for reply, kind in ((failure(401, "no"), Unauthorized), (failure(503, "no"), Unavailable)):
        server.play(reply)
        with pytest.raises(kind):
            careful.embed(["abc"])
    assert account.settled == [Cost(Decimal(0), 0), Cost(Decimal("0.001"), 1)]


def test_a_budget_that_is_used_up_sends_nothing(server: ScriptedServer, embeddings: EndpointEmbeddings) -> None:
    caps = Caps(call=Cap(tokens=10))
    account = Account()
    careful = BudgetedEmbeddings(embeddings, account, caps=caps, clock=lambda: NOW, price=price)
    with pytest.raises(BudgetSpent):
        careful.embed(["thirty bytes of text, or 10 tok"])
    assert (server.requests, account.settled) == ([], [])
    assert [(record.purpose, record.outcome, record.cost_usd) for record in account.records] == [
        ("embeddings", "over_budget", 0)
    ]


def test_texts_that_never_reached_a_server_cost_nothing() -> None:
    with running_server() as gone:
        away = EndpointEmbeddings(gone.base_url, SecretStr(KEY), "vec", timeout_s=5, clock=lambda: NOW, max_retries=0)
    account = Account()
    careful = BudgetedEmbeddings(away, account, caps=Caps(), clock=lambda: NOW, price=price)
    with pytest.raises(Unreachable):
        careful.embed(["abc"])
    assert account.settled == [Cost(Decimal(0), 0)]


@pytest.mark.parametrize("flagged", [True, False])
def test_the_moderation_endpoint_says_whether_a_text_is_flagged(
    server: ScriptedServer, moderator: EndpointModerator, *, flagged: bool
) -> None:
    server.play(Reply(json.dumps({"id": "m", "results": [{"flagged": flagged, "categories": {}}]}).encode()))
    assert moderator.is_flagged("hello") is flagged
    [seen] = server.requests
    assert (seen.path, seen.body) == ("/v1/moderations", {"model": "mod", "input": "hello"})


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(b'{"results": []}'), Malformed),
        (Reply(b'{"results": [{"flagged": "no"}]}'), Malformed),
        (Reply(b"<html>"), Malformed),
        (failure(500, "no"), Unavailable),
    ],
)
def test_a_moderation_that_says_nothing_is_an_error(
    server: ScriptedServer, moderator: EndpointModerator, reply: Reply, kind: type[LLMError]
) -> None:
    server.play(reply)
    with pytest.raises(kind):
        moderator.is_flagged("hello")
