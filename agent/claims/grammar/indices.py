"""Wordings of the reader's own indices."""

from dataclasses import replace

from agent.claims.fact import Metric, Unit
from agent.claims.grammar.assertions import Assertion, Direction
from agent.claims.grammar.patterns import Rule, Seen, rule, stated
from agent.claims.grammar.values import Window

_DAY = Window("1d")


def _stood(seen: Seen) -> tuple[Assertion, ...]:
    return (stated(Metric.INDEX_LEVEL, seen.figure("ratio"), seen.subject("index")),)


def _moved_to(seen: Seen) -> tuple[Assertion, ...]:
    change = stated(Metric.CHANGE, seen.figure("pct"), seen.subject("index"), _DAY)
    return *_stood(seen), replace(change, direction=seen.turn("up"))


def _flat(seen: Seen) -> Assertion:
    flat = Assertion(Metric.CHANGE, Unit.PCT, seen.subject("index"), direction=Direction.FLAT)
    return replace(flat, spans=(seen.place("flat"),))


def _stayed_at(seen: Seen) -> tuple[Assertion, ...]:
    return *_stood(seen), replace(_flat(seen), window=_DAY.name)


def _against(seen: Seen) -> Assertion:
    return replace(stated(Metric.CHANGE, seen.figure("signed%"), seen.subject("other")), start=seen.day())


def _gained_since(seen: Seen) -> tuple[Assertion, ...]:
    own = replace(stated(Metric.CHANGE, seen.figure("pct"), seen.subject("index")), start=seen.day())
    return replace(own, direction=seen.turn("gained")), _against(seen)


def _flat_since(seen: Seen) -> tuple[Assertion, ...]:
    return replace(_flat(seen), start=seen.day()), _against(seen)


def _risk(seen: Seen) -> tuple[Assertion, ...]:
    return (
        stated(Metric.VOLATILITY, seen.figure("level%"), seen.subject("index"), seen.window()),
        stated(Metric.MAX_DRAWDOWN, seen.figure("pct"), seen.subject("index"), seen.window("longer")),
    )


RULES: tuple[Rule, ...] = (
    rule("{index} stood at {ratio}", _stood),
    rule("the level of {index} was {ratio}", _stood),
    rule("{index} stood at {ratio}, {up} {pct} on the day", _moved_to),
    rule("{index} {up:rose} {pct} on the day to {ratio}", _moved_to),
    rule("{index} was {flat} on the day at {ratio}", _stayed_at),
    rule("{index} stood at {ratio}, {flat} on the day", _stayed_at),
    rule("since {date}, {index} has {gained} {pct}, against {signed%} for {other:asset}", _gained_since),
    rule("{index} has {gained} {pct} since {date}, against {signed%} for {other:asset}", _gained_since),
    rule("since {date}, {index} has been {flat}, against {signed%} for {other:asset}", _flat_since),
    rule("{index} has been {flat} since {date}, against {signed%} for {other:asset}", _flat_since),
    rule(
        "{index} had an annualised volatility of {level%} {window} and a maximum drawdown of {pct} {longer:window}",
        _risk,
    ),
    rule(
        "{window}, {index} had an annualised volatility of {level%}, and {longer:window} a maximum drawdown of {pct}",
        _risk,
    ),
)
