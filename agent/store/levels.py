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


def levels_listed(session: Session, source: str, day: date, *, since: date) -> dict[int, tuple[float, ...]]:
    """Read the levels of each asset's last listing at or before `day`, none older than `since`, lowest first."""
    within = (level.c.source_id == stored_source_id(session, source), level.c.day.between(since, day))
    last = select(level.c.asset_id, func.max(level.c.day).label("day")).where(*within).group_by(level.c.asset_id)
    newest = last.subquery()
    same = (level.c.asset_id == newest.c.asset_id) & (level.c.day == newest.c.day)
    query = select(level.c.asset_id, level.c.level_usd).join(newest, same).where(*within)
    found: dict[int, list[float]] = {}
    for asset_id, level_usd in session.execute(query.order_by(level.c.asset_id, level.c.level_usd)):
        found.setdefault(asset_id, []).append(level_usd)
    return {asset_id: tuple(levels) for asset_id, levels in found.items()}
