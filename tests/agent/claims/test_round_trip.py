"""What `forms` words, the verifier reads, and reads as nothing else: the two were written apart."""

from dataclasses import fields, replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agent.claims.claim import Sentence
from agent.claims.fact import Fact
from agent.claims.forms import WORDINGS, clauses, compose
from agent.claims.verify import verify_sentence
from tests.agent.claims.templates import TEMPLATES, claim_of, of_another_day
from tests.agent.claims.values import ENTITIES
from tests.agent.claims.verify import world
from tests.agent.claims.verify.all_cases import ALL_CASES
from tests.agent.claims.verify.world import AS_OF

EVERY_TEMPLATE = pytest.mark.parametrize("template", sorted(TEMPLATES))
OWN_DAY = {"coverage", "stale", "deepest_fall"}
CHANGED = (
    *("subject", "value", "as_of", "label", "window", "start", "other"),
    *("universe", "universe_size", "rank", "rank_from_bottom", "qualifier", "source"),
)


def sentences(template: str, facts: tuple[Fact, ...]) -> tuple[Sentence, ...]:
    claim = claim_of(template, facts)
    return tuple(compose([(claim, clause)]) for clause in clauses(claim, ENTITIES, AS_OF))


def test_there_are_facts_for_every_template() -> None:
    assert set(TEMPLATES) <= set(WORDINGS) == {case.template for case in ALL_CASES}


def test_every_wording_of_hand_made_facts_is_read_as_them() -> None:
    worded = [
        (case.claim, compose([(case.claim, clause)]))
        for case in ALL_CASES
        for clause in clauses(case.claim, world.ENTITIES, AS_OF)
    ]
    found = [(made, verify_sentence(made, {"c1": claim}, world.ENTITIES, AS_OF)) for claim, made in worded]
    assert len(worded) > 500
    assert [(made.text, violations) for made, violations in found if violations] == []


@EVERY_TEMPLATE
@settings(max_examples=12)
@given(data=st.data())
def test_every_wording_of_a_claim_is_read_as_that_claim(template: str, data: st.DataObject) -> None:
    facts = data.draw(TEMPLATES[template])
    for sentence in sentences(template, facts):
        assert verify_sentence(sentence, {"c1": claim_of(template, facts)}, ENTITIES, AS_OF) == (), sentence.text


@EVERY_TEMPLATE
@settings(max_examples=4)
@given(data=st.data(), days=st.integers(-1, 40))
def test_a_claim_of_another_day_shows_its_day(template: str, data: st.DataObject, days: int) -> None:
    facts = data.draw(TEMPLATES[template])
    late = facts if template in OWN_DAY else of_another_day(facts, days)
    for sentence in sentences(template, late):
        assert verify_sentence(sentence, {"c1": claim_of(template, late)}, ENTITIES, AS_OF) == (), sentence.text


@EVERY_TEMPLATE
@settings(max_examples=12)
@given(data=st.data())
def test_a_claim_is_refused_by_facts_that_say_something_else(template: str, data: st.DataObject) -> None:
    facts, others = data.draw(TEMPLATES[template]), data.draw(TEMPLATES[template])
    place = data.draw(st.integers(0, len(facts) - 1))
    different = [name for name in CHANGED if getattr(facts[place], name) != getattr(others[place], name)]
    field = data.draw(st.sampled_from(different or ["subject"]))
    changed = replace(facts[place], **{field: getattr(others[place], field)})
    true = (*facts[:place], changed, *facts[place + 1 :])
    for sentence in sentences(template, facts):
        if sentence.text not in _texts(template, true):
            assert verify_sentence(sentence, {"c1": claim_of(template, true)}, ENTITIES, AS_OF), (
                f"{sentence.text!r} was accepted though {field} is {getattr(changed, field)!r}"
            )


def _texts(template: str, facts: tuple[Fact, ...]) -> set[str]:
    try:
        return {sentence.text for sentence in sentences(template, facts)}
    except (KeyError, ValueError):  # facts that do not fit each other have no words
        return set()


@settings(max_examples=60)
@given(data=st.data())
def test_two_claims_in_one_sentence_are_read_as_those_two(data: st.DataObject) -> None:
    names = [data.draw(st.sampled_from(sorted(TEMPLATES))) for _ in range(2)]
    made = [data.draw(TEMPLATES[name]) for name in names]
    made[1] = tuple(replace(fact, fact_id=f"2{fact.fact_id}") for fact in made[1])
    both = [claim_of(name, facts, f"c{place}") for place, (name, facts) in enumerate(zip(names, made, strict=True))]
    worded = [clauses(claim, ENTITIES, AS_OF) for claim in both]
    first, second = (data.draw(st.sampled_from(options)) for options in worded)
    glue = data.draw(st.sampled_from([" and ", ", while ", "; ", ", and ", "; meanwhile, "]))
    texts = [{"".join(segment.text for segment in clause) for clause in options} for options in worded]
    assume(texts[0].isdisjoint(texts[1]))  # one claim in two wordings is a repetition
    sentence = compose([(both[0], first), glue, (both[1], second)])
    claims = {claim.claim_id: claim for claim in both}
    contradicted = {item.code for item in verify_sentence(sentence, claims, ENTITIES, AS_OF)}
    assert contradicted == set(), sentence.text


def test_the_fields_that_are_changed_are_fields_of_a_fact() -> None:
    assert set(CHANGED) < {field.name for field in fields(Fact)}
