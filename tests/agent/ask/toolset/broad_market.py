"""A stored market of 24 coins in five sectors, enough for its breadth, with a stablecoin and what sources report."""

from datetime import timedelta
from pathlib import Path

import numpy as np
from sqlmodel import Session

from agent.store.assets import upsert_listings
from agent.store.bars import upsert_daily_bars
from agent.store.bulk import raw_connection
from agent.store.engine import Store
from agent.store.metrics import upsert_metrics
from agent.store.panel import refresh_columns
from agent.store.sources import source_id
from datasources.records import AssetListing, DailyBar, Metric
from tests.agent.measuring.market import LAST, NOW, SOURCE, key
from tests.agent.measuring.opinions import CHAIN
from tests.agent.store.migrated import migrated

COINS, DAYS, STABLECOIN = 24, 230, 25
NAMES = ("layer-1", "meme", "Decentralized Finance (DeFi)", "gaming-finance", "privacy coins")
HOLED, CHAINED = 3, 2
ONE = timedelta(days=1)


def walks() -> np.ndarray:
    """Closes of days x coins; coin 3 misses a week, the last coin is forty days old."""
    steps = np.random.default_rng(11).normal(0.0, 0.03, (DAYS, COINS))
    close = 100.0 * np.exp(np.cumsum(steps, axis=0))
    close[-20:-13, HOLED - 1] = np.nan
    close[:-40, -1] = np.nan
    return close


CLOSES = walks()
TRANSFERS = 1e6 * np.exp(np.random.default_rng(3).normal(0.0, 0.4, 100))  # a day each, oldest first
ISSUED = 1e3 * np.exp(np.random.default_rng(4).normal(0.0, 0.2, 100))
CAPS = np.linspace(5e7, 8e7, 100)
TOTAL, TOTAL_BEFORE = 2e9, 1.6e9


def sector_of(coin: int) -> str:
    """The sector of a coin."""
    return NAMES[coin % len(NAMES)]


def broad_market(path: Path) -> Store:
    """The store."""
    store = migrated(path)
    listed = [
        AssetListing(key(coin), f"C{coin}", f"Coin {coin}", None, coin, (sector_of(coin),))
        for coin in range(2, COINS + 1)
    ]
    listed.append(AssetListing(key(1), "BTC", "Bitcoin", "bitcoin", 1, (sector_of(1),)))
    listed.append(AssetListing(key(STABLECOIN), "USDX", "Dollar X", None, 25, ("stablecoins",)))
    with store.writer() as session:
        upsert_listings(session, SOURCE, listed, NOW)
        raw_connection(session).execute("UPDATE asset SET kind = 'stablecoin' WHERE asset_id = ?", (STABLECOIN,))
        upsert_daily_bars(session, SOURCE, list(_bars()), NOW)
        refresh_columns(session, SOURCE)
        _report(session)
    return store


def _bars() -> list[DailyBar]:
    days = [LAST - back * ONE for back in range(DAYS - 1, -1, -1)]
    bars = [DailyBar(key(STABLECOIN), day, 1.0, 1.0, 1.0, 1.0, 9e9) for day in days]
    for day, prices in zip(days, CLOSES.tolist(), strict=True):
        for coin, price in enumerate(prices, 1):
            if np.isfinite(price):
                bars.append(DailyBar(key(coin), day, price, price * 1.02, price * 0.97, price, 1e6 + 1e4 * coin))
    return bars


def _report(session: Session) -> None:
    """Market values of today and the total of today and thirty days before; a chain of its own source for one coin."""
    caps = [Metric(key(coin), LAST, "asset.market_cap_usd", "usd", 1e9 / coin) for coin in range(1, 6)]
    totals = [
        Metric(None, day, "market.total_market_cap_usd", "usd", value)
        for day, value in ((LAST, TOTAL), (LAST - 30 * ONE, TOTAL_BEFORE))
    ]
    upsert_metrics(session, SOURCE, [*caps, *totals], NOW)
    raw_connection(session).execute(
        "INSERT INTO asset_ref (source_id, provider_id, asset_id, evidence, linked_at) VALUES (?, 'two', ?, 'new', 0)",
        (source_id(session, CHAIN), CHAINED),
    )
    days = [LAST - back * ONE for back in range(99, -1, -1)]
    figures = {
        "onchain.adjusted_transfer_value_usd": TRANSFERS,
        "onchain.issuance_usd": ISSUED,
        "onchain.market_cap_usd": CAPS,
    }
    chain = [
        Metric("two", day, name, "usd", float(value))
        for name, values in figures.items()
        for day, value in zip(days, values, strict=True)
    ]
    upsert_metrics(session, CHAIN, chain, NOW)
