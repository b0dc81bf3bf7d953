"""Providers' grades of assets, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Row
from sqlmodel import Session

from agent.store.bulk import Written, merge_rows
from agent.store.columns import day_number, json_text
from agent.store.market_rows import newest_per_asset, stamp_batch
from agent.store.sources import stored_source_id
from agent.store.tables import grade
from datasources.records import Grade, GradeKind


@dataclass(frozen=True, slots=True)
class GradeRow:
    """A stored grade, 0 to 100, with the day it is of."""

    asset_id: int
    day: date
    kind: GradeKind
    value: float
    change_pct: float | None
    label: str | None
    parts: tuple[tuple[str, float], ...]
    fetched_at: datetime


def upsert_grades(session: Session, source: str, grades: Sequence[Grade], fetched_at: datetime) -> Written:
    """Store grades of any kinds and days. Raises UnknownAsset."""
    stamp = stamp_batch(session, source, [item.provider_id for item in grades], fetched_at)
    rows = [
        (
            day_number(item.day),
            stamp.source_id,
            item.kind.value,
            stamp.ids[item.provider_id],
            item.value,
            item.change_pct,
            item.label,
            json_text(item.parts),
            stamp.fetched_at,
        )
        for item in grades
    ]
    return merge_rows(session, grade, rows)


def grades_on(
    session: Session, source: str, kind: GradeKind, day: date, *, since: date | None = None
) -> dict[int, GradeRow]:
    """Read each asset's last grade at or before `day`, by asset id; its own day says how old it is.

    With `since`, grades of earlier days are left out.
    """
    matching = (grade.c.source_id == stored_source_id(session, source), grade.c.kind == kind.value)
    rows = newest_per_asset(session, grade, matching, day, since)
    return {row.asset_id: _grade_row(row) for row in rows}


def previous_grade(session: Session, source: str, kind: GradeKind, asset_id: int, day: date) -> GradeRow | None:
    """Read an asset's last grade before `day`, None if there is none."""
    query = (
        select(grade)
        .where(grade.c.source_id == stored_source_id(session, source), grade.c.kind == kind.value)
        .where(grade.c.asset_id == asset_id, grade.c.day < day)
        .order_by(grade.c.day.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else _grade_row(row)


def _grade_row(row: Row[Any]) -> GradeRow:
    return GradeRow(
        asset_id=row.asset_id,
        day=row.day,
        kind=GradeKind(row.kind),
        value=row.value,
        change_pct=row.change_pct,
        label=row.label,
        parts=tuple((name, float(value)) for name, value in row.parts),
        fetched_at=row.fetched_at,
    )
