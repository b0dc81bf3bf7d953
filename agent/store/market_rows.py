"""Shared by the repositories of dated market rows: what identifies a batch, and how its newest rows are found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.engine import Row
from sqlalchemy.sql import ColumnElement
from sqlmodel import Session

from agent.store.assets import asset_ids, require_assets
from agent.store.columns import instant_number
from agent.store.sources import source_id


@dataclass(frozen=True, slots=True)
class Stamp:
    """The numbers that every row of a batch shares, and the asset id of each provider id."""

    source_id: int
    fetched_at: int
    ids: dict[str, int]


def stamp_batch(session: Session, source: str, provider_ids: Sequence[str], fetched_at: datetime) -> Stamp:
    """Look up what a batch's rows share; raises UnknownAsset for a provider id that was never listed."""
    ids = asset_ids(session, source)
    require_assets(ids, provider_ids, source)
    return Stamp(source_id(session, source), instant_number(fetched_at), ids)


def newest_per_asset(
    session: Session, table: Table, matching: Sequence[ColumnElement[bool]], until: date, since: date | None
) -> Sequence[Row[Any]]:
    """Read each asset's last row at or before a day (an hour, where the table has hours), by asset.

    None is older than `since`.
    """
    time = table.c.hour if "hour" in table.c else table.c.day
    within = [*matching, time <= until, *([] if since is None else [time >= since])]
    last = select(table.c.asset_id, func.max(time).label("time")).where(*within).group_by(table.c.asset_id)
    newest = last.subquery()
    same = (table.c.asset_id == newest.c.asset_id) & (time == newest.c.time)
    query = select(table).join(newest, same).where(*matching).order_by(table.c.asset_id)
    return session.execute(query).all()
