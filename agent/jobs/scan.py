"""Scanning: read the signals and our own grades of a day from what is stored, and store them with their evidence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.confidence import data_quality
from agent.analytics.own_grade import OwnGrades, grade_assets
from agent.analytics.signals.registry import signal_named
from agent.analytics.signals.scan import scan
from agent.analytics.signals.signal import SignalHit, Subject
from agent.briefing.gather import Wanted
from agent.measuring.confidences import Confidences, read_confidences
from agent.measuring.ground import DayGround, Scope, read_day_ground
from agent.store.engine import Store
from agent.store.own_grades import OwnGradeDay, PartName, put_own_grades
from agent.store.scan_states import put_scan_state
from agent.store.signals import NO_ASSET, SignalRow, replace_signals

_NO_COLUMN = np.empty(0)


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What a scan of a day found; `known` counts for each signal the subjects for which it could be read.

    `assets` counts those with a bar on the day, 0 if there was none; then nothing else is there either.
    """

    day: date
    assets: int
    rows: tuple[SignalRow, ...] = ()
    known: tuple[tuple[str, int], ...] = ()
    graded: int = 0


def scope_of(wanted: Wanted, day: date) -> Scope:
    """What a scan for a briefing, or for an answer, looks at."""
    return Scope(wanted.source, day, wanted.other_sources, wanted.price_chain, wanted.tolerance_pct)


def scan_day(store: Store, scope: Scope, clock: Callable[[], datetime]) -> ScanReport:
    """Find and store the signals and grades of a close; scanning a day again replaces what was found before."""
    computed_at = clock()
    with store.reader() as session:
        found = read_day_ground(session, scope, computed_at)
        confidences = read_confidences(session, scope.source, scope.day)
    if found is None:
        with store.writer() as session:
            replace_signals(session, scope.source, scope.day, ())
        return ScanReport(scope.day, 0)
    result, grades = scan(found.ground), grade_assets(found.ground.measures, found.coins)
    quality = _quality(found, scope.day, computed_at)
    rows = signal_rows(result.hits, found, confidences, quality, scope.day, computed_at)
    graded = _grade_day(grades, found, scope.day, computed_at)
    with store.writer() as session:
        replace_signals(session, scope.source, scope.day, rows)
        put_own_grades(session, scope.source, graded)
        put_scan_state(session, scope.source, found.state)
    count = int(np.isfinite(graded.short_term).sum())
    return ScanReport(scope.day, int(found.present.sum()), rows, result.known, count)


def signal_rows(
    hits: Sequence[SignalHit],
    found: DayGround,
    confidences: Confidences,
    quality: Floats,
    day: date,
    computed_at: datetime,
) -> tuple[SignalRow, ...]:
    """The hits as rows; assets without a bar on the day have none. `quality` is that of each asset's data, 0 to 1."""
    ids, present = found.asset_ids.tolist(), found.present.tolist()
    qualities, mean = quality.tolist(), round(float(quality[found.present].mean()), 2)
    expiry = {name: day + timedelta(days=signal_named(name).expires_after_days) for name in {hit.name for hit in hits}}
    rows = []
    for hit in hits:
        of_asset = hit.subject is Subject.ASSET
        if of_asset and not present[hit.column]:
            continue
        trust = confidences.of(hit.name, qualities[hit.column] if of_asset else mean)
        rows.append(
            SignalRow(
                asset_id=ids[hit.column] if of_asset else NO_ASSET,
                day=day,
                name=hit.name,
                direction=hit.direction,
                value=hit.value,
                evidence=dict(hit.evidence),
                computed_at=computed_at,
                sector=found.sectors[hit.column] if hit.subject is Subject.SECTOR else "",
                expires_on=expiry[hit.name],
                confidence=trust.value,
                sample_size=trust.sample_size,
                proven=trust.proven,
            )
        )
    return tuple(rows)


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
