"""Finished briefings and the facts behind them.

The same snapshot of the data gives the same briefing: saving it again returns the one that is stored. A new snapshot
for the same portfolio, day and edition becomes the next revision.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, insert, select

from agent.store.facts import FactRow, save_facts
from agent.store.records import entity_records
from agent.store.tables import Briefing


@dataclass(frozen=True, slots=True)
class BriefingRow:
    """A stored briefing; `document` and `report` are its JSON texts, kept byte for byte."""

    briefing_id: str
    portfolio_id: int
    day: date
    edition: str
    revision: int
    as_of: date
    written_at: datetime
    writer: str
    step: str
    model: str | None
    prompt_sha256: str | None
    verifier_version: str
    snapshot_sha256: str
    document: str
    report: str


def save_briefing(session: Session, row: BriefingRow, facts: Sequence[FactRow]) -> BriefingRow:
    """Store a briefing with its facts and return it as stored: an earlier one of this snapshot, or a new revision.

    The revision is given here; `next_revision` tells it beforehand, within the same write transaction.
    """
    stored = find_snapshot(session, row.portfolio_id, row.day, row.edition, row.snapshot_sha256)
    if stored is not None:
        return stored
    new = replace(row, revision=next_revision(session, row.portfolio_id, row.day, row.edition))
    session.execute(insert(Briefing).values({name: getattr(new, name) for name in BriefingRow.__slots__}))
    save_facts(session, row.briefing_id, facts)
    return new


def next_revision(session: Session, portfolio_id: int, day: date, edition: str) -> int:
    """Tell the revision that a new snapshot would get."""
    last = select(func.max(Briefing.revision)).where(*_of(portfolio_id, day, edition))
    return (session.exec(last).one() or 0) + 1


def find_snapshot(session: Session, portfolio_id: int, day: date, edition: str, snapshot: str) -> BriefingRow | None:
    """Read the briefing that was written from a snapshot of the data, None if there is none."""
    query = select(Briefing).where(*_of(portfolio_id, day, edition), Briefing.snapshot_sha256 == snapshot)
    return _first(entity_records(session, BriefingRow, query))


def get_briefing(session: Session, briefing_id: str) -> BriefingRow | None:
    """Read a briefing by its id, None if there is none."""
    return _first(entity_records(session, BriefingRow, select(Briefing).where(Briefing.briefing_id == briefing_id)))


def latest_briefing(
    session: Session,
    portfolio_id: int,
    *,
    before: date | None = None,
    day: date | None = None,
    edition: str | None = None,
) -> BriefingRow | None:
    """Read the last revision of the last briefing: of a day, of days before one, or of all; None if there is none."""
    query = select(Briefing).where(Briefing.portfolio_id == portfolio_id)
    if before is not None:
        query = query.where(Briefing.day < before)
    if day is not None:
        query = query.where(Briefing.day == day)
    if edition is not None:
        query = query.where(Briefing.edition == edition)
    newest = (col(Briefing.day).desc(), col(Briefing.written_at).desc(), col(Briefing.revision).desc())
    return _first(entity_records(session, BriefingRow, query.order_by(*newest).limit(1)))


def list_briefings(session: Session, portfolio_id: int | None = None, limit: int = 50) -> tuple[BriefingRow, ...]:
    """Read the last briefings, all revisions, newest first."""
    query = select(Briefing)
    if portfolio_id is not None:
        query = query.where(Briefing.portfolio_id == portfolio_id)
    newest = (col(Briefing.day).desc(), col(Briefing.written_at).desc(), col(Briefing.revision).desc())
    return entity_records(session, BriefingRow, query.order_by(*newest).limit(limit))


def _of(portfolio_id: int, day: date, edition: str) -> tuple[bool, bool, bool]:
    return Briefing.portfolio_id == portfolio_id, Briefing.day == day, Briefing.edition == edition


def _first(rows: Sequence[BriefingRow]) -> BriefingRow | None:
    return rows[0] if rows else None
