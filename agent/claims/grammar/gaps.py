"""Wordings of what is missing: coverage, stale prices, failed and empty sources."""

from dataclasses import replace

from agent.claims.fact import Metric, Unit
from agent.claims.grammar.assertions import Assertion
from agent.claims.grammar.patterns import Rule, Seen, rule, stated

EMPTY = "empty"
"""The label of a source that answered and had nothing, as opposed to one that failed."""


def _coverage(seen: Seen) -> tuple[Assertion, ...]:
    return (replace(stated(Metric.COVERAGE, seen.figure("count")), universe=seen.universe(), as_of=seen.day()),)


def _last_price(seen: Seen) -> tuple[Assertion, ...]:
    return (Assertion(Metric.AVAILABILITY, Unit.DATE, seen.subject(), label=seen.day().isoformat()),)


def _missing(seen: Seen) -> tuple[Assertion, ...]:
    gap = Assertion(Metric.AVAILABILITY, Unit.TEXT, seen.subject(), label=seen.word("what"))
    return (gap,)


def _failed(seen: Seen) -> tuple[Assertion, ...]:
    gap = Assertion(Metric.AVAILABILITY, Unit.TEXT, f"source:{seen.subject('source')}", label=seen.word("reason"))
    return (replace(gap, qualifier=seen.word("kind")),)


def _empty(seen: Seen) -> tuple[Assertion, ...]:
    gap = Assertion(Metric.AVAILABILITY, Unit.TEXT, f"source:{seen.subject('source')}", label=EMPTY)
    return (replace(gap, qualifier=seen.word("nothing")),)


RULES: tuple[Rule, ...] = (
    rule("{count} of {universe} {have} a bar for {date}", _coverage),
    rule("the last price of {subject:asset} is from {date}", _last_price),
    rule("no {what} is available for {subject}", _missing),
    rule("collecting {kind} from {source} failed: {reason}", _failed),
    rule("{source} gave no {nothing}", _empty),
)
