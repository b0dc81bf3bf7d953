"""Named daily figures of assets and of the market."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session

from agent.store.bulk import Written, merge_rows
from agent.store.columns import day_number
from agent.store.market_rows import newest_per_asset, stamp_batch
from agent.store.records import row_record
from agent.store.sources import stored_source_id
from agent.store.tables import metric
from datasources.records import Metric

MARKET_ID = 0


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
    """Store figures of any names and days. Raises UnknownAsset."""
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
    return merge_rows(session, metric, rows)


def metric_on(session: Session, source: str, name: str, asset_id: int | None, day: date) -> MetricRow | None:
    """Read the last figure at or before `day`, of an asset or (None) of the market; None if there is none."""
    query = (
        select(metric)
        .where(metric.c.source_id == stored_source_id(session, source), metric.c.name == name)
        .where(metric.c.asset_id == (asset_id or MARKET_ID), metric.c.day <= day)
        .order_by(metric.c.day.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else row_record(MetricRow, row)


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
    query = (
        select(metric)
        .where(metric.c.source_id == stored_source_id(session, source), metric.c.name == name)
        .where(metric.c.asset_id == (asset_id or MARKET_ID), metric.c.day.between(start, end))
        .order_by(metric.c.day)
    )
    return tuple(row_record(MetricRow, row) for row in session.execute(query))
