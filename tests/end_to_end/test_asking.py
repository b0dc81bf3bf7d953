"""Questions, from a settings file and a command line to what is shown, sent and kept."""

import io
import json
import re
import sys
import threading
from collections.abc import Callable, Iterator
from functools import cache
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import typer

from agent.ask.answer import Answer
from agent.ask.respond import Manner, Models, answer_question
from agent.ask.toolset.desk import Tools
from agent.llm.port import OnText, Request, Result
from tests.agent.ask.fakes import FakeModel
from tests.agent.ask.hostile import PAYLOADS, SECRETS
from tests.agent.briefing.write.ground import words
from tests.agent.jobs.drafts import answer_draft, purpose_of, willing
from tests.agent.jobs.world import copied
from tests.agent.jobs.writing import wanted
from tests.agent.llm.scripted import KEY, ScriptedServer, Seen, completion, failure, tool_call
from tests.agent.llm.scripted import Reply as Served
from tests.end_to_end.installed import Installed

PRICE = "What is the price of Bitcoin?"
FALLEN = "The template wrote this text instead."


class WaitingServer(ScriptedServer):
    """Sends a stream up to the end of its first sentence, and the rest once `shown` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = threading.Event()
        self.was_shown: list[bool] = []

    def _send(self, handler: BaseHTTPRequestHandler, reply: Served) -> None:
        if not reply.until_close:
            super()._send(handler, reply)
            return
        handler.send_response(reply.status)
        handler.send_header("content-type", reply.content_type)
        handler.end_headers()
        events = reply.body.split(b"\n\n")
        for place, event in enumerate(events):
            handler.wfile.write(event + b"\n\n")
            handler.wfile.flush()
            if place == 0:
                self.was_shown.append(self.shown.wait(5))
        handler.close_connection = True


@pytest.fixture
def waiting() -> Iterator[WaitingServer]:
    server = WaitingServer()
    try:
        yield server
    finally:
        server.shown.set()
        server.close()


def in_two_pieces(seen: Seen) -> Served:
    """The first sentence of the draft as one piece of the stream, all others as the next."""
    if purpose_of(seen) != "answer":
        return completion("done")
    text = answer_draft(seen)
    end = text.index("}]}") + 3
    events = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in (text[:end], text[end:])]
    events.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    return Served(body.encode(), content_type="text/event-stream", until_close=True)


def test_the_first_sentence_is_printed_before_the_model_has_finished(
    installed: Installed, waiting: WaitingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting.script = in_two_pieces
    installed.configure(base_url=waiting.base_url)
    echo = typer.echo

    def watched(message: Any = None, **options: Any) -> None:
        echo(message, **options)
        if "Bitcoin" in str(message):
            waiting.shown.set()

    monkeypatch.setattr(typer, "echo", watched)
    text = installed.commands.good("ask", PRICE)
    assert waiting.was_shown == [True]
    assert len([line for line in text.splitlines() if "Bitcoin" in line]) > 1
    assert "Arranged by the model tiny writer." in text


def looking_up(name: str) -> Callable[[Seen], Served]:
    """A model that looks up the price of one more coin, and then does what it is asked to."""

    def script(seen: Seen) -> Served:
        if purpose_of(seen) == "ask" and len(seen.body["messages"]) == 2:
            return completion(None, "tool_calls", [tool_call("price", json.dumps({"asset": name}))])
        return willing(seen)

    return script


def test_what_was_looked_up_is_shown_with_who_chose_it(installed: Installed) -> None:
    installed.server.script = looking_up("Ethereum")
    text = installed.commands.good("ask", PRICE, "--steps")
    assert re.search(r"1\. price .*Bitcoin.*\(chosen by the grammar\): ok", text)
    assert re.search(r"2\. price .*Ethereum.*\(chosen by the model\): ok", text)
    assert "Ethereum" in text.partition("Steps:")[0]


def test_the_answer_as_json_is_the_answer_that_is_printed(installed: Installed) -> None:
    installed.server.script = willing
    answer = json.loads(installed.commands.good("ask", PRICE, "--json"))
    printed = installed.commands.good("ask", PRICE)
    sentences = ["".join(segment["text"] for segment in item["segments"]) for item in answer["sentences"]]
    assert "\n".join(sentences) in printed
    assert len(sentences) > 1
    assert answer["writer"]["name"] == "model tiny"
    assert answer["as_of"] == "2025-10-10"


@pytest.mark.parametrize("with_model", [True, False])
def test_every_fact_that_is_shown_can_be_explained(installed: Installed, *, with_model: bool) -> None:
    installed.server.script = willing
    if not with_model:
        installed.commands.configure()
    text = installed.commands.good("ask", "How is my portfolio?", "--facts")
    shown = {name for group in re.findall(r"  \[([\w ]+)\]", text) for name in group.split()}
    assert len(shown) >= 3
    for fact_id in shown:
        assert installed.commands.good("explain", fact_id).startswith(f"{fact_id}: ")


def test_a_conversation_goes_on_from_the_question_before(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    installed.server.script = willing
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PRICE}\n\nand Ethereum?\nquit\nnever read\n"))
    text = installed.commands.good("ask", "--chat")
    first, second = text.split("As of the close of")[:2]
    assert "Bitcoin" in first
    assert "Ethereum" in second
    assert "never read" not in repr(installed.rows("SELECT question FROM answer"))
    assert [question for (question,) in installed.rows("SELECT question FROM answer ORDER BY question")] == [
        PRICE,
        "and Ethereum?",
    ]


def test_a_symbol_of_several_coins_is_asked_back_and_no_model_is_asked_to_guess(installed: Installed) -> None:
    installed.server.script = willing
    text = installed.commands.good("ask", "What is the price of PEPE?")
    assert "Pepe Ordinal" in text
    assert "$" not in text
    assert installed.server.requests == []


def test_the_key_is_sent_and_nowhere_else(installed: Installed) -> None:
    installed.server.play(failure(401, f"Incorrect API key provided: {KEY}"))
    outcome = installed.commands("ask", PRICE, "--json")
    plain = installed.commands("ask", PRICE, "--steps")
    assert installed.server.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in outcome.out + outcome.err + plain.out + plain.err
    assert KEY.encode() not in database_bytes(installed)
    assert FALLEN in plain.out
    assert "Bitcoin" in plain.out


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (failure(401, "no"), "rejected the key"),
        (failure(429, "no", "insufficient_quota"), "used up"),
        (Served(b"<!doctype html>", content_type="text/html"), "could not be read"),
        (Served(b'{"choices": [{"mes', cut=True), "could not be reached"),
    ],
)
def test_a_model_that_fails_leaves_the_answer_of_the_grammar(installed: Installed, reply: Served, told: str) -> None:
    installed.commands.configure()
    alone = installed.application().language.ask(PRICE).answer
    installed.configure()
    installed.server.play(reply)
    answer = installed.application().language.ask(PRICE).answer
    assert answer.sentences == alone.sentences != ()
    assert told in " ".join(answer.writer.notes)


def test_the_same_question_of_the_same_facts_is_answered_without_another_request(installed: Installed) -> None:
    installed.server.script = willing
    first = installed.commands.good("ask", PRICE, "--json")
    asked = len(installed.server.requests)
    assert installed.commands.good("ask", PRICE, "--json") == first
    assert len(installed.server.requests) == asked == 2


def test_other_facts_are_asked_for_anew(installed: Installed) -> None:
    installed.server.script = willing
    first = installed.commands.good("ask", PRICE)
    installed.rows("UPDATE bar_daily SET close_usd = close_usd * 1.01 WHERE day = (SELECT max(day) FROM bar_daily)")
    installed.rows("DELETE FROM bar_day_columns")
    assert installed.commands.good("ask", PRICE) != first
    assert len(installed.server.requests) == 4


def test_a_lie_in_the_cache_is_not_told(installed: Installed) -> None:
    installed.server.script = willing
    before = installed.application().language.ask(PRICE).answer
    lie = json.dumps({"sentences": [{"parts": [words("Bitcoin closed at $999,999")]}]})
    for key, response in installed.rows("SELECT key, response FROM llm_cache"):
        changed = json.dumps(json.loads(str(response)) | {"text": lie})
        installed.rows("UPDATE llm_cache SET response = ? WHERE key = ?", changed, str(key))
    answer = installed.application().language.ask(PRICE).answer
    assert "999" not in answer.text
    assert {sentence.text for sentence in answer.sentences} >= {before.sentences[0].text}


def test_the_small_model_looks_things_up_and_the_large_one_writes(installed: Installed) -> None:
    installed.configure('small_model = "small"\ntemperature = 0.2')
    installed.server.script = willing
    installed.commands.good("ask", PRICE)
    asked = [(seen.body["model"], "tools" in seen.body, seen.body["temperature"]) for seen in installed.server.requests]
    assert asked == [("small", True, 0.2), ("tiny", False, 0.2)]


def test_a_key_for_another_host_goes_nowhere(installed: Installed) -> None:
    installed.configure('key_host = "api.example"')
    text = installed.commands.good("ask", PRICE)
    assert installed.server.requests == []
    assert "is for another host" in text
    assert "Bitcoin" in text


def test_amounts_stay_at_home_and_are_in_the_answer_all_the_same(installed: Installed) -> None:
    installed.configure(more="[privacy]\nshare_amounts = false")
    installed.server.script = willing
    for question in ("How is my portfolio?", "What if I sell half of my Ethereum?", "What would I lose in a crash?"):
        installed.commands.good("ask", question)
    answer = installed.application().language.ask("How is my portfolio?").answer
    amounts = set(re.findall(r"\$[\d,]+\.\d\d", answer.text))
    assert amounts
    assert len(installed.server.requests) >= 3
    for amount in (*amounts, "0.3517", "4.2193", "61.83"):
        assert amount not in installed.bodies
        assert amount.replace(",", "").lstrip("$") not in installed.bodies


def database_bytes(installed: Installed) -> bytes:
    files = sorted(installed.database.parent.glob("coinbrief.db*"))
    return b"".join(path.read_bytes() for path in files)


QUESTION = "What is the price of Bitcoin and of Zanzibarium, asks my aunt Ottoline?"


def test_questions_are_kept_unless_that_is_forbidden(installed: Installed) -> None:
    installed.server.script = willing
    installed.commands.good("ask", QUESTION)
    assert b"Ottoline" in database_bytes(installed)


def test_a_question_that_is_not_to_be_kept_is_nowhere_in_the_database(installed: Installed) -> None:
    installed.configure(more="[privacy]\nkeep_questions = false")
    installed.server.script = looking_up("Ottoline")
    text = installed.commands.good("ask", QUESTION)
    assert "Bitcoin" in text
    assert installed.rows("SELECT count(*) FROM answer") == [(1,)]
    kept = database_bytes(installed).lower()
    for word in (b"ottoline", b"zanzibarium", b"my aunt"):
        assert word not in kept


def test_answers_that_are_not_to_be_kept_leave_no_row_but_their_cost(installed: Installed) -> None:
    installed.configure(more="[privacy]\nkeep_answers_days = 0")
    installed.server.script = looking_up("Ottoline")
    installed.commands.good("ask", QUESTION)
    assert installed.rows("SELECT count(*) FROM answer") == [(0,)]
    assert installed.rows("SELECT DISTINCT outcome FROM llm_call") == [("ok",)]
    assert b"ottoline" not in database_bytes(installed).lower()


class Arranger(FakeModel):
    """Looks nothing up, and arranges the first claims it is offered."""

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        seen = Seen("", {}, {"messages": [{"content": message.content} for message in request.messages]})
        self.script = [answer_draft(seen)] if request.purpose == "answer" else ["done"]
        return super().generate(request, on_text)


class KnownNames:
    """The names of the market; each is looked up once, for the same words come again with every payload."""

    def __init__(self, tools: Tools) -> None:
        self.candidates = cache(tools.candidates)
        self.similar = cache(tools.similar)


@pytest.fixture(scope="module")
def names(tools: Tools) -> KnownNames:
    return KnownNames(tools)


@pytest.fixture(scope="module")
def tools(scanned_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Tools:
    return Tools(copied(scanned_template, tmp_path_factory.mktemp("hostile")), wanted(), "hostile")


def answered(question: str, tools: Tools, names: KnownNames, *, with_model: bool = False) -> Answer:
    model = Arranger(size=4000)
    models = Models(model, model) if with_model else None
    return answer_question(question, tools, names, Manner(models=models)).answer


# What these say is, in a reader's own question, one more question: for advice, a forecast, or about the portfolio.
QUESTIONS_THEMSELVES = {"name of the portfolio"}


@pytest.mark.parametrize("with_model", [False, True])
def test_a_text_that_tries_to_be_more_changes_no_sentence_of_the_answer(
    tools: Tools, names: KnownNames, *, with_model: bool
) -> None:
    usual = answered(PRICE, tools, names, with_model=with_model)
    assert usual.sentences
    for name, payload in PAYLOADS[::3] if with_model else PAYLOADS:
        answer = answered(f"{PRICE} {payload}", tools, names, with_model=with_model)
        told = " ".join((answer.text, answer.understood, *answer.notes, *answer.writer.notes))
        assert not [secret for secret in SECRETS if secret in told]
        if name not in QUESTIONS_THEMSELVES:
            assert answer.sentences == usual.sentences, name


@pytest.mark.parametrize("name", sorted(QUESTIONS_THEMSELVES))
def test_a_text_that_asks_for_more_is_given_what_those_who_ask_plainly_are(
    tools: Tools, names: KnownNames, name: str
) -> None:
    plain = [answered(question, tools, names) for question in (PRICE, "How is the market?", "How is my portfolio?")]
    known = {sentence.text for answer in plain for sentence in answer.sentences}
    answer = answered(f"{PRICE} {dict(PAYLOADS)[name]}", tools, names)
    assert answer.sentences[0] == plain[0].sentences[0]
    assert {sentence.text for sentence in answer.sentences} <= known
