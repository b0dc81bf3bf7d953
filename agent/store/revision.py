"""Which schema a database file has, told by one plain query, without loading the migration tool."""

import sqlite3
from pathlib import Path

from agent.errors import SchemaOutdated, SchemaUnknown, StoreMissing
from agent.store.connection import open_reader
from agent.store.faults import translated

HEAD = "0006"
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006")  # oldest first


def stored_revision(path: Path) -> str | None:
    """Read the schema revision of a file; None if it does not exist or is empty; raises SchemaUnknown if not ours."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    with translated(path):
        connection = open_reader(path)
        try:
            return revision_of(connection, path)
        finally:
            connection.close()


def revision_of(connection: sqlite3.Connection, path: Path) -> str | None:
    """Read the schema revision over an open connection; None if the database is empty; raises SchemaUnknown."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return None
    if "alembic_version" not in tables:
        raise SchemaUnknown(f"{path} was not made by coinbrief: set store.path to another file", path)
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def require_head(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StoreMissing, SchemaOutdated or SchemaUnknown unless the database has today's schema."""
    revision = revision_of(connection, path)
    if revision is None:
        raise StoreMissing(f"the database at {path} is still empty: run `coinbrief collect` first", path)
    require_known(revision, path)
    if revision != HEAD:
        raise SchemaOutdated(
            f"the database at {path} has schema {revision}, this version of coinbrief needs {HEAD}: "
            "run `coinbrief collect` once, which upgrades it",
            path,
        )


def require_known(revision: str, path: Path) -> None:
    """Raise SchemaUnknown if the revision was made by a newer version of coinbrief."""
    if revision not in REVISIONS:
        raise SchemaUnknown(
            f"the database at {path} has schema {revision}, newer than this version of coinbrief knows ({HEAD}): "
            "install the newer version",
            path,
        )
