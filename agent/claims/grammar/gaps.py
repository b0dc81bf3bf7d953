"""Wordings of what is missing: coverage, stale prices, failed and empty sources."""

from dataclasses import replace

from agent.claims.fact import Metric, Unit
from agent.claims.grammar.assertions import Assertion
from agent.claims.grammar.patterns import Rule, Seen, rule, stated

EMPTY = "empty"
"""The label of a source that answered and had nothing, as opposed to one that failed."""
LEFT_OUT = "left out"
"""The label of data that the month's credits are not planned for."""


def _coverage(seen: Seen) -> tuple[Assertion, ...]:
    return (replace(stated(Metric.COVERAGE, seen.figure("count")), universe=seen.universe(), as_of=seen.day()),)


def _last_price(seen: Seen) -> tuple[Assertion, ...]:
    return (Assertion(Metric.AVAILABILITY, Unit.DATE, seen.subject(), label=seen.day().isoformat(), as_of=seen.day()),)


def _missing(seen: Seen) -> tuple[Assertion, ...]:
    gap = Assertion(Metric.AVAILABILITY, Unit.TEXT, seen.subject(), label=seen.word("what"))
    return (gap,)


def _failed(seen: Seen) -> tuple[Assertion, ...]:
    gap = Assertion(Metric.AVAILABILITY, Unit.TEXT, f"source:{seen.subject('source')}", label=seen.word("reason"))
    return (replace(gap, qualifier=seen.word("kind")),)


def _empty(seen: Seen) -> tuple[Assertion, ...]:
    gap = Assertion(Metric.AVAILABILITY, Unit.TEXT, f"source:{seen.subject('source')}", label=EMPTY)
    return (replace(gap, qualifier=seen.word("nothing")),)


def _left_out(seen: Seen) -> tuple[Assertion, ...]:
    gap = Assertion(Metric.AVAILABILITY, Unit.TEXT, f"source:{seen.subject('source')}", label=LEFT_OUT)
    return (replace(gap, qualifier=seen.word("nothing")),)


def _last_collected(seen: Seen) -> tuple[Assertion, ...]:
    day, kind = seen.day(), seen.word("kind").lower()
    last = Assertion(Metric.LAST_COLLECTED, Unit.DATE, label=day.isoformat(), as_of=day, qualifier=kind)
    return (replace(last, source=seen.subject("source")),)


def _elsewhere(seen: Seen) -> tuple[Assertion, ...]:
    gap = Assertion(Metric.AVAILABILITY, Unit.TEXT, seen.subject(), label=seen.subject("source"))
    return (replace(gap, qualifier=seen.subject("market").replace("_", " ")),)


def _disputed(seen: Seen) -> tuple[Assertion, ...]:
    return tuple(
        replace(
            stated(Metric.SOURCE_CLOSE, seen.figure(usd), seen.subject()),
            source=seen.subject(source),
            other=f"source:{seen.subject(against)}",
        )
        for source, usd, against in (("first", "one", "second"), ("second", "two", "first"))
    )


RULES: tuple[Rule, ...] = (
    rule("{count} of {universe} {have} a bar for {date}", _coverage),
    rule("the last price of {subject:asset} is from {date}", _last_price),
    rule("{subject:asset}'s last price is from {date}", _last_price),
    rule("no {what} is available for {subject}", _missing),
    rule("{subject} has no {what:has no}", _missing),
    rule("{kind} from {source} last came in on {date}", _last_collected),
    rule("collecting {kind} from {source} failed: {reason}", _failed),
    rule("{source} gave no {nothing}", _empty),
    rule("the month's credits for {source} leave out {nothing}", _left_out),
    rule("the price of {subject:asset} is from {source}, as {market:source} has none for the day", _elsewhere),
    rule(
        "sources disagree about the price of {subject:asset}: {first:source} has {one:usd} and {second:source} has "
        "{two:usd}",
        _disputed,
    ),
)
