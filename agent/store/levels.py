"""Support and resistance levels as providers list them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import Session

from agent.store.bulk import Written, merge_rows
from agent.store.columns import day_number
from agent.store.market_rows import stamp_batch
from agent.store.records import row_record
from agent.store.sources import stored_source_id
from agent.store.tables import level
from datasources.records import Level


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A stored level, listed on `day`."""

    asset_id: int
    day: date
    level_usd: float
    formed_on: date | None
    fetched_at: datetime


def upsert_levels(session: Session, source: str, levels: Sequence[Level], fetched_at: datetime) -> Written:
    """Store levels. Raises UnknownAsset."""
    stamp = stamp_batch(session, source, [item.provider_id for item in levels], fetched_at)
    rows = [
        (
            day_number(item.day),
            stamp.source_id,
            stamp.ids[item.provider_id],
            item.level_usd,
            None if item.formed_on is None else day_number(item.formed_on),
            stamp.fetched_at,
        )
        for item in levels
    ]
    return merge_rows(session, level, rows)


def levels_on(session: Session, source: str, asset_id: int, day: date) -> tuple[LevelRow, ...]:
    """Read the levels of an asset's last listing at or before `day`, lowest first."""
    own = (level.c.source_id == stored_source_id(session, source), level.c.asset_id == asset_id)
    listed = select(func.max(level.c.day)).where(*own, level.c.day <= day).scalar_subquery()
    query = select(level).where(*own, level.c.day == listed).order_by(level.c.level_usd)
    return tuple(row_record(LevelRow, row) for row in session.execute(query))
