"""How signals and grades did, as of a day: one row for each name and horizon, its figures as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, select
from sqlmodel import Session

from agent.store.bulk import insert_rows, raw_connection
from agent.store.columns import JsonValue, day_number, instant_number, json_text
from agent.store.records import row_record
from agent.store.sources import source_id, stored_source_id
from agent.store.tables import track_record


@dataclass(frozen=True, slots=True)
class TrackRecordRow:
    """The figures of one name at one horizon, from outcomes that were complete by the close of `day`."""

    day: date
    name: str
    horizon_days: int
    score: Mapping[str, JsonValue]
    computed_at: datetime


def replace_track_records(session: Session, source: str, day: date, rows: Sequence[TrackRecordRow]) -> None:
    """Make these the track records as of a day; raises ValueError for a row of another day."""
    if other := [row for row in rows if row.day != day]:
        raise ValueError(f"a record as of {other[0].day} cannot be stored under {day}")
    number = source_id(session, source)
    session.execute(delete(track_record).where(track_record.c.day == day, track_record.c.source_id == number))
    cells = [
        (day_number(row.day), number, row.name, row.horizon_days, json_text(row.score), instant_number(row.computed_at))
        for row in sorted(rows, key=lambda row: (row.name, row.horizon_days))
    ]
    insert_rows(raw_connection(session), track_record, cells)


def track_records_known(session: Session, source: str, day: date) -> tuple[TrackRecordRow, ...]:
    """Read the newest track records as of `day` or before, by name and horizon; none if there are none yet."""
    own = track_record.c.source_id == stored_source_id(session, source)
    newest = select(func.max(track_record.c.day)).where(own, track_record.c.day <= day).scalar_subquery()
    order = (track_record.c.name, track_record.c.horizon_days)
    query = select(track_record).where(own, track_record.c.day == newest).order_by(*order)
    return tuple(row_record(TrackRecordRow, row) for row in session.execute(query))
