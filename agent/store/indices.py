"""Providers' indices: how each stands, what it holds, and what it returned since its start."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import Session

from agent.store.bulk import Written, merge_rows
from agent.store.columns import day_number, instant_number, storable, storable_text
from agent.store.market_rows import stamp_batch
from agent.store.records import row_record
from agent.store.sources import source_id, stored_source_id
from agent.store.tables import index_fund, index_holding, index_value
from datasources.records import Index, IndexHolding, IndexValue


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A stored index as it stood on `day`; `provider_id` is its own key, changes are in percent."""

    provider_id: str
    name: str
    ticker: str | None
    day: date
    active: bool | None
    price_usd: float | None
    asset_count: int | None
    change_1d_pct: float | None
    change_7d_pct: float | None
    change_30d_pct: float | None
    change_all_time_pct: float | None
    market_cap_usd: float | None
    volume_usd: float | None
    grade: float | None
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class IndexHoldingRow:
    """What an index held of an asset on a day."""

    index_id: str
    asset_id: int
    day: date
    weight_pct: float
    price_usd: float | None
    market_cap_usd: float | None
    return_fraction: float | None
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class IndexValueRow:
    """The return of an index from its start to a day, a fraction."""

    index_id: str
    day: date
    cumulative_return: float
    market_cap_usd: float | None
    volume_usd: float | None
    fdv_usd: float | None
    fetched_at: datetime


def upsert_indices(session: Session, source: str, indices: Sequence[Index], fetched_at: datetime) -> Written:
    """Store how indices stand; each replaces what was stored of it before."""
    number, stamp = source_id(session, source), instant_number(fetched_at)
    rows = [
        (
            number,
            storable_text(item.provider_id),
            storable_text(item.name),
            storable(item.ticker),
            day_number(item.day),
            None if item.active is None else int(item.active),
            item.price_usd,
            item.asset_count,
            item.change_1d_pct,
            item.change_7d_pct,
            item.change_30d_pct,
            item.change_all_time_pct,
            item.market_cap_usd,
            item.volume_usd,
            item.grade,
            stamp,
        )
        for item in indices
    ]
    return merge_rows(session, index_fund, rows)


def upsert_index_holdings(
    session: Session, source: str, holdings: Sequence[IndexHolding], fetched_at: datetime
) -> Written:
    """Store what indices hold. Raises UnknownAsset."""
    stamp = stamp_batch(session, source, [item.provider_id for item in holdings], fetched_at)
    rows = [
        (
            day_number(item.day),
            stamp.source_id,
            storable_text(item.index_id),
            stamp.ids[item.provider_id],
            item.weight_pct,
            item.price_usd,
            item.market_cap_usd,
            item.return_fraction,
            stamp.fetched_at,
        )
        for item in holdings
    ]
    return merge_rows(session, index_holding, rows)


def upsert_index_values(session: Session, source: str, values: Sequence[IndexValue], fetched_at: datetime) -> Written:
    """Store the daily returns of indices."""
    number, stamp = source_id(session, source), instant_number(fetched_at)
    rows = [
        (
            day_number(item.day),
            number,
            storable_text(item.provider_id),
            item.cumulative_return,
            item.market_cap_usd,
            item.volume_usd,
            item.fdv_usd,
            stamp,
        )
        for item in values
    ]
    return merge_rows(session, index_value, rows)


def list_indices(session: Session, source: str) -> tuple[IndexRow, ...]:
    """Read every index of a source as it last stood, by its key."""
    own = index_fund.c.source_id == stored_source_id(session, source)
    query = select(index_fund).where(own).order_by(index_fund.c.provider_id)
    found = (row_record(IndexRow, row) for row in session.execute(query))
    return tuple(replace(row, active=None if row.active is None else bool(row.active)) for row in found)


def index_ids(session: Session, source: str) -> tuple[str, ...]:
    """Read the keys of every index of a source, in order."""
    own = index_fund.c.source_id == stored_source_id(session, source)
    return tuple(
        session.execute(select(index_fund.c.provider_id).where(own).order_by(index_fund.c.provider_id)).scalars()
    )


def index_holdings_on(session: Session, source: str, index_id: str, day: date) -> tuple[IndexHoldingRow, ...]:
    """Read what an index held on the last day at or before `day` that is known, the largest weight first."""
    own = (index_holding.c.source_id == stored_source_id(session, source), index_holding.c.index_id == index_id)
    listed = select(func.max(index_holding.c.day)).where(*own, index_holding.c.day <= day).scalar_subquery()
    order = (index_holding.c.weight_pct.desc(), index_holding.c.asset_id)
    query = select(index_holding).where(*own, index_holding.c.day == listed).order_by(*order)
    return tuple(row_record(IndexHoldingRow, row) for row in session.execute(query))


def index_values_between(
    session: Session, source: str, index_id: str, start: date, end: date
) -> tuple[IndexValueRow, ...]:
    """Read the returns of an index from `start` to `end`, both included, oldest first."""
    own = (index_value.c.source_id == stored_source_id(session, source), index_value.c.index_id == index_id)
    query = select(index_value).where(*own, index_value.c.day.between(start, end)).order_by(index_value.c.day)
    return tuple(row_record(IndexValueRow, row) for row in session.execute(query))
