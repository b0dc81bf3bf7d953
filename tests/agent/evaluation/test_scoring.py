import json
from dataclasses import replace
from decimal import Decimal

import pytest

from agent.briefing.profile import Profile
from agent.claims.claim import SectionKey, Segment, Sentence
from agent.evaluation.scoring import (
    Score,
    Spent,
    distinct_trigrams,
    drafted_sentences,
    rejected_count,
    repeated_starts,
    sentences_too_many,
    spent,
)
from agent.evaluation.scripted import ScriptedModel
from agent.evaluation.summary import compare, summarise
from agent.evaluation.watched import Exchange
from agent.llm.port import Usage
from tests.agent.evaluation.requests import briefing_request

RESULT = ScriptedModel().generate(briefing_request())


def exchange(**changes: object) -> Exchange:
    return Exchange(briefing_request(), replace(RESULT, **changes))


def score(case_id: str, *, passed: bool = True, variant: str = "a", **changes: object) -> Score:
    made = Score(
        case_id=case_id, kind="briefing", market=case_id[:1], day="2025-10-10", variant=variant, repeat=0,
        published=True, writer="template", step="first", false=() if passed else ("a lie",), missing=(), recomputed=3,
        sentences=4, drafted=10, rejected=1, reading_s=30, too_long=0, distinct_trigrams=0.9, repeated_starts=1,
        spent=Spent(1, 1000, 100, 1000, Decimal("0.01"), 2.0), own_s=0.1, text="",
    )  # fmt: skip
    return replace(made, **changes)


def test_trigrams_and_starts_are_counted_as_worked_by_hand() -> None:
    # a b c, b c a, c a b, a b c: three of four differ
    assert distinct_trigrams("a b c a b c") == 0.75
    assert distinct_trigrams("one two") == 1.0
    assert repeated_starts(["Bitcoin rose 1%.", "Bitcoin rose 2%.", "Ethereum fell."]) == 1


def test_what_calls_took_is_added_and_unknown_stays_unknown() -> None:
    one = exchange(usage=Usage(100, 10), cost_usd=Decimal("0.1"), latency_s=1.0)
    two = exchange(usage=Usage(300, 30), cost_usd=Decimal("0.2"), latency_s=2.0)
    found = spent([one, two, Exchange(briefing_request(), None, "unavailable")])
    assert found == Spent(3, 400, 40, 300, Decimal("0.3"), 3.0, ("unavailable",))
    assert spent([one, exchange(usage=Usage(), cost_usd=None)]).input_tokens is None
    assert spent([one, exchange(cost_usd=None)]).cost_usd is None
    assert spent([]).cost_usd is None


def test_drafted_sentences_that_were_not_published_are_rejected_ones() -> None:
    draft = {"sections": [{"key": "market", "sentences": [
        {"parts": [{"claim": "a", "form": 0}, {"text": " and "}, {"claim": "b", "form": 0}]},
        {"parts": [{"claim": "c", "form": 0}]}]}]}  # fmt: skip
    drafted = drafted_sentences([exchange(text=json.dumps(draft)), exchange(text="no draft")])
    assert drafted == (("a", "b"), ("c",))
    assert rejected_count(drafted, [Sentence((Segment("x"),), ("c",))]) == 1
    assert rejected_count(drafted, [Sentence((Segment("x"),), ids) for ids in (("c",), ("a",), ("b",))]) == 1


def test_only_what_the_profile_and_the_duty_do_not_allow_is_too_long() -> None:
    profile = Profile("holder", "short")
    most = profile.most_sentences(SectionKey.PORTFOLIO)
    counts = {SectionKey.PORTFOLIO: most + 3}
    assert sentences_too_many(counts, {}, profile) == 3
    assert sentences_too_many(counts, {SectionKey.PORTFOLIO: most + 2}, profile) == 1


def test_a_run_passes_if_it_was_published_true_and_complete() -> None:
    assert score("a/1").passed
    assert not score("a/1", published=False).passed
    assert not score("a/1", passed=False).passed
    assert not score("a/1", missing=("k7",)).passed


def test_a_summary_adds_up() -> None:
    found = summarise("a", [score("a/1"), score("a/2", passed=False), score("b/1", published=False)])
    assert (found.runs, found.passed, found.false_statements, found.unpublished) == (3, 1, 1, 1)
    assert found.rejected_share == pytest.approx(0.1)
    assert found.cost_usd == Decimal("0.03")
    assert not found.is_clean
    assert summarise("a", [score("a/1")]).is_clean
    assert summarise("a", []).reading_s is None


def test_a_comparison_lists_its_flips_and_is_paired_by_case() -> None:
    first = [score(f"{market}/{place}") for market in "abcde" for place in (1, 2)]
    second = [replace(item, variant="b", reading_s=20) for item in reversed(first)]
    second[0] = replace(second[0], false=("a lie",))
    found = compare(first, second)
    assert [(flip.case_id, flip.first_passed, flip.why) for flip in found.flips] == [("e/2", True, "false: a lie")]
    assert (found.passes.both, found.passes.only_first) == (9, 1)
    assert not found.passes.is_significant
    assert found.shifts["reading_s"].mean == -10
    assert found.shifts["reading_s"].is_significant
    assert not found.shifts["input_tokens"].is_significant


def test_variants_without_a_case_in_common_are_not_compared() -> None:
    with pytest.raises(ValueError, match="no run"):
        compare([score("a/1")], [score("b/1")])
