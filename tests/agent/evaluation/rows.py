"""A market of three assets and ten days, worked by hand."""

from datetime import date, timedelta

import pandas as pd

from agent.claims.fact import Entity
from agent.evaluation.raw import Asset, RawMarket

DAY = date(2025, 10, 10)
# Bitcoin rises by 2 % on the last day, from 100 a week ago; Ethereum falls by 10 %; Tether does not move.
CLOSES = {
    1: [95.0, 96.0, 100.0, 104.0, 110.0, 105.0, 101.0, 100.0, 100.0, 102.0],
    2: [50.0, 50.0, 50.0, 50.0, 60.0, 55.0, 50.0, 50.0, 50.0, 45.0],
    3: [1.0] * 10,
}
ENTITIES = {
    "asset:1": Entity("asset:1", "Bitcoin", "BTC"),
    "asset:2": Entity("asset:2", "Ethereum", "ETH"),
    "asset:3": Entity("asset:3", "Tether", "USDT"),
}


def raw() -> RawMarket:
    days = [DAY - timedelta(days=back) for back in range(9, -1, -1)]
    assets = {1: Asset(1, "Bitcoin", "BTC"), 2: Asset(2, "Ethereum", "ETH"), 3: Asset(3, "Tether", "USDT")}
    return RawMarket(pd.DataFrame(CLOSES, index=pd.Index(days)), {1: 2.0, 2: 4.0}, assets)
