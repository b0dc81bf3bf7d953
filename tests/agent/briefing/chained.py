"""A real database in which several sources have prices: closes are right-aligned to the last day, NaN is no bar."""

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlmodel import Session

from agent.briefing.wanted import Wanted
from agent.jobs.scan import scan_day
from agent.measuring.ground import Scope
from agent.store import portfolios
from agent.store.assets import upsert_listings
from agent.store.bars import upsert_daily_bars
from agent.store.bulk import raw_connection
from agent.store.engine import Store
from agent.store.portfolios import HoldingRow
from agent.store.runs import RunOutcome, finish_run, start_run
from agent.store.sources import source_id
from datasources.base import Terms
from datasources.records import AssetListing, DailyBar
from tests.agent.briefing.snapshots import AS_OF, DAY
from tests.agent.store.migrated import migrated

MARKET, BINANCE, GECKO = "token_metrics", "binance", "coingecko"
CHAIN = (MARKET, BINANCE, GECKO)
NOW = datetime(2025, 10, 11, 0, 20, tzinfo=UTC)
LATER = NOW + timedelta(minutes=7)
NAN = math.nan
BTC, ETH, ATOM, INCH, PUMP = 1, 2, 3, 4, 5
LISTED = (
    AssetListing("1", "BTC", "Bitcoin", "bitcoin"),
    AssetListing("2", "ETH", "Ethereum", "ethereum"),
    AssetListing("3", "ATOM", "Cosmos", "cosmos"),
    AssetListing("4", "1INCH", "1inch", "1inch"),
    AssetListing("5", "PUMP", "Pump.fun", "pump-fun"),
)
NAMES = {MARKET: "Token Metrics", BINANCE: "Binance", GECKO: "CoinGecko"}

Closes = Mapping[int, Sequence[float]]


def chained(path: Path, closes: Mapping[str, Closes], holdings: Mapping[int, str], *, scanned: bool = False) -> Store:
    """The store of these closes by source and asset; sources other than the market's are linked to its assets."""
    store = migrated(path)
    with store.writer() as session:
        for source in {MARKET: None, **closes}:
            source_id(session, source, Terms(f"Prices by {NAMES.get(source, source)}.", "", "", None))
        upsert_listings(session, MARKET, LISTED, NOW)
        for source, series in closes.items():
            _link(session, source)
            learned = NOW if source == MARKET else LATER
            upsert_daily_bars(session, source, [bar for item in series.items() for bar in bars(*item)], learned)
        portfolio = portfolios.create(session, "main", NOW)
        rows = [HoldingRow(asset_id, Decimal(amount), None, NOW) for asset_id, amount in holdings.items()]
        portfolios.replace_holdings(session, portfolio.portfolio_id, rows)
    for age in (1, 0) if scanned else ():
        scan_day(store, Scope(MARKET, AS_OF - timedelta(days=age)), lambda: NOW)
    return store


def bars(asset_id: int, closes: Sequence[float]) -> list[DailyBar]:
    """The bars of closes whose last is of the last day."""
    days = [AS_OF - timedelta(days=back) for back in range(len(closes) - 1, -1, -1)]
    return [
        DailyBar(str(asset_id), day, close, close * 1.01, close * 0.99, close, 1000.0)
        for day, close in zip(days, closes, strict=True)
        if not math.isnan(close)
    ]


def wanted(*chain: str, tolerance_pct: float = 2.0, capped: tuple[str, ...] | None = None) -> Wanted:
    """The briefing of the day from the market's source, with prices of this chain."""
    return Wanted(
        "main",
        DAY,
        "daily",
        MARKET,
        chain[1:],
        price_chain=chain,
        tolerance_pct=tolerance_pct,
        capped=chain if capped is None else capped,
    )


def add_run(store: Store, source: str, kind: str, outcome: RunOutcome) -> None:
    """Store how a collection ended."""
    with store.writer() as session:
        finish_run(session, start_run(session, source, kind, NOW), outcome, NOW)


def _link(session: Session, source: str) -> None:
    if source == MARKET:
        return
    raw_connection(session).executemany(
        "INSERT INTO asset_ref (source_id, provider_id, asset_id, evidence, linked_at) VALUES (?, ?, ?, 'override', 0)",
        [(source_id(session, source), str(asset_id), asset_id) for asset_id in range(1, len(LISTED) + 1)],
    )
