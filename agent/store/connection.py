"""How connections to the database are opened, and what may be done on them.

A writer takes its lock at the start of a transaction, syncs every commit to disk and never checkpoints by itself: the
checkpoint is made under the write lock, because SQLite before 3.51.3 can damage a file when two connections checkpoint
and write in the same instant. A reader can neither write nor checkpoint.
"""

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.pool import NullPool

MEGABYTE = 1 << 20
TRUNCATE_AT = 64 * MEGABYTE
CHECKPOINT_PATIENCE_MS = 200

WRITER_PRAGMAS = (
    "busy_timeout=30000",  # first, so that it covers the others
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "mmap_size=0",
    "wal_autocheckpoint=0",
    f"journal_size_limit={TRUNCATE_AT}",
    "trusted_schema=OFF",
    "cell_size_check=ON",
    "temp_store=MEMORY",
)
READER_PRAGMAS = ("busy_timeout=30000", "query_only=ON", "mmap_size=0", "trusted_schema=OFF", "cell_size_check=ON")
BEGIN_WRITING = "BEGIN IMMEDIATE"
BEGIN_READING = "BEGIN"


def open_writer(path: Path) -> sqlite3.Connection:
    """Open an existing or empty file for writing; transactions are begun by whoever uses it."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    _apply(connection, WRITER_PRAGMAS)
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """Open an existing file for reading only."""
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    _apply(connection, READER_PRAGMAS)
    return connection


def writer_engine(path: Path) -> Engine:
    """Make an engine whose transactions begin with the lock taken; it keeps no connection."""
    engine = create_engine("sqlite+pysqlite://", creator=lambda: open_writer(path), poolclass=NullPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(BEGIN_WRITING))
    return engine


def driver_connection(connection: Connection) -> sqlite3.Connection:
    """Give the sqlite3 connection beneath; raises TypeError if there is another driver."""
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        raise TypeError(f"expected an sqlite3 connection, not {type(raw).__name__}")
    return raw


def checkpoint(connection: sqlite3.Connection, path: Path) -> None:
    """Move the log into the database; call it after a commit, with the write lock held.

    Each commit's share is small, and a file that is copied by itself, without its log, is then a whole one.
    """
    grown = wal_bytes(path)
    if grown <= TRUNCATE_AT:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        return
    # A reader that stays must not hold up the writer: the next checkpoint takes what this one left.
    connection.execute(f"PRAGMA busy_timeout={CHECKPOINT_PATIENCE_MS}")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.execute("PRAGMA busy_timeout=30000")


def wal_bytes(path: Path) -> int:
    """Size of the write-ahead log, 0 if there is none."""
    try:
        return os.stat(f"{path}-wal").st_size  # noqa: PTH116 - the name is the database's with a suffix
    except FileNotFoundError:
        return 0


def _apply(connection: sqlite3.Connection, pragmas: tuple[str, ...]) -> None:
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except sqlite3.Error:
        connection.close()
        raise
