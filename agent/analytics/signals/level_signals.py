"""Signals of support and resistance: a close that comes near a level, and one that passes it."""

from agent.analytics.bars import Flags, Floats
from agent.analytics.signals.events import event, read_from
from agent.analytics.signals.levels import SWING_BARS, WINDOW_DAYS, Levels
from agent.analytics.signals.signal import Family, Reading, Signal

NEAR_ATR = 1.0


def _nearing_support(levels: Levels) -> Reading:
    reach = NEAR_ATR * levels.atr
    came = (levels.close - levels.support <= reach) & (levels.close_previous - levels.support > reach)
    return _nearing(levels, came, levels.support, "support_usd")


def _nearing_resistance(levels: Levels) -> Reading:
    reach = NEAR_ATR * levels.atr
    came = (levels.resistance - levels.close <= reach) & (levels.resistance - levels.close_previous > reach)
    return _nearing(levels, came, levels.resistance, "resistance_usd")


def _nearing(levels: Levels, came: Flags, level: Floats, name: str) -> Reading:
    evidence = {name: level, "close_usd": levels.close, "close_previous_usd": levels.close_previous}
    needed = (level, levels.close, levels.close_previous, levels.atr)
    return event(came, *needed, value=level, **evidence, atr_usd=levels.atr, level_provided=levels.provided)


def _lost_support(levels: Levels) -> Reading:
    close, level = levels.close, levels.support_previous
    return event(
        close < level,
        close,
        level,
        value=level,
        support_previous_usd=level,
        close_usd=close,
        close_previous_usd=levels.close_previous,
    )


def _broke_resistance(levels: Levels) -> Reading:
    close, level = levels.close, levels.resistance_previous
    return event(
        close > level,
        close,
        level,
        value=level,
        resistance_previous_usd=level,
        close_usd=close,
        close_previous_usd=levels.close_previous,
    )


_KINDS = f"provider's level, or else swing {{}} ({SWING_BARS} bars, {WINDOW_DAYS} days)"
_SUPPORT = f"the highest {_KINDS.format('low')} at or below"
_RESISTANCE = f"the lowest {_KINDS.format('high')} at or above"
_DERIVED = (("window", float(WINDOW_DAYS)), ("swing_bars", float(SWING_BARS)))
_NEAR = (("atr_period", 14.0), ("reach_atr", NEAR_ATR), *_DERIVED)

LEVEL_SIGNALS: tuple[Signal, ...] = (
    Signal(
        "nearing_support",
        f"The last close came down to within 1 ATR (14 bars) of its support, {_SUPPORT} it.",
        -1,
        _NEAR,
        read_from("levels", _nearing_support),
        Family.LEVELS,
    ),
    Signal(
        "lost_support",
        f"The last close is below the support of the bar before, {_SUPPORT} that bar's close.",
        -1,
        _DERIVED,
        read_from("levels", _lost_support),
        Family.LEVELS,
    ),
    Signal(
        "nearing_resistance",
        f"The last close came up to within 1 ATR (14 bars) of its resistance, {_RESISTANCE} it.",
        1,
        _NEAR,
        read_from("levels", _nearing_resistance),
        Family.LEVELS,
    ),
    Signal(
        "broke_resistance",
        f"The last close is above the resistance of the bar before, {_RESISTANCE} that bar's close.",
        1,
        _DERIVED,
        read_from("levels", _broke_resistance),
        Family.LEVELS,
    ),
)
