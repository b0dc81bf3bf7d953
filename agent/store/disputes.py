"""Where sources of one chain disagree on a price."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import text
from sqlmodel import Session

from agent.store.columns import day_number, instant_of, json_text
from agent.store.sources import chain_of, stored_source_ids


@dataclass(frozen=True, slots=True)
class Dispute:
    """The closes that sources give of one asset's day, in the order of the chain.

    Each is (source, close in USD, when it was learned); `spread_pct` is from the lowest to the highest, in percent of
    the lowest.
    """

    asset_id: int
    day: date
    closes: tuple[tuple[str, float, datetime], ...]
    spread_pct: float


def price_disputes(
    session: Session, sources: Sequence[str], day: date, tolerance_pct: float, asset_ids: Sequence[int] | None = None
) -> tuple[Dispute, ...]:
    """Find the assets, of these or of all, whose closes of a day differ by more than `tolerance_pct` of the smallest.

    They come by id. Raises ValueError for a negative tolerance or an empty chain.
    """
    if tolerance_pct < 0:
        raise ValueError(f"a tolerance cannot be negative, got {tolerance_pct} %")
    chain = chain_of(sources)
    numbers = stored_source_ids(session, chain)
    names = {number: name for number, name in zip(numbers, chain, strict=True) if number}
    query = text(
        "WITH chain(source_id) AS (SELECT value FROM json_each(:sources)), "
        "closes AS (SELECT b.asset_id, b.source_id, b.close_usd, b.fetched_at FROM chain CROSS JOIN bar_daily AS b "
        "ON b.day = :day AND b.source_id = chain.source_id), "
        "disputed AS (SELECT asset_id FROM closes GROUP BY asset_id "
        "HAVING max(close_usd) - min(close_usd) > :share * min(close_usd)) "
        "SELECT asset_id, source_id, close_usd, fetched_at FROM closes WHERE asset_id IN disputed ORDER BY asset_id"
    )
    values = {"sources": json_text(list(names)), "day": day_number(day), "share": tolerance_pct / 100}
    wanted = None if asset_ids is None else set(asset_ids)
    order = list(names)
    rows = [row for row in session.execute(query, values) if wanted is None or row.asset_id in wanted]
    return tuple(
        _dispute(
            asset_id,
            day,
            [
                (names[row.source_id], row.close_usd, instant_of(row.fetched_at))
                for row in sorted(found, key=lambda row: order.index(row.source_id))
            ],
        )
        for asset_id, found in groupby(rows, key=lambda row: row.asset_id)
    )


def _dispute(asset_id: int, day: date, closes: Sequence[tuple[str, float, datetime]]) -> Dispute:
    prices = [close for _, close, _ in closes]
    return Dispute(asset_id, day, tuple(closes), (max(prices) / min(prices) - 1) * 100)
