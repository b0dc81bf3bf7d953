"""Where each kind of record is stored."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from sqlmodel import Session

from agent.store.assets import set_ranks, upsert_listings
from agent.store.bars import upsert_daily_bars, upsert_hourly_bars
from agent.store.bulk import Written
from agent.store.correlations import upsert_correlations
from agent.store.grades import upsert_grades
from agent.store.levels import upsert_levels
from agent.store.metrics import upsert_metrics
from agent.store.quotes import upsert_quotes
from agent.store.trading_signals import upsert_trading_signals
from datasources.records import AssetListing, DataKind

# Each sink takes the records of its own kind; a source gives a kind nothing else.
Sink = Callable[[Session, str, Sequence[Any], datetime], Written]


def _store_listings(session: Session, source: str, listings: Sequence[AssetListing], fetched_at: datetime) -> Written:
    upsert_listings(session, source, listings, fetched_at)
    return Written(inserted=len(listings))


def _store_top(session: Session, source: str, listings: Sequence[AssetListing], fetched_at: datetime) -> Written:
    upsert_listings(session, source, listings, fetched_at)
    ranks = {item.provider_id: item.market_cap_rank for item in listings if item.market_cap_rank is not None}
    if min(ranks.values(), default=0) == 1:
        set_ranks(session, source, ranks)
    return Written(inserted=len(listings))


SINKS: Final[Mapping[DataKind, Sink]] = MappingProxyType(
    {
        DataKind.ASSETS: _store_listings,
        DataKind.TOP_ASSETS: _store_top,
        DataKind.QUOTES: upsert_quotes,
        DataKind.DAILY_BARS: upsert_daily_bars,
        DataKind.HOURLY_BARS: upsert_hourly_bars,
        DataKind.GRADES: upsert_grades,
        DataKind.GRADE_HISTORY: upsert_grades,
        DataKind.TRADER_GRADES: upsert_grades,
        DataKind.INVESTOR_GRADES: upsert_grades,
        DataKind.TRADING_SIGNALS: upsert_trading_signals,
        DataKind.MARKET_METRICS: upsert_metrics,
        DataKind.LEVELS: upsert_levels,
        DataKind.QUANT_METRICS: upsert_metrics,
        DataKind.CORRELATIONS: upsert_correlations,
        DataKind.ONCHAIN_METRICS: upsert_metrics,
        DataKind.SENTIMENT: upsert_metrics,
    }
)
