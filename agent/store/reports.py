"""Texts that providers wrote about assets: hostile, so they are only ever shown as escaped quotations.

Every version of a text is kept. A text that comes back after another one is the current one again, and its
`fetched_at` is then the time it came back.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, literal_column, select
from sqlmodel import Session

from agent.store.bulk import Cell, Written, merge_rows, raw_connection
from agent.store.columns import storable_text
from agent.store.market_rows import stamp_batch
from agent.store.records import row_record
from agent.store.sources import stored_source_id
from agent.store.tables import report
from datasources.records import Report

# Of versions that were fetched at one time the one that was written last is the newer one.
_NEWEST: tuple[ColumnElement[Any], ...] = (report.c.fetched_at.desc(), literal_column("report.rowid").desc())


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A version of a stored text; `sha256` is the digest of the text as it is stored."""

    asset_id: int
    name: str
    sha256: str
    text: str
    fetched_at: datetime


def upsert_reports(session: Session, source: str, reports: Sequence[Report], fetched_at: datetime) -> Written:
    """Store texts without their NUL characters and lone surrogates; of texts with one name the last one counts.

    A changed text is a new row, counted as inserted. Raises UnknownAsset.
    """
    stamp = stamp_batch(session, source, [item.provider_id for item in reports], fetched_at)
    texts = {(stamp.ids[item.provider_id], storable_text(item.name)): storable_text(item.text) for item in reports}
    rows: list[tuple[Cell, ...]] = [
        (stamp.source_id, asset_id, name, sha256(text.encode()).hexdigest(), text, stamp.fetched_at)
        for (asset_id, name), text in texts.items()
    ]
    connection = raw_connection(session)
    for source_number, asset_id, name, digest, _, fetched in rows:
        _let_come_back(connection, (source_number, asset_id, name), digest, fetched)
    written = merge_rows(session, report, rows)
    return written + Written(unchanged=len(reports) - len(rows))


def latest_reports(session: Session, source: str, asset_id: int) -> tuple[ReportRow, ...]:
    """Read the current version of each of an asset's texts, by name."""
    own = (report.c.source_id == stored_source_id(session, source), report.c.asset_id == asset_id)
    newest: dict[str, ReportRow] = {}
    for row in session.execute(select(report).where(*own).order_by(report.c.name, *_NEWEST)):
        newest.setdefault(row.name, row_record(ReportRow, row))
    return tuple(newest.values())


def report_versions(session: Session, source: str, asset_id: int, name: str) -> tuple[ReportRow, ...]:
    """Read every version of a text, the current one first."""
    own = (report.c.source_id == stored_source_id(session, source), report.c.asset_id == asset_id)
    query = select(report).where(*own, report.c.name == name).order_by(*_NEWEST)
    return tuple(row_record(ReportRow, row) for row in session.execute(query))


def _let_come_back(connection: sqlite3.Connection, key: tuple[Cell, ...], digest: Cell, fetched_at: Cell) -> None:
    """Forget an old version that is current again, so that it is stored anew, unless what came is no newer."""
    current = "source_id = ? AND asset_id = ? AND name = ? ORDER BY fetched_at DESC, rowid DESC LIMIT 1"
    found = connection.execute(
        f"SELECT sha256 FROM report WHERE {current}",  # noqa: S608 - a constant
        key,
    ).fetchone()
    if found is not None and found[0] != digest:
        connection.execute(
            "DELETE FROM report WHERE source_id = ?1 AND asset_id = ?2 AND name = ?3 AND sha256 = ?4 AND ?5 >= "
            "(SELECT max(fetched_at) FROM report WHERE source_id = ?1 AND asset_id = ?2 AND name = ?3)",
            (*key, digest, fetched_at),
        )
