"""Every wording of docs/claims.md is read, and accepted when the facts say so."""

import re

import pytest

from agent.analytics.signals.registry import SIGNALS as REGISTERED
from agent.claims.claim import Segment, Sentence
from agent.claims.verify import verify_sentence, verify_text
from tests.agent.claims.verify.all_cases import ALL_CASES
from tests.agent.claims.verify.events import PAGE, SIGNALS
from tests.agent.claims.verify.world import AS_OF, ENTITIES, Case


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case.text)
def test_a_true_sentence_is_accepted_with_its_claim(case: Case) -> None:
    sentence = Sentence((Segment(case.text),), ("c1",))
    assert verify_sentence(sentence, {"c1": case.claim}, ENTITIES, AS_OF) == ()


@pytest.mark.parametrize("case", ALL_CASES, ids=lambda case: case.text)
def test_a_true_sentence_is_accepted_as_text(case: Case) -> None:
    assert verify_text(case.text, case.facts, ENTITIES, AS_OF) == ()


def test_there_is_a_true_sentence_for_every_template_of_the_page() -> None:
    templates = set[str]()
    for table in re.findall(r"^\| template \|.*\n((?:\|.*\n)+)", PAGE, re.MULTILINE):
        templates |= set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
    assert len(templates) >= 60
    assert templates == {case.template for case in ALL_CASES}


def test_every_registered_signal_can_be_read() -> None:
    older = PAGE.split("Signals that older templates word")[1].split("keep those")[0]
    assert {signal.name for signal in REGISTERED} == set(SIGNALS) | set(re.findall(r"`(\w+)`", older))
