"""Clauses, glue and sentences, word for word as docs/claims.md has them."""

from dataclasses import replace
from datetime import date

import pytest

from agent.claims import extract, forms
from agent.claims.claim import Segment
from agent.claims.fact import Fact
from tests.agent.claims.templates import claim_of
from tests.agent.claims.verify.wordings import CASES
from tests.agent.claims.verify.world import AS_OF, ENTITIES, Case, change, close

FORMAL = [case for case in CASES if " as of" not in case.text.replace(", as of", "")]  # we always set the comma


@pytest.mark.parametrize("case", FORMAL, ids=lambda case: case.text)
def test_the_sentences_written_by_hand_are_among_the_wordings(case: Case) -> None:
    made = {forms.compose([(case.claim, clause)]).text for clause in forms.clauses(case.claim, ENTITIES, AS_OF)}
    assert case.text in made


def test_the_safe_sentences_are_spelled_alike_on_both_sides() -> None:
    assert forms.SAFE_SENTENCES == extract.SAFE_SENTENCES


def moves() -> tuple[Fact, Fact]:
    return change("ch", "asset:btc", "-7.31"), close("cl", "asset:btc", "113214.4")


def test_figures_remember_their_facts() -> None:
    claim = claim_of("change_to_close", moves())
    sentence = forms.sentence(claim, ENTITIES, AS_OF)
    assert sentence.segments == (
        Segment("Bitcoin fell "),
        Segment("7.3%", "ch"),
        Segment(" on the day to "),
        Segment("$113,214", "cl"),
        Segment("."),
    )
    assert sentence.claim_ids == ("c1",)


def test_variants_come_round() -> None:
    claim = claim_of("change_to_close", moves())
    texts = [forms.sentence(claim, ENTITIES, AS_OF, variant).text for variant in range(4)]
    assert texts[1] == "Bitcoin closed at $113,214, down 7.3% on the day."
    assert texts[0] == texts[3]


def test_a_sentence_begins_with_a_capital_and_glue_is_merged_with_the_words_around_it() -> None:
    claim = claim_of("median", (replace(moves()[0], metric="median_change", universe="tracked", universe_size=48),))
    clause, *_ = forms.clauses(claim, ENTITIES, AS_OF)
    sentence = forms.compose(["overall, ", (claim, clause)])
    assert sentence.text == "Overall, the median change of 48 tracked coins on the day was -7.3%."
    assert [segment.fact_id for segment in sentence.segments] == [None, "ch", None]


def test_a_label_that_opens_a_sentence_is_capitalised_and_keeps_its_fact() -> None:
    none = next(case for case in CASES if case.text.startswith("No signal is new"))
    sentence = forms.sentence(none.claim, ENTITIES, AS_OF)
    assert sentence.segments[0] == Segment("No", none.facts[0].fact_id)


def test_a_claim_of_another_day_says_so_once() -> None:
    claim = claim_of("change_to_close", moves())
    for clause in forms.clauses(claim, ENTITIES, date(2025, 10, 12)):
        assert clause[-1] == Segment(", as of 10 October 2025")


def test_an_unknown_template_or_name_is_an_error() -> None:
    with pytest.raises(KeyError):
        forms.clauses(claim_of("poem", moves()), ENTITIES, AS_OF)
    with pytest.raises(KeyError):
        forms.clauses(claim_of("change_to_close", moves()), {}, AS_OF)


@pytest.mark.parametrize("template", ["change", "close", "macd_cross", "breadth"])
def test_facts_that_do_not_fit_a_template_are_an_error(template: str) -> None:
    wrong = {"change": (replace(moves()[0], window=None),), "close": (replace(moves()[1], value=None),)}
    with pytest.raises(ValueError, match=r"."):
        forms.clauses(claim_of(template, wrong.get(template, moves())), ENTITIES, AS_OF)
