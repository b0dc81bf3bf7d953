"""Wordings of sectors and of the state of the market."""

from dataclasses import replace

from agent.claims.fact import MARKET, Metric, Unit
from agent.claims.grammar.assertions import Assertion, Direction
from agent.claims.grammar.patterns import Rule, Seen, rule, stated


def _moved(seen: Seen) -> tuple[Assertion, ...]:
    change = stated(Metric.SECTOR_CHANGE, seen.figure("pct"), seen.subject("sector"), seen.window())
    return (replace(change, direction=seen.turn("rose")),)


def _stayed(seen: Seen) -> tuple[Assertion, ...]:
    window = seen.window()
    flat = Assertion(Metric.SECTOR_CHANGE, Unit.PCT, seen.subject("sector"), direction=Direction.FLAT)
    return (replace(flat, window=window.name, start=window.start, spans=(seen.place("flat"),)),)


def _ranked(seen: Seen) -> tuple[Assertion, ...]:
    change = stated(Metric.SECTOR_CHANGE, seen.figure("signed%"), seen.subject("sector"), seen.window())
    rank = seen.number("second") if "second" in seen.values else 1
    weakest = seen.turn("strongest") is Direction.DOWN
    return (replace(change, universe=seen.universe(), rank=rank, from_bottom=weakest),)


def _regime(seen: Seen) -> tuple[Assertion, ...]:
    regime = Assertion(Metric.REGIME, Unit.TEXT, MARKET, label=seen.word("regime"))
    return (replace(regime, spans=(seen.place("regime"),)),)


RULES: tuple[Rule, ...] = (
    rule("the median coin of the sector {sector} {rose} {pct} {window}", _moved),
    rule("{window}, the median coin of the sector {sector} {rose} {pct}", _moved),
    rule("the median coin of the sector {sector} was {flat} {window}", _stayed),
    rule("{window}, the median coin of the sector {sector} was {flat}", _stayed),
    rule("of {universe:sectors}, {sector} was the {strongest} {window}, with a median change of {signed%}", _ranked),
    rule(
        "of {universe:sectors}, {sector} was the {second} {strongest} {window}, with a median change of {signed%}",
        _ranked,
    ),
    rule("with a median change of {signed%}, {sector} was the {strongest} of {universe:sectors} {window}", _ranked),
    rule(
        "with a median change of {signed%}, {sector} was the {second} {strongest} of {universe:sectors} {window}",
        _ranked,
    ),
    rule("by Bitcoin's 200-day mean and the breadth of the market, the regime was {regime}", _regime),
    rule("the regime was {regime} by Bitcoin's 200-day mean and the breadth of the market", _regime),
)
