"""Wordings of prices and how they moved: change, close, comparison, rank."""

from dataclasses import replace

from agent.claims.fact import Metric, Unit
from agent.claims.grammar.assertions import Assertion, Direction, Relation
from agent.claims.grammar.patterns import Build, Rule, Seen, rule, stated
from agent.claims.grammar.values import Window

_DAY = Window("1d")


def _flat(seen: Seen, window: Window) -> Assertion:
    return Assertion(
        metric=Metric.CHANGE,
        unit=Unit.PCT,
        subject=seen.subject(),
        direction=Direction.FLAT,
        window=window.name,
        start=window.start,
        spans=(seen.place("flat"),),
    )


def _moved(word: str, window: Window | None = None) -> Build:
    def build(seen: Seen) -> tuple[Assertion, ...]:
        change = stated(Metric.CHANGE, seen.figure("pct"), seen.subject(), window or seen.window())
        return (replace(change, direction=seen.turn(word)),)

    return build


def _stayed(seen: Seen) -> tuple[Assertion, ...]:
    return (_flat(seen, seen.window()),)


def _close(seen: Seen) -> tuple[Assertion, ...]:
    return (stated(Metric.CLOSE, seen.figure("usd"), seen.subject()),)


def _moved_to(word: str) -> Build:
    return lambda seen: (*_moved(word, _DAY)(seen), *_close(seen))


def _stayed_at(seen: Seen) -> tuple[Assertion, ...]:
    return _flat(seen, _DAY), *_close(seen)


def _versus(seen: Seen) -> tuple[Assertion, ...]:
    return _compared(seen, seen.word("beat"))


def _compared(seen: Seen, word: str) -> tuple[Assertion, ...]:
    own = stated(Metric.CHANGE, seen.figure("own"), seen.subject(), seen.window())
    against = stated(Metric.CHANGE, seen.figure("against"), seen.subject("other"), seen.window())
    return replace(own, relation=Relation(word, against)), against


def _did_better(seen: Seen) -> tuple[Assertion, ...]:
    word = "beat" if seen.turn("better") is Direction.UP else "trailed"
    return _compared(seen, word)


def _ranked(seen: Seen, direction: Direction, rank: int, *, from_bottom: bool) -> tuple[Assertion, ...]:
    change = stated(Metric.CHANGE, seen.figure("pct"), seen.subject(), seen.window())
    return (replace(change, direction=direction, universe=seen.universe(), rank=rank, from_bottom=from_bottom),)


def _led(seen: Seen) -> tuple[Assertion, ...]:
    return _ranked(seen, Direction.UP, 1, from_bottom=False)


def _largest(seen: Seen) -> tuple[Assertion, ...]:
    direction = seen.turn("gain")
    return _ranked(seen, direction, 1, from_bottom=direction is Direction.DOWN)


def _nth_largest(seen: Seen) -> tuple[Assertion, ...]:
    direction = seen.turn("gain")
    return _ranked(seen, direction, seen.number("second"), from_bottom=direction is Direction.DOWN)


def _smallest(seen: Seen) -> tuple[Assertion, ...]:
    direction = seen.turn("gain")
    return _ranked(seen, direction, 1, from_bottom=direction is Direction.UP)


_ALSO_OF_AN_INDEX: tuple[tuple[str, Build], ...] = (
    ("{subject} {rose} {pct} {window}", _moved("rose")),
    ("{window}, {subject} {gained} {pct}", _moved("gained")),
    ("{subject} was {flat} {window}", _stayed),
    ("{subject} {beat} {other:asset} {window}: {own:signed%} against {against:signed%}", _versus),
    ("{subject} did {better} than {other:asset} {window}, {own:signed%} against {against:signed%}", _did_better),
)

RULES: tuple[Rule, ...] = (
    *(rule(pattern, build) for pattern, build in _ALSO_OF_AN_INDEX),
    *(rule(pattern.replace("{subject}", "{subject:index}"), build) for pattern, build in _ALSO_OF_AN_INDEX),
    rule("{subject} has {risen} {pct} {window:since}", _moved("risen")),
    rule("{subject} is {flat} {window:since}", _stayed),
    rule("{window:since}, {subject} has {gained} {pct}", _moved("gained")),
    rule("{subject:asset} closed at {usd}", _close),
    rule("the close of {subject:asset} was {usd}", _close),
    rule("on the day, {subject:asset} {rose} {pct} to {usd}", _moved_to("rose")),
    rule("{subject:asset} {rose} {pct} on the day to {usd}", _moved_to("rose")),
    rule("{subject:asset} closed at {usd}, {up} {pct} on the day", _moved_to("up")),
    rule("{subject:asset} was {flat} on the day at {usd}", _stayed_at),
    rule("{subject:asset} led {universe} {window} with a gain of {pct}", _led),
    rule("the largest {gain} {window} among {universe} was {subject:asset}'s {pct}", _largest),
    rule("the {second} largest {gain} {window} among {universe} was {subject:asset}'s {pct}", _nth_largest),
    rule("the smallest {gain} {window} among {universe} was {subject:asset}'s {pct}", _smallest),
)
