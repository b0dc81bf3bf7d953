"""Wordings of weights: how far holdings are from their targets, and what other weights would have done."""

from dataclasses import replace

from agent.claims.fact import Metric, Unit
from agent.claims.grammar.assertions import PORTFOLIO, Assertion, Computation, Direction
from agent.claims.grammar.patterns import Build, Rule, Seen, rule, stated

_SIDES = {"above": Direction.UP, "below": Direction.DOWN}


def _weighed(seen: Seen) -> tuple[Assertion, Assertion]:
    weight = stated(Metric.WEIGHT, seen.figure("level%"), seen.subject())
    return weight, stated(Metric.TARGET_WEIGHT, seen.figure("target"), seen.subject())


def _off_target(seen: Seen) -> tuple[Assertion, ...]:
    weight, target = _weighed(seen)
    side = seen.word("crossed")
    gap = replace(stated(Metric.TARGET_GAP, seen.figure("pp"), seen.subject()), direction=_SIDES[side])
    return weight, target, replace(gap, computation=Computation(Metric.DIFFERENCE, weight, target, side))


def _on_target(seen: Seen) -> tuple[Assertion, ...]:
    weight, target = _weighed(seen)
    gap = Assertion(Metric.TARGET_GAP, Unit.PP, seen.subject(), direction=Direction.FLAT)
    return weight, target, replace(gap, computation=Computation(Metric.DIFFERENCE, weight, target))


def _to_change_hands(seen: Seen) -> tuple[Assertion, ...]:
    return (replace(stated(Metric.TARGET_DISTANCE, seen.figure("level%"), PORTFOLIO), direction=Direction.UP),)


def _at_targets(seen: Seen) -> tuple[Assertion, ...]:
    del seen
    return (Assertion(Metric.TARGET_DISTANCE, Unit.PCT, PORTFOLIO, direction=Direction.FLAT),)


def _trade(seen: Seen) -> tuple[Assertion, ...]:
    amount = seen.figure("usd-size")
    trade = replace(stated(Metric.TARGET_TRADE, amount, seen.subject()), label=seen.word("sale"))
    return (trade,) if amount.value else ()  # a trade of nothing brings nothing back


def _without(metric: Metric) -> Build:
    """So much volatility or return that other weights did without or had on top."""
    return lambda seen: (replace(stated(metric, seen.figure("pp"), PORTFOLIO, seen.window()), direction=Direction.UP),)


def _no_other(metric: Metric) -> Build:
    def build(seen: Seen) -> tuple[Assertion, ...]:
        window = seen.window()
        none = Assertion(metric, Unit.PP, PORTFOLIO, direction=Direction.FLAT)
        return (replace(none, window=window.name, start=window.start),)

    return build


RULES: tuple[Rule, ...] = (
    rule(
        "{subject:asset} makes up {level%} of the portfolio, {pp} {crossed} its target of {target:level%}", _off_target
    ),
    rule("at {level%} of the portfolio, {subject:asset} is {pp} {crossed} its target of {target:level%}", _off_target),
    rule("{subject:asset} makes up {level%} of the portfolio, where its target is {target:level%}", _on_target),
    rule("{level%} of {portfolio} would have to change hands for it to be back at its targets", _to_change_hands),
    rule("bringing {portfolio} back to its targets would move {level%} of it", _to_change_hands),
    rule("{portfolio} is at its targets", _at_targets),
    rule("{portfolio} matches its targets", _at_targets),
    rule("a {sale} of {usd-size} would bring {subject:asset} to its target", _trade),
    rule("to be at its target, {subject:asset} would take a {sale} of {usd-size}", _trade),
    rule(
        "looking back {window}, other weights of your holdings would have returned no less with an annualised"
        " volatility {pp} lower",
        _without(Metric.EXCESS_VOLATILITY),
    ),
    rule(
        "looking back {window}, no less return was to be had from other weights of your holdings with an annualised"
        " volatility {pp} lower",
        _without(Metric.EXCESS_VOLATILITY),
    ),
    rule(
        "looking back {window}, no other weights of your holdings would have returned as much with less volatility",
        _no_other(Metric.EXCESS_VOLATILITY),
    ),
    rule(
        "looking back {window}, other weights of your holdings would have returned {pp} more a year with no more"
        " volatility",
        _without(Metric.FORGONE_RETURN),
    ),
    rule(
        "looking back {window}, at no more volatility other weights of your holdings would have returned {pp} more a"
        " year",
        _without(Metric.FORGONE_RETURN),
    ),
    rule(
        "looking back {window}, no other weights of your holdings would have returned more with no more volatility",
        _no_other(Metric.FORGONE_RETURN),
    ),
)
