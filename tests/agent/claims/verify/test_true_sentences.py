"""Every wording of docs/claims.md is read, and accepted when the facts say so."""

import re
from pathlib import Path

import pytest

from agent.claims.claim import Segment, Sentence
from agent.claims.verify import verify_sentence, verify_text
from tests.agent.claims.verify.wordings import CASES
from tests.agent.claims.verify.world import AS_OF, ENTITIES, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_a_true_sentence_is_accepted_with_its_claim(case: Case) -> None:
    sentence = Sentence((Segment(case.text),), ("c1",))
    assert verify_sentence(sentence, {"c1": case.claim}, ENTITIES, AS_OF) == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_a_true_sentence_is_accepted_as_text(case: Case) -> None:
    assert verify_text(case.text, case.facts, ENTITIES, AS_OF) == ()


def test_there_is_a_true_sentence_for_every_template_of_the_page() -> None:
    page = (Path(__file__).parents[4] / "docs" / "claims.md").read_text(encoding="utf-8")
    wordings = page.split("## Wordings")[1].split("## Glue")[0]
    templates = set(re.findall(r"^\| `(\w+)` \|", wordings, re.MULTILINE))
    assert len(templates) >= 40
    assert templates == {case.template for case in CASES}
