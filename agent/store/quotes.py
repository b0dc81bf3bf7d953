"""The last price each source quoted for an asset."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session

from agent.store.bulk import Written, merge_rows
from agent.store.columns import amount_text, instant_number
from agent.store.market_rows import stamp_batch
from agent.store.records import row_record
from agent.store.sources import stored_source_id
from agent.store.tables import quote
from datasources.records import Quote


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A stored quote."""

    asset_id: int
    price_usd: Decimal
    quoted_at: datetime
    fetched_at: datetime


def upsert_quotes(session: Session, source: str, quotes: Sequence[Quote], fetched_at: datetime) -> Written:
    """Store quotes; each replaces an asset's earlier one. Raises UnknownAsset."""
    stamp = stamp_batch(session, source, [item.provider_id for item in quotes], fetched_at)
    rows = [
        (
            stamp.source_id,
            stamp.ids[item.provider_id],
            amount_text(item.price_usd),
            instant_number(item.quoted_at),
            stamp.fetched_at,
        )
        for item in quotes
    ]
    return merge_rows(session, quote, rows)


def latest_quotes(session: Session, source: str, asset_ids: Sequence[int] | None = None) -> dict[int, QuoteRow]:
    """Read a source's last quotes by asset id, of these assets or of all."""
    query = select(quote).where(quote.c.source_id == stored_source_id(session, source))
    wanted = None if asset_ids is None else set(asset_ids)
    rows = (row_record(QuoteRow, row) for row in session.execute(query))
    return {row.asset_id: row for row in rows if wanted is None or row.asset_id in wanted}
