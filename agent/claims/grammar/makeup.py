"""Wordings of what the portfolio is made of: traits, forms of the same coin, cash, and how many holdings count."""

from dataclasses import replace

from agent.claims.fact import Metric
from agent.claims.grammar.assertions import PORTFOLIO, Assertion
from agent.claims.grammar.patterns import Build, Rule, Seen, rule, stated

_TRAITS: tuple[tuple[str, str, str], ...] = (
    ("sector", "is in the sector {trait}", "the sector {trait}"),
    ("chain", "is on the chain {trait}", "what is on the chain {trait}"),
    ("consensus", "has the consensus {trait}", "what has the consensus {trait}"),
    ("use case", "has the use case {trait}", "what has the use case {trait}"),
    ("region", "comes from the region {trait}", "what comes from the region {trait}"),
    ("tier by market value", "is in the tier {trait} by market value", "the tier {trait} by market value"),
)


def _trait(qualifier: str) -> Build:
    def build(seen: Seen) -> tuple[Assertion, ...]:
        share = stated(Metric.TRAIT_SHARE, seen.figure("level%"), PORTFOLIO)
        return (replace(share, qualifier=qualifier, label=seen.word("trait")),)

    return build


def _in_the_end(seen: Seen) -> tuple[Assertion, ...]:
    return (stated(Metric.END_SHARE, seen.figure("level%"), seen.subject()),)


def _cash(seen: Seen) -> tuple[Assertion, ...]:
    return (replace(stated(Metric.CASH_SHARE, seen.figure("level%"), PORTFOLIO), label=seen.word("currency")),)


def _held_again(seen: Seen) -> tuple[Assertion, ...]:
    return (stated(Metric.HELD_AGAIN, seen.figure("level%"), PORTFOLIO),)


def _counted(metric: Metric, slot: str, one: str) -> Build:
    """A count of the holdings, or of groups of them, with its verb or noun in the number it asks for."""

    def build(seen: Seen) -> tuple[Assertion, ...]:
        count = seen.figure("count")
        made = replace(stated(metric, count, PORTFOLIO, seen.window()), universe=seen.universe())
        return (made,) if (count.value == 1) is (seen.word(slot) == one) else ()

    return build


RULES: tuple[Rule, ...] = (
    *(rule(f"{{level%}} of {{portfolio}} {has}", _trait(qualifier)) for qualifier, has, _ in _TRAITS),
    *(rule(f"{what} makes up {{level%}} of {{portfolio}}", _trait(qualifier)) for qualifier, _, what in _TRAITS),
    rule(
        "with other forms counted as what they stand for, {subject:asset} makes up {level%} of {portfolio}",
        _in_the_end,
    ),
    rule(
        "{subject:asset} makes up {level%} of {portfolio} with other forms counted as what they stand for",
        _in_the_end,
    ),
    rule("stablecoins of the {currency} make up {level%} of {portfolio}", _cash),
    rule("{level%} of {portfolio} is in stablecoins of the {currency}", _cash),
    rule("{level%} of {portfolio} is in other forms of coins that it holds already", _held_again),
    rule("other forms of coins that it holds already make up {level%} of {portfolio}", _held_again),
    rule(
        "{count} of {universe} alone {reach} 95% of the risk reduction of all of them {window}",
        _counted(Metric.ENOUGH_HOLDINGS, "reach", "reaches"),
    ),
    rule(
        "{window}, {count} of {universe} alone {reach} 95% of the risk reduction of all of them",
        _counted(Metric.ENOUGH_HOLDINGS, "reach", "reaches"),
    ),
    rule(
        "{universe} fall into {count} {groups} alike {window}",
        _counted(Metric.ALIKE_GROUPS, "groups", "group that moves"),
    ),
    rule(
        "{window}, {universe} fall into {count} {groups} alike",
        _counted(Metric.ALIKE_GROUPS, "groups", "group that moves"),
    ),
)
