"""What our own scans found on a day: of assets, of sectors, and of the market as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from math import isfinite
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.engine import Row
from sqlalchemy.sql import ColumnElement
from sqlmodel import Session

from agent.store.bulk import insert_rows, raw_connection
from agent.store.columns import JsonValue, day_number, instant_number, json_text, storable_text
from agent.store.records import row_record
from agent.store.sources import source_id, stored_source_id
from agent.store.tables import signal

NO_ASSET = 0


@dataclass(frozen=True, slots=True)
class SignalRow:
    """A signal of an asset, or of a sector or the market where `asset_id` is 0 (`sector` is empty for the market).

    `direction` is 1 up, -1 down, 0 neither; `evidence` the figures it was seen in. `expires_on` is the last day on
    which it counts as live. `confidence` is the share of such signals that were right, with `sample_size` of them;
    None if there is no record yet. Only a `proven` one differed from chance.
    """

    asset_id: int
    day: date
    name: str
    direction: int
    value: float | None
    evidence: Mapping[str, JsonValue]
    computed_at: datetime
    sector: str = ""
    expires_on: date | None = None
    confidence: float | None = None
    sample_size: int | None = None
    proven: bool = False


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
            storable_text(row.sector),
            row.name,
            row.direction,
            row.value,
            None if row.expires_on is None else day_number(row.expires_on),
            row.confidence,
            row.sample_size,
            int(row.proven),
            _evidence_text(row.evidence),
            instant_number(row.computed_at),
        )
        for row in sorted(rows, key=lambda row: (row.asset_id, row.sector, row.name))
    ]
    insert_rows(raw_connection(session), signal, cells)


def _evidence_text(evidence: Mapping[str, JsonValue]) -> str:
    """JSON as `json_text` spells it; evidence is mostly flat and of floats, which need no encoder."""
    if all(type(value) is float and isfinite(value) for value in evidence.values()):
        return "{" + ",".join([f'"{name}":{evidence[name]!r}' for name in sorted(evidence)]) + "}"
    return json_text(evidence)


def signals_on(session: Session, source: str, day: date) -> tuple[SignalRow, ...]:
    """Read the assets' signals of one day by asset and name."""
    return signals_between(session, source, day, day)


def signals_between(session: Session, source: str, start: date, end: date) -> tuple[SignalRow, ...]:
    """Read the assets' signals from `start` to `end`, both included, by day, asset and name."""
    return _read(session, source, start, end, signal.c.asset_id != NO_ASSET)


def wider_signals_between(session: Session, source: str, start: date, end: date) -> tuple[SignalRow, ...]:
    """Read the signals of sectors and of the market from `start` to `end`, both included, by day, sector and name."""
    return _read(session, source, start, end, signal.c.asset_id == NO_ASSET)


def live_signals(session: Session, source: str, asset_id: int, day: date) -> tuple[SignalRow, ...]:
    """Read the signals of an asset that fired on or before `day` and are not expired then, the latest first."""
    own = (signal.c.source_id == stored_source_id(session, source), signal.c.asset_id == asset_id)
    live = (signal.c.day <= day, signal.c.expires_on >= day)
    query = select(signal).where(*own, *live).order_by(signal.c.day.desc(), signal.c.name)
    return tuple(_signal_row(row) for row in session.execute(query))


def _read(session: Session, source: str, start: date, end: date, about: ColumnElement[bool]) -> tuple[SignalRow, ...]:
    query = (
        select(signal)
        .where(signal.c.source_id == stored_source_id(session, source), signal.c.day.between(start, end), about)
        .order_by(signal.c.day, signal.c.asset_id, signal.c.sector, signal.c.name)
    )
    return tuple(_signal_row(row) for row in session.execute(query))


def _signal_row(row: Row[Any]) -> SignalRow:
    found = row_record(SignalRow, row)
    return replace(found, proven=bool(found.proven))
