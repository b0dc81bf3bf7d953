"""Many rows at once, straight through the sqlite3 driver: ORM inserts take fifty times as long.

The rule for a row that is there already: a newer fetch replaces it, an older one never does, and one that brings the
same values changes nothing, so that `fetched_at` stays the time the value was first learned.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter

from sqlalchemy import Table
from sqlmodel import Session

from agent.store.columns import instant_number
from agent.store.connection import driver_connection

Cell = None | int | float | str | bytes


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a batch of rows: new keys, replaced values, and rows that changed nothing."""

    inserted: int = 0
    revised: int = 0
    unchanged: int = 0

    def __add__(self, other: "Written") -> "Written":
        return Written(
            self.inserted + other.inserted,
            self.revised + other.revised,
            self.unchanged + other.unchanged,
        )


def raw_connection(session: Session) -> sqlite3.Connection:
    """Give the driver's connection of a session, within the session's own transaction."""
    return driver_connection(session.connection())


def insert_rows(connection: sqlite3.Connection, table: Table, rows: Iterable[tuple[Cell, ...]]) -> None:
    """Insert rows in the table's column order; none of their keys may be in the table, nor in the batch twice."""
    names = [column.name for column in table.columns]
    marks = ", ".join("?" * len(names))
    sql = f'INSERT INTO "{table.name}" ({_names(names)}) VALUES ({marks})'  # noqa: S608 - names from our own tables
    connection.executemany(sql, rows)


def merge_rows(
    session: Session,
    table: Table,
    rows: Sequence[tuple[Cell, ...]],
    *,
    superseded: tuple[Table, datetime] | None = None,
) -> Written:
    """Upsert rows in the table's column order by its key; of rows with one key in the batch the last one counts.

    With `superseded`, every replaced row is first kept in that table, together with the time it was replaced at.
    """
    if not rows:
        return Written()
    connection = raw_connection(session)
    merge = _Merge(table)
    staged = merge.distinct(rows)
    connection.execute(merge.staging)
    try:
        insert = f"INSERT INTO temp.incoming VALUES ({', '.join('?' * len(merge.names))})"  # noqa: S608 - marks only
        connection.executemany(insert, staged)
        known = _count(connection, merge.known)
        revised = _count(connection, merge.changed) if known else 0
        if revised and superseded is not None:
            history, superseded_at = superseded
            connection.execute(merge.keep_in(history), (instant_number(superseded_at),))
        if revised or known < len(staged):
            connection.execute(merge.upsert)
    finally:
        connection.execute("DROP TABLE temp.incoming")
    inserted = len(staged) - known
    return Written(inserted, revised, len(rows) - inserted - revised)


class _Merge:
    """The statements of an upsert, made from a table's own column names."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.names = [column.name for column in table.columns]
        self.keys = [column.name for column in table.primary_key.columns]
        self.stamp = "computed_at" if "computed_at" in self.names else "fetched_at"
        self.values = [name for name in self.names if name not in {*self.keys, self.stamp}]
        self.join = " AND ".join(f'stored."{name}" = incoming."{name}"' for name in self.keys)
        self.guard = (
            f'incoming."{self.stamp}" >= stored."{self.stamp}" AND '
            f"({_names(self.values, 'incoming')}) IS NOT ({_names(self.values, 'stored')})"
        )

    @property
    def staging(self) -> str:
        """Create the table that holds the batch."""
        return f"CREATE TEMP TABLE incoming ({_names(self.names)})"

    @property
    def pairs(self) -> str:
        """The batch beside what is stored; CROSS JOIN makes SQLite go through the batch and seek what is stored."""
        return f'FROM temp.incoming AS incoming CROSS JOIN main."{self.table.name}" AS stored ON {self.join}'

    @property
    def known(self) -> str:
        """Count the keys that are there already."""
        return f"SELECT count(*) {self.pairs}"

    @property
    def changed(self) -> str:
        """Count the rows to replace."""
        return f"SELECT count(*) {self.pairs} WHERE {self.guard}"

    @property
    def upsert(self) -> str:
        """Insert what is new and replace what is newer and different."""
        sets = ", ".join(f'"{name}" = excluded."{name}"' for name in [*self.values, self.stamp])
        guard = self.guard.replace("incoming.", "excluded.").replace("stored.", f'"{self.table.name}".')
        return (
            f'INSERT INTO main."{self.table.name}" ({_names(self.names)}) '  # noqa: S608 - names from our own tables
            f"SELECT {_names(self.names)} FROM temp.incoming WHERE true ORDER BY {_names(self.keys)} "
            f"ON CONFLICT ({_names(self.keys)}) DO UPDATE SET {sets} WHERE {guard}"
        )

    def keep_in(self, history: Table) -> str:
        """Copy the rows that will be replaced."""
        columns = _names([*self.names, "superseded_at"])
        return (
            f'INSERT OR IGNORE INTO main."{history.name}" ({columns}) '
            f"SELECT {_names(self.names, 'stored')}, ? {self.pairs} WHERE {self.guard}"
        )

    def distinct(self, rows: Sequence[tuple[Cell, ...]]) -> list[tuple[Cell, ...]]:
        """Keep the last row of each key; of several with different stamps the newest."""
        key_of = itemgetter(*(self.names.index(name) for name in self.keys))
        stamp = self.names.index(self.stamp)
        newest: dict[object, tuple[Cell, ...]] = {}
        for row in rows:
            key = key_of(row)
            kept = newest.get(key)
            if kept is None or _number(row[stamp]) >= _number(kept[stamp]):
                newest[key] = row
        return list(newest.values())


def _names(names: Sequence[str], table: str | None = None) -> str:
    prefix = f"{table}." if table else ""
    return ", ".join(f'{prefix}"{name}"' for name in names)


def _count(connection: sqlite3.Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchone()[0])


def _number(cell: Cell) -> int:
    if not isinstance(cell, int):
        raise TypeError(f"a row's time must be a number of microseconds, not {cell!r}")
    return cell
