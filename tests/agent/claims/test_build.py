"""A claim is made only if all its facts are there, once, and never weighs more than 1."""

import pytest

from agent.claims.build import Draft, claim, claims
from agent.claims.claim import ClaimKind, SectionKey
from tests.agent.claims.verify.world import change, close

FACTS = {"asset:1/change_1d": change("ch", "asset:1", "-7.3"), "asset:1/close": close("cl", "asset:1", "5")}
BOTH = ("asset:1/change_1d", "asset:1/close")


def draft(*keys: str, salience: float = 0.5, section: SectionKey = SectionKey.MARKET) -> Draft:
    return Draft("change_to_close", ClaimKind.CHANGE, section, keys, salience, mandatory=True)


def test_a_claim_has_its_facts_in_the_order_of_its_draft() -> None:
    made = claim(FACTS, "seed", draft(*BOTH))
    assert made is not None
    assert [fact.fact_id for fact in made.facts] == ["ch", "cl"]
    assert (made.template, made.section, made.mandatory) == ("change_to_close", SectionKey.MARKET, True)


def test_without_one_of_its_facts_there_is_no_claim() -> None:
    assert claim(FACTS, "seed", draft("asset:1/close", "asset:2/close")) is None
    assert claims(FACTS, "seed", [draft("asset:2/close")]) == ()


def test_a_draft_that_comes_twice_makes_one_claim_and_another_section_another() -> None:
    made = claims(FACTS, "seed", [draft(*BOTH), draft(*BOTH, salience=0.9), draft(*BOTH, section=SectionKey.MOVERS)])
    assert [item.salience for item in made] == [0.5, 0.5]
    assert len({item.claim_id for item in made}) == 2


def test_ids_depend_on_the_seed_and_nothing_else() -> None:
    ids = [claims(FACTS, seed, [draft(*BOTH)])[0].claim_id for seed in ("a", "a", "b")]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(("given", "kept"), [(1.7, 1.0), (-0.1, 0.0), (0.4, 0.4)])
def test_salience_is_between_zero_and_one(given: float, kept: float) -> None:
    assert claims(FACTS, "seed", [draft(*BOTH, salience=given)])[0].salience == kept
