"""Figures that follow from other figures, computed once more from the facts that the text shows."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from agent.claims.evidence import figure_of
from agent.claims.fact import Fact, FactRef, Metric
from agent.claims.grammar.assertions import Computation, Style
from agent.claims.rounding import shown

_TOTALS = frozenset({Metric.MEAN, Metric.SUM})


def false_computation(made: Computation, result: Fact, left: Fact, right: Fact) -> str | None:
    """Why the result does not follow from the two facts, or None if it does, to the digits that are shown."""
    if result.value is None or left.value is None or right.value is None:
        return "is computed of facts of which one has no value"
    if left.fact_id == right.fact_id:
        return f"is computed of {figure_of(left)} and itself"
    magnitude = made.left.figure is not None and made.left.figure.style is Style.MAGNITUDE
    one, two = (abs(left.value), abs(right.value)) if magnitude else (left.value, right.value)
    if made.operation == Metric.DIFFERENCE:
        return _false_difference(made, result, one - two, signed=not magnitude)
    if two == 0:
        return f"is computed of {figure_of(left)} over zero"
    expected = one / two if made.operation == Metric.TIMES else (one / two - 1) * 100
    return _differs(result, expected, Style.PLAIN)


def _false_difference(made: Computation, result: Fact, expected: Decimal, *, signed: bool) -> str | None:
    if made.word is None:  # the words say that nothing of it is left after rounding
        return _differs(result, expected, Style.PLAIN)
    if (expected > 0) is not (made.word == "above") or expected == 0:
        return f"says {made.word}, the difference is {shown(replace(result, value=expected), Style.SIGNED)}"
    return _differs(result, expected, Style.PLAIN if signed else Style.MAGNITUDE)


def _differs(result: Fact, expected: Decimal, style: Style) -> str | None:
    is_so, should = shown(result, style), shown(replace(result, value=expected), style)
    return None if is_so == should else f"the fact is {is_so}, its parts give {should}"


def false_total(fact: Fact, known: Mapping[str, Fact]) -> str | None:
    """Why a mean or a sum is not that of the facts it was made of, or None if it is or they are not at hand."""
    inputs = [known.get(ref.fact_id) if isinstance(ref, FactRef) else None for ref in fact.derivation.inputs]
    values = [part.value for part in inputs if part is not None and part.value is not None]
    if fact.metric not in _TOTALS or not values or len(values) < len(inputs):
        return None
    total = sum(values, Decimal(0))
    return _differs(fact, total / len(values) if fact.metric is Metric.MEAN else total, Style.PLAIN)
