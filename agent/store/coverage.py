"""Which daily bars are stored, which are missing, and which a source has confirmed it does not have."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session

from agent.store.panel import load_panel
from agent.store.records import row_record
from agent.store.sources import source_id, stored_source_id
from agent.store.tables import bar_gap


@dataclass(frozen=True, slots=True)
class DayRun:
    """Days in a row, both ends included."""

    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Gap:
    """Days of which a source said, when it was asked, that it has no bar of this asset."""

    asset_id: int
    first_day: date
    last_day: date
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is stored of an asset within a span of days.

    `missing` are the days with neither a bar nor a confirmed gap: what is still to be fetched.
    """

    asset_id: int
    first_day: date | None
    last_day: date | None
    missing: tuple[DayRun, ...]


def coverage(session: Session, source: str, start: date, end: date, asset_ids: Sequence[int]) -> dict[int, Coverage]:
    """Tell for each asset what is stored from `start` to `end`, both included; raises ValueError for an empty span."""
    panel = load_panel(session, source, start, end, ("close",), asset_ids)
    stored = np.isfinite(panel.values["close"])
    settled = stored.copy()
    columns = {asset_id: column for column, asset_id in enumerate(asset_ids)}
    for gap in known_gaps(session, source, asset_ids):
        first, last = (gap.first_day - start).days, (gap.last_day - start).days
        settled[max(first, 0) : max(last + 1, 0), columns[gap.asset_id]] = True
    found = _Days(panel.days)
    return {
        asset_id: found.coverage_of(asset_id, stored[:, column], settled[:, column])
        for asset_id, column in columns.items()
    }


def record_gaps(session: Session, source: str, gaps: Sequence[Gap], checked_at: datetime) -> None:
    """Remember that a source confirmed it has no bars for these days."""
    if not gaps:
        return
    number = source_id(session, source)
    new = insert(bar_gap)
    longer = func.max(bar_gap.c.last_day, new.excluded.last_day)
    changes = {"last_day": longer, "reason": new.excluded.reason, "checked_at": new.excluded.checked_at}
    rows = [
        {
            "source_id": number,
            "asset_id": gap.asset_id,
            "first_day": gap.first_day,
            "last_day": gap.last_day,
            "reason": gap.reason,
            "checked_at": checked_at,
        }
        for gap in gaps
    ]
    session.execute(new.on_conflict_do_update(index_elements=list(bar_gap.primary_key), set_=changes), rows)


def known_gaps(session: Session, source: str, asset_ids: Sequence[int] | None = None) -> tuple[Gap, ...]:
    """Read the confirmed gaps of a source, of these assets or of all, by asset and day."""
    columns = (bar_gap.c.asset_id, bar_gap.c.first_day, bar_gap.c.last_day, bar_gap.c.reason)
    number = stored_source_id(session, source)
    query = select(*columns).where(bar_gap.c.source_id == number).order_by(bar_gap.c.asset_id, bar_gap.c.first_day)
    wanted = None if asset_ids is None else set(asset_ids)
    found = (row_record(Gap, row) for row in session.execute(query))
    return tuple(gap for gap in found if wanted is None or gap.asset_id in wanted)


class _Days:
    """The days of a panel; what many assets have alike is worked out once, for nearly all have every day or none."""

    def __init__(self, days: NDArray[np.datetime64]) -> None:
        self._days = days
        self._ends: dict[bytes, tuple[date | None, date | None]] = {}
        self._missing: dict[bytes, tuple[DayRun, ...]] = {}

    def coverage_of(self, asset_id: int, stored: NDArray[np.bool_], settled: NDArray[np.bool_]) -> Coverage:
        """Say what an asset has and lacks, from which of the days are stored and which are settled."""
        mark, settled_mark = stored.tobytes(), settled.tobytes()
        if mark not in self._ends:
            self._ends[mark] = _ends(self._days, stored)
        if settled_mark not in self._missing:
            self._missing[settled_mark] = _runs(self._days, ~settled)
        return Coverage(asset_id, *self._ends[mark], self._missing[settled_mark])


def _ends(days: NDArray[np.datetime64], stored: NDArray[np.bool_]) -> tuple[date | None, date | None]:
    places = np.flatnonzero(stored)
    return (_day(days, int(places[0])), _day(days, int(places[-1]))) if len(places) else (None, None)


def _runs(days: NDArray[np.datetime64], wanted: NDArray[np.bool_]) -> tuple[DayRun, ...]:
    edges = np.diff(np.concatenate(([False], wanted, [False])).astype(np.int8))
    starts, stops = np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist()
    return tuple(DayRun(_day(days, first), _day(days, stop - 1)) for first, stop in zip(starts, stops, strict=True))


def _day(days: NDArray[np.datetime64], place: int) -> date:
    return date.fromisoformat(str(days[place]))
