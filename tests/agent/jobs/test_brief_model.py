import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from agent.briefing.document import Briefing
from agent.claims.forms import clauses
from agent.llm.chat import ChatCompletionsModel
from agent.store.briefings import get_briefing
from agent.store.engine import Store
from agent.store.llm_calls import calls_of
from tests.agent.briefing.write.ground import draft, use, words
from tests.agent.jobs.database import rows_of
from tests.agent.jobs.writing import assert_true, scribe, sentences, wanted
from tests.agent.llm.call_book import CallBook
from tests.agent.llm.scripted import KEY, ScriptedServer, Seen, completion, failure, new_model, running_server

Offer = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(running: ScriptedServer) -> ScriptedServer:
    return running.forget()


@pytest.fixture(scope="module")
def book() -> CallBook:
    return CallBook()


@pytest.fixture(scope="module")
def model(running: ScriptedServer, book: CallBook) -> Iterator[ChatCompletionsModel]:
    model = new_model(running.base_url, call_log=book)
    yield model
    model.close()


def offered(seen: Seen) -> Offer:
    """The claims the model was offered, by section."""
    payload = json.loads(seen.body["messages"][1]["content"])
    return {section["key"]: section["claims"] for section in payload["sections"]}


def honest(offer: Offer) -> dict[str, list[list[dict[str, Any]]]]:
    return {key: [[use(claim["id"])] for claim in claims[:6]] + must(claims[6:]) for key, claims in offer.items()}


def must(claims: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    return [[use(claim["id"])] for claim in claims if claim.get("must")]


def lying(change: Callable[[Offer], list[dict[str, Any]]]) -> Callable[[Offer], str]:
    """An honest draft with one false sentence put first in the market's section."""

    def written(offer: Offer) -> str:
        truth = honest(offer)
        false = change(offer)
        spent = {part["claim"] for part in false if "claim" in part}
        truth["market"] = [false, *(item for item in truth["market"] if not spent & {p["claim"] for p in item})]
        return draft(**truth)

    return written


def first(offer: Offer) -> dict[str, Any]:
    return use(offer["market"][0]["id"])


def second(offer: Offer) -> dict[str, Any]:
    return use(offer["market"][1]["id"])


LIES: dict[str, Callable[[Offer], str]] = {
    "a figure of its own": lying(lambda offer: [words("Bitcoin surged 99.9% and "), first(offer)]),
    "a whole sentence of its own": lying(lambda _offer: [words("Bitcoin will double tomorrow")]),
    "a cause": lying(lambda offer: [first(offer), words(" because "), second(offer)]),
    "advice": lying(lambda offer: [first(offer), words(", so you should buy")]),
    "a link": lying(lambda offer: [first(offer), words(" https://evil.example")]),
    "a claim nobody offered": lying(lambda _offer: [use("c-invented")]),
    "a wording that does not exist": lying(lambda offer: [first(offer) | {"form": 77}]),
    "a claim it was not asked for, as text": lambda _offer: "Your portfolio gained 12% and Dogecoin crashed.",
    "nothing that must be said": lambda offer: draft(market=[[first(offer)]]),
    "a look-alike letter": lying(lambda offer: [first(offer), words(" \u0430nd "), second(offer)]),
}


def write(store: Store, model: ChatCompletionsModel, book: CallBook) -> Briefing:
    return scribe(store, model=model, calls=book.take).brief(wanted())


def wordings(briefing: Briefing) -> set[str]:
    """Every wording of every claim of the briefing, as it may stand within a sentence."""
    entities = {entity.subject: entity for entity in briefing.entities}
    return {
        "".join(segment.text for segment in clause)
        for claim in briefing.claims
        for clause in clauses(claim, entities, briefing.as_of)
    }


def test_an_honest_draft_is_published_as_the_models(
    collected: Store, server: ScriptedServer, model: ChatCompletionsModel, book: CallBook
) -> None:
    server.script = lambda seen: completion(draft(**honest(offered(seen))))
    briefing = write(collected, model, book)
    assert_true(briefing)
    assert (briefing.writer.name, briefing.writer.step) == ("model tiny", "first")
    with collected.reader() as session:
        row = get_briefing(session, briefing.briefing_id)
        (call,) = calls_of(session, briefing.briefing_id)
    assert row is not None
    assert (row.model, row.step) == ("tiny", "first")
    assert (call.model, call.outcome, call.purpose, call.request_id) == ("tiny", "ok", "briefing", "req-7")
    assert call.prompt_sha256 == row.prompt_sha256


@pytest.mark.parametrize("name", LIES)
def test_nothing_of_a_lie_is_published_and_the_briefing_still_appears(
    collected: Store, server: ScriptedServer, model: ChatCompletionsModel, book: CallBook, name: str
) -> None:
    server.script = lambda seen: completion(LIES[name](offered(seen)))
    briefing = write(collected, model, book)
    assert_true(briefing)
    text = " ".join(sentences(briefing))
    for word in ("99.9", "evil", "because", "buy", "double", "crashed", "\u0430"):
        assert word not in text
    assert briefing.writer.step in {"dropped", "fallback"}
    assert briefing.writer.notes
    assert any("left out" in note or "template" in note for note in briefing.writer.notes)
    with collected.reader() as session:
        assert [call.outcome for call in calls_of(session, briefing.briefing_id)] == ["ok", "ok"]
    known = sorted(wordings(briefing), key=len, reverse=True)
    for sentence in (item for section in briefing.sections for item in section.sentences if item.claim_ids):
        assert any(clause[1:] in sentence.text for clause in known)


def test_a_lie_that_is_taken_back_is_published_at_the_second_try(
    collected: Store, server: ScriptedServer, model: ChatCompletionsModel, book: CallBook
) -> None:
    drafts: list[Callable[[Offer], str]] = [LIES["a cause"], lambda offer: draft(**honest(offer))]
    server.script = lambda seen: completion(drafts.pop(0)(offered(seen)))
    briefing = write(collected, model, book)
    assert_true(briefing)
    assert (briefing.writer.name, briefing.writer.step) == ("model tiny", "retry")


def test_a_server_that_fails_leaves_the_template_and_a_word_about_it(
    collected: Store, server: ScriptedServer, model: ChatCompletionsModel, book: CallBook
) -> None:
    server.play(failure(503, "later"))
    briefing = write(collected, model, book)
    assert_true(briefing)
    assert (briefing.writer.name, briefing.writer.step) == ("template", "fallback")
    assert briefing.writer.notes == (
        "The language model could not be reached.",
        "The template wrote this text instead.",
    )
    with collected.reader() as session:
        (call,) = calls_of(session, briefing.briefing_id)
    assert call.outcome == "unavailable"


def test_a_server_that_is_down_leaves_the_template(collected: Store, book: CallBook) -> None:
    gone = new_model("http://127.0.0.1:1/v1", call_log=book)
    briefing = write(collected, gone, book)
    gone.close()
    assert_true(briefing)
    assert briefing.writer.step == "fallback"
    assert briefing.writer.notes[0] == "The language model could not be reached."


def test_the_key_of_the_model_is_stored_nowhere(
    collected: Store, server: ScriptedServer, model: ChatCompletionsModel, book: CallBook
) -> None:
    server.play(failure(401, f"Incorrect API key provided: {KEY}"))
    briefing = write(collected, model, book)
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in repr(briefing)
    assert KEY not in repr(rows_of(collected.path, ()))


def test_a_stored_briefing_costs_no_call(
    collected: Store, server: ScriptedServer, model: ChatCompletionsModel, book: CallBook
) -> None:
    server.script = lambda seen: completion(draft(**honest(offered(seen))))
    first_one = write(collected, model, book)
    asked = len(server.requests)
    assert write(collected, model, book) == first_one
    assert len(server.requests) == asked
