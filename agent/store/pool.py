"""Connections that wait for their next use: opening one reads the whole schema and takes longer than most reads.

An idle connection holds no transaction, so it keeps back neither writers nor checkpoints. It is not used again after
the file was replaced (by a restored backup), and it does not outlive a fork: SQLite would trust the locks of the
parent, which a child does not inherit.
"""

import os
import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.util import LRUCache

COMPILED_STATEMENTS = 1000

_POOLED: WeakSet[Engine] = WeakSet()


def pooled_engine(path: Path, opener: Callable[[Path], sqlite3.Connection], begin: str, idle: int) -> Engine:
    """Make an engine whose transactions start with `begin` and which keeps at most `idle` connections open unused.

    `dispose` closes them. What SQLAlchemy compiled for one engine serves all others.
    """

    def opened(entry: ConnectionPoolEntry) -> sqlite3.Connection:
        entry.info["file"] = _identity(path)  # before it is opened: if it is replaced just now, it is opened once more
        return opener(path)

    first = _first_engine()
    pool = QueuePool(
        opened,  # type: ignore[arg-type]  # the class behind the protocol of entries is private
        pool_size=idle,
        max_overflow=-1,
        use_lifo=True,
        dialect=first.dialect,
    )
    engine = Engine(pool, first.dialect, first.url, execution_options={"compiled_cache": _compiled()})
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    event.listen(engine, "checkout", lambda _raw, entry, _proxy: _require_same_file(entry, path))
    _POOLED.add(engine)
    return engine


def close_idle() -> None:
    """Close every connection of this process that nobody uses now."""
    for engine in list(_POOLED):
        engine.dispose()


def _require_same_file(entry: ConnectionPoolEntry, path: Path) -> None:
    if entry.info["file"] != _identity(path):
        raise DisconnectionError(f"{path} was replaced")  # the pool then opens the new one


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


@cache
def _first_engine() -> Engine:
    """Give an engine of no file; by connecting, its dialect learns what this SQLite can do."""
    engine = create_engine("sqlite+pysqlite://")
    with engine.connect():
        return engine


@cache
def _compiled() -> LRUCache[Any, Any]:
    return LRUCache(COMPILED_STATEMENTS)


os.register_at_fork(before=close_idle)
