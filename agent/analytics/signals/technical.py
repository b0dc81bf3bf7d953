"""The signals that a scan looks for, each with its definition, parameters and evidence.

A signal is an event of the last bar: a level that was entered, a line that was crossed. Its direction says which way
the measured thing went, 1 up and -1 down; it is not a forecast.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Flags, Floats
from agent.analytics.measures import Measures, PanelArrays, measure

RSI_OVERSOLD = 30.0
RSI_OVERBOUGHT = 70.0
VOLUME_SPIKE = 3.0
DRAWDOWN_DEEP = -0.5


@dataclass(frozen=True, slots=True)
class Reading:
    """What a signal found, one entry per asset: whether it fired, whether it could be known, its figure and evidence.

    Where it is not known it has not fired.
    """

    fired: Flags
    known: Flags
    value: Floats
    evidence: tuple[tuple[str, Floats], ...]


@dataclass(frozen=True, slots=True)
class Signal:
    """A registered signal: its name, what it means in one sentence, its parameters and the function that reads it."""

    name: str
    definition: str
    direction: int
    parameters: tuple[tuple[str, float], ...]
    read: Callable[[Measures], Reading]


@dataclass(frozen=True, slots=True)
class SignalHit:
    """A signal that fired for the asset in column `asset_index`; the evidence names every figure it was read from."""

    asset_index: int
    name: str
    direction: int
    value: float
    evidence: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan of the last row found.

    `hits` are ordered by asset, then as registered; `known` says for how many assets each signal could be read, so
    that silence can be told from missing data; `measures` are the levels behind the signals.
    """

    hits: tuple[SignalHit, ...]
    known: tuple[tuple[str, int], ...]
    measures: Measures


def _entered(now: Floats, before: Floats, inside_now: Flags, inside_before: Flags) -> tuple[Flags, Flags]:
    """Which assets entered a level at the last bar, and for which that can be known."""
    known = np.isfinite(now) & np.isfinite(before)
    return known & inside_now & ~inside_before, known


def _rsi_oversold(measures: Measures) -> Reading:
    now, before = measures.rsi, measures.rsi_previous
    fired, known = _entered(now, before, now < RSI_OVERSOLD, before < RSI_OVERSOLD)
    return Reading(fired, known, now, (("rsi", now), ("rsi_previous", before)))


def _rsi_overbought(measures: Measures) -> Reading:
    now, before = measures.rsi, measures.rsi_previous
    fired, known = _entered(now, before, now > RSI_OVERBOUGHT, before > RSI_OVERBOUGHT)
    return Reading(fired, known, now, (("rsi", now), ("rsi_previous", before)))


def _macd_reading(measures: Measures, direction: int) -> Reading:
    cross = measures.macd_cross
    evidence = (
        ("macd_usd", measures.macd),
        ("macd_signal_usd", measures.macd_signal),
        ("macd_histogram_usd", measures.macd_histogram),
    )
    return Reading(cross == direction, np.isfinite(cross), measures.macd_histogram, evidence)


def _macd_bullish_cross(measures: Measures) -> Reading:
    return _macd_reading(measures, 1)


def _macd_bearish_cross(measures: Measures) -> Reading:
    return _macd_reading(measures, -1)


def _breakout_up(measures: Measures) -> Reading:
    evidence = (("close_usd", measures.close), ("previous_high_usd", measures.previous_high))
    return Reading(measures.breakout == 1, np.isfinite(measures.breakout), measures.previous_high, evidence)


def _breakout_down(measures: Measures) -> Reading:
    evidence = (("close_usd", measures.close), ("previous_low_usd", measures.previous_low))
    return Reading(measures.breakout == -1, np.isfinite(measures.breakout), measures.previous_low, evidence)


def _volume_spike(measures: Measures) -> Reading:
    zscore = measures.volume_z
    evidence = (("volume_z", zscore), ("volume", measures.volume))
    return Reading(zscore >= VOLUME_SPIKE, np.isfinite(zscore), zscore, evidence)


def _drawdown_deep(measures: Measures) -> Reading:
    now, before = measures.drawdown, measures.drawdown_previous
    fired, known = _entered(now, before, now <= DRAWDOWN_DEEP, before <= DRAWDOWN_DEEP)
    return Reading(fired, known, now, (("drawdown", now), ("drawdown_previous", before), ("close_usd", measures.close)))


_MACD_PERIODS = (("fast", 12.0), ("slow", 26.0), ("signal", 9.0))

SIGNALS: tuple[Signal, ...] = (
    Signal(
        "rsi_oversold",
        "The 14-day RSI fell below 30 at the last close, from 30 or above.",
        -1,
        (("period", 14.0), ("threshold", RSI_OVERSOLD)),
        _rsi_oversold,
    ),
    Signal(
        "rsi_overbought",
        "The 14-day RSI rose above 70 at the last close, from 70 or below.",
        1,
        (("period", 14.0), ("threshold", RSI_OVERBOUGHT)),
        _rsi_overbought,
    ),
    Signal(
        "macd_bullish_cross",
        "The MACD (12, 26, 9) crossed above its signal line at the last close.",
        1,
        _MACD_PERIODS,
        _macd_bullish_cross,
    ),
    Signal(
        "macd_bearish_cross",
        "The MACD (12, 26, 9) crossed below its signal line at the last close.",
        -1,
        _MACD_PERIODS,
        _macd_bearish_cross,
    ),
    Signal(
        "breakout_up",
        "The last close is above the highest high of the 20 bars before it.",
        1,
        (("window", 20.0),),
        _breakout_up,
    ),
    Signal(
        "breakout_down",
        "The last close is below the lowest low of the 20 bars before it.",
        -1,
        (("window", 20.0),),
        _breakout_down,
    ),
    Signal(
        "volume_spike",
        "The last day's volume is at least 3 standard deviations above the mean of the 20 bars before it.",
        1,
        (("window", 20.0), ("threshold", VOLUME_SPIKE)),
        _volume_spike,
    ),
    Signal(
        "drawdown_deep",
        "The last close is 50 % or more below the highest close of 365 days, and the close before was not.",
        -1,
        (("window", 365.0), ("threshold", DRAWDOWN_DEEP)),
        _drawdown_deep,
    ),
)


def scan(panel: PanelArrays) -> ScanResult:
    """Read every registered signal at the last row of a panel.

    An asset whose figures are not known has no hit and is not counted in `known`. Raises AnalyticsError for a panel
    without days.
    """
    measures = measure(panel)
    readings = [(order, signal, signal.read(measures)) for order, signal in enumerate(SIGNALS)]
    hits = [
        (asset, order, _hit(asset, signal, reading))
        for order, signal, reading in readings
        for asset in np.flatnonzero(reading.fired).tolist()
    ]
    hits.sort(key=lambda found: found[:2])
    known = tuple((signal.name, int(reading.known.sum())) for _, signal, reading in readings)
    return ScanResult(tuple(hit for _, _, hit in hits), known, measures)


def _hit(asset: int, signal: Signal, reading: Reading) -> SignalHit:
    evidence = tuple((name, float(values[asset])) for name, values in reading.evidence)
    return SignalHit(asset, signal.name, signal.direction, float(reading.value[asset]), evidence)
