"""The market of `market.py` with portfolios in it: whole ones, ragged ones, and one that cannot be valued."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np

from agent.briefing.wanted import Wanted
from agent.store import portfolios
from agent.store.assets import upsert_listings
from agent.store.bars import upsert_daily_bars
from agent.store.bulk import raw_connection
from agent.store.engine import Store
from agent.store.metrics import upsert_metrics
from agent.store.panel import refresh_columns
from agent.store.portfolios import HoldingRow
from datasources.records import AssetListing, DailyBar, Metric
from tests.agent.measuring.market import BITCOIN, COINS, DAYS, LAST, NOW, SOURCE, STABLECOIN, filled, key, walks

WRAPPED, UNPRICED = STABLECOIN + 1, STABLECOIN + 2
HOLED, YOUNG = COINS - 1, COINS
PORTFOLIOS: Mapping[str, Mapping[int, str]] = {
    "plain": {1: "0.5", 2: "2", 3: "1.25", 4: "4"},
    "mixed": {1: "1", 2: "1", WRAPPED: "0.5", STABLECOIN: "40"},
    "young": {1: "1", 2: "1", YOUNG: "1"},
    "unpriced": {1: "1", 2: "1", UNPRICED: "7"},
    "single": {2: "3"},
    "empty": {},
}
MARKET_VALUES_USD = {1: 3e9, 2: 2e9, 3: 1e9, 4: 2e9}


def held_market(folder: Path) -> Store:
    """The store in a folder, made if it is not there; whoever writes to it takes a copy."""
    path = folder / "held.db"
    if path.exists():
        return Store(path)
    folder.mkdir(exist_ok=True)
    store = filled(path)
    with store.writer() as session:
        upsert_listings(
            session,
            SOURCE,
            [
                AssetListing(key(WRAPPED), "WBTC", "Wrapped Bitcoin", "wrapped-bitcoin", 16),
                AssetListing(key(UNPRICED), "GONE", "Gone", None, 400, ("Unknown ecosystem", "polygon-ecosystem")),
            ],
            NOW,
        )
        raw_connection(session).execute(
            "UPDATE asset SET kind = 'wrapped', underlying_id = ? WHERE asset_id = ?", (BITCOIN, WRAPPED)
        )
        upsert_daily_bars(session, SOURCE, _wrapped_bars(), NOW)
        upsert_metrics(
            session,
            SOURCE,
            [
                Metric(key(number), LAST, "asset.market_cap_usd", "usd", value)
                for number, value in MARKET_VALUES_USD.items()
            ],
            NOW,
        )
        for name, held in PORTFOLIOS.items():
            made = portfolios.create(session, name, NOW)
            rows = [HoldingRow(asset_id, Decimal(amount), None, NOW) for asset_id, amount in held.items()]
            portfolios.replace_holdings(session, made.portfolio_id, rows)
            if name == "plain":
                portfolios.replace_targets(session, made.portfolio_id, {1: 0.5, 2: 0.3, 5: 0.2}, NOW)
        refresh_columns(session, SOURCE)
    return store


def wanted(portfolio: str = "plain") -> Wanted:
    day = LAST + timedelta(days=1)
    return Wanted(portfolio, day, "daily", SOURCE)


def closes(*numbers: int) -> np.ndarray:
    """The closes of coins, days x coins, as they were made."""
    return walks()[:, [number - 1 for number in numbers]]


def _wrapped_bars() -> list[DailyBar]:
    first = LAST - timedelta(days=DAYS - 1)
    prices = (closes(BITCOIN)[:, 0] * 0.999).tolist()
    return [
        DailyBar(key(WRAPPED), first + timedelta(days=row), price, price, price, price, 1e5)
        for row, price in enumerate(prices)
    ]
