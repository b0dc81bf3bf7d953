"""Copies of the database: complete, checked, and never half-written at their place."""

import os
import sqlite3
from pathlib import Path

from agent.errors import Corrupt, StoreError
from agent.store.connection import open_reader


def backup(path: Path, target: Path) -> None:
    """Copy the database at `path` to `target`, replacing it only by a complete and sound copy.

    Takes no lock: the copy is the state at one instant, whoever writes meanwhile. Raises StoreError if `target` is
    the database itself, Corrupt if the copy is not sound.
    """
    if target.absolute() == path.absolute():
        raise StoreError(f"{target} is the database itself: give another file for its backup", path)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        _copy(path, partial)
        _require_sound(partial)
        _sync(partial)
        partial.replace(target)
        _sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)


def integrity_faults(connection: sqlite3.Connection) -> tuple[str, ...]:
    """List what SQLite finds wrong with the database, at most 100 lines; empty if it is sound."""
    found = [text for (text,) in connection.execute("PRAGMA integrity_check")]
    return () if found == ["ok"] else tuple(found)


def _copy(path: Path, partial: Path) -> None:
    os.close(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    source = open_reader(path)
    try:
        # A copy needs no change of the source, but SQLite refuses VACUUM on a connection that is told only to query.
        source.execute("PRAGMA query_only=OFF")
        source.execute("VACUUM INTO ?", (str(partial),))
    finally:
        source.close()


def _require_sound(partial: Path) -> None:
    copy = sqlite3.connect(partial)
    try:
        faults = integrity_faults(copy)
    finally:
        copy.close()
    if faults:
        raise Corrupt(f"the copy is damaged ({faults[0]}): run `coinbrief doctor`", partial)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
