"""Trend signals: a close outside the range of the bars before it, and the averages of 50 and 200 bars crossing."""

from functools import partial

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.measures import Measures
from agent.analytics.signals.events import SLOW_EXPIRY_DAYS, event, read_from
from agent.analytics.signals.signal import Family, Reading, Signal

# Two averages of a price that does not move differ by rounding; so little, relative to the price, is no difference.
_NOISE = 1e-12


def _breakout_up(measures: Measures) -> Reading:
    close, high = measures.close, measures.previous_high
    breakout = measures.breakout
    return event(breakout == 1, breakout, value=high, close_usd=close, previous_high_usd=high)


def _breakout_down(measures: Measures) -> Reading:
    close, low = measures.close, measures.previous_low
    breakout = measures.breakout
    return event(breakout == -1, breakout, value=low, close_usd=close, previous_low_usd=low)


def _breakout_up_55(measures: Measures) -> Reading:
    close, high = measures.close, measures.previous_high_55
    return event(close > high, close, high, value=high, close_usd=close, previous_high_55_usd=high)


def _breakdown_55(measures: Measures) -> Reading:
    close, low = measures.close, measures.previous_low_55
    return event(close < low, close, low, value=low, close_usd=close, previous_low_55_usd=low)


def _averages_cross(measures: Measures, direction: int) -> Reading:
    fast, slow = measures.sma_50, measures.sma_200
    fast_before, slow_before = measures.sma_50_previous, measures.sma_200_previous
    now, before = direction * _gap(fast, slow), direction * _gap(fast_before, slow_before)
    return event(
        (now > 0) & (before <= 0),
        now,
        before,
        value=fast,
        sma_50_usd=fast,
        sma_200_usd=slow,
        sma_50_previous_usd=fast_before,
        sma_200_previous_usd=slow_before,
    )


def _gap(fast: Floats, slow: Floats) -> Floats:
    gap = fast - slow
    return np.where(np.abs(gap) <= _NOISE * np.abs(slow), 0.0, gap)


_AVERAGES = (("fast", 50.0), ("slow", 200.0))

TREND_SIGNALS: tuple[Signal, ...] = (
    Signal(
        "breakout_up",
        "The last close is above the highest high of the 20 bars before it.",
        1,
        (("window", 20.0),),
        read_from("measures", _breakout_up),
        Family.TREND,
    ),
    Signal(
        "breakout_down",
        "The last close is below the lowest low of the 20 bars before it.",
        -1,
        (("window", 20.0),),
        read_from("measures", _breakout_down),
        Family.TREND,
    ),
    Signal(
        "breakout_up_55",
        "The last close is above the highest high of the 55 bars before it.",
        1,
        (("window", 55.0),),
        read_from("measures", _breakout_up_55),
        Family.TREND,
        expires_after_days=SLOW_EXPIRY_DAYS,
    ),
    Signal(
        "breakdown_55",
        "The last close is below the lowest low of the 55 bars before it.",
        -1,
        (("window", 55.0),),
        read_from("measures", _breakdown_55),
        Family.TREND,
        expires_after_days=SLOW_EXPIRY_DAYS,
    ),
    Signal(
        "golden_cross",
        "The average close of 50 bars is above that of 200 bars, and at the bar before it was not.",
        1,
        _AVERAGES,
        read_from("measures", partial(_averages_cross, direction=1)),
        Family.TREND,
        expires_after_days=SLOW_EXPIRY_DAYS,
    ),
    Signal(
        "death_cross",
        "The average close of 50 bars is below that of 200 bars, and at the bar before it was not.",
        -1,
        _AVERAGES,
        read_from("measures", partial(_averages_cross, direction=-1)),
        Family.TREND,
        expires_after_days=SLOW_EXPIRY_DAYS,
    ),
)
