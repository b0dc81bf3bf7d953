from functools import partial

import pytest

from agent.briefing import ladder
from agent.briefing.write import write_sections
from agent.evaluation.acceptance import Acceptance, run_acceptance
from agent.evaluation.bad_endpoint import MISBEHAVIOURS
from agent.evaluation.cases import briefing_cases, chosen_cases, question_cases
from agent.evaluation.running import Bench, Variant
from agent.evaluation.scripted import ScriptedModel
from agent.jobs import brief
from tests.agent.evaluation.conftest import SMALL

SERVED = ("the stream cut", "a lie of each class")


@pytest.fixture(scope="module")
def found(bench: Bench) -> Acceptance:
    return run_acceptance(bench, 3, 3, SERVED, ("chat",), (SMALL,), timer=lambda: 0.0)


def test_no_lie_of_a_model_and_no_misbehaviour_of_a_server_is_published(found: Acceptance) -> None:
    assert found.false_statements == ()
    assert sum(score.recomputed for score in found.hostile) > 50


def test_no_briefing_is_missing(found: Acceptance) -> None:
    assert found.missing_briefings == ()
    assert [score.case_id for score in found.hostile if not score.published] == []


def test_hardly_a_true_sentence_is_rejected(found: Acceptance) -> None:
    assert sum(score.drafted for score in found.honest) > 20
    assert found.rejected_share <= 0.01


def test_what_was_against_it_was_really_there(found: Acceptance) -> None:
    assert all(score.rejected or score.step == "fallback" for score in found.lied_to if score.drafted)
    assert {score.variant for score in found.badly_served} >= {f"chat: {name}" for name in SERVED}
    assert found.steps()["fallback"] > 0
    assert set(found.steps()) <= {"template", "first", "retry", "dropped", "fallback"}
    assert {score.step for score in found.honest} <= {"first", "template"}


def test_a_briefing_stays_within_what_a_model_may_be_given(found: Acceptance) -> None:
    eats = found.appetite
    assert 0 < eats.input_tokens <= 6000
    assert 0 < eats.output_tokens <= 1500
    assert eats.calls == 1
    assert eats.ratio == eats.raw_tokens / eats.input_tokens


def test_a_hundred_kinds_of_trouble_are_ready() -> None:
    assert len(MISBEHAVIOURS) >= 35
    assert len(briefing_cases()) == 200
    assert len(question_cases()) >= 200


@pytest.mark.parametrize("which", ["briefings", "questions", "all"])
def test_a_limit_takes_cases_from_everywhere(which: str) -> None:
    cases = chosen_cases(which, 20)
    assert len({case.case_id for case in cases}) == 20
    assert len({case.recipe.name for case in cases}) >= 3
    assert {case.kind for case in cases} == ({"briefing", "question"} if which == "all" else {which[:-1]})


def test_a_case_knows_nothing_of_another(bench: Bench) -> None:
    cases = briefing_cases((SMALL,))[:1]
    first, second = (next(bench.run(cases, Variant("x", ScriptedModel()))) for _ in range(2))
    assert first == second
    assert first.text.count("\n") > 5


def test_with_its_guards_off_lies_are_published_and_the_judge_sees_them(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise a run without a false statement would say nothing."""
    monkeypatch.setattr(ladder, "placed_glue", lambda text, _place: text)
    monkeypatch.setattr(ladder, "_fits_sections", lambda *_arguments: True)
    monkeypatch.setattr(brief, "check_briefing", lambda *_arguments: ())
    monkeypatch.setattr(brief, "write_sections", partial(write_sections, verify=lambda *_arguments: ()))
    case = briefing_cases((SMALL,))[0]
    model = ScriptedModel("liar", 21)
    runs = [next(bench.run([case], Variant(model.model, model))) for _ in range(3)]
    seen = {item.partition(":")[0] for score in runs for item in score.false}
    assert "verifier" in seen
    assert seen & {"words of nobody", "rows", "brought along"}
