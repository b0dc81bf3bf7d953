"""The stored rows as CSV files that a spreadsheet can open without running anything."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import Table, select
from sqlmodel import Session

from agent.errors import UnknownRow
from agent.store.reading import cell_text
from agent.store.tables import METADATA

# Bodies of messages, leases, packed copies, kept answers, what is indexed and which host failed last say nothing of
# the market or the reader.
NOT_EXPORTED = frozenset(
    {"bar_day_columns", "host_state", "llm_cache", "llm_endpoint", "outbox", "passage", "passage_vector"}
)
EXPORTED = tuple(sorted(METADATA.tables.keys() - NOT_EXPORTED))
ROWS_PER_READ = 10_000
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # also their full-width forms


def export_csv(session: Session, folder: Path, tables: Sequence[str] = EXPORTED) -> Mapping[str, int]:
    """Write one `<table>.csv` for each table and say how many rows each has; raises UnknownRow for another table.

    Text cells that a spreadsheet would take for a formula are preceded by an apostrophe.
    """
    if unknown := sorted(set(tables) - set(EXPORTED)):
        raise UnknownRow(f"{unknown[0]!r} cannot be exported: choose among {', '.join(EXPORTED)}")
    folder.mkdir(parents=True, exist_ok=True)
    return {name: _export_table(session, METADATA.tables[name], folder / f"{name}.csv") for name in tables}


def escaped_text(text: str) -> str:
    """Disarm a text that a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS) else text


def _export_table(session: Session, table: Table, path: Path) -> int:
    rows = session.execute(select(table).order_by(*table.primary_key), execution_options={"yield_per": ROWS_PER_READ})
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.columns.keys())
        for part in rows.partitions():
            writer.writerows([_cell(value) for value in row] for row in part)
            count += len(part)
    return count


def _cell(value: object) -> str | None:
    if isinstance(value, int | float):
        return cell_text(value)
    text = cell_text(value)
    return None if text is None else escaped_text(text)
