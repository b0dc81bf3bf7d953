"""Wordings of track records: what followed signals and grades in the past."""

from dataclasses import replace

from agent.claims.fact import MARKET, Metric, Unit
from agent.claims.grammar.assertions import Assertion, Direction
from agent.claims.grammar.patterns import Build, Rule, Seen, rule, stated

_GRADES = {
    "TM grade": "tm",
    "TM trader grade": "trader",
    "TM investor grade": "investor",
    "coinbrief short-term grade": "short_term",
    "coinbrief long-term grade": "long_term",
}


def _of_signal(seen: Seen, metric: Metric, slot: str) -> Assertion:
    recorded = stated(metric, seen.figure(slot), MARKET, seen.window("ahead"))
    return replace(recorded, qualifier=seen.word("signal name"))


def _of_grade(seen: Seen, metric: Metric, slot: str) -> Assertion:
    recorded = stated(metric, seen.figure(slot), MARKET, seen.window("ahead"))
    return replace(recorded, qualifier=_GRADES[seen.word("grade")])


def _hits(seen: Seen) -> tuple[Assertion, ...]:
    hits, always = _of_signal(seen, Metric.HIT_RATE, "level%"), _of_signal(seen, Metric.BASE_RATE, "always")
    followed = seen.word("rise or fall")
    cases = _of_signal(seen, Metric.FIRINGS, "count")
    return replace(hits, label=followed), cases, replace(always, label=followed)


def _excess(seen: Seen) -> tuple[Assertion, ...]:
    excess = replace(_of_signal(seen, Metric.EXCESS_RETURN, "pp"), direction=seen.turn("beyond"))
    return _of_signal(seen, Metric.FIRINGS, "count"), excess


def _no_excess(seen: Seen) -> tuple[Assertion, ...]:
    cases = _of_signal(seen, Metric.FIRINGS, "count")
    return cases, _level(Metric.EXCESS_RETURN, cases)


def _level(metric: Metric, beside: Assertion) -> Assertion:
    """That a return shows as no better and no worse, of what another figure of the clause is of."""
    flat = Assertion(metric, Unit.PP, MARKET, direction=Direction.FLAT)
    return replace(flat, window=beside.window, qualifier=beside.qualifier)


def _correlation(seen: Seen) -> tuple[Assertion, ...]:
    return _of_grade(seen, Metric.GRADE_CORRELATION, "ratio"), _of_grade(seen, Metric.GRADE_DAYS, "count")


def _on_days(seen: Seen) -> tuple[Assertion, Assertion]:
    return _of_grade(seen, Metric.GRADE_HIT_RATE, "level%"), _of_grade(seen, Metric.SPLIT_DAYS, "count")


def _spread(seen: Seen) -> tuple[Assertion, ...]:
    return replace(_of_grade(seen, Metric.GRADE_SPREAD, "pp"), direction=seen.turn("better")), *_on_days(seen)


def _no_spread(seen: Seen) -> tuple[Assertion, ...]:
    better, days = _on_days(seen)
    return _level(Metric.GRADE_SPREAD, days), better, days


_RETURNED: tuple[tuple[str, Build], ...] = (("{pp} {beyond} ", _excess), ("", _no_excess))
_DID: tuple[tuple[str, Build], ...] = (("{pp} {better}", _spread), ("no better and no worse", _no_spread))

RULES: tuple[Rule, ...] = (
    rule(
        "the signal {signal name} was followed by a {rise or fall} {ahead} in {level%} of {count} past cases, against"
        " {always:level%} at all times",
        _hits,
    ),
    rule(
        "a {rise or fall} {ahead} followed the signal {signal name} in {level%} of {count} past cases, against"
        " {always:level%} at all times",
        _hits,
    ),
    rule(
        "the rank correlation of the {grade:any grade} with the change {ahead} was {ratio} on average over {count}"
        " past days",
        _correlation,
    ),
    rule(
        "over {count} past days, the {grade:any grade} had a rank correlation of {ratio} with the change {ahead} on"
        " average",
        _correlation,
    ),
    *(
        rule(
            f"after {{count}} past cases of the signal {{signal name}}, the return {{ahead}} was {returned}that of"
            " holding on average",
            excess,
        )
        for returned, excess in _RETURNED
    ),
    *(
        rule(
            f"the return {{ahead}} was {returned}that of holding on average after {{count}} past cases of the signal"
            " {signal name}",
            excess,
        )
        for returned, excess in _RETURNED
    ),
    *(
        rule(
            f"the fifth of coins with the highest {{grade:any grade}} did {did} {{ahead}} than the fifth with the"
            " lowest on average, and did better on {level%} of {count} past days",
            spread,
        )
        for did, spread in _DID
    ),
    *(
        rule(
            f"on average, the fifth of coins with the highest {{grade:any grade}} did {did} {{ahead}} than the fifth"
            " with the lowest, and did better on {level%} of {count} past days",
            spread,
        )
        for did, spread in _DID
    ),
)
