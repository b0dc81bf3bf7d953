"""Comparisons between two facts: beat, trailed, matched, higher, lower, and a value against its earlier self."""

from collections.abc import Callable
from decimal import Decimal

from agent.claims.evidence import figure_of, written
from agent.claims.fact import Fact
from agent.claims.grammar.assertions import Assertion, Direction, Relation, Style
from agent.claims.rounding import shown_value

_ABOVE, _EQUAL, _BELOW = 1, 0, -1
_ORDERS: dict[str, int] = {
    "beat": _ABOVE,
    "higher": _ABOVE,
    "lower": _BELOW,
    "matched": _EQUAL,
    "trailed": _BELOW,
    Direction.UP: _ABOVE,
    Direction.FLAT: _EQUAL,
    Direction.DOWN: _BELOW,
}


def false_relation(assertion: Assertion, relation: Relation, left: Fact, right: Fact) -> str | None:
    """Why the comparison does not hold between the facts that back its two sides, or None if it does.

    The shown values and the exact ones must both be in the order the word says; `matched` and `unchanged` ask for
    equality of the shown ones only, because that is what rounding leaves. Magnitudes are compared without sign.
    """
    if left.value is None or right.value is None:
        return "compares facts of which one has no value"
    if left.fact_id == right.fact_id:
        return f"compares {figure_of(left)} with itself"
    if relation.word in set(Direction) and left.metric is right.metric and right.as_of >= left.as_of:
        return f"says it was {figure_of(right)} before, on {written(right.as_of)}"
    order, size = _ORDERS[relation.word], _sized(assertion)
    shown = _order(size(shown_value(left)), size(shown_value(right)))
    if shown != order or order not in (_EQUAL, _order(size(left.value), size(right.value))):
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
    sides.add((shown_value(before) >= bound.value, shown_value(now) >= bound.value))
    crossed = sides in ({(True, False)}, {(False, True)})
    return None if crossed else f"says it crossed {bound.value}, from {figure_of(before)} to {figure_of(now)}"


def _reached(value: Decimal | None, threshold: Decimal) -> bool:
    return value is not None and value >= threshold


def _sized(assertion: Assertion) -> Callable[[Decimal], Decimal]:
    """How the words see a value: of a magnitude only its size."""
    magnitude = assertion.figure is not None and assertion.figure.style is Style.MAGNITUDE
    return abs if magnitude else Decimal


def _order(left: Decimal, right: Decimal) -> int:
    return (left > right) - (left < right)
