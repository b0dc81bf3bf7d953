"""Named daily figures of assets and of the market, and what a source said of a day before it changed its mind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CTE, Select, Table, literal, select, text, union_all
from sqlmodel import Session

from agent.store.bulk import Written, merge_rows
from agent.store.columns import day_number, day_of, instant_of
from agent.store.market_rows import newest_per_asset, stamp_batch
from agent.store.records import row_record
from agent.store.sources import stored_source_id
from agent.store.tables import metric, metric_revision
from datasources.records import Metric

MARKET_ID = 0
FIGURE = ("asset_id", "day", "name", "unit", "value", "fetched_at")


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A stored figure; `asset_id` is 0 for the whole market."""

    asset_id: int
    day: date
    name: str
    unit: str
    value: float
    fetched_at: datetime


def upsert_metrics(session: Session, source: str, metrics: Sequence[Metric], fetched_at: datetime) -> Written:
    """Store figures of any names and days; a figure that is replaced is kept in `metric_revision`.

    Raises UnknownAsset.
    """
    keys = [item.provider_id for item in metrics if item.provider_id is not None]
    stamp = stamp_batch(session, source, keys, fetched_at)
    rows = [
        (
            day_number(item.day),
            stamp.source_id,
            item.name,
            MARKET_ID if item.provider_id is None else stamp.ids[item.provider_id],
            item.unit,
            item.value,
            stamp.fetched_at,
        )
        for item in metrics
    ]
    return merge_rows(session, metric, rows, superseded=(metric_revision, fetched_at))


def metric_on(session: Session, source: str, name: str, asset_id: int | None, day: date) -> MetricRow | None:
    """Read the last figure at or before `day`, of an asset or (None) of the market; None if there is none."""
    # One seek per stored day, the last one first: the figures of every asset lie in between.
    query = text(
        "WITH RECURSIVE stored(day) AS (SELECT max(day) FROM metric WHERE day <= :day UNION ALL "
        "SELECT (SELECT max(day) FROM metric WHERE day < stored.day) FROM stored WHERE stored.day IS NOT NULL) "
        "SELECT m.day, m.unit, m.value, m.fetched_at FROM stored CROSS JOIN metric AS m "
        "ON m.day = stored.day AND m.source_id = :source AND m.name = :name AND m.asset_id = :asset LIMIT 1"
    )
    asset = asset_id or MARKET_ID
    key = {"day": day_number(day), "source": stored_source_id(session, source), "name": name, "asset": asset}
    found = session.execute(query, key).first()
    if found is None:
        return None
    return MetricRow(asset, day_of(found.day), name, found.unit, found.value, instant_of(found.fetched_at))


def metrics_on(
    session: Session, source: str, name: str, day: date, *, since: date | None = None
) -> dict[int, MetricRow]:
    """Read each asset's last figure at or before `day`, none older than `since`, by asset id (0 for the market)."""
    matching = (metric.c.source_id == stored_source_id(session, source), metric.c.name == name)
    rows = newest_per_asset(session, metric, matching, day, since)
    return {row.asset_id: row_record(MetricRow, row) for row in rows}


def metric_history(
    session: Session, source: str, name: str, asset_id: int | None, start: date, end: date
) -> tuple[MetricRow, ...]:
    """Read the figures from `start` to `end`, both included, oldest first."""
    query = _figures(session, metric, source, name, asset_id, _days(start, end)).order_by(metric.c.day)
    return tuple(row_record(MetricRow, row) for row in session.execute(query))


def metric_as_known(
    session: Session, source: str, name: str, asset_id: int | None, day: date, known_at: datetime
) -> MetricRow | None:
    """Read the figure of one day as it was known at a moment; None if none was known then."""
    found = metric_history_as_known(session, source, name, asset_id, day, day, known_at)
    return found[0] if found else None


def metric_history_as_known(
    session: Session, source: str, name: str, asset_id: int | None, start: date, end: date, known_at: datetime
) -> tuple[MetricRow, ...]:
    """Read the figures from `start` to `end`, both included, as they were known at a moment, oldest first.

    Days of which nothing was known then are left out.
    """
    days = _days(start, end)
    stored = _figures(session, metric, source, name, asset_id, days).where(metric.c.fetched_at <= known_at)
    replaced = _figures(session, metric_revision, source, name, asset_id, days).where(
        metric_revision.c.fetched_at <= known_at, metric_revision.c.superseded_at > known_at
    )
    both = union_all(stored, replaced).subquery()
    rows = session.execute(select(both).order_by(both.c.day, both.c.fetched_at))
    newest = {row.day: row_record(MetricRow, row) for row in rows}
    return tuple(newest.values())


def _days(start: date, end: date) -> CTE:
    first = select(literal(day_number(start)).label("day")).where(literal(start <= end))
    span = first.cte("span", recursive=True)
    return span.union_all(select(span.c.day + 1).where(span.c.day < day_number(end)))


def _figures(
    session: Session, table: Table, source: str, name: str, asset_id: int | None, days: CTE
) -> Select[tuple[int, date, str, str, float, datetime]]:
    # Each day is sought: a range over the day-first key would read the figures of every asset.
    return (
        select(*(table.c[column] for column in FIGURE))
        .where(table.c.source_id == stored_source_id(session, source), table.c.name == name)
        .where(table.c.asset_id == (asset_id or MARKET_ID), table.c.day.in_(select(days.c.day)))
    )
