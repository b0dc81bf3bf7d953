"""Differences, multiples, changes between days, means and sums are computed once more from what the text shows."""

from dataclasses import replace
from decimal import Decimal

import pytest

from agent.claims.fact import Derivation, Fact, FactRef, Metric, Unit
from agent.claims.verify import verify_text
from tests.agent.claims.verify.figures import CALM, COMPARED, DATED, MINE, VOLATILE
from tests.agent.claims.verify.world import AS_OF, ENTITIES, P, fact


def codes(text: str, *facts: Fact) -> set[str]:
    return {violation.code for violation in verify_text(text, facts, ENTITIES, AS_OF)}


def test_a_multiple_of_false_parts_is_named_as_computed() -> None:
    case = COMPARED[-1]
    wrong = replace(case.facts[0], value=Decimal("2.4"))
    assert codes(case.text.replace("2.50 times", "2.40 times"), wrong, *case.facts[1:]) == {"computed"}
    assert codes(case.text, wrong, *case.facts[1:]) == {"value"}


def test_a_difference_of_false_parts_is_named_as_computed() -> None:
    text = (
        "Solana's annualised volatility over 30 days was 11.0 percentage points above Ethereum's (61.2% against 49.0%)."
    )
    wrong = replace(COMPARED[4].facts[0], value=Decimal(11))
    assert codes(text, wrong, VOLATILE, CALM) == {"computed"}
    below = COMPARED[4].text.replace("above", "below")
    assert codes(below, *COMPARED[4].facts) == {"computed"}


def test_a_difference_in_per_cent_is_in_percentage_points() -> None:
    text = COMPARED[4].text.replace(" percentage points", "%")
    assert codes(text, *COMPARED[4].facts) == {"unread"}


def test_a_change_between_days_is_that_of_the_closes_shown() -> None:
    case = next(case for case in DATED if case.template == "change_between")
    wrong = replace(case.facts[2], value=Decimal("12.8"))
    assert codes(case.text.replace("12.3%", "12.8%"), *case.facts[:2], wrong) == {"computed"}
    backwards = case.text.replace("from 3 October 2025 to 10 October 2025", "from 10 October 2025 to 3 October 2025")
    assert codes(backwards, *case.facts) == {"unread"}


@pytest.mark.parametrize(("metric", "template", "value"), [
    (Metric.SUM, "The value of your 2 holdings together was {}.", "300"),
    (Metric.MEAN, "The mean value of your 2 holdings was {}.", "150"),
])  # fmt: skip
def test_a_total_is_that_of_the_facts_it_is_made_of(metric: Metric, template: str, value: str) -> None:
    parts = tuple(fact(name, f"asset:{name}", Metric.VALUE, Unit.USD, worth) for name, worth in
                  (("btc", "100"), ("sol", "200")))  # fmt: skip
    of = Derivation("total", "of the holdings", tuple(FactRef(part.fact_id) for part in parts))
    right = replace(
        fact("t", P, metric, Unit.USD, value, qualifier="value", **{**MINE, "universe_size": 2}), derivation=of
    )
    wrong = replace(right, value=Decimal(301))
    assert codes(template.format(f"${value}.00"), right, *parts) == set()
    assert codes(template.format("$301.00"), wrong, *parts) == {"computed"}
    assert codes(template.format("$301.00"), wrong) == set()  # its parts are not at hand
