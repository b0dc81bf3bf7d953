"""Every error class is stopped: false variants of true sentences over all templates are refused, all of them."""

from collections.abc import Iterator
from itertools import islice
from random import Random

import pytest

from agent.claims.claim import Claim, ClaimKind, SectionKey, Segment, Sentence
from agent.claims.fact import Fact
from agent.claims.verify import verify_sentence, verify_text
from tests.agent.claims.mutations.classes import CLASSES
from tests.agent.claims.mutations.mutant import Mutant, lowered
from tests.agent.claims.verify.all_cases import ALL_CASES
from tests.agent.claims.verify.world import AS_OF, ENTITIES, Case

SEED = 20251010
PAIRS = 60
LEFT_OUT = 31
MOST_OF_A_CLASS = 110


def _bases() -> Iterator[Case]:
    """All sentences, and some of two claims joined."""
    yield from ALL_CASES
    rng = Random(SEED)
    for _ in range(PAIRS):
        one, two = rng.sample(ALL_CASES, 2)
        if set(one.facts) & set(two.facts):
            continue
        joiner = rng.choice((" and ", " while ", "; "))
        text = f"{one.text.removesuffix('.')}{joiner}{lowered(two.text)}"
        yield Case(f"{one.template}+{two.template}", text, (*one.facts, *two.facts))


BASES = tuple(_bases())


def mutants_of(class_id: int) -> list[tuple[Case, Mutant]]:
    """A sample of the mutants of a class, spread over all sentences that have any."""
    rng = Random(SEED + class_id)
    tried, seen = list[tuple[Case, Mutant]](), set[str]()
    for base in rng.sample(BASES, len(BASES)):
        made = list(CLASSES[class_id](base.text, {"c1": base.claim}, base.facts, ENTITIES, rng))
        for mutant in islice(rng.sample(made, len(made)), 3):
            changed = mutant.facts is not None or (mutant.text != base.text and mutant.text not in seen)
            if changed and not _true_too(mutant, base):
                seen.add(mutant.text)
                tried.append((base, mutant))
        if len(tried) >= MOST_OF_A_CLASS:
            break
    return tried


def every_mutant_of(class_id: int) -> Iterator[tuple[Case, Mutant]]:
    """All mutants of a class; what one has made is not made again of another."""
    rng, seen = Random(SEED + class_id), set[str]()
    for base in BASES:
        for mutant in CLASSES[class_id](base.text, {"c1": base.claim}, base.facts, ENTITIES, rng):
            changed = mutant.facts is not None or (mutant.text != base.text and mutant.text not in seen)
            if changed and not _true_too(mutant, base):
                if mutant.facts is None:
                    seen.add(mutant.text)
                yield base, mutant


def is_refused(base: Case, mutant: Mutant, class_id: int) -> bool:
    """Whether a mutant is stopped wherever it is looked for."""
    return all(_refused(mutant.text, mutant.facts or base.facts, class_id))


def _true_too(mutant: Mutant, base: Case) -> bool:
    """Whether a variant is itself a sentence of the page that is true of the same facts."""
    return mutant.facts is None and any(
        case.text == mutant.text and set(case.facts) <= set(base.facts) for case in ALL_CASES
    )


@pytest.mark.parametrize("class_id", sorted(CLASSES))
def test_a_text_with_an_error_of_this_class_is_refused(class_id: int) -> None:
    tried = mutants_of(class_id)
    assert len(tried) >= 20
    passed = [
        f"{base.text!r} -> {mutant.text!r} ({mutant.what})"
        for base, mutant in tried
        if not is_refused(base, mutant, class_id)
    ]
    assert passed == []


def _refused(text: str, facts: tuple[Fact, ...], class_id: int) -> Iterator[bool]:
    """By the check of a cited sentence, and by that of a bare text, which cannot know what was left out of it."""
    claim = Claim("c1", ClaimKind.LEVEL, "any", SectionKey.MARKET, facts, 0.5)
    yield verify_sentence(Sentence((Segment(text),), ("c1",)), {"c1": claim}, ENTITIES, AS_OF) != ()
    if class_id != LEFT_OUT:
        yield verify_text(text, facts, ENTITIES, AS_OF) != ()


def test_there_are_thirty_five_classes() -> None:
    assert sorted(CLASSES) == list(range(1, 36))


def test_what_is_changed_is_true_before() -> None:
    assert [base.text for base in BASES if verify_text(base.text, base.facts, ENTITIES, AS_OF)] == []
