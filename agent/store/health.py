"""Whether the database file is sound, and what its keeper should do about it."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from agent.store.backup import integrity_faults
from agent.store.connection import MEGABYTE, open_reader, wal_bytes
from agent.store.revision import HEAD, revision_of

FIXED_SQLITE = (3, 51, 3)
LARGE_LOG_BYTES = 256 * MEGABYTE


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """What a check found: `faults` are damage, `advice` is what can be done better."""

    revision: str | None
    sqlite_version: str
    database_bytes: int
    wal_bytes: int
    faults: tuple[str, ...]
    advice: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is damaged."""
        return not self.faults


def check(path: Path) -> StoreHealth:
    """Read the whole file and look for damage; takes seconds on a large one."""
    connection = open_reader(path)
    try:
        revision = revision_of(connection, path)
        faults = integrity_faults(connection)
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    finally:
        connection.close()
    orphans = tuple(sorted({f"rows of {row[0]} refer to rows of {row[2]} that do not exist" for row in broken}))
    advice = _advice(revision, wal_bytes(path))
    return StoreHealth(revision, sqlite3.sqlite_version, path.stat().st_size, wal_bytes(path), faults + orphans, advice)


def _advice(revision: str | None, log_bytes: int) -> tuple[str, ...]:
    advice: list[str] = []
    if revision != HEAD:
        advice.append(f"the schema is {revision}, not {HEAD}: run `coinbrief collect` once to upgrade it")
    if sqlite3.sqlite_version_info < FIXED_SQLITE:
        advice.append(
            f"SQLite {sqlite3.sqlite_version} can damage a database when two programs write and checkpoint at once "
            "(fixed in 3.51.3); coinbrief never does that, so let no other program write to this file"
        )
    if log_bytes > LARGE_LOG_BYTES:
        advice.append(
            f"the write-ahead log has {log_bytes // MEGABYTE} MB: some program keeps the database open for reading, "
            "close it"
        )
    return tuple(advice)
