"""The scan: read every signal of a day, and say what fired and for how many it could be known."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from agent.analytics.bars import Floats, Indices
from agent.analytics.errors import AnalyticsError
from agent.analytics.signals.ground import Ground
from agent.analytics.signals.registry import SIGNALS
from agent.analytics.signals.signal import Reading, Signal, SignalHit, Subject

_SUBJECTS = tuple(Subject)


@dataclass(frozen=True, slots=True)
class Firings:
    """One signal's hits of a day: the columns for which it fired, its figure for each, and their evidence.

    `evidence` is hits x `evidence_names`, NaN where a figure is not known; `known` counts the subjects for which the
    signal could be read.
    """

    signal: Signal
    columns: Indices
    values: Floats
    evidence_names: tuple[str, ...]
    evidence: Floats
    known: int

    def hits(self) -> Iterator[SignalHit]:
        """Each hit by itself, without the evidence that is NaN."""
        signal, whole = self.signal, np.asarray(np.isfinite(self.evidence).all(axis=1))
        rows = zip(self.columns.tolist(), self.values.tolist(), self.evidence.tolist(), whole.tolist(), strict=True)
        for column, value, evidence, complete in rows:
            pairs = zip(self.evidence_names, evidence, strict=True)
            shown = tuple(pairs) if complete else tuple(pair for pair in pairs if math.isfinite(pair[1]))
            yield SignalHit(signal.subject, column, signal.name, signal.direction, value, shown)


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What a scan found, signal by signal in the order of the registry, those included that did not fire."""

    firings: tuple[Firings, ...]

    @property
    def hits(self) -> tuple[SignalHit, ...]:
        """Every hit, by kind of subject, column and registry order."""
        found = [
            (_SUBJECTS.index(hit.subject), hit.column, order, hit)
            for order, firings in enumerate(self.firings)
            for hit in firings.hits()
        ]
        return tuple(hit for *_, hit in sorted(found, key=itemgetter(0, 1, 2)))

    @property
    def known(self) -> tuple[tuple[str, int], ...]:
        """For how many subjects each signal could be read."""
        return tuple((firings.signal.name, firings.known) for firings in self.firings)


def scan(ground: Ground, signals: Sequence[Signal] = SIGNALS) -> ScanResult:
    """Read signals from the ground of one day: each part (subjects,).

    A subject whose figures are not known has no hit and is not counted as known; a part of the ground that is None is
    known for nobody. Raises AnalyticsError for the ground of a history.
    """
    if ground.measures.close.ndim != 1:
        raise AnalyticsError("a scan reads one day: take it out of a history with `day_of`, or read `histories`")
    return ScanResult(tuple(_firings(signal, signal.read(ground)) for signal in signals))


def histories(ground: Ground, signals: Sequence[Signal] = SIGNALS) -> Mapping[str, Reading]:
    """Read signals on every day of a history: name -> reading, its arrays (days, subjects).

    Each row is what a scan of that day finds. A reading takes 2 bytes for each day and subject and signal, and some
    figures of its own: read long histories of many assets a few signals at a time. Raises AnalyticsError for the
    ground of a day.
    """
    if ground.measures.close.ndim != 2:
        raise AnalyticsError("a history is read from measures of days x assets, as `measure_history` gives them")
    return {signal.name: signal.read(ground) for signal in signals}


def _firings(signal: Signal, reading: Reading) -> Firings:
    """Gather the figures of the subjects for which a signal fired, and of no others."""
    columns = np.flatnonzero(reading.fired)
    names = tuple(name for name, _ in reading.evidence)
    evidence = np.empty((len(columns), len(names)))
    for place, (_, values) in enumerate(reading.evidence):
        evidence[:, place] = values[columns]
    return Firings(signal, columns, reading.value[columns], names, evidence, int(np.count_nonzero(reading.known)))
