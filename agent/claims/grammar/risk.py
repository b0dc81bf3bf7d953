"""Wordings of how holdings move together and what could be lost: alikeness, shares of the risk, worst days, shocks."""

from dataclasses import replace

from agent.claims.fact import Metric
from agent.claims.grammar.assertions import PORTFOLIO, Assertion, Direction
from agent.claims.grammar.patterns import Rule, Seen, rule, stated


def _correlation(seen: Seen) -> tuple[Assertion, ...]:
    alike = stated(Metric.CORRELATION, seen.figure("ratio"), seen.subject(), seen.window())
    return (replace(alike, other=seen.subject("other")),)


def _most_alike(seen: Seen) -> tuple[Assertion, ...]:
    least = seen.turn("most") is Direction.DOWN
    return (replace(_correlation(seen)[0], universe=seen.universe(), rank=1, from_bottom=least),)


def _risk_share(seen: Seen) -> tuple[Assertion, ...]:
    return (stated(Metric.RISK_SHARE, seen.figure("level%"), seen.subject(), seen.window()),)


def _risk_against_weight(seen: Seen) -> tuple[Assertion, ...]:
    return *_risk_share(seen), stated(Metric.WEIGHT, seen.figure("weight"), seen.subject())


def _at_risk(seen: Seen) -> tuple[Assertion, ...]:
    return tuple(
        stated(Metric.VALUE_AT_RISK, seen.figure(slot), PORTFOLIO, seen.window()) for slot in ("level%", "usd")
    )


def _shock(seen: Seen) -> tuple[Assertion, ...]:
    fall = replace(stated(Metric.SHOCK, seen.figure("pct"), PORTFOLIO), direction=Direction.DOWN, other=seen.subject())
    losses = (stated(Metric.SHOCK_CHANGE, seen.figure(slot), PORTFOLIO, seen.window()) for slot in ("loss", "usd-size"))
    return fall, *(replace(loss, direction=Direction.DOWN, other=seen.subject()) for loss in losses)


RULES: tuple[Rule, ...] = (
    rule("{subject} and {other:asset} had a correlation of {ratio} {window}", _correlation),
    rule(
        "of {universe}, {subject:asset} and {other:asset} moved {most} alike {window}, with a correlation of {ratio}",
        _most_alike,
    ),
    rule("{subject:asset} carried {level%} of the portfolio's risk {window}", _risk_share),
    rule(
        "{subject:asset} carried {level%} of the portfolio's risk {window} with {weight:level%} of its value",
        _risk_against_weight,
    ),
    rule(
        "on all but the worst twentieth of days {window}, {portfolio}'s loss stayed within {level%}, or {usd}",
        _at_risk,
    ),
    rule(
        "a fall of {pct} in {subject:asset} goes with a loss of {loss:pct}, or {usd-size}, of {portfolio} by its beta"
        " {window}",
        _shock,
    ),
)
