from dataclasses import replace

import pytest

from agent.claims.claim import Segment, Sentence
from agent.claims.forms import NO_SIGNAL
from agent.evaluation.allowed_words import foreign_words
from tests.agent.briefing.write.ground import AS_OF, CLAIMS, ENTITIES

KNOWN = {claim.claim_id: claim for claim in CLAIMS}


def foreign(text: str, *claim_ids: str) -> str | None:
    return foreign_words(Sentence((Segment(text),), claim_ids), KNOWN, ENTITIES, AS_OF)


@pytest.mark.parametrize(
    ("text", "claim_ids"),
    [
        ("Bitcoin fell 7.3% on the day.", ("q2",)),
        ("Meanwhile, Bitcoin fell 7.3% on the day and on the day, Ethereum lost 11.9%.", ("q2", "z4")),
        ("In the market, Bitcoin fell 7.3% on the day; Ethereum fell 11.9% on the day.", ("q2", "z4")),
    ],
)
def test_wordings_and_neutral_words_are_all_there_is(text: str, claim_ids: tuple[str, ...]) -> None:
    assert foreign(text, *claim_ids) is None


@pytest.mark.parametrize(
    ("text", "claim_ids"),
    [
        ("Bitcoin fell 7.3% on the day because Ethereum fell 11.9% on the day.", ("q2", "z4")),
        ("Bitcoin fell 7.4% on the day.", ("q2",)),
        ("Bitcoin rose 7.3% on the day.", ("q2",)),
        ("Bitcoin fell 7.3% on the day, buy now.", ("q2",)),
        ("Bitcoin fell 7.3% on the day and Ethereum fell 11.9% on the day.", ("q2",)),
        ("Bitcoin fell 7.3% on the day \u0430nd Ethereum fell 11.9% on the day.", ("q2", "z4")),
        ("Bitcoin fell 7.3% on the day.", ("unknown",)),
        ("Bitcoin doubled.", ()),
    ],
)
def test_anything_else_is_named(text: str, claim_ids: tuple[str, ...]) -> None:
    assert foreign(text, *claim_ids)


def test_a_sentence_without_a_claim_is_one_of_those_that_code_says() -> None:
    assert foreign(NO_SIGNAL) is None
    assert foreign(NO_SIGNAL.replace("No", "A")) is not None


def test_a_claim_of_another_value_has_other_words() -> None:
    fact = replace(KNOWN["q2"].facts[0], value=KNOWN["z4"].facts[0].value)
    other = {"q2": replace(KNOWN["q2"], facts=(fact,))}
    sentence = Sentence((Segment("Bitcoin fell 7.3% on the day."),), ("q2",))
    assert foreign_words(sentence, other, ENTITIES, AS_OF)
