"""True sentences changed at random: any changed digit, name or direction word makes them false."""

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agent.claims.claim import Segment, Sentence
from agent.claims.verify import verify_sentence, verify_text
from tests.agent.claims.verify.wordings import CASES, EVERY_FACT, TRUE_TEXTS
from tests.agent.claims.verify.world import AS_OF, ENTITIES, NAMES, Case

OPPOSITES = (
    *(("rose", "fell"), ("gained", "lost"), ("risen", "fallen"), ("gain", "loss"), ("up", "down")),
    *(("higher", "lower"), ("above", "below"), ("beat", "trailed"), ("bullish", "bearish"), ("largest", "smallest")),
    *(
        ("high", "low"),
        ("second", "third"),
        ("million", "trillion"),
        ("billion", "trillion"),
        ("oversold", "overbought"),
    ),
    *(
        ("on the day", "over 7 days"),
        ("over 90 days", "over 30 days"),
        ("trader", "investor"),
        ("tracked coins", "holdings"),
    ),
)
OTHER = {word: other for pair in OPPOSITES for word, other in (pair, pair[::-1])}
WORD = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in sorted(OTHER, key=len, reverse=True)))
NAME = re.compile("|".join(re.escape(name) for name in sorted(NAMES.values(), key=len, reverse=True)))


def refused(text: str, case: Case) -> bool:
    cited = verify_sentence(Sentence((Segment(text),), ("c1",)), {"c1": case.claim}, ENTITIES, AS_OF)
    known = verify_text(text, EVERY_FACT, ENTITIES, AS_OF)
    return cited != () and (known != () or text in TRUE_TEXTS)


def spliced(text: str, found: re.Match[str], word: str) -> str:
    return text[: found.start()] + word + text[found.end() :]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(CASES), st.data())
def test_a_changed_digit_makes_a_true_sentence_false(case: Case, data: st.DataObject) -> None:
    digits = list(re.finditer(r"\d", case.text))
    assume(digits)
    place = data.draw(st.sampled_from(digits))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != place.group()]))
    assert refused(spliced(case.text, place, digit), case)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(CASES), st.data())
def test_an_added_or_dropped_character_makes_a_true_sentence_false(case: Case, data: st.DataObject) -> None:
    body = case.text.removesuffix(".")
    place = data.draw(st.integers(0, len(body) - 1))
    assume(not body.startswith(" as of ", place))  # a comma is allowed there
    added = data.draw(st.sampled_from(["", "0", "1", "-", ",", ".", "%", " ", "s", "\u200b", "\u2212"]))
    changed = body[:place] + added + body[place + (added == "") :]
    assert refused(changed, case)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([case for case in CASES if NAME.search(case.text)]), st.data())
def test_a_swapped_name_makes_a_true_sentence_false(case: Case, data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(list(NAME.finditer(case.text))))
    name = data.draw(st.sampled_from([name for name in NAMES.values() if name != place.group()]))
    assert refused(spliced(case.text, place, name), case)


SWAPS = [
    (case, spliced(case.text, found, OTHER[found.group()])) for case in CASES for found in WORD.finditer(case.text)
]


@pytest.mark.parametrize(("case", "changed"), SWAPS, ids=[changed for _, changed in SWAPS])
def test_an_opposite_word_makes_a_true_sentence_false(case: Case, changed: str) -> None:
    assert refused(changed, case)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(CASES), st.sampled_from(CASES))
def test_a_sentence_never_passes_with_the_claim_of_another(case: Case, other: Case) -> None:
    assume(not set(case.facts) & set(other.facts))
    sentence = Sentence((Segment(case.text),), ("c1",))
    shown = {(fact.subject, fact.metric, fact.value, fact.label, fact.window) for fact in case.facts}
    others = {(fact.subject, fact.metric, fact.value, fact.label, fact.window) for fact in other.facts}
    assume(not shown & others)
    assert verify_sentence(sentence, {"c1": other.claim}, ENTITIES, AS_OF) != ()


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_no_text_at_all_crashes_the_verifier(text: str) -> None:
    assert verify_text(text, EVERY_FACT, ENTITIES, AS_OF) != ()
