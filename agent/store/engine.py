"""The database file: who may write to it and when, how it is read, upgraded, copied and checked."""

import logging
import sqlite3
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session

from agent.errors import StoreMissing
from agent.store.backup import backup
from agent.store.connection import (
    BEGIN_READING,
    BEGIN_WRITING,
    checkpoint,
    driver_connection,
    open_reader,
    open_writer,
    wal_bytes,
)
from agent.store.faults import translated
from agent.store.health import StoreHealth, check
from agent.store.location import prepare_file, refuse_remote
from agent.store.lock import write_lock
from agent.store.pool import pooled_engine
from agent.store.revision import HEAD, require_head, stored_revision

LOG = logging.getLogger(__name__)

LOCK_TIMEOUT_S = 30.0
LONG_READ_S = 2.0
IDLE_READERS = 4
IDLE_WRITERS = 1


class Store:
    """One SQLite file; cheap to make, opens nothing until it is used, safe to share between threads.

    Connections are kept open for the next use until the store is closed or forgotten.
    """

    def __init__(
        self,
        path: Path,
        *,
        lock_timeout_s: float = LOCK_TIMEOUT_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = Path(path)
        self._lock_timeout_s = lock_timeout_s
        self._monotonic = monotonic
        self._placed = False  # whether the disk was looked at

    def __repr__(self) -> str:
        return f"Store({str(self.path)!r})"

    def upgrade(self, *, backup: bool = True) -> bool:
        """Create the database or bring it to today's schema; True if anything was done.

        A database with data is copied beside itself first. Raises SchemaUnknown if it is newer than this program.
        """
        if stored_revision(self.path) == HEAD:
            return False
        from agent.store.migration import migrate  # noqa: PLC0415 - Alembic takes half a second to load

        with self.write_right(), translated(self.path):
            return migrate(self.path, backup=backup)

    @contextmanager
    def writer(self) -> Iterator[Session]:
        """Give a session that holds the right to write; it commits at the end, or keeps nothing after an error.

        Raises StoreBusy if another process writes for too long, StoreMissing or SchemaOutdated before `upgrade`.
        """
        self._require_file()
        with self.write_right(), translated(self.path), self._writer_engine.connect() as connection:
            raw = driver_connection(connection)
            require_head(raw, self.path)
            with Session(bind=connection, expire_on_commit=False) as session:
                session.connection()
                yield session
                session.commit()
            checkpoint(raw, self.path)

    @contextmanager
    def reader(self) -> Iterator[Session]:
        """Give a session that sees one unchanging state and cannot write; keep it short, it holds back checkpoints.

        Raises StoreMissing or SchemaOutdated if there is nothing to read yet.
        """
        self._require_file()
        started = self._monotonic()
        with translated(self.path), self._reader_engine.connect() as connection:
            require_head(driver_connection(connection), self.path)
            with Session(bind=connection, expire_on_commit=False) as session:
                yield session
        if (taken_s := self._monotonic() - started) > LONG_READ_S:
            LOG.warning("a reader held the database for %.1f s; the log is at %d bytes", taken_s, wal_bytes(self.path))

    @contextmanager
    def write_right(self) -> Iterator[None]:
        """Hold the right to write without a transaction, for work on the whole file; raises StoreBusy."""
        if not self._placed:
            refuse_remote(self.path)
            self._placed = True
        prepare_file(self.path)
        with write_lock(self.path.with_name(f"{self.path.name}.lock"), self._lock_timeout_s):
            yield

    def backup(self, target: Path) -> None:
        """Write a checked copy of the database to `target`; writers may go on meanwhile."""
        self._require_file()
        with translated(self.path):
            backup(self.path, target)

    def check(self) -> StoreHealth:
        """Look for damage in the file; raises StoreMissing if there is none, Corrupt if it cannot be read at all."""
        self._require_file()
        with translated(self.path):
            return check(self.path)

    def close(self) -> None:
        """Close the connections that wait for their next use; the store may be used again."""
        for name in ("_reader_engine", "_writer_engine"):  # the writer last: only it can remove the log
            if engine := self.__dict__.get(name):
                engine.dispose()

    @cached_property
    def _writer_engine(self) -> Engine:
        return self._pooled(open_writer, BEGIN_WRITING, IDLE_WRITERS)

    @cached_property
    def _reader_engine(self) -> Engine:
        return self._pooled(open_reader, BEGIN_READING, IDLE_READERS)

    def _pooled(self, opener: Callable[[Path], sqlite3.Connection], begin: str, idle: int) -> Engine:
        engine = pooled_engine(self.path, opener, begin, idle)
        weakref.finalize(self, engine.dispose)
        return engine

    def _require_file(self) -> None:
        if not self.path.exists():
            raise StoreMissing(f"there is no database at {self.path} yet: run `coinbrief collect` first", self.path)
