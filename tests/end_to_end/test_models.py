"""Briefings with a model, from a settings file to what a reader and an operator see."""

import json
import re
from dataclasses import dataclass, replace
from typing import Any

import pytest

from agent.briefing.document import Briefing
from agent.briefing.profile import reading_time_s
from agent.jobs.holdings import import_holdings
from tests.agent.briefing.write.ground import words
from tests.agent.jobs.drafts import willing
from tests.agent.jobs.world import NOW
from tests.agent.jobs.writing import assert_true, sentences
from tests.agent.llm.scripted import KEY, Reply, chunk, completion, event_stream, failure
from tests.end_to_end.installed import Installed

TEMPLATE = "The template wrote this text instead."


@dataclass(frozen=True)
class Failure:
    """A model that gives nothing: how, what the reader is told, and what the ledger calls it."""

    words: str
    outcome: str
    reply: Reply | None = None
    llm: str = ""
    base_url: str = ""
    requests: int = 1
    timeout_s: float = 5


FAILURES = {
    "no budget in tokens": Failure("budget", "over_budget", llm="[llm.caps]\nmonth_tokens = 0", requests=0),
    "no budget in dollars": Failure("budget", "over_budget", llm="[llm.caps]\nday_usd = 0", requests=0),
    "a key that was revoked": Failure("rejected the key", "unauthorized", failure(401, f"Incorrect API key {KEY}")),
    "a server that is down": Failure(
        "could not be reached", "unreachable", base_url="http://127.0.0.1:9/v1", timeout_s=0.3, requests=0
    ),
    "a server that hangs": Failure(
        "could not be reached", "unavailable", Reply(b'{"choices": [', stall=True), timeout_s=0.3
    ),
    "a web page": Failure("could not be read", "malformed", Reply(b"<!doctype html>", content_type="text/html")),
    "a body that is cut": Failure("could not be reached", "unavailable", Reply(b'{"choices": [{"mes', cut=True)),
    "an answer without an end": Failure("cut short", "truncated", completion('{"sections": [', "length")),
    "a stream nobody asked for": Failure("could not be read", "malformed", event_stream(chunk("{"), done=False)),
    "an account without credit": Failure("used up", "quota_spent", failure(429, "pay", "insufficient_quota")),
    "no choices": Failure("could not be read", "malformed", Reply(b'{"choices": []}')),
    "a refusal": Failure("declined to answer", "refused", completion(None, refusal="I cannot help with that.")),
    "a key for another host": Failure(
        "is for another host", "unauthorized", llm='key_host = "api.example"', requests=0
    ),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_model_that_gives_nothing_costs_the_reader_nothing_but_style(installed: Installed, name: str) -> None:
    case = FAILURES[name]
    installed.configure(case.llm, base_url=case.base_url, timeout_s=case.timeout_s)
    installed.server.play(case.reply or completion("never asked"))
    printed = " ".join(installed.commands.good("brief").split())
    (briefing,) = installed.stored()
    assert_true(briefing)
    assert (briefing.writer.name, briefing.writer.step) == ("template", "fallback")
    assert all(sentence in printed for sentence in sentences(briefing))
    assert case.words in printed
    assert TEMPLATE in printed
    assert len(installed.server.requests) == case.requests
    assert installed.rows("SELECT outcome, document_id FROM llm_call") == [(case.outcome, briefing.briefing_id)]
    assert json.loads(installed.commands.good("costs", "--json"))["failures"] == {case.outcome: 1}
    assert KEY not in printed


def test_a_revoked_key_is_not_tried_again_by_the_next_process_until_the_doctor_was_there(installed: Installed) -> None:
    installed.server.play(failure(401, "no"))
    installed.commands.good("brief")
    installed.server.script = willing
    asked = len(installed.server.requests)
    second = " ".join(installed.commands.good("brief", "--edition", "second").split())
    assert "The language model rejected the key." in second
    assert len(installed.server.requests) == asked == 1
    assert "All is well." in installed.commands.good("doctor", "--llm")
    third = " ".join(installed.commands.good("brief", "--edition", "third").split())
    assert "Arranged by the model tiny" in third


def test_a_willing_models_briefing_is_its_own_true_and_accounted_for(installed: Installed) -> None:
    installed.configure("[llm.price]\ninput_usd_per_million = 2\noutput_usd_per_million = 10")
    installed.server.script = willing
    briefing = installed.brief()
    assert_true(briefing)
    assert (briefing.writer.name, briefing.writer.step) == ("model tiny", "first")
    (request,) = installed.server.requests
    assert request.headers["authorization"] == f"Bearer {KEY}"
    # 1,000 tokens at 2 and 100 at 10 dollars a million
    assert json.loads(installed.commands.good("costs", "--since", "2025-10-01", "--json"))["total"]["usd"] == "0.003"


class Killed(BaseException):
    """The process ends here."""


def _killed_before_saving(installed: Installed) -> None:
    """A process that dies when the model has answered and nothing is stored yet."""

    def fault(name: str) -> None:
        if name == "before_save":
            raise Killed

    app = installed.application()
    with pytest.raises(Killed), app.models.ledger.run("killed"):
        replace(app.scribe(), faultpoint=fault).brief(app.wanted())


def test_the_same_facts_give_the_same_bytes_without_another_request(installed: Installed) -> None:
    installed.server.script = willing
    _killed_before_saving(installed)
    assert installed.stored() == ()
    asked = len(installed.server.requests)
    first = installed.brief()
    assert first.writer.name == "model tiny"
    assert len(installed.server.requests) == asked == 1
    (kept,) = installed.rows("SELECT document FROM briefing")
    installed.rows("DELETE FROM briefing")
    installed.rows("DELETE FROM fact")
    assert installed.brief() == first
    assert installed.rows("SELECT document FROM briefing") == [kept]
    assert len(installed.server.requests) == asked
    assert [outcome for (outcome,) in installed.rows("SELECT outcome FROM llm_call")] == ["ok", "cached", "cached"]


def test_other_facts_are_asked_for_anew(installed: Installed) -> None:
    installed.server.script = willing
    first = installed.brief()
    import_holdings(installed.application().store, "sandbox", "main", b"token_id,amount\n3375,2\n", NOW)
    second = installed.brief()
    assert second.briefing_id != first.briefing_id
    assert len(installed.server.requests) == 2


def _with_a_lie(text: str) -> str:
    """The draft, with a sentence of the model's own words put first in each section."""
    document = json.loads(text)
    for section in document["sections"]:
        section["sentences"].insert(0, {"parts": [words("Bitcoin will double tomorrow to $999,999")]})
    return json.dumps(document)


def test_a_lie_in_the_cache_is_not_published(installed: Installed) -> None:
    installed.server.script = willing
    _killed_before_saving(installed)
    ((response,),) = installed.rows("SELECT response FROM llm_cache")
    kept: dict[str, Any] = json.loads(str(response))
    lie = json.dumps(kept | {"text": _with_a_lie(kept["text"])})
    installed.rows("UPDATE llm_cache SET response = ?", lie)
    installed.server.requests.clear()
    briefing = installed.brief()
    assert_true(briefing)
    assert "999" not in " ".join(sentences(briefing))
    assert briefing.writer.step == "retry"
    assert len(installed.server.requests) == 1


def amounts_of(briefing: Briefing) -> set[str]:
    """Every amount in dollars that a sentence about the portfolio or its holdings states."""
    about = (item for item in sentences(briefing) if "portfolio" in item.lower() or "holdings" in item)
    return {amount.rstrip(".,") for item in about for amount in re.findall(r"\$[\d,.]+", item)}


def test_amounts_stay_at_home_and_are_in_the_briefing_all_the_same(installed: Installed) -> None:
    installed.configure(more="[privacy]\nshare_amounts = false")
    installed.server.script = willing
    briefing = installed.brief()
    assert briefing.writer.name == "model tiny"
    assert_true(briefing)
    ((total,),) = installed.rows(
        "SELECT sum(amount * close_usd) FROM holding JOIN bar_daily USING (asset_id) JOIN source USING (source_id) "
        "WHERE day = (SELECT max(day) FROM bar_daily) AND source.name = 'sandbox'"
    )
    assert isinstance(total, float)
    assert f"${total:,.2f}" in amounts_of(briefing)
    for amount in (*amounts_of(briefing), "0.3517", "4.2193", "61.83"):
        assert amount not in installed.bodies
        assert amount.replace(",", "").lstrip("$") not in installed.bodies


@pytest.mark.parametrize(("temperature", "sent"), [(-1, None), (0.2, 0.2)])
def test_a_temperature_is_sent_if_there_is_one(installed: Installed, temperature: float, sent: float | None) -> None:
    installed.configure(f"temperature = {temperature}")
    installed.server.script = willing
    briefing = installed.brief()
    (request,) = installed.server.requests
    assert request.body.get("temperature") == sent
    assert request.body["model"] == "tiny"
    # amounts are shared unless that is forbidden
    assert any(amount in installed.bodies for amount in amounts_of(briefing))


def test_the_readers_profile_reaches_the_model_and_the_page(installed: Installed) -> None:
    installed.configure(more='[briefing]\nreader = "researcher"\nlength = "short"\ntone = "brisk"')
    installed.server.script = willing
    briefing = installed.brief()
    (request,) = installed.server.requests
    rules = request.body["messages"][0]["content"]
    assert "someone who studies which coins changed" in rules
    assert "brisk" in rules
    assert briefing.sections[0].key.value == "signals"
    assert reading_time_s(" ".join(sentences(briefing))) <= 75


def test_the_environment_configures_a_model_as_the_file_does(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed.commands.configure()
    monkeypatch.setenv("COINBRIEF_LLM__BASE_URL", installed.server.base_url)
    monkeypatch.setenv("COINBRIEF_LLM__MODEL", "tiny")
    monkeypatch.setenv("COINBRIEF_LLM__API_KEY", KEY)
    installed.server.script = willing
    assert "Arranged by the model tiny" in " ".join(installed.commands.good("brief").split())
    assert KEY not in installed.commands.good("brief", "--json")
