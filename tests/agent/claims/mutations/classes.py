"""The 35 ways in which a text about figures goes wrong, each as a maker of false variants of a true text.

That a variant is false follows from how it was made: the facts at hand are those of the true text and no others, so
another figure, name, window or word cannot be true of them. Pairs that would stay true when exchanged are left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from agent.claims.claim import Claim
from agent.claims.fact import Entity, Fact
from tests.agent.claims.mutations import wrong_figures, wrong_words
from tests.agent.claims.mutations.mutant import Change, Mutant, Mutants, made, names_in


def _worded(class_id: int, change: Change) -> Mutants:
    def mutants(
        text: str, claims: Mapping[str, Claim], facts: Sequence[Fact], entities: Mapping[str, Entity], rng: Random
    ) -> Iterator[Mutant]:
        del claims, facts
        return made(class_id, change(text, names_in(text, entities), rng), change.__name__.strip("_"))

    return mutants


def _replayed(
    text: str, claims: Mapping[str, Claim], facts: Sequence[Fact], entities: Mapping[str, Entity], rng: Random
) -> Iterator[Mutant]:
    """The text as it was, over facts of the next day: each value is another one by as much as can be seen."""
    del claims, entities, rng
    tomorrow = tuple(_a_day_later(fact) for fact in facts)
    yield Mutant(text, 35, "the next day's facts", tomorrow)
    if all(fact.value is not None for fact in facts):
        yield Mutant(text, 35, "the next day's values", tuple(replace(fact, value=_moved(fact)) for fact in facts))


def _a_day_later(fact: Fact) -> Fact:
    return replace(
        fact,
        value=_moved(fact),
        as_of=fact.as_of + timedelta(days=1),
        start=None if fact.start is None else fact.start + timedelta(days=1),
        label=f"{fact.label} later" if fact.value is None else fact.label,
    )


def _moved(fact: Fact) -> Decimal | None:
    return None if fact.value is None else fact.value * Decimal("-1.5") - 1


_CHANGES = dict(enumerate((*wrong_figures.CHANGES, *wrong_words.CHANGES), 1))
CLASSES: dict[int, Mutants] = {
    **{class_id: _worded(class_id, change) for class_id, change in _CHANGES.items()},
    35: _replayed,
}
"""By the number of the class in docs/claims.md."""
