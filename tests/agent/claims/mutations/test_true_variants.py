"""What docs/claims.md allows is accepted: every wording alone, after every opener, joined by every joiner, dated."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from agent.claims.fact import Fact
from agent.claims.verify import verify_text
from tests.agent.claims.mutations.mutant import DAY, lowered
from tests.agent.claims.verify.all_cases import ALL_CASES
from tests.agent.claims.verify.events import PAGE
from tests.agent.claims.verify.world import AS_OF, ENTITIES, Case

SEED = 20251011
_OPENING, _ORDERING = (
    part.split("Cause (")[0].split("After the last")[0]
    for part in PAGE.split("## Glue")[1].split("after a joiner:")[1].split("(they order the text):")
)
ANYWHERE = tuple(phrase for phrase in re.findall(r"`([a-z ]+)`", _OPENING) if phrase != "as for")
ORDERING = tuple(re.findall(r"`([a-z ]+)`", _ORDERING))
JOINERS = (" and ", " while ", "; ", ", and ", ", while ")
EVERYONE = frozenset(ENTITIES)
Variant = tuple[str, tuple[Fact, ...]]


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _is_of_holdings(case: Case) -> bool:
    """Whether glue that speaks of the reader's holdings may stand before it: not before what is of the market."""
    others = ("market", "source:", "sector:", "index:")
    return not any(fact.subject.startswith(others) for fact in case.facts)


def _opened(case: Case, phrase: str, mark: str) -> Iterator[Variant]:
    if _is_of_holdings(case) or not re.search("your|portfolio|holdings", phrase):
        yield f"{_capital(phrase)}{mark} {lowered(case.text)}", case.facts


def after_an_opener() -> Iterator[Variant]:
    rng = Random(SEED)
    for case in ALL_CASES:
        for phrase in rng.sample((*ANYWHERE, *ORDERING), 2):
            yield from _opened(case, phrase, rng.choice((",", ":")))


def as_for_its_subject() -> Iterator[Variant]:
    for case in ALL_CASES:
        entity = ENTITIES.get(case.facts[0].subject)
        if entity is not None and case.text.startswith(entity.name) and " matched " not in case.text:
            yield f"As for {entity.name}, {case.text}", case.facts


def joined() -> Iterator[Variant]:
    """Each sentence with another one by each joiner, with or without a phrase after it."""
    rng = Random(SEED)
    for one in ALL_CASES:
        for joiner in rng.sample(JOINERS, 3):
            two = rng.choice(ALL_CASES)
            phrase = rng.choice(("", *ANYWHERE))
            if {fact.subject for fact in one.facts} & {fact.subject for fact in two.facts}:
                continue  # two cases may give one subject two values
            if re.search("your|portfolio|holdings", phrase) and not _is_of_holdings(two):
                continue
            glue = f"{joiner}{phrase}, " if phrase else joiner
            yield f"{one.text.removesuffix('.')}{glue}{lowered(two.text)}", (*one.facts, *two.facts)


def dated() -> Iterator[Variant]:
    """Each sentence that shows no day, over facts of three days before."""
    for case in ALL_CASES:
        if DAY.search(case.text):
            continue
        facts = tuple(_earlier(fact) for fact in case.facts)
        for words in (", as of 7 October 2025", " as of 7 October 2025", " (as of 7 October 2025)"):
            yield f"{case.text.removesuffix('.')}{words}.", facts


def _earlier(fact: Fact) -> Fact:
    days = timedelta(days=3)
    return replace(fact, as_of=fact.as_of - days, start=None if fact.start is None else fact.start - days)


@pytest.mark.parametrize("variants", [after_an_opener, as_for_its_subject, joined, dated])
def test_no_true_variant_is_rejected(variants: Callable[[], Iterator[Variant]]) -> None:
    tried = list(variants())
    rejected = [
        (text, violations)
        for text, facts in tried
        if (violations := verify_text(text, facts, ENTITIES, AS_OF, held=EVERYONE))
    ]
    assert len(tried) >= 150
    assert rejected == []


def test_the_lists_of_glue_are_those_of_the_page() -> None:
    assert (len(ANYWHERE), len(ORDERING)) == (17, 7)
