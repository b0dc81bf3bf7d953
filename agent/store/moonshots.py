"""Providers' speculative picks: named, not identified, so they belong to no asset."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from agent.store.bulk import Written, merge_rows
from agent.store.columns import instant_number, storable_text
from agent.store.records import row_record
from agent.store.sources import source_id, stored_source_id
from agent.store.tables import moonshot
from datasources.records import Moonshot


@dataclass(frozen=True, slots=True)
class MoonshotRow:
    """A stored pick; it runs while `ended_at` is None. Returns are fractions, the grade is from 0 to 100."""

    name: str
    symbol: str
    picked_at: datetime
    ended_at: datetime | None
    return_fraction: float | None
    trader_grade: float | None
    market_cap_usd: float | None
    volume_usd: float | None
    fetched_at: datetime


def upsert_moonshots(session: Session, source: str, moonshots: Sequence[Moonshot], fetched_at: datetime) -> Written:
    """Store picks; each replaces what was stored of it before."""
    number, stamp = source_id(session, source), instant_number(fetched_at)
    rows = [
        (
            number,
            storable_text(item.symbol),
            storable_text(item.name),
            instant_number(item.picked_at),
            None if item.ended_at is None else instant_number(item.ended_at),
            item.return_fraction,
            item.trader_grade,
            item.market_cap_usd,
            item.volume_usd,
            stamp,
        )
        for item in moonshots
    ]
    return merge_rows(session, moonshot, rows)


def list_moonshots(session: Session, source: str, *, since: datetime | None = None) -> tuple[MoonshotRow, ...]:
    """Read a source's picks, the last one first, none made before `since`."""
    query = select(moonshot).where(moonshot.c.source_id == stored_source_id(session, source))
    if since is not None:
        query = query.where(moonshot.c.picked_at >= since)
    ordered = query.order_by(moonshot.c.picked_at.desc(), moonshot.c.symbol, moonshot.c.name)
    return tuple(row_record(MoonshotRow, row) for row in session.execute(ordered))
