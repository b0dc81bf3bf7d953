import json
from dataclasses import replace

import pytest

from agent.briefing.draft import DraftError
from agent.claims.forms import clauses
from agent.evaluation.lies import CLASSES
from agent.evaluation.offered import offered_in
from agent.evaluation.scripted import BEHAVIOURS, ScriptedModel
from agent.llm.errors import LLMError
from agent.llm.port import Message, Request, Tool
from tests.agent.briefing.write.ground import AS_OF, CLAIMS, ENTITIES
from tests.agent.evaluation.requests import briefing_request, checked

TRUE = {
    "".join(segment.text for segment in clause)
    for claim in CLAIMS
    for clause in clauses(claim, ENTITIES, AS_OF)
}  # fmt: skip


def written(model: ScriptedModel, request: Request | None = None) -> str:
    return model.generate(request or briefing_request()).text


def test_what_is_offered_is_read_back() -> None:
    found = offered_in(briefing_request())
    assert {claim.claim_id for claim in found} == {claim.claim_id for claim in CLAIMS}
    assert {claim.claim_id for claim in found if claim.must} == {"k7"}
    assert {form for claim in found for form in claim.forms} <= TRUE


@pytest.mark.parametrize("behaviour", ["honest", "lazy", "slow"])
def test_who_means_well_is_published_whole(behaviour: str) -> None:
    found = checked(written(ScriptedModel(behaviour)))
    assert found.faults == ()
    assert found.is_complete


def test_the_lazy_say_what_they_must_and_the_verbose_all_there_is() -> None:
    assert [item.claim_ids for _, item in checked(written(ScriptedModel("lazy"))).sentences] == [("k7",)]
    assert len(checked(written(ScriptedModel("verbose"))).sentences) == len(CLAIMS)


def test_the_honest_give_the_same_draft_for_the_same_request() -> None:
    model = ScriptedModel()
    assert written(model) == written(model) == written(ScriptedModel())


@pytest.mark.parametrize("class_id", CLASSES)
def test_each_class_has_lies_that_a_writer_has_to_reject(class_id: int) -> None:
    model = ScriptedModel("liar", class_id)
    for _ in range(12):
        text = written(model)
        try:
            found = checked(text)
        except DraftError:
            continue  # a lie beside the schema
        assert found.faults
        assert all(claim_id in {"k7", "q2", "z4", "m9"} for _, item in found.sentences for claim_id in item.claim_ids)


def test_words_of_a_lie_are_never_those_of_a_wording() -> None:
    for class_id in CLASSES:
        model = ScriptedModel("liar", class_id)
        own = {
            part["text"].strip(" ,;.")
            for _ in range(8)
            for section in json.loads(written(model)).get("sections", ())
            for sentence in section["sentences"]
            for part in sentence["parts"]
            if "text" in part
        }
        assert own
        assert not own & TRUE


def test_a_malformed_answer_is_no_draft() -> None:
    model = ScriptedModel("malformed")
    for _ in range(7):
        with pytest.raises(DraftError):
            checked(written(model))


def test_the_injected_obey_and_are_stopped() -> None:
    found = checked(written(ScriptedModel("injected")))
    assert {fault.code for fault in found.faults} >= {"glue"}


def test_the_failing_fail_in_every_way_there_is() -> None:
    model, codes = ScriptedModel("failing"), set()
    for _ in range(9):
        with pytest.raises(LLMError) as caught:
            model.generate(briefing_request())
        codes.add(caught.value.code)
    assert len(codes) == 9


def test_the_slow_say_so_and_nobody_waits() -> None:
    assert ScriptedModel("slow").generate(briefing_request()).latency_s > 10


def test_an_answer_comes_in_pieces_that_make_the_whole() -> None:
    pieces: list[str] = []
    result = ScriptedModel().generate(briefing_request(), pieces.append)
    assert len(pieces) > 1
    assert "".join(pieces) == result.text


def test_a_liar_calls_what_there_is_not_and_only_once() -> None:
    request = Request("ask", (Message("system", "x"), Message("user", "{}")), tools=(Tool("price", "", {}),))
    model = ScriptedModel("liar")
    assert model.generate(request).tool_calls
    again = replace(request, messages=(*request.messages, Message("tool", "{}", tool_call_id="1")))
    assert not model.generate(again).tool_calls
    assert not ScriptedModel().generate(request).tool_calls


def test_what_is_read_and_written_is_counted() -> None:
    usage = ScriptedModel().generate(briefing_request()).usage
    assert usage.input_tokens is not None
    assert usage.input_tokens > sum(len(message.content) for message in briefing_request().messages) / 3
    assert usage.output_tokens


@pytest.mark.parametrize(("behaviour", "class_id"), [("kind", None), ("liar", 0), ("liar", 36)])
def test_a_model_that_does_not_exist_is_refused(behaviour: str, class_id: int | None) -> None:
    with pytest.raises(ValueError, match="not"):
        ScriptedModel(behaviour, class_id)


def test_every_behaviour_can_be_named() -> None:
    assert {ScriptedModel(name).model for name in BEHAVIOURS} == {f"scripted:{name}" for name in BEHAVIOURS}
