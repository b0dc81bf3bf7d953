"""The ledger of collections: what was asked of each source, what came, and what was set aside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import ColumnElement, func
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlmodel import Session, col, insert, select, update

from agent.errors import UnknownRow
from agent.store.records import entity_records
from agent.store.tables import CollectionRun, Quarantine
from datasources.records import QuarantinedRow

RAW_CHARACTERS = 4096


class RunStatus(StrEnum):
    """How a collection stands.

    A rejected one brought suspiciously little; a deferred one was left out because the credits are planned for others.
    """

    RUNNING = "running"
    OK = "ok"
    PARTIAL = "partial"
    FAILED = "failed"
    REJECTED = "rejected"
    DEFERRED = "deferred"


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a collection ended; `error_class` names the class of the error, `error` is its message."""

    status: RunStatus
    expected: int | None = None
    received: int = 0
    written: int = 0
    revised: int = 0
    quarantined: int = 0
    requests: int = 0
    error_class: str | None = None
    error: str | None = None
    watermark_day: date | None = None


@dataclass(frozen=True, slots=True)
class RunRow:
    """A stored collection run."""

    run_id: int
    source: str
    kind: str
    started_at: datetime
    finished_at: datetime | None
    status: str
    expected: int | None
    received: int
    written: int
    revised: int
    quarantined: int
    requests: int
    error_class: str | None
    error: str | None
    watermark_day: date | None


@dataclass(frozen=True, slots=True)
class AttemptsRow:
    """The last run of a kind from a source, and the last one that gave all that was expected; None if none ever did.

    `last` may still be running, or have been deferred. `failures` counts the runs that failed, were rejected or gave
    only a part since the last good one.
    """

    source: str
    kind: str
    last: RunRow
    last_ok: RunRow | None
    failures: int


@dataclass(frozen=True, slots=True)
class QuarantineCount:
    """How many rows of a kind from a source were set aside for one reason."""

    source: str
    kind: str
    reason: str
    rows: int


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """A row that could not become a record, and how often it came."""

    quarantine_id: int
    run_id: int
    source: str
    kind: str
    reason: str
    raw: str
    row_sha256: str
    seen_count: int
    first_seen_at: datetime
    last_seen_at: datetime


def start_run(session: Session, source: str, kind: str, started_at: datetime) -> int:
    """Open a run and give its id."""
    none = dict.fromkeys(("received", "written", "revised", "quarantined", "requests"), 0)
    values = {"source": source, "kind": str(kind), "started_at": started_at, "status": RunStatus.RUNNING.value, **none}
    new = insert(CollectionRun).values(values).returning(col(CollectionRun.run_id))
    return int(session.execute(new).scalar_one())


def finish_run(session: Session, run_id: int, outcome: RunOutcome, finished_at: datetime) -> None:
    """Close a run; raises UnknownRow for a run that was never started."""
    values = {
        "finished_at": finished_at,
        "status": outcome.status.value,
        "expected": outcome.expected,
        "received": outcome.received,
        "written": outcome.written,
        "revised": outcome.revised,
        "quarantined": outcome.quarantined,
        "requests": outcome.requests,
        "error_class": outcome.error_class,
        "error": outcome.error,
        "watermark_day": outcome.watermark_day,
    }
    own = update(CollectionRun).where(col(CollectionRun.run_id) == run_id).values(values)
    if not session.execute(own.returning(col(CollectionRun.run_id))).all():
        raise UnknownRow(f"there is no collection run {run_id}")


def fail_interrupted_runs(session: Session, started_before: datetime, now: datetime) -> int:
    """Close runs whose process died, that is which started before a time and never ended; say how many."""
    stale = (_is(RunStatus.RUNNING), col(CollectionRun.started_at) < started_before)
    values = {"status": RunStatus.FAILED.value, "finished_at": now, "error": "interrupted before it could finish"}
    closed = update(CollectionRun).where(*stale).values(values).returning(col(CollectionRun.run_id))
    return len(session.execute(closed).all())


def latest_runs(session: Session, source: str | None = None) -> tuple[RunRow, ...]:
    """Read the last run of each kind from each source, or from one, by source and kind, whatever its status."""
    return _last_of_each(session, [] if source is None else [col(CollectionRun.source) == source])


def last_attempts(session: Session, source: str | None = None) -> tuple[AttemptsRow, ...]:
    """Read how each kind from each source, or from one, stands, by source and kind."""
    own = [] if source is None else [col(CollectionRun.source) == source]
    good = {(run.source, run.kind): run for run in _last_of_each(session, [_is(RunStatus.OK), *own])}
    failures = _failures_of_each(session, own)
    return tuple(
        AttemptsRow(*key, run, good.get(key), failures.get(key, 0))
        for run in _last_of_each(session, own)
        for key in [(run.source, run.kind)]
    )


def requests_since(session: Session, day: date) -> Mapping[str, int]:
    """Count the requests of the runs that started on `day` (UTC) or later, by source."""
    total = func.sum(CollectionRun.requests)
    query = select(CollectionRun.source, total).where(col(CollectionRun.started_at) >= _start_of(day))
    return dict(session.exec(query.group_by(col(CollectionRun.source)).order_by(CollectionRun.source)).all())


def quarantine_counts(session: Session, day: date) -> tuple[QuarantineCount, ...]:
    """Count the distinct rows set aside on `day` (UTC) or later, by source, kind and reason, the most frequent first.

    A row counts under the reason it was last set aside for.
    """
    group = (col(Quarantine.source), col(Quarantine.kind), col(Quarantine.reason))
    rows = func.count().label("rows")
    query = select(*group, rows).where(col(Quarantine.last_seen_at) >= _start_of(day))
    found = session.exec(query.group_by(*group).order_by(*group[:2], rows.desc(), group[2]))
    return tuple(QuarantineCount(*row) for row in found)


def last_good_run(session: Session, source: str, kind: str) -> RunRow | None:
    """Read the last run of a kind that gave all that was expected, None if there never was one."""
    return _last_run(session, source, kind, _is(RunStatus.OK))


def list_runs(session: Session, limit: int = 50) -> tuple[RunRow, ...]:
    """Read the last runs, newest first."""
    query = select(CollectionRun).order_by(col(CollectionRun.run_id).desc()).limit(limit)
    return entity_records(session, RunRow, query)


def quarantine_rows(
    session: Session, run_id: int, source: str, rows: Sequence[QuarantinedRow], seen_at: datetime
) -> None:
    """Set rows aside with the reason; a row that came before is counted, not stored again."""
    for row in rows:
        raw = row.raw[:RAW_CHARACTERS]
        digest = sha256(row.raw.encode("utf-8", "backslashreplace")).hexdigest()
        key = {"source": source, "kind": row.kind.value, "row_sha256": digest}
        values = {"run_id": run_id, "reason": row.reason, "last_seen_at": seen_at}
        new = upsert(Quarantine).values(**key, **values, raw=raw, seen_count=1, first_seen_at=seen_at)
        counted = {**values, "seen_count": col(Quarantine.seen_count) + 1}
        session.execute(new.on_conflict_do_update(index_elements=list(key), set_=counted))


def list_quarantined(session: Session, source: str | None = None, limit: int = 50) -> tuple[QuarantineRow, ...]:
    """Read the rows set aside, the last seen first."""
    query = select(Quarantine).order_by(col(Quarantine.last_seen_at).desc(), col(Quarantine.quarantine_id)).limit(limit)
    if source is not None:
        query = query.where(Quarantine.source == source)
    return entity_records(session, QuarantineRow, query)


def _is(*statuses: RunStatus) -> ColumnElement[bool]:
    return col(CollectionRun.status).in_([status.value for status in statuses])


_FAILED = _is(RunStatus.PARTIAL, RunStatus.FAILED, RunStatus.REJECTED)


def _last_run(session: Session, source: str, kind: str, *matching: ColumnElement[bool]) -> RunRow | None:
    own = (col(CollectionRun.source) == source, col(CollectionRun.kind) == str(kind))
    query = select(CollectionRun).where(*own, *matching).order_by(col(CollectionRun.run_id).desc()).limit(1)
    found = entity_records(session, RunRow, query)
    return found[0] if found else None


def _last_of_each(session: Session, matching: Sequence[ColumnElement[bool]]) -> tuple[RunRow, ...]:
    group = (col(CollectionRun.source), col(CollectionRun.kind))
    last = select(func.max(CollectionRun.run_id)).where(*matching).group_by(*group)
    query = select(CollectionRun).where(col(CollectionRun.run_id).in_(last)).order_by(*group)
    return entity_records(session, RunRow, query)


def _failures_of_each(session: Session, own: Sequence[ColumnElement[bool]]) -> dict[tuple[str, str], int]:
    group = (col(CollectionRun.source), col(CollectionRun.kind))
    last_good = select(*group, func.max(CollectionRun.run_id).label("run_id")).where(_is(RunStatus.OK))
    good = last_good.group_by(*group).subquery()
    same = (good.c.source == group[0]) & (good.c.kind == group[1])
    later = col(CollectionRun.run_id) > func.coalesce(good.c.run_id, 0)
    query = select(*group, func.count()).outerjoin(good, same).where(_FAILED, later, *own).group_by(*group)
    return {(source, kind): count for source, kind, count in session.exec(query)}


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
