"""Wordings of the market as a whole: breadth, median, total value, mood."""

from dataclasses import replace

from agent.claims.fact import MARKET, Metric
from agent.claims.grammar.assertions import Assertion, Direction, Relation
from agent.claims.grammar.patterns import Build, Rule, Seen, rule, stated

_PARTS = (("rising", Metric.RISERS), ("falling", Metric.FALLERS), ("resting", Metric.UNCHANGED))


def _breadth(seen: Seen) -> tuple[Assertion, ...]:
    return tuple(
        replace(stated(metric, seen.figure(slot), None, seen.window()), universe=seen.universe())
        for slot, metric in _PARTS
    )


def _median(seen: Seen) -> tuple[Assertion, ...]:
    median = stated(Metric.MEDIAN_CHANGE, seen.figure("level%"), None, seen.window())
    return (replace(median, universe=seen.universe()),)


def _level(metric: Metric, slot: str) -> Build:
    return lambda seen: (stated(metric, seen.figure(slot), MARKET),)


def _mood(seen: Seen) -> tuple[Assertion, ...]:
    return (_mooded(seen, "score", "mood"),)


def _mooded(seen: Seen, figure: str, mood: str) -> Assertion:
    index = stated(Metric.FEAR_GREED, seen.figure(figure), MARKET)
    return replace(index, label=seen.word(mood), spans=(*index.spans, seen.place(mood)))


def _mood_moved(word: str) -> Build:
    def build(seen: Seen) -> tuple[Assertion, ...]:
        before = replace(_mooded(seen, "earlier", "earlier mood"), days_before=1)
        return replace(_mood(seen)[0], relation=Relation(seen.turn(word), before)), before

    return build


def _mood_stayed(seen: Seen) -> tuple[Assertion, ...]:
    now = _mood(seen)[0]
    before = replace(now, days_before=1)
    return replace(now, relation=Relation(Direction.FLAT, before)), before


RULES: tuple[Rule, ...] = (
    rule("{rising:tally} of {universe} rose {window}, {falling:tally} fell and {resting:tally} {was} flat", _breadth),
    rule("of {universe}, {rising:tally} rose {window}, {falling:tally} fell and {resting:tally} {was} flat", _breadth),
    rule("the typical tracked {universe:typical} changed by {level%} {window} (the median)", _median),
    rule("the median change of {universe} {window} was {level%}", _median),
    rule("crypto as a whole was worth {total}", _level(Metric.TOTAL_MARKET_CAP, "total")),
    rule("{level%} of coins had a high TM grade", _level(Metric.HIGH_GRADE_SHARE, "level%")),
    rule("the fear and greed index stood at {score} ({mood})", _mood),
    rule("the mood of the market, by the fear and greed index, was {score} ({mood})", _mood),
    rule(
        "at {score} ({mood}), the fear and greed index was {up} from {earlier:score} ({earlier mood:mood}) the day"
        " before",
        _mood_moved("up"),
    ),
    rule(
        "the fear and greed index {rose} to {score} ({mood}) from {earlier:score} ({earlier mood:mood}) the day before",
        _mood_moved("rose"),
    ),
    rule("the fear and greed index was {unchanged} at {score} ({mood})", _mood_stayed),
)
