from dataclasses import replace
from pathlib import Path

import pytest

from agent.errors import CoinbriefError
from agent.evaluation.replaying import RecordingModel, ReplayingModel
from agent.evaluation.scripted import ScriptedModel
from agent.evaluation.variants import parse_variant
from agent.evaluation.watched import VariedModel, WatchedModel
from agent.llm.errors import LLMError, Unavailable
from agent.llm.port import Message, Request, Result, Tool
from agent.llm.prompt import load_prompt
from tests.agent.evaluation.requests import briefing_request

FIXTURE = Path(__file__).parents[2] / "fixtures" / "evaluation" / "recorded.jsonl"


class Seeing:
    """Remembers what it was asked."""

    model = "seeing"

    def __init__(self) -> None:
        self.seen: list[Request] = []

    def generate(self, request: Request, on_text: object = None) -> Result:
        del on_text
        self.seen.append(request)
        return ScriptedModel().generate(request)


def test_what_was_recorded_is_replayed_word_for_word(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    asked = briefing_request()
    first = RecordingModel(ScriptedModel("verbose"), path).generate(asked)
    pieces: list[str] = []
    again = ReplayingModel(path).generate(asked, pieces.append)
    assert again == first
    assert "".join(pieces) == first.text


def test_tool_calls_are_replayed_too(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    asked = Request("ask", (Message("user", "{}"),), tools=(Tool("price", "", {}),))
    first = RecordingModel(ScriptedModel("liar"), path).generate(asked)
    assert first.tool_calls
    assert ReplayingModel(path).generate(asked).tool_calls == first.tool_calls


def test_repeats_are_replayed_in_their_order_and_the_last_for_ever(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    recording = RecordingModel(ScriptedModel("malformed"), path)
    texts = [recording.generate(briefing_request()).text for _ in range(2)]
    replaying = ReplayingModel(path)
    assert [replaying.generate(briefing_request()).text for _ in range(3)] == [*texts, texts[-1]]


def test_a_request_that_was_not_recorded_is_an_error_of_the_model(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    RecordingModel(ScriptedModel(), path).generate(briefing_request())
    with pytest.raises(Unavailable, match="record it again"):
        ReplayingModel(path).generate(replace(briefing_request(), temperature=0.9))


def test_a_failure_is_not_recorded(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    with pytest.raises(LLMError):
        RecordingModel(ScriptedModel("failing"), path).generate(briefing_request())
    assert not path.exists()


def test_a_recording_of_a_year_ago_can_still_be_read() -> None:
    model = ReplayingModel(FIXTURE)
    assert model.model == "replay:example-model"


def test_a_watched_model_keeps_what_came_and_what_failed() -> None:
    watched = WatchedModel(ScriptedModel())
    result = watched.generate(briefing_request())
    assert [exchange.result for exchange in watched.take()] == [result]
    assert watched.take() == ()
    failing = WatchedModel(ScriptedModel("failing"))
    with pytest.raises(LLMError):
        failing.generate(briefing_request())
    assert [exchange.error for exchange in failing.take()] == ["unavailable"]


def test_a_variant_changes_the_temperature_and_is_asked_anew() -> None:
    inner = Seeing()
    VariedModel(inner, temperature=0.7).generate(replace(briefing_request(), cache_scope="facts"))
    assert (inner.seen[0].temperature, inner.seen[0].cache_scope) == (0.7, None)
    assert inner.seen[0].messages == briefing_request().messages


def test_a_variant_puts_another_prompt_in_place_with_the_same_values() -> None:
    inner, own, other = Seeing(), load_prompt("ask", "2"), load_prompt("ask", "1")
    messages = (Message("system", own.render({"as_of": "10 October 2025"})), Message("user", "{}"))
    request = Request("ask", messages, prompt_sha256=own.sha256)
    for version in ("2", "1", "77"):
        VariedModel(inner, prompt_version=version).generate(request)
    assert [seen.prompt_sha256 for seen in inner.seen] == [own.sha256, other.sha256, own.sha256]
    assert inner.seen[0].messages == inner.seen[2].messages == messages
    assert inner.seen[1].messages == (Message("system", other.render({"as_of": "10 October 2025"})), messages[1])


def test_a_prompt_that_takes_other_values_is_refused() -> None:
    with pytest.raises(ValueError, match="sentences_per_section"):
        VariedModel(Seeing(), prompt_version="1").generate(briefing_request())


@pytest.mark.parametrize(
    "name",
    ["configured", "scripted:kind", "scripted:liar:99", "replay:/no/such/file", "gpt", "scripted:honest,heat=1",
      "scripted:honest,temperature=hot", "scripted:honest,prompt=1", "scripted:honest,prompt=99"],
)  # fmt: skip
def test_a_variant_that_does_not_exist_is_refused_with_a_reason(name: str) -> None:
    with pytest.raises(CoinbriefError):
        parse_variant(name, None)


def test_variants_are_made_by_name() -> None:
    assert parse_variant("template", None).model is None
    model = parse_variant("scripted:liar:7,temperature=0.2", None).model
    assert model is not None
    assert model.model == "scripted:liar:7"
