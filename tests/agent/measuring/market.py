"""A stored market of random walks for the tests of measuring: fourteen coins, a stablecoin, and what providers say."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from agent.identity.kinds import AssetKind
from agent.store.assets import upsert_listings
from agent.store.bars import upsert_daily_bars
from agent.store.bulk import raw_connection
from agent.store.engine import Store
from agent.store.panel import refresh_columns
from datasources.records import AssetListing, DailyBar
from tests.agent.store.migrated import migrated

SOURCE = "sandbox"
LAST = date(2025, 10, 10)
NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
COINS = 14
DAYS = 450
BITCOIN, STABLECOIN = 1, COINS + 1


def key(number: int) -> str:
    """The provider's key of an asset; ids are given out in the order of the keys."""
    return f"{number:02d}"


def walks(seed: int = 5, days: int = DAYS) -> np.ndarray:
    """Closes of days x coins; the last coin is two weeks old, and the one before it has a hole of a week."""
    rng = np.random.default_rng(seed)
    close = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 0.03, (days, COINS)), axis=0))
    close[:-14, -1] = np.nan
    close[-60:-53, -2] = np.nan
    return close


def bars_of(close: np.ndarray, last: date) -> list[DailyBar]:
    first = last - timedelta(days=len(close) - 1)
    return [
        DailyBar(key(coin + 1), first + timedelta(days=row), price, price * 1.02, price * 0.97, price, 1e6 + 1e4 * coin)
        for row, prices in enumerate(close.tolist())
        for coin, price in enumerate(prices)
        if np.isfinite(price)
    ]


def filled(path: Path, close: np.ndarray | None = None) -> Store:
    store = migrated(path)
    listings = [
        AssetListing(
            key(number), f"C{number}", f"Coin {number}", None, number, ("layer-1",) if number % 2 else ("meme",)
        )
        for number in range(2, COINS + 1)
    ]
    listings.insert(0, AssetListing(key(BITCOIN), "BTC", "Bitcoin", "bitcoin", 1, ("layer-1",)))
    listings.append(AssetListing(key(STABLECOIN), "USDX", "Dollar X", None, 15, ("stablecoins",)))
    with store.writer() as session:
        upsert_listings(session, SOURCE, listings, NOW)
        raw_connection(session).execute(
            "UPDATE asset SET kind = ? WHERE asset_id = ?", (AssetKind.STABLECOIN.value, STABLECOIN)
        )
        upsert_daily_bars(session, SOURCE, bars_of(walks() if close is None else close, LAST), NOW)
        pegged = [
            DailyBar(key(STABLECOIN), LAST - timedelta(days=back), 1.0, 1.0, 1.0, 1.0, 9e9) for back in range(DAYS)
        ]
        upsert_daily_bars(session, SOURCE, pegged, NOW)
        refresh_columns(session, SOURCE)
    return store
