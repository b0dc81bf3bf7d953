"""What a database says, for comparing two of them."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

# How a state was reached may differ where the state may not.
HISTORY = frozenset({"collection_run", "alembic_version", "bar_day_columns", "credit_use"})


def rows_of(path: Path, without: Iterable[str] = HISTORY) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, each table sorted."""
    skipped = frozenset(without)
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in names
            if name not in skipped and not name.startswith("sqlite_")
        }
