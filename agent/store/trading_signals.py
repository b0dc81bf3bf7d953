"""Providers' daily trading signals."""

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
from agent.store.tables import trading_signal
from datasources.records import TradingSignal


@dataclass(frozen=True, slots=True)
class TradingSignalRow:
    """A stored trading signal, -1, 0 or 1; returns are fractions since the provider's own start."""

    asset_id: int
    day: date
    signal: int
    trend: int | None
    strategy_return: float | None
    holding_return: float | None
    fetched_at: datetime


def upsert_trading_signals(
    session: Session, source: str, signals: Sequence[TradingSignal], fetched_at: datetime
) -> Written:
    """Store trading signals. Raises UnknownAsset."""
    stamp = stamp_batch(session, source, [item.provider_id for item in signals], fetched_at)
    rows = [
        (
            day_number(item.day),
            stamp.source_id,
            stamp.ids[item.provider_id],
            item.signal,
            item.trend,
            item.strategy_return,
            item.holding_return,
            stamp.fetched_at,
        )
        for item in signals
    ]
    return merge_rows(session, trading_signal, rows)


def trading_signals_on(
    session: Session, source: str, day: date, *, since: date | None = None
) -> dict[int, TradingSignalRow]:
    """Read each asset's last signal at or before `day`, none older than `since`, by asset id."""
    matching = (trading_signal.c.source_id == stored_source_id(session, source),)
    rows = newest_per_asset(session, trading_signal, matching, day, since)
    return {row.asset_id: row_record(TradingSignalRow, row) for row in rows}


def previous_trading_signal(session: Session, source: str, asset_id: int, day: date) -> TradingSignalRow | None:
    """Read an asset's last signal before `day`, None if there is none."""
    query = (
        select(trading_signal)
        .where(trading_signal.c.source_id == stored_source_id(session, source))
        .where(trading_signal.c.asset_id == asset_id, trading_signal.c.day < day)
        .order_by(trading_signal.c.day.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else row_record(TradingSignalRow, row)
