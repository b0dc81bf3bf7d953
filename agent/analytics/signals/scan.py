"""The scan: read every signal of a day, and say what fired and for how many it could be known."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agent.analytics.errors import AnalyticsError
from agent.analytics.signals.ground import Ground
from agent.analytics.signals.registry import SIGNALS
from agent.analytics.signals.signal import Reading, Signal, SignalHit, Subject

_SUBJECTS = tuple(Subject)


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan found: hits by kind of subject, column and registry order; `known` counts subjects per signal."""

    hits: tuple[SignalHit, ...]
    known: tuple[tuple[str, int], ...]


def scan(ground: Ground, signals: Sequence[Signal] = SIGNALS) -> ScanResult:
    """Read signals from the ground of one day: each part (subjects,).

    A subject whose figures are not known has no hit and is not counted in `known`; a part of the ground that is None
    is known for nobody. Evidence that is NaN is left out. Raises AnalyticsError for the ground of a history.
    """
    if ground.measures.close.ndim != 1:
        raise AnalyticsError("a scan reads one day: take it out of a history with `day_of`, or read `histories`")
    readings = [signal.read(ground) for signal in signals]
    found = [
        (_SUBJECTS.index(signal.subject), hit.column, order, hit)
        for order, (signal, reading) in enumerate(zip(signals, readings, strict=True))
        for hit in _hits(signal, reading)
    ]
    found.sort(key=lambda place: place[:3])
    known = tuple(
        (signal.name, int(np.count_nonzero(reading.known))) for signal, reading in zip(signals, readings, strict=True)
    )
    return ScanResult(tuple(hit for *_, hit in found), known)


def histories(ground: Ground, signals: Sequence[Signal] = SIGNALS) -> Mapping[str, Reading]:
    """Read signals on every day of a history: name -> reading, its arrays (days, subjects).

    Each row is what a scan of that day finds. A reading takes 2 bytes for each day and subject and signal, and some
    figures of its own: read long histories of many assets a few signals at a time. Raises AnalyticsError for the
    ground of a day.
    """
    if ground.measures.close.ndim != 2:
        raise AnalyticsError("a history is read from measures of days x assets, as `measure_history` gives them")
    return {signal.name: signal.read(ground) for signal in signals}


def _hits(signal: Signal, reading: Reading) -> Iterator[SignalHit]:
    """Gather the evidence of the subjects for which a signal fired, and of no others."""
    columns = np.flatnonzero(reading.fired)
    if len(columns) == 0:
        return
    names = [name for name, _ in reading.evidence]
    figures = np.array([reading.value[columns], *(values[columns] for _, values in reading.evidence)]).T
    complete = np.isfinite(figures).all(axis=1)
    for column, whole, (value, *evidence) in zip(columns.tolist(), complete.tolist(), figures.tolist(), strict=True):
        pairs = zip(names, evidence, strict=True)
        shown = tuple(pairs) if whole else tuple(pair for pair in pairs if math.isfinite(pair[1]))
        yield SignalHit(signal.subject, column, signal.name, signal.direction, value, shown)
