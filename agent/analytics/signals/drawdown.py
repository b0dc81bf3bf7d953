"""Drawdown signals: how far a close is below the highest close of 365 days, at the bar at which that changes."""

from functools import partial

from agent.analytics.bars import Flags
from agent.analytics.measures import Measures
from agent.analytics.signals.events import SLOW_EXPIRY_DAYS, event, read_from
from agent.analytics.signals.signal import Family, Reading, Signal

DRAWDOWN_CORRECTION = -0.2
DRAWDOWN_DEEP = -0.5
DRAWDOWN_SEVERE = -0.8


def _fell_to(measures: Measures, level: float) -> Reading:
    now, before = measures.drawdown, measures.drawdown_previous
    return _reading(measures, happened=(now <= level) & (before > level))


def _new_high(measures: Measures) -> Reading:
    now, before = measures.drawdown, measures.drawdown_previous
    return _reading(measures, happened=(now == 0.0) & (before < 0.0))


def _recovered(measures: Measures) -> Reading:
    now, before = measures.drawdown, measures.drawdown_previous
    return _reading(measures, happened=(now > DRAWDOWN_CORRECTION) & (before <= DRAWDOWN_CORRECTION))


def _reading(measures: Measures, happened: Flags) -> Reading:
    now, before = measures.drawdown, measures.drawdown_previous
    return event(happened, now, before, value=now, drawdown=now, drawdown_previous=before, close_usd=measures.close)


def _fall(name: str, level: float, expires_after_days: int) -> Signal:
    return Signal(
        name,
        f"The last close is {-level * 100:.0f} % or more below the highest close of 365 days, "
        "and the close before was not.",
        -1,
        (("window", 365.0), ("threshold", level)),
        read_from("measures", partial(_fell_to, level=level)),
        Family.DRAWDOWN,
        expires_after_days=expires_after_days,
    )


DRAWDOWN_SIGNALS: tuple[Signal, ...] = (
    _fall("drawdown_correction", DRAWDOWN_CORRECTION, 7),
    _fall("drawdown_deep", DRAWDOWN_DEEP, SLOW_EXPIRY_DAYS),
    _fall("drawdown_severe", DRAWDOWN_SEVERE, SLOW_EXPIRY_DAYS),
    Signal(
        "recovered",
        "The last close is less than 20 % below the highest close of 365 days, and the close before was not.",
        1,
        (("window", 365.0), ("threshold", DRAWDOWN_CORRECTION)),
        read_from("measures", _recovered),
        Family.DRAWDOWN,
    ),
    Signal(
        "new_high_365",
        "The last close is the highest of 365 days, and the close before was not.",
        1,
        (("window", 365.0),),
        read_from("measures", _new_high),
        Family.DRAWDOWN,
    ),
)
