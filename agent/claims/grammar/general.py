"""The general wordings: any figure that has a noun stated, compared, ranked, counted and computed with."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from agent.claims.fact import MARKET, Metric, Unit
from agent.claims.grammar.assertions import Assertion, Bound, Computation, Direction, Figure, Relation, Style
from agent.claims.grammar.figures import fitted
from agent.claims.grammar.patterns import Build, Rule, Seen, rule
from agent.claims.grammar.slots import threshold_of
from agent.claims.grammar.values import Noun

_OF_100 = frozenset({Metric.GRADE, Metric.OWN_GRADE})
_Make = Callable[[Seen, Noun], tuple[Assertion | None, ...]]


def _all(make: _Make) -> Build:
    """A build that makes nothing if any of its assertions cannot be made."""

    def build(seen: Seen) -> tuple[Assertion, ...]:
        made = make(seen, seen.noun())
        return tuple(one for one in made if one is not None) if None not in made else ()

    return build


def _owner(seen: Seen, slot: str = "subject") -> str:
    return seen.subject(slot) if slot in seen.values else MARKET


def _stated(noun: Noun, read: Figure, subject: str | None, metric: Metric | None = None) -> Assertion | None:
    """That a figure shows what the noun names, or another metric that is computed of it."""
    units, style = noun.units, noun.style
    if metric is Metric.DIFFERENCE:
        units, style = tuple(Unit.PP if unit is Unit.PCT else unit for unit in units), Style.MAGNITUDE
    if metric is Metric.TIMES:
        units, style = (Unit.RATIO,), Style.PLAIN
    figure = fitted(read, units, style)
    if figure is None:
        return None
    window, start = noun.span
    return Assertion(
        metric=metric or noun.metric,
        unit=figure.unit,
        subject=subject,
        figure=figure,
        window=window,
        start=start,
        other=noun.other,
        qualifier=noun.name if metric else noun.qualifier,
        spans=(figure.span,),
    )


def _figure(*, of_100: bool) -> _Make:
    def make(seen: Seen, noun: Noun) -> tuple[Assertion | None, ...]:
        if of_100 is not (noun.metric in _OF_100):
            return (None,)
        return (_stated(noun, seen.figure("v"), _owner(seen)),)

    return make


def _change(word: str) -> _Make:
    def make(seen: Seen, noun: Noun) -> tuple[Assertion | None, ...]:
        turn = seen.turn(word)
        now = _stated(noun, seen.figure("v"), _owner(seen))
        earlier = now if turn is Direction.FLAT else _stated(noun, seen.figure("v0"), _owner(seen))
        if now is None or earlier is None:
            return (None,)
        before = replace(earlier, as_of=seen.day())
        return replace(now, relation=Relation(turn, before)), before

    return make


def _bound(seen: Seen, noun: Noun) -> tuple[Assertion | None, ...]:
    stated = _stated(noun, seen.figure("v"), _owner(seen))
    bound = _limit(seen, noun)
    return (None,) if stated is None or bound is None else (replace(stated, threshold=bound),)


def _limit(seen: Seen, noun: Noun) -> Bound | None:
    value = threshold_of(seen.figure("x"), noun)
    return None if value is None else Bound(value, seen.word("crossed"))


def _versus(word: str | None) -> _Make:
    def make(seen: Seen, noun: Noun) -> tuple[Assertion | None, ...]:
        own = _stated(noun, seen.figure("v"), seen.subject())
        against = _stated(noun, seen.figure("v2"), seen.subject("other"))
        if own is None or against is None:
            return (None,)
        said = "matched" if word is None else "higher" if seen.turn(word) is Direction.UP else "lower"
        return replace(own, relation=Relation(said, against)), against

    return make


def _rank(seen: Seen, noun: Noun) -> tuple[Assertion | None, ...]:
    stated = _stated(noun, seen.figure("v"), seen.subject())
    if stated is None:
        return (None,)
    lowest = seen.turn("highest") is Direction.DOWN
    bottom = lowest is not (noun.style is Style.MAGNITUDE)  # a magnitude is the highest where the value is the lowest
    rank = seen.number("second") if "second" in seen.values else 1
    return (replace(stated, universe=seen.universe(), rank=rank, from_bottom=bottom),)


def _count(seen: Seen, noun: Noun) -> tuple[Assertion | None, ...]:
    bound = _limit(seen, noun)
    vowel = noun.said[0] in "aeiou" and not noun.said.startswith("one-")
    if bound is None or seen.word("a") != ("an" if vowel else "a"):
        return (None,)
    figure, (window, start) = seen.figure("tally"), noun.span
    counted = Assertion(Metric.MATCHES, figure.unit, figure=figure, universe=seen.universe(), spans=(figure.span,))
    of = replace(counted, window=window, start=start, other=noun.other)
    return (replace(of, qualifier=noun.name, label=bound.side, threshold=bound),)


def _screen(seen: Seen) -> tuple[Assertion, ...]:
    count = seen.figure("tally")
    made = Assertion(Metric.MATCHES, count.unit, figure=count, universe=seen.universe())
    return (replace(made, label=seen.word("conditions"), spans=(count.span, seen.place("conditions"))),)


def _mean(seen: Seen, noun: Noun) -> tuple[Assertion | None, ...]:
    return (_over_universe(seen, noun, Metric.MEAN),)


def _sum(seen: Seen, noun: Noun) -> tuple[Assertion | None, ...]:
    return (_over_universe(seen, noun, Metric.SUM),)


def _over_universe(seen: Seen, noun: Noun, metric: Metric) -> Assertion | None:
    stated = _stated(noun, seen.figure("v"), None, metric)
    return None if stated is None else replace(stated, universe=seen.universe())


def _computed(metric: Metric) -> _Make:
    """A difference or a multiple, with the two figures it is of."""

    def make(seen: Seen, noun: Noun) -> tuple[Assertion | None, ...]:
        figure = _stated(noun, seen.figure("v"), seen.subject(), metric)
        left = _stated(noun, seen.figure("v1"), seen.subject())
        right = _stated(noun, seen.figure("v2"), seen.subject("other"))
        if figure is None or left is None or right is None or noun.other is not None:
            return (None,)
        side = seen.word("crossed") if metric is Metric.DIFFERENCE else None
        computed = replace(figure, other=seen.subject("other"), computation=Computation(metric, left, right, side))
        return computed, left, right

    return make


def _instead(metric: Metric, changed: str) -> _Make:
    """What a figure would be after the change that a slot holds, and what it is."""

    def make(seen: Seen, noun: Noun) -> tuple[Assertion | None, ...]:
        then = _stated(noun, seen.figure("v"), seen.subject("portfolio"), metric)
        now = _stated(noun, seen.figure("v0"), seen.subject("portfolio"))
        if then is None:
            return (None,)
        return replace(then, label=seen.word(changed), spans=(*then.spans, seen.place(changed))), now

    return make


def _extreme(seen: Seen) -> tuple[Assertion, ...]:
    figure, window = seen.figure("usd"), seen.window()
    metric = Metric.HIGHEST_CLOSE if seen.turn("highest") is Direction.UP else Metric.LOWEST_CLOSE
    read = Assertion(metric, figure.unit, seen.subject(), figure, window=window.name, start=window.start)
    return (replace(read, as_of=seen.day(), spans=(figure.span,)),)


def _moved_between(word: str) -> Build:
    def build(seen: Seen) -> tuple[Assertion, ...]:
        start, end = seen.day("d0"), seen.day("d1")
        before, now = _closed(seen, "v0", start), _closed(seen, "v1", end)
        percent = seen.figure("pct")
        moved = Assertion(Metric.CHANGE, Unit.PCT, seen.subject(), percent, seen.turn(word), start=start, as_of=end)
        computed = replace(moved, computation=Computation(Metric.CHANGE, now, before), spans=(percent.span,))
        return (before, now, computed) if start < end else ()

    return build


def _stayed_between(seen: Seen) -> tuple[Assertion, ...]:
    start, end = seen.day("d0"), seen.day("d1")
    flat = Assertion(Metric.CHANGE, Unit.PCT, seen.subject(), direction=Direction.FLAT, start=start, as_of=end)
    now = _closed(seen, "v1", end)
    return (now, replace(flat, spans=(seen.place("flat"),))) if start < end else ()


def _closed(seen: Seen, slot: str, day: date) -> Assertion:
    figure = seen.figure(slot)
    return Assertion(Metric.CLOSE, Unit.USD, seen.subject(), figure, as_of=day, spans=(figure.span,))


_OWNED: tuple[tuple[str, _Make], ...] = (
    ("{its} was {v:shown}", _figure(of_100=False)),
    ("{its} was {v:shown} of 100", _figure(of_100=True)),
    ("{its} {rose} to {v:shown} from {v0:shown} on {date}", _change("rose")),
    ("{its} was {v:shown}, {up} from {v0:shown} on {date}", _change("up")),
    ("{its} was {v:shown}, {unchanged} from {date}", _change("unchanged")),
    ("{its} was {v:shown}, {crossed} {x:shown}", _bound),
    ("at {v:shown}, {its} was {crossed} {x:shown}", _bound),
)
_OF_ONE: tuple[tuple[str, _Make], ...] = (
    ("the {noun} of {subject} was {v:shown}", _figure(of_100=False)),
    ("the {noun} of {subject} was {v:shown} of 100", _figure(of_100=True)),
    ("{subject}'s {noun} was {higher} than {other:subject}'s: {v:shown} against {v2:shown}", _versus("higher")),
    ("{subject} had a {higher} {noun} than {other:subject}, {v:shown} against {v2:shown}", _versus("higher")),
    ("{subject}'s {noun} matched {other:subject}'s: {v:shown} against {v2:shown}", _versus(None)),
    ("{subject:asset} had the {highest} {noun} of {universe}: {v:shown}", _rank),
    ("{subject:asset} had the {second} {highest} {noun} of {universe}: {v:shown}", _rank),
    ("the {highest} {noun} of {universe} was {subject:asset}'s, at {v:shown}", _rank),
    ("the {second} {highest} {noun} of {universe} was {subject:asset}'s, at {v:shown}", _rank),
    ("{tally} of {universe} had {a} {noun} {crossed} {x:shown}", _count),
    ("the mean {noun} of {universe} was {v:shown}", _mean),
    ("the {noun} of {universe} together was {v:shown}", _sum),
    (
        "{subject}'s {noun} was {v:shown} {crossed} {other:subject}'s ({v1:shown} against {v2:shown})",
        _computed(Metric.DIFFERENCE),
    ),
    (
        "{subject}'s {noun} was {v:shown} times {other:subject}'s ({v1:shown} against {v2:shown})",
        _computed(Metric.TIMES),
    ),
)


def _rules() -> Iterator[Rule]:
    for pattern, make in _OWNED:
        yield rule(pattern.replace("{its}", "{subject}'s {noun}"), _all(make))
        yield rule(pattern.replace("{its}", "the {noun:market-noun}"), _all(make))
    for pattern, make in _OF_ONE:
        yield rule(pattern, _all(make))


RULES: tuple[Rule, ...] = (
    *_rules(),
    rule(
        "with {changes}, {portfolio}'s {noun} would be {v:shown} instead of {v0:shown}",
        _all(_instead(Metric.WHAT_IF, "changes")),
    ),
    rule(
        "looking back, with its holdings weighted {way}, {portfolio}'s {noun} would have been {v:shown} instead of"
        " {v0:shown}",
        _all(_instead(Metric.REWEIGHTED, "way")),
    ),
    rule(
        "{portfolio}'s {noun} would have been {v:shown} instead of {v0:shown} with its holdings weighted {way}, looking"
        " back",
        _all(_instead(Metric.REWEIGHTED, "way")),
    ),
    rule("{tally} of {universe} met every condition: {conditions}", _screen),
    rule("{subject:asset}'s {highest} close {window} was {usd}, on {date}", _extreme),
    rule("{subject:asset} {rose} {pct} from {d0:date} to {d1:date}, from {v0:usd} to {v1:usd}", _moved_between("rose")),
    rule(
        "from {d0:date} to {d1:date}, {subject:asset} {gained} {pct}, going from {v0:usd} to {v1:usd}",
        _moved_between("gained"),
    ),
    rule("{subject:asset} was {flat} from {d0:date} to {d1:date}, at {v1:usd}", _stayed_between),
)
