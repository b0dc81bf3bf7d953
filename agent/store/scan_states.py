"""What the indicators remember after a day, so that the next day needs only its own bars.

Rebuildable at any time; `agent.store.bars` drops the states of a day in the transaction that changes one of its bars.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session

from agent.store.sources import source_id, stored_source_id
from agent.store.tables import scan_state

KEPT = 2  # the last day's, and the one before it, for when a day's bars come in several parts


@dataclass(frozen=True, slots=True)
class ScanStateRow:
    """The packed state after the close of `day`, of a scan that began with the bars of `anchor_day`."""

    day: date
    anchor_day: date
    payload: bytes
    computed_at: datetime


def put_scan_state(session: Session, source: str, row: ScanStateRow) -> None:
    """Store a state in place of that day's, and forget all but the newest few."""
    number = source_id(session, source)
    values = {"anchor_day": row.anchor_day, "payload": row.payload, "computed_at": row.computed_at}
    new = insert(scan_state).values(source_id=number, day=row.day, **values)
    session.execute(new.on_conflict_do_update(index_elements=["source_id", "day"], set_=values))
    own = scan_state.c.source_id == number
    kept = select(scan_state.c.day).where(own).order_by(scan_state.c.day.desc()).limit(KEPT)
    session.execute(delete(scan_state).where(own, scan_state.c.day.not_in(kept)))


def scan_state_of(session: Session, source: str, day: date) -> ScanStateRow | None:
    """Read the state after a day, None if there is none."""
    own = (scan_state.c.source_id == stored_source_id(session, source), scan_state.c.day == day)
    row = session.execute(select(scan_state).where(*own)).first()
    return None if row is None else ScanStateRow(row.day, row.anchor_day, row.payload, row.computed_at)
