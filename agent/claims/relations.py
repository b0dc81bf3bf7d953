"""Comparisons between two facts: beat, trailed, matched, and a value against its earlier self."""

from decimal import Decimal

from agent.claims.evidence import figure_of
from agent.claims.fact import Fact
from agent.claims.grammar.assertions import Assertion, Direction, Relation
from agent.claims.rounding import rounded

_ABOVE, _EQUAL, _BELOW = 1, 0, -1
_ORDERS: dict[str, int] = {
    "beat": _ABOVE,
    "matched": _EQUAL,
    "trailed": _BELOW,
    Direction.UP: _ABOVE,
    Direction.FLAT: _EQUAL,
    Direction.DOWN: _BELOW,
}


def false_relation(assertion: Assertion, relation: Relation, left: Fact, right: Fact) -> str | None:
    """Why the comparison does not hold between the facts that back its two sides, or None if it does.

    The shown values and the exact ones must both be in the order the word says; `matched` and `unchanged` ask for
    equality of the shown ones only, because that is what rounding leaves.
    """
    if left.value is None or right.value is None:
        return "compares facts of which one has no value"
    if left.fact_id == right.fact_id:
        return f"compares {figure_of(left)} with itself"
    order = _ORDERS[relation.word]
    if _order(_shown(left), _shown(right)) != order or order not in (_EQUAL, _order(left.value, right.value)):
        return f"says {relation.word}, the facts are {figure_of(left)} against {figure_of(right)}"
    return _false_crossing(assertion, left, right)


def _false_crossing(assertion: Assertion, now: Fact, before: Fact) -> str | None:
    bound = assertion.threshold
    if bound is None or bound.side != "crossing":
        return None
    thresholds = {now.threshold, before.threshold} - {None}
    if thresholds != {bound.value}:
        return f"names the threshold {bound.value}, the facts' is {now.threshold}"
    sides = {(_reached(before.value, bound.value), _reached(now.value, bound.value))}
    sides.add((_shown(before) >= bound.value, _shown(now) >= bound.value))
    crossed = sides in ({(True, False)}, {(False, True)})
    return None if crossed else f"says it crossed {bound.value}, from {figure_of(before)} to {figure_of(now)}"


def _reached(value: Decimal | None, threshold: Decimal) -> bool:
    return value is not None and value >= threshold


def _shown(fact: Fact) -> Decimal:
    return rounded(fact.value or Decimal(0), fact.metric, fact.unit)


def _order(left: Decimal, right: Decimal) -> int:
    return (left > right) - (left < right)
