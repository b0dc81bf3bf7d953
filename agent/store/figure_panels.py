"""Dated figures of assets as wide arrays, days x assets: metrics, grades, trading signals.

With `learned_within_days`, a figure counts only if it was learned at most that many days after its own day ended: what
a provider filled in or restated later was not known at the time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from agent.store.bulk import raw_connection
from agent.store.columns import day_number
from agent.store.metrics import MARKET_ID
from agent.store.sources import stored_source_id
from datasources.records import GradeKind

Floats = NDArray[np.float64]
Ids = NDArray[np.int64]

_DAY_MICROSECONDS: Final = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a panel, both ends included, and the assets that are its columns."""

    first: date
    last: date
    asset_ids: Ids

    def empty(self) -> Floats:
        """An array of this shape with nothing in it."""
        return np.full(((self.last - self.first).days + 1, len(self.asset_ids)), np.nan)


def grade_panel(
    session: Session, source: str, kind: GradeKind, span: Span, *, learned_within_days: int | None = None
) -> Floats:
    """A provider's grades of one kind, 0 to 100, NaN where there is none."""
    return _read(session, _Figure("grade", "value", "kind", kind.value), source, span, learned_within_days)


def trading_signal_panel(
    session: Session, source: str, span: Span, *, learned_within_days: int | None = None
) -> Floats:
    """A provider's trading signals, -1, 0 or 1, NaN where there is none."""
    return _read(session, _Figure("trading_signal", "signal"), source, span, learned_within_days)


def metric_panel(
    session: Session, source: str, name: str, span: Span, *, learned_within_days: int | None = None
) -> Floats:
    """A metric of assets, or of the market for the asset id 0, in its own unit, NaN where there is none.

    What was learned in time counts even if it was replaced later.
    """
    found = span.empty()
    for table in ("metric",) if learned_within_days is None else ("metric_revision", "metric"):
        read = _read(session, _Figure(table, "value", "name", name), source, span, learned_within_days)
        found = np.where(np.isnan(found), read, found)
    return found


def metric_panels(
    session: Session,
    source: str,
    names: Sequence[str],
    first: date,
    last: date,
    *,
    learned_within_days: int | None = None,
) -> tuple[Ids, dict[str, Floats]]:
    """All assets that a source has any of these metrics of, ascending, and each metric's panel for them.

    A metric that the source does not have is left out.
    """
    marks = ", ".join("?" * len(names))
    query = (
        "SELECT DISTINCT name, asset_id FROM metric WHERE day BETWEEN ? AND ? AND source_id = ? "  # noqa: S608 - marks
        f"AND name IN ({marks}) AND asset_id <> {MARKET_ID}"
    )
    key = (day_number(first), day_number(last), stored_source_id(session, source), *names)
    found = raw_connection(session).execute(query, key).fetchall()
    ids = np.array(sorted({asset_id for _, asset_id in found}), dtype=np.int64)
    span = Span(first, last, ids)
    return ids, {
        name: metric_panel(session, source, name, span, learned_within_days=learned_within_days)
        for name in sorted({name for name, _ in found})
    }


def market_series(
    session: Session, source: str, name: str, first: date, last: date, *, learned_within_days: int | None = None
) -> Floats:
    """A metric of the market, one value per day."""
    span = Span(first, last, np.array([MARKET_ID], dtype=np.int64))
    return metric_panel(session, source, name, span, learned_within_days=learned_within_days)[:, 0]


@dataclass(frozen=True, slots=True)
class _Figure:
    """A column of one of our own tables, and the rows of it that are meant."""

    table: str
    column: str
    key: str | None = None
    value: str = ""


def _read(session: Session, figure: _Figure, source: str, span: Span, learned_within_days: int | None) -> Floats:
    array = span.empty()
    chosen = f" AND {figure.key} = ?" if figure.key else ""
    query = (
        f"SELECT day, asset_id, {figure.column}, fetched_at FROM {figure.table} "  # noqa: S608 - our own tables
        f"WHERE day BETWEEN ? AND ? AND source_id = ?{chosen}"
    )
    key = (day_number(span.first), day_number(span.last), stored_source_id(session, source))
    rows = raw_connection(session).execute(query, (*key, figure.value) if figure.key else key).fetchall()
    if not rows or not len(span.asset_ids):
        return array
    days, ids, values, learned = (np.array(column) for column in zip(*rows, strict=True))
    order = np.argsort(span.asset_ids, kind="stable")
    ascending = span.asset_ids[order]
    place = np.minimum(np.searchsorted(ascending, ids), len(ascending) - 1)
    wanted = ascending[place] == ids
    if learned_within_days is not None:
        wanted &= learned <= (days + 1 + learned_within_days) * _DAY_MICROSECONDS
    array[days[wanted] - day_number(span.first), order[place[wanted]]] = values[wanted]
    return array
