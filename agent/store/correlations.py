"""Providers' correlations of an asset with others that they name but do not identify."""

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
from agent.store.tables import correlation_peer
from datasources.records import Correlation


@dataclass(frozen=True, slots=True)
class CorrelationRow:
    """A stored correlation with an asset called `other_name`."""

    asset_id: int
    day: date
    other_name: str
    correlation: float
    fetched_at: datetime


def upsert_correlations(
    session: Session, source: str, correlations: Sequence[Correlation], fetched_at: datetime
) -> Written:
    """Store correlations. Raises UnknownAsset."""
    stamp = stamp_batch(session, source, [item.provider_id for item in correlations], fetched_at)
    rows = [
        (
            day_number(item.day),
            stamp.source_id,
            stamp.ids[item.provider_id],
            item.other_name,
            item.correlation,
            stamp.fetched_at,
        )
        for item in correlations
    ]
    return merge_rows(session, correlation_peer, rows)


def correlations_on(session: Session, source: str, asset_id: int, day: date) -> tuple[CorrelationRow, ...]:
    """Read an asset's correlations of the last day at or before `day`, highest first."""
    peer = correlation_peer.c
    own = (peer.source_id == stored_source_id(session, source), peer.asset_id == asset_id)
    last = select(func.max(peer.day)).where(*own, peer.day <= day).scalar_subquery()
    query = select(correlation_peer).where(*own, peer.day == last)
    rows = session.execute(query.order_by(peer.correlation.desc(), peer.other_name))
    return tuple(row_record(CorrelationRow, row) for row in rows)
