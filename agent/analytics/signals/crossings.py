"""Signals from a provider's opinions: grades that cross 80 or 30 or move far, and trading signals that turn.

Grades are compared as they are shown, rounded to one decimal.
"""

from functools import partial
from operator import attrgetter

from agent.analytics.grades import HIGH, LOW, grade_change, threshold_crossing
from agent.analytics.signals.events import SLOW_EXPIRY_DAYS, event, read_from
from agent.analytics.signals.opinions import Opinions
from agent.analytics.signals.signal import Family, Reading, Signal

MOVE_POINTS = 10.0
_EXPIRY_DAYS = {"trader": 7, "investor": SLOW_EXPIRY_DAYS}


def _crossing(opinions: Opinions, kind: str, threshold: float, direction: int) -> Reading:
    now, before = attrgetter(f"{kind}_grade", f"{kind}_grade_previous")(opinions)
    crossed = threshold_crossing(before, now, threshold)
    evidence = {f"{kind}_grade": now, f"{kind}_grade_previous": before}
    return event(crossed == direction, crossed, value=now, **evidence)


def _trader_move(opinions: Opinions, direction: int) -> Reading:
    now, before = opinions.trader_grade, opinions.trader_grade_previous
    change = grade_change(before, now)
    moved = direction * change >= MOVE_POINTS
    return event(moved, change, value=change, trader_grade=now, trader_grade_previous=before)


def _investor_move(opinions: Opinions, direction: int) -> Reading:
    now, week_before = opinions.investor_grade, opinions.investor_grade_week_before
    change = grade_change(week_before, now)
    change_before = grade_change(opinions.investor_grade_week_before_previous, opinions.investor_grade_previous)
    moved = (direction * change >= MOVE_POINTS) & (direction * change_before < MOVE_POINTS)
    evidence = {"investor_grade": now, "investor_grade_week_before": week_before}
    return event(moved, change, change_before, value=change, **evidence)


def _turned(opinions: Opinions, side: int) -> Reading:
    now, before = opinions.trading_signal, opinions.trading_signal_previous
    return event(
        (now == side) & (before != side),
        now,
        before,
        value=now,
        trading_signal=now,
        trading_signal_previous=before,
        return_since_previous_signal=opinions.return_since_previous_signal,
        days_since_previous_signal=opinions.days_since_previous_signal,
    )


def _crossing_signal(kind: str, threshold: float, direction: int) -> Signal:
    level = f"{threshold:.0f}"
    now, before = (f"{level} or above", f"below {level}") if direction > 0 else (f"below {level}", f"{level} or above")
    return Signal(
        f"{kind}_grade_{'above' if direction > 0 else 'below'}_{level}",
        f"The {kind} grade, rounded to one decimal, is {now}, and on the day before it was {before}.",
        direction,
        (("threshold", threshold),),
        read_from("opinions", partial(_crossing, kind=kind, threshold=threshold, direction=direction)),
        Family.GRADES,
        expires_after_days=_EXPIRY_DAYS[kind],
    )


def _trader_move_signal(name: str, direction: int, word: str) -> Signal:
    return Signal(
        name,
        f"The trader grade, rounded to one decimal, is at least 10 points {word} that of the day before.",
        direction,
        (("days", 1.0), ("threshold", MOVE_POINTS)),
        read_from("opinions", partial(_trader_move, direction=direction)),
        Family.GRADES,
        expires_after_days=_EXPIRY_DAYS["trader"],
    )


def _investor_move_signal(name: str, direction: int, word: str) -> Signal:
    return Signal(
        name,
        f"The investor grade, rounded to one decimal, is at least 10 points {word} that of 7 days before, "
        "and on the day before it was not.",
        direction,
        (("days", 7.0), ("threshold", MOVE_POINTS)),
        read_from("opinions", partial(_investor_move, direction=direction)),
        Family.GRADES,
        expires_after_days=_EXPIRY_DAYS["investor"],
    )


def _turn_signal(name: str, side: int, word: str) -> Signal:
    return Signal(
        name,
        f"The provider's trading signal is {side} ({word}), and on the day before it was not.",
        side,
        (("signal", float(side)),),
        read_from("opinions", partial(_turned, side=side)),
        Family.PROVIDER,
    )


OPINION_SIGNALS: tuple[Signal, ...] = (
    *(
        _crossing_signal(kind, threshold, direction)
        for kind in ("trader", "investor")
        for threshold in (HIGH, LOW)
        for direction in (1, -1)
    ),
    _trader_move_signal("trader_grade_rise", 1, "above"),
    _trader_move_signal("trader_grade_fall", -1, "below"),
    _investor_move_signal("investor_grade_rise", 1, "above"),
    _investor_move_signal("investor_grade_fall", -1, "below"),
    _turn_signal("trading_signal_bullish", 1, "bullish"),
    _turn_signal("trading_signal_bearish", -1, "bearish"),
)
