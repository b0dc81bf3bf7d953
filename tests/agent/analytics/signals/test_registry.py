"""What is registered: names that stay, sentences that hold every parameter."""

import re

import pytest

from agent.analytics.errors import AnalyticsError
from agent.analytics.signals.registry import SIGNALS, signal_named
from agent.analytics.signals.signal import Family, Signal, Subject

# Stored signals and briefings know these by name.
FIRST = {
    "rsi_oversold": ("The 14-day RSI fell below 30 at the last close, from 30 or above.", -1),
    "rsi_overbought": ("The 14-day RSI rose above 70 at the last close, from 70 or below.", 1),
    "macd_bullish_cross": ("The MACD (12, 26, 9) crossed above its signal line at the last close.", 1),
    "macd_bearish_cross": ("The MACD (12, 26, 9) crossed below its signal line at the last close.", -1),
    "breakout_up": ("The last close is above the highest high of the 20 bars before it.", 1),
    "breakout_down": ("The last close is below the lowest low of the 20 bars before it.", -1),
    "volume_spike": (
        "The last day's volume is at least 3 standard deviations above the mean of the 20 bars before it.",
        1,
    ),
    "drawdown_deep": (
        "The last close is 50 % or more below the highest close of 365 days, and the close before was not.",
        -1,
    ),
}


def test_names_are_unique_and_definitions_are_sentences() -> None:
    assert len({signal.name for signal in SIGNALS}) == len(SIGNALS)
    assert all(re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", signal.name) for signal in SIGNALS)
    assert all(signal.definition[0].isupper() and signal.definition.endswith(".") for signal in SIGNALS)
    assert len({signal.definition for signal in SIGNALS}) == len(SIGNALS)
    assert all(signal.direction in (1, 0, -1) for signal in SIGNALS)
    assert all(signal.expires_after_days >= 1 for signal in SIGNALS)


def test_the_first_eight_signals_keep_their_names_and_definitions() -> None:
    assert {name: (signal_named(name).definition, signal_named(name).direction) for name in FIRST} == FIRST


def test_every_kind_of_subject_and_evidence_has_signals() -> None:
    assert {signal.subject for signal in SIGNALS} == set(Subject)
    assert {signal.family for signal in SIGNALS} == set(Family)


OURS = [
    signal for signal in SIGNALS if signal.subject is Subject.ASSET and signal.family.value not in ("onchain", "defi")
]


@pytest.mark.parametrize("signal", OURS, ids=lambda signal: signal.name)
def test_a_definition_holds_every_parameter(signal: Signal) -> None:
    words = {0.5: "half", 1.0: "1 ", -1.0: "-1 "}
    for name, value in signal.parameters:
        per_cent = name == "held_change" or (name == "threshold" and signal.family is Family.DRAWDOWN)
        shown = f"{abs(value) * 100:g} %" if per_cent else words.get(value, f"{value:g}")
        if (name, value) != ("days", 1.0):  # "the day before"
            assert shown in signal.definition


def test_a_name_that_is_not_registered_is_refused_with_those_that_are() -> None:
    with pytest.raises(AnalyticsError, match="no signal 'moon'; there are rsi_oversold, "):
        signal_named("moon")
