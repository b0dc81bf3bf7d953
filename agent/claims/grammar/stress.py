"""Wordings of bad days: today's weights on a past day, the worst days together, the deepest fall."""

from collections.abc import Iterator
from dataclasses import replace

from agent.claims.fact import Metric, Unit
from agent.claims.grammar.assertions import PORTFOLIO, Assertion, Direction
from agent.claims.grammar.patterns import Build, Rule, Seen, rule, stated
from agent.claims.grammar.values import Window

_DAY = Window("1d")


def _of_that_day(seen: Seen, assertion: Assertion) -> Assertion:
    """What today's weights did on a past day, with what that day is known for if it is known for something."""
    return replace(assertion, start=seen.day(), label=seen.word("known for") if "known for" in seen.values else None)


def _moved(seen: Seen) -> tuple[Assertion, ...]:
    """How much the weights lost or gained, in per cent and, where it is said, in usd."""
    turn = seen.turn("gained")
    moves = [replace(stated(Metric.STRESS_CHANGE, seen.figure("pct"), PORTFOLIO), direction=turn)]
    if "usd-size" in seen.values:
        money = seen.figure("usd-size")  # of a small portfolio it may show as nothing where the percentage does not
        amount = stated(Metric.STRESS_CHANGE, money, PORTFOLIO)
        moves.append(replace(amount, direction=turn if money.value else None))
    return tuple(_of_that_day(seen, move) for move in moves)


def _stayed(seen: Seen) -> tuple[Assertion, ...]:
    flat = Assertion(Metric.STRESS_CHANGE, Unit.PCT, PORTFOLIO, direction=Direction.FLAT)
    return (_of_that_day(seen, replace(flat, spans=(seen.place("flat"),))),)


def _beside(seen: Seen) -> Assertion:
    """How the coin moved on that day."""
    asset, day = seen.subject(), seen.day()
    if "its" in seen.values:
        flat = Assertion(Metric.CHANGE, Unit.PCT, asset, direction=Direction.FLAT, window=_DAY.name, as_of=day)
        return replace(flat, spans=(seen.place("its"),))
    return replace(stated(Metric.CHANGE, seen.figure("change"), asset, _DAY), direction=seen.turn("up"), as_of=day)


def _priced(seen: Seen) -> tuple[Assertion, ...]:
    if "level%" not in seen.values:
        return ()
    return (replace(stated(Metric.STRESS_SHARE, seen.figure("level%"), PORTFOLIO), start=seen.day()),)


def _on_a_day(move: Build) -> Build:
    return lambda seen: (*_priced(seen), *move(seen), _beside(seen))


def _worst_days(seen: Seen) -> tuple[Assertion, ...]:
    of, window, universe = seen.subject("other"), seen.window(), seen.universe()
    days = stated(Metric.STRESS_DAYS, seen.figure("count"), PORTFOLIO, window)
    worst = stated(Metric.STRESS_CORRELATION, seen.figure("worst"), PORTFOLIO, window)
    usual = stated(Metric.AVERAGE_CORRELATION, seen.figure("usual"), PORTFOLIO, window)
    return replace(days, other=of), replace(worst, other=of, universe=universe), replace(usual, universe=universe)


def _deepest(seen: Seen) -> tuple[Assertion, ...]:
    peak, trough = seen.day("d0"), seen.day("d1")
    window = seen.window()
    fall = replace(stated(Metric.DEEPEST_FALL, seen.figure("pct"), PORTFOLIO), window=window.name)
    return (replace(fall, direction=Direction.DOWN, start=peak, as_of=trough),) if peak < trough else ()


_MOVES: tuple[tuple[str, Build], ...] = (
    ("{portfolio} at today's weights would have {gained} {pct}, or {usd-size} of today's value", _moved),
    ("{portfolio} at today's weights would have been {flat}", _stayed),
    ("the {level%} of {portfolio} that had a price would have {gained} {pct} at today's weights", _moved),
    ("the {level%} of {portfolio} that had a price would have been {flat} at today's weights", _stayed),
)


def _days() -> Iterator[Rule]:
    for day in ("on {date}", "on {date} ({known for})"):
        for words, move in _MOVES:
            for beside in ("with {subject:asset} {up} {change:pct}", "with {subject:asset} {its:flat}"):
                yield rule(f"{day}, {words}, {beside}", _on_a_day(move))
                yield rule(f"{beside} {day}, {words}", _on_a_day(move))


RULES: tuple[Rule, ...] = (
    *_days(),
    rule(
        "on the {count} worst days of {other:asset} {window}, the average correlation between {universe} was"
        " {worst:ratio}, against {usual:ratio} on all days",
        _worst_days,
    ),
    rule(
        "{universe} had an average correlation of {worst:ratio} on the {count} worst days of {other:asset} {window},"
        " against {usual:ratio} on all days",
        _worst_days,
    ),
    rule(
        "at today's amounts, {portfolio} would have fallen {pct} from {d0:date} to {d1:date}, its deepest fall"
        " {window}",
        _deepest,
    ),
    rule(
        "the deepest fall of {portfolio} {window}, at today's amounts, would have been {pct}, from {d0:date} to"
        " {d1:date}",
        _deepest,
    ),
)
