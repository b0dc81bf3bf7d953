"""Our own grades, a day at a time: one packed row holds the grades of all assets and the parts they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.engine import Row
from sqlmodel import Session

from agent.store.sources import source_id, stored_source_id
from agent.store.tables import own_grade_day

if TYPE_CHECKING:
    from agent.store.columns import JsonValue

Floats = NDArray[np.float64]

_ID = np.dtype("<i8")
_GRADE = np.dtype("<f8")
_PART = np.dtype("<f4")  # parts are shown with one decimal


@dataclass(frozen=True, slots=True)
class PartName:
    """A part of a grade: which, of which horizon (short_term or long_term), and with which weight in it."""

    name: str
    horizon: str
    weight: float


@dataclass(frozen=True, slots=True)
class OwnGradeDay:
    """The grades of a day, 0 to 100, NaN where there is none.

    `asset_ids` ascend; `short_term` and `long_term` have one value per asset, `parts` one row per part and one column
    per asset.
    """

    day: date
    asset_ids: NDArray[np.int64]
    short_term: Floats
    long_term: Floats
    part_names: tuple[PartName, ...]
    parts: Floats
    computed_at: datetime

    @property
    def by_horizon(self) -> dict[str, Floats]:
        """The grades by the horizon they are of."""
        return {"short_term": self.short_term, "long_term": self.long_term}

    def column(self, asset_id: int) -> int | None:
        """The asset's column, None if it is not among them."""
        place = int(np.searchsorted(self.asset_ids, asset_id))
        return place if place < len(self.asset_ids) and self.asset_ids[place] == asset_id else None


def put_own_grades(session: Session, source: str, grades: OwnGradeDay) -> None:
    """Store the grades of a source's day in place of what was there."""
    names: list[JsonValue] = [[item.name, item.horizon, item.weight] for item in grades.part_names]
    values = {
        "rows": len(grades.asset_ids),
        "asset_ids": grades.asset_ids.astype(_ID).tobytes(),
        "short_term": grades.short_term.astype(_GRADE).tobytes(),
        "long_term": grades.long_term.astype(_GRADE).tobytes(),
        "part_names": names,
        "parts": np.ascontiguousarray(grades.parts).astype(_PART).tobytes(),
        "computed_at": grades.computed_at,
    }
    new = insert(own_grade_day).values(day=grades.day, source_id=source_id(session, source), **values)
    session.execute(new.on_conflict_do_update(index_elements=["day", "source_id"], set_=values))


def own_grades_on(session: Session, source: str, day: date) -> OwnGradeDay | None:
    """Read the grades of a day, None if none were computed."""
    found = own_grades_between(session, source, day, day)
    return found[0] if found else None


def own_grades_between(session: Session, source: str, start: date, end: date) -> tuple[OwnGradeDay, ...]:
    """Read the grades from `start` to `end`, both included, oldest first; days without grades are left out."""
    query = (
        select(own_grade_day)
        .where(own_grade_day.c.source_id == stored_source_id(session, source))
        .where(own_grade_day.c.day.between(start, end))
        .order_by(own_grade_day.c.day)
    )
    return tuple(_unpack(row) for row in session.execute(query))


def _unpack(row: Row[Any]) -> OwnGradeDay:
    names = tuple(PartName(name, horizon, float(weight)) for name, horizon, weight in _triples(row.part_names))
    parts = np.frombuffer(row.parts, _PART).reshape(len(names), row.rows).astype(np.float64)
    return OwnGradeDay(
        day=row.day,
        asset_ids=np.frombuffer(row.asset_ids, _ID),
        short_term=np.frombuffer(row.short_term, _GRADE),
        long_term=np.frombuffer(row.long_term, _GRADE),
        part_names=names,
        parts=parts,
        computed_at=row.computed_at,
    )


def _triples(stored: Sequence[Sequence[Any]]) -> Sequence[tuple[str, str, float]]:
    return [(str(name), str(horizon), float(weight)) for name, horizon, weight in stored]
