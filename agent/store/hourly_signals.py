"""Providers' hourly trading signals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from agent.store.bulk import Written, merge_rows
from agent.store.columns import hour_number
from agent.store.market_rows import newest_per_asset, stamp_batch
from agent.store.records import row_record
from agent.store.sources import stored_source_id
from agent.store.tables import hourly_signal
from datasources.records import HourlySignal


@dataclass(frozen=True, slots=True)
class HourlySignalRow:
    """A stored signal of an hour and the position that follows from it, each -1, 0 or 1."""

    asset_id: int
    hour: datetime
    signal: int
    position: int | None
    close_usd: float | None
    fetched_at: datetime


def upsert_hourly_signals(
    session: Session, source: str, signals: Sequence[HourlySignal], fetched_at: datetime
) -> Written:
    """Store hourly signals. Raises UnknownAsset, and ValueError for a time that is not a whole hour."""
    stamp = stamp_batch(session, source, [item.provider_id for item in signals], fetched_at)
    rows = [
        (
            hour_number(item.signalled_at),
            stamp.source_id,
            stamp.ids[item.provider_id],
            item.signal,
            item.position,
            item.close_usd,
            stamp.fetched_at,
        )
        for item in signals
    ]
    return merge_rows(session, hourly_signal, rows)


def latest_hourly_signals(
    session: Session, source: str, until: datetime, *, since: datetime | None = None
) -> dict[int, HourlySignalRow]:
    """Read each asset's last signal at or before `until`, none older than `since`, both whole hours, by asset id."""
    matching = (hourly_signal.c.source_id == stored_source_id(session, source),)
    rows = newest_per_asset(session, hourly_signal, matching, until, since)
    return {row.asset_id: row_record(HourlySignalRow, row) for row in rows}


def hourly_signals_between(
    session: Session, source: str, asset_id: int, start: datetime, end: datetime
) -> tuple[HourlySignalRow, ...]:
    """Read an asset's signals from `start` to `end`, both included and whole hours, oldest first."""
    query = (
        select(hourly_signal)
        .where(hourly_signal.c.source_id == stored_source_id(session, source))
        .where(hourly_signal.c.asset_id == asset_id, hourly_signal.c.hour.between(start, end))
        .order_by(hourly_signal.c.hour)
    )
    return tuple(row_record(HourlySignalRow, row) for row in session.execute(query))
