"""Bars as wide arrays, days x assets, for analysis.

The rows of `bar_daily` are the truth. `bar_day_columns` holds the same figures a day at a time, packed; it can be
rebuilt at any time, and a day is dropped from it in the transaction that changes one of its bars.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from agent.store.bulk import raw_connection
from agent.store.columns import day_number
from agent.store.sources import stored_source_id
from agent.store.tables.bars import FIELDS

PACKED_ID = np.dtype("<i8")
PACKED_FIELD = np.dtype("<f8")

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Panel:
    """Figures of assets over days.

    `days` are all calendar days from the first to the last, `asset_ids` the columns; each array in `values` is
    days x assets in USD, NaN where there is no bar, or where the source gave no such figure (open, high, low, volume).
    """

    days: NDArray[np.datetime64]
    asset_ids: Ids
    values: Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class _DayBlock:
    """One day's bars: packed asset ids in ascending order, and each field in the same order."""

    row: int
    packed_ids: bytes
    values: tuple[Floats, ...]

    @property
    def asset_ids(self) -> Ids:
        """The asset ids, in the order of the values."""
        return np.frombuffer(self.packed_ids, PACKED_ID)


def load_panel(
    session: Session,
    source: str,
    start: date,
    end: date,
    fields: Sequence[str] = ("close",),
    asset_ids: Sequence[int] | Ids | None = None,
) -> Panel:
    """Read the bars of every day from `start` to `end`, both included.

    `fields` are among open, high, low, close, volume. The columns are `asset_ids` in the order given, or every asset
    with a bar in these days, by id. Raises ValueError for an unknown field or an empty span.
    """
    if unknown := set(fields) - set(FIELDS):
        raise ValueError(f"a bar has no {', '.join(sorted(unknown))}: choose among {', '.join(FIELDS)}")
    if end < start:
        raise ValueError(f"a panel cannot end on {end}, before its start on {start}")
    first, last = day_number(start), day_number(end)
    found = _day_blocks(raw_connection(session), stored_source_id(session, source), first, last, fields)
    # who is in it must be known before the first day can be placed
    blocks = found if asset_ids is not None else tuple(found)
    columns = _every_asset(blocks) if asset_ids is None else np.array(asset_ids, dtype=np.int64)
    arrays = [np.full((last - first + 1, len(columns)), np.nan) for _ in fields]
    _fill(arrays, columns, blocks)
    days = np.arange(first, last + 1).astype("datetime64[D]")
    return Panel(days, columns, dict(zip(fields, arrays, strict=True)))


def refresh_columns(session: Session, source: str) -> int:
    """Pack the days that are not packed yet and say how many there were; call it when a collection ends."""
    connection = raw_connection(session)
    number = stored_source_id(session, source)
    days = _unpacked_days(connection, number)
    for day in days:
        block = _read_rows(connection, number, day, 0, FIELDS)
        packed = dict(zip(FIELDS, (values.astype(PACKED_FIELD).tobytes() for values in block.values), strict=True))
        connection.execute(
            "INSERT INTO bar_day_columns (day, source_id, rows, asset_ids, close, volume, high, low, open) "
            "VALUES (:day, :source, :rows, :asset_ids, :close, :volume, :high, :low, :open)",
            {
                "day": day,
                "source": number,
                "rows": len(block.asset_ids),
                "asset_ids": block.packed_ids,
                **packed,
            },
        )
    return len(days)


def _day_blocks(
    connection: sqlite3.Connection, source: int, first: int, last: int, fields: Sequence[str]
) -> Iterator[_DayBlock]:
    """Read the days one by one: the memory of a day that is placed serves the next one."""
    names = ", ".join(fields)
    query = (
        f"SELECT day, asset_ids, {names} FROM bar_day_columns "  # noqa: S608 - fields are checked by the caller
        "WHERE source_id = ? AND day BETWEEN ? AND ?"
    )
    packed = 0
    for packed, row in enumerate(connection.execute(query, (source, first, last)), start=1):  # noqa: B007 - counts them
        yield _unpack(row, first)
    if packed < last + 1 - first:
        for day in _unpacked_days(connection, source, first, last):
            yield _read_rows(connection, source, day, day - first, fields)


def _unpack(row: tuple[int, bytes, *tuple[bytes, ...]], first: int) -> _DayBlock:
    day, asset_ids, *fields = row
    values = tuple(np.frombuffer(packed, PACKED_FIELD) for packed in fields)
    return _DayBlock(day - first, asset_ids, values)


def _read_rows(connection: sqlite3.Connection, source: int, day: int, row: int, fields: Sequence[str]) -> _DayBlock:
    names = ", ".join(f"{field}_usd" for field in fields)
    query = (
        f"SELECT asset_id, {names} FROM bar_daily "  # noqa: S608 - fields are checked by the caller
        "WHERE day = ? AND source_id = ? ORDER BY asset_id"
    )
    asset_ids, *values = zip(*connection.execute(query, (day, source)), strict=True)
    packed = np.array(asset_ids, PACKED_ID).tobytes()
    return _DayBlock(row, packed, tuple(np.array(column, np.float64) for column in values))


def _unpacked_days(
    connection: sqlite3.Connection, source: int, first: int = -(1 << 40), last: int = 1 << 40
) -> list[int]:
    # One seek per stored day instead of a walk over all its bars, which a plain DISTINCT would be.
    query = """
        WITH RECURSIVE stored(day) AS (
            SELECT min(day) FROM bar_daily WHERE day >= :first
            UNION ALL
            SELECT (SELECT min(day) FROM bar_daily WHERE day > stored.day) FROM stored WHERE stored.day IS NOT NULL
        )
        SELECT day FROM stored
        WHERE day <= :last
          AND EXISTS (SELECT 1 FROM bar_daily AS b WHERE b.day = stored.day AND b.source_id = :source)
          AND NOT EXISTS (SELECT 1 FROM bar_day_columns AS c WHERE c.day = stored.day AND c.source_id = :source)
    """
    rows = connection.execute(query, {"first": first, "last": last, "source": source})
    return [day for (day,) in rows]


def _every_asset(blocks: Iterable[_DayBlock]) -> Ids:
    distinct = [np.frombuffer(packed, PACKED_ID) for packed in {block.packed_ids for block in blocks}]
    if not distinct:
        return np.empty(0, np.int64)
    # Asset ids are counted up from 1, so marking them is much quicker than sorting millions of them.
    present = np.zeros(max(int(ids[-1]) for ids in distinct) + 1, np.bool_)
    for ids in distinct:
        present[ids] = True
    return np.flatnonzero(present).astype(np.int64)


def _fill(arrays: Sequence[Floats], columns: Ids, blocks: Iterable[_DayBlock]) -> None:
    order = np.argsort(columns, kind="stable")
    ascending, every = columns[order], columns.astype(PACKED_ID).tobytes()
    placed, wanted, places = None, np.zeros(0, np.bool_), np.empty(0, np.int64)
    for block in blocks:
        if block.packed_ids == every:
            for array, values in zip(arrays, block.values, strict=True):
                array[block.row] = values
            continue
        if placed != block.packed_ids:  # most days have the assets of the day before
            placed = block.packed_ids
            wanted, places = _places(ascending, order, block.asset_ids)
        for array, values in zip(arrays, block.values, strict=True):
            array[block.row, places] = values[wanted]


def _places(ascending: Ids, order: Ids, asset_ids: Ids) -> tuple[NDArray[np.bool_], Ids]:
    """Which of these assets are columns, and which columns they are."""
    if not len(ascending):
        return np.zeros(len(asset_ids), np.bool_), np.empty(0, np.int64)
    found = np.minimum(np.searchsorted(ascending, asset_ids), len(ascending) - 1)
    wanted = ascending[found] == asset_ids
    return wanted, order[found[wanted]]
