"""Finds the facts that back what a text asserts, and says in words what is wrong where none does."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from agent.claims.computing import false_computation, false_total
from agent.claims.evidence import Difference, differences, same_subject
from agent.claims.extract import Reading
from agent.claims.fact import Entity, Fact, Metric
from agent.claims.grammar.assertions import PORTFOLIO, Assertion
from agent.claims.relations import false_relation

_OF_HOLDINGS = frozenset({"holdings", "pairs"})
_HELD_METRICS = frozenset({Metric.WEIGHT, Metric.CONTRIBUTION})


@dataclass(frozen=True, slots=True)
class Backing:
    """An assertion with the facts that back it; if there is none, how the nearest fact differs."""

    assertion: Assertion
    facts: tuple[Fact, ...]
    differences: tuple[Difference, ...] = ()


def backings(reading: Reading, facts: Sequence[Fact], as_of: date, known: Sequence[Fact] = ()) -> tuple[Backing, ...]:
    """The backing of every assertion of a text, in order; `known` are further facts that a total may be made of."""
    by_id = {fact.fact_id: fact for fact in (*known, *facts)}
    return tuple(
        _added_up(_computed(_related(_back(assertion, facts, as_of), facts, as_of), facts, as_of), by_id)
        for assertion in reading.assertions
    )


def faults(
    found: Sequence[Backing], facts: Sequence[Fact], entities: Mapping[str, Entity], held: frozenset[str]
) -> Iterator[Difference]:
    """What is wrong with the assertions of a text taken together."""
    for backing in found:
        what = _what(backing.assertion, entities)
        for difference in backing.differences:
            yield Difference(difference.code, f"{what}: {difference.detail}")
        if backing.assertion.held and not _is_held(backing.assertion, held):
            yield Difference("holding", f"{what}: is put among the holdings, no fact shows that it is one")
    yield from _repeated(found, entities)
    portfolios = {fact.subject for fact in facts if fact.subject.startswith("portfolio:")}
    if len(portfolios) > 1 and any(backing.assertion.subject == PORTFOLIO for backing in found):
        yield Difference("subject", f"your portfolio could be any of {', '.join(sorted(portfolios))}")


def holdings(facts: Sequence[Fact]) -> frozenset[str]:
    """The subjects that a weight, a contribution or a rank among holdings shows to be held."""
    return frozenset(
        fact.subject
        for fact in facts
        if fact.metric in _HELD_METRICS or (fact.rank is not None and fact.universe == "holdings")
    )


def _repeated(found: Sequence[Backing], entities: Mapping[str, Entity]) -> Iterator[Difference]:
    """Whole clauses that come twice; part of one may come again, as Bitcoin does in two comparisons with it."""
    clauses: dict[tuple[int, int], tuple[Assertion, ...]] = {}
    for backing in found:
        said = replace(backing.assertion, held=False)
        clauses[said.clause] = (*clauses.get(said.clause, ()), said)
    for clause, times in Counter(clauses.values()).items():
        if times > 1:
            yield Difference("duplicate", f"{_what(clause[0], entities)}: is stated {times} times")


def _back(assertion: Assertion, facts: Sequence[Fact], as_of: date) -> Backing:
    candidates = [fact for fact in facts if fact.metric is assertion.metric]
    if not candidates:
        return Backing(assertion, (), (Difference("unbacked", "no cited fact gives it"),))
    own = [fact for fact in candidates if same_subject(assertion, fact)]
    compared = [(differences(assertion, fact, as_of), fact) for fact in own or candidates]
    matching = tuple(fact for found, fact in compared if not found)
    if matching:
        return Backing(assertion, matching)
    nearest = min(compared, key=lambda pair: (pair[1].unit is not assertion.unit, len(pair[0])))
    return Backing(assertion, (), nearest[0])


def _related(backing: Backing, facts: Sequence[Fact], as_of: date) -> Backing:
    relation = backing.assertion.relation
    if relation is None or not backing.facts:
        return backing
    against = _back(relation.against, facts, as_of)
    if not against.facts:
        return backing  # the other side is an assertion of its own, and its differences are reported there
    false = false_relation(backing.assertion, relation, backing.facts[0], against.facts[0])
    return backing if false is None else Backing(backing.assertion, (), (Difference("comparison", false),))


def _computed(backing: Backing, facts: Sequence[Fact], as_of: date) -> Backing:
    made = backing.assertion.computation
    if made is None or not backing.facts:
        return backing
    left, right = (_back(part, facts, as_of).facts for part in (made.left, made.right))
    if not left or not right:
        return backing  # the parts are assertions of their own, and their differences are reported there
    false = false_computation(made, backing.facts[0], left[0], right[0])
    return backing if false is None else Backing(backing.assertion, (), (Difference("computed", false),))


def _added_up(backing: Backing, by_id: Mapping[str, Fact]) -> Backing:
    false = None if not backing.facts else false_total(backing.facts[0], by_id)
    return backing if false is None else Backing(backing.assertion, (), (Difference("computed", false),))


def _is_held(said: Assertion, held: frozenset[str]) -> bool:
    if said.subject is None and said.universe is not None:
        return said.universe.kind in _OF_HOLDINGS
    return said.subject == PORTFOLIO or said.subject in held


def _what(assertion: Assertion, entities: Mapping[str, Entity]) -> str:
    metric = assertion.metric.replace("_", " ")
    if assertion.subject is None:
        return metric
    entity = entities.get(assertion.subject)
    return f"{metric} of {assertion.subject if entity is None else entity.name}"
