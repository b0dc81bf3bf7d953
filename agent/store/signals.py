"""What our own scans found on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlmodel import Session

from agent.store.bulk import insert_rows, raw_connection
from agent.store.columns import JsonValue, day_number, instant_number, json_text
from agent.store.records import row_record
from agent.store.sources import source_id, stored_source_id
from agent.store.tables import signal


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A signal of an asset: `direction` is 1 up, -1 down, 0 neither; `evidence` the figures it was seen in."""

    asset_id: int
    day: date
    name: str
    direction: int
    value: float | None
    evidence: Mapping[str, JsonValue]
    computed_at: datetime


def replace_signals(session: Session, source: str, day: date, rows: Sequence[SignalRow]) -> None:
    """Make these the signals of a source's day, whatever was there; raises ValueError for a row of another day."""
    if other := [row for row in rows if row.day != day]:
        raise ValueError(f"a signal of {other[0].day} cannot be stored under {day}")
    number = source_id(session, source)
    session.execute(delete(signal).where(signal.c.day == day, signal.c.source_id == number))
    cells = [
        (
            day_number(row.day),
            number,
            row.asset_id,
            row.name,
            row.direction,
            row.value,
            json_text(row.evidence),
            instant_number(row.computed_at),
        )
        for row in sorted(rows, key=lambda row: (row.asset_id, row.name))
    ]
    insert_rows(raw_connection(session), signal, cells)


def signals_on(session: Session, source: str, day: date) -> tuple[SignalRow, ...]:
    """Read the signals of one day by asset and name."""
    return signals_between(session, source, day, day)


def signals_between(session: Session, source: str, start: date, end: date) -> tuple[SignalRow, ...]:
    """Read the signals from `start` to `end`, both included, by day, asset and name."""
    query = (
        select(signal)
        .where(signal.c.source_id == stored_source_id(session, source), signal.c.day.between(start, end))
        .order_by(signal.c.day, signal.c.asset_id, signal.c.name)
    )
    return tuple(row_record(SignalRow, row) for row in session.execute(query))
