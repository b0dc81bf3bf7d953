"""What our own scans found on a day: of assets, of sectors, and of the market as a whole."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import chain, repeat
from math import isfinite
from operator import attrgetter, itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select
from sqlalchemy.engine import Row
from sqlalchemy.sql import ColumnElement
from sqlmodel import Session

from agent.store.bulk import Cell, raw_connection
from agent.store.columns import JsonValue, day_number, instant_number, json_text, storable_text
from agent.store.records import row_record
from agent.store.sources import source_id, stored_source_id
from agent.store.tables import signal

NO_ASSET = 0
_ASSET = itemgetter(2)
_ROWS_AT_ONCE = 100  # one statement for each row takes twice as long


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


@dataclass(frozen=True, slots=True)
class SignalBatch:
    """One signal of many subjects on a day, as columns: what `SignalRow` holds, an entry for each subject.

    `evidence` is subjects x `evidence_names`, NaN where a figure is not known.
    """

    name: str
    direction: int
    expires_on: date
    asset_ids: Sequence[int]
    sectors: Sequence[str]
    values: Sequence[float | None]
    confidences: Sequence[float | None]
    sample_sizes: Sequence[int]
    proven: Sequence[bool]
    evidence_names: tuple[str, ...]
    evidence: NDArray[np.float64]

    def rows(self, day: date, computed_at: datetime) -> Iterator[SignalRow]:
        """Each subject's signal as a row of its own."""
        for place, figures in enumerate(self.evidence.tolist()):
            named = zip(self.evidence_names, figures, strict=True)
            yield SignalRow(
                asset_id=self.asset_ids[place],
                day=day,
                name=self.name,
                direction=self.direction,
                value=self.values[place],
                evidence={name: figure for name, figure in named if isfinite(figure)},
                computed_at=computed_at,
                sector=self.sectors[place],
                expires_on=self.expires_on,
                confidence=self.confidences[place],
                sample_size=self.sample_sizes[place],
                proven=self.proven[place],
            )


def replace_signals(session: Session, source: str, day: date, rows: Sequence[SignalRow]) -> None:
    """Make these the signals of a source's day, whatever was there; raises ValueError for a row of another day."""
    if other := [row for row in rows if row.day != day]:
        raise ValueError(f"a signal of {other[0].day} cannot be stored under {day}")
    number = source_id(session, source)
    cells: list[tuple[Cell, ...]] = [
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
            json_text(row.evidence),
            instant_number(row.computed_at),
        )
        for row in rows
    ]
    _replace(session, number, day, cells)


def replace_signal_batches(
    session: Session, source: str, day: date, batches: Sequence[SignalBatch], computed_at: datetime
) -> None:
    """Make these the signals of a source's day, whatever was there; thousands are stored without a row for each."""
    number, stamp = source_id(session, source), instant_number(computed_at)
    cells: list[tuple[Cell, ...]] = []
    for batch in sorted(batches, key=attrgetter("name")):
        cells += zip(
            repeat(day_number(day)),
            repeat(number),
            batch.asset_ids,
            [sector and storable_text(sector) for sector in batch.sectors],
            repeat(batch.name),
            repeat(batch.direction),
            batch.values,
            repeat(day_number(batch.expires_on)),
            batch.confidences,
            batch.sample_sizes,
            map(int, batch.proven),
            _evidence_texts(batch),
            repeat(stamp),
        )
    _replace(session, number, day, cells)


def _replace(session: Session, number: int, day: date, cells: list[tuple[Cell, ...]]) -> None:
    session.execute(delete(signal).where(signal.c.day == day, signal.c.source_id == number))
    _insert(raw_connection(session), cells)


def _insert(connection: sqlite3.Connection, cells: list[tuple[Cell, ...]]) -> None:
    """Insert rows of one day and source, nearly in the order of their key, which keeps the table's pages together."""
    ordered = sorted(cells, key=_ASSET)
    names = ", ".join(column.name for column in signal.columns)
    marks = f"({', '.join('?' * len(signal.columns))})"
    for first in range(0, len(ordered), _ROWS_AT_ONCE):
        part = ordered[first : first + _ROWS_AT_ONCE]
        rows = ", ".join([marks] * len(part))
        connection.execute(f"INSERT INTO signal ({names}) VALUES {rows}", [*chain.from_iterable(part)])  # noqa: S608 - names and marks


def _evidence_texts(batch: SignalBatch) -> list[str]:
    """JSON as `json_text` spells it; a row of numbers needs no encoder."""
    order = sorted(range(len(batch.evidence_names)), key=batch.evidence_names.__getitem__)
    names = [batch.evidence_names[place] for place in order]
    figures = batch.evidence[:, order]
    template = "{" + ",".join(f'"{name}":%r' for name in names) + "}"
    whole = np.asarray(np.isfinite(figures).all(axis=1))
    return [
        template % tuple(row)
        if complete
        else json_text({name: figure for name, figure in zip(names, row, strict=True) if isfinite(figure)})
        for row, complete in zip(figures.tolist(), whole.tolist(), strict=True)
    ]


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
