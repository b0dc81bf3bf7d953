"""Scanning: read the signals and our own grades of a day from what is stored, and store them with their evidence."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import attrgetter

import numpy as np

from agent.analytics.bars import Flags, Floats, Indices
from agent.analytics.confidence import Confidence, data_quality
from agent.analytics.own_grade import OwnGrades, grade_assets
from agent.analytics.signals.scan import Firings, scan
from agent.analytics.signals.signal import Signal, Subject
from agent.measuring.confidences import Confidences, read_confidences
from agent.measuring.ground import DayGround, Scope, read_day_ground
from agent.store.engine import Store
from agent.store.own_grades import OwnGradeDay, PartName, put_own_grades
from agent.store.scan_states import put_scan_state
from agent.store.scans import is_scan_current
from agent.store.signals import NO_ASSET, SignalBatch, SignalRow, replace_signal_batches, replace_signals

_NO_COLUMN = np.empty(0)


@dataclass(frozen=True)
class ScanReport:
    """What a scan of a day found; `known` counts for each signal the subjects for which it could be read.

    `assets` counts those with a bar on the day, 0 if there was none; then nothing else is there either.
    """

    day: date
    computed_at: datetime
    assets: int
    batches: tuple[SignalBatch, ...] = ()
    known: tuple[tuple[str, int], ...] = ()
    graded: int = 0

    @cached_property
    def rows(self) -> tuple[SignalRow, ...]:
        """Every signal by itself, by asset, sector and name."""
        found = (row for batch in self.batches for row in batch.rows(self.day, self.computed_at))
        return tuple(sorted(found, key=attrgetter("asset_id", "sector", "name")))


def scan_if_changed(store: Store, scope: Scope, clock: Callable[[], datetime]) -> None:
    """Scan a close unless it was scanned and nothing came since; before a briefing or an answer reads it."""
    with store.reader() as session:
        current = is_scan_current(session, scope.source, scope.day)
    if not current:
        scan_day(store, scope, clock)


def scan_day(store: Store, scope: Scope, clock: Callable[[], datetime]) -> ScanReport:
    """Find and store the signals and grades of a close; scanning a day again replaces what was found before."""
    computed_at = clock()
    with store.reader() as session:
        found = read_day_ground(session, scope, computed_at)
        confidences = read_confidences(session, scope.source, scope.day)
    if found is None:
        with store.writer() as session:
            replace_signals(session, scope.source, scope.day, ())
        return ScanReport(scope.day, computed_at, 0)
    result, grades = scan(found.ground), grade_assets(found.ground.measures, found.coins)
    trust = _Trust(confidences, _quality(found, scope.day, computed_at), found.present)
    batches = tuple(
        batch for firings in result.firings if (batch := _batch(firings, found, trust, scope.day)).asset_ids
    )
    graded = _grade_day(grades, found, scope.day, computed_at)
    with store.writer() as session:
        replace_signal_batches(session, scope.source, scope.day, batches, computed_at)
        put_own_grades(session, scope.source, graded)
        put_scan_state(session, scope.source, found.state)
    count = int(np.isfinite(graded.short_term).sum())
    return ScanReport(scope.day, computed_at, int(found.present.sum()), batches, result.known, count)


@dataclass(frozen=True, slots=True)
class _Trust:
    """How far signals can be trusted: their records, the quality of each asset's data, and the mean quality."""

    confidences: Confidences
    quality: Floats
    present: Flags

    def of(self, signal: Signal, columns: Indices) -> list[Confidence]:
        """The confidence of a signal for each of these subjects."""
        if signal.subject is Subject.ASSET:
            qualities, places = np.unique(self.quality[columns], return_inverse=True)  # few, of thousands of assets
            confidences = [self.confidences.of(signal.name, quality) for quality in qualities.tolist()]
            return [confidences[place] for place in places.tolist()]
        mean = round(float(self.quality[self.present].mean()), 2)
        return [self.confidences.of(signal.name, mean)] * len(columns)


def _batch(firings: Firings, found: DayGround, trust: _Trust, day: date) -> SignalBatch:
    """The hits of a signal as they are stored; assets without a bar on the day have none."""
    signal, columns = firings.signal, firings.columns
    of_asset = signal.subject is Subject.ASSET
    kept = found.present[columns] if of_asset else np.ones(len(columns), dtype=np.bool_)
    columns = columns[kept]
    confidences = trust.of(signal, columns)
    return SignalBatch(
        name=signal.name,
        direction=signal.direction,
        expires_on=day + timedelta(days=signal.expires_after_days),
        asset_ids=found.asset_ids[columns].tolist() if of_asset else [NO_ASSET] * len(columns),
        sectors=[found.sectors[column] if signal.subject is Subject.SECTOR else "" for column in columns.tolist()],
        values=firings.values[kept].tolist(),
        confidences=[item.value for item in confidences],
        sample_sizes=[item.sample_size for item in confidences],
        proven=[item.proven for item in confidences],
        evidence_names=firings.evidence_names,
        evidence=firings.evidence[kept],
    )


def _quality(found: DayGround, day: date, computed_at: datetime) -> Floats:
    """The quality of each asset's data, to two digits: how much of a month is there, how old it is, who disputes it."""
    age_days = max((computed_at.date() - day).days - 1, 0)
    plain = {share: round(data_quality(share, age_days), 2) for share in np.unique(found.coverage).tolist()}
    values = np.array([plain[share] for share in found.coverage.tolist()])
    values[found.disputed] = 0.0
    return values


def _grade_day(grades: OwnGrades, found: DayGround, day: date, computed_at: datetime) -> OwnGradeDay:
    kept = found.present
    parts = np.array([part.values[kept] for part in grades.parts]) if grades.parts else _NO_COLUMN
    return OwnGradeDay(
        day=day,
        asset_ids=found.asset_ids[kept],
        short_term=grades.short_term[kept],
        long_term=grades.long_term[kept],
        part_names=tuple(PartName(part.name, part.horizon.value, part.weight) for part in grades.parts),
        parts=parts,
        computed_at=computed_at,
    )
