"""What the database's own errors mean in ours."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import StatementError

from agent.errors import BadRow, Corrupt, DiskFull, StoreBusy, StoreError


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn an error of the database into a StoreError that says what to do, a refused value into a ValueError."""
    try:
        yield
    except StatementError as error:
        if isinstance(error.orig, sqlite3.Error):
            raise store_error(error.orig, path) from error
        if isinstance(error.orig, ValueError):  # a value that cannot be stored, refused before it came to the database
            raise ValueError(str(error.orig)) from error  # noqa: TRY004 - the value's error, unwrapped
        raise
    except sqlite3.Error as error:
        raise store_error(error, path) from error


def store_error(error: sqlite3.Error, path: Path) -> StoreError:
    """Say in our terms what an error of the database means."""
    text = str(error)
    if isinstance(error, sqlite3.IntegrityError):
        return BadRow(f"a row breaks a rule of the database ({text}); nothing of its batch was kept", path)
    if "locked" in text or "busy" in text:
        return StoreBusy(f"another program holds {path} ({text}): close it and try again", path)
    if "malformed" in text or "not a database" in text:
        return Corrupt(f"{path} is damaged ({text}): restore a backup of it", path)
    if "full" in text:
        return DiskFull(f"there is no room to write to {path}: free some space and try again", path)
    return StoreError(f"the database at {path} failed: {text}", path)
