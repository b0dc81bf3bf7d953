"""Coin Metrics' columns under our names and units.

`native` is the asset's own unit, `ths` 10^12 hashes a second; the volatility is the standard deviation of 30 daily
returns, not annualised.
"""

from types import MappingProxyType
from typing import Final

ONCHAIN_COLUMNS: Final = MappingProxyType(
    {
        "PriceUSD": ("onchain.price_usd", "usd"),
        "CapMrktCurUSD": ("onchain.market_cap_usd", "usd"),
        "CapMVRVCur": ("onchain.mvrv", "ratio"),
        "AdrActCnt": ("onchain.active_addresses", "count"),
        "TxCnt": ("onchain.transactions", "count"),
        "TxTfrValAdjUSD": ("onchain.adjusted_transfer_value_usd", "usd"),
        "FlowInExUSD": ("onchain.exchange_inflow_usd", "usd"),
        "FlowOutExUSD": ("onchain.exchange_outflow_usd", "usd"),
        "SplyCur": ("onchain.supply", "native"),
        "SplyExNtv": ("onchain.exchange_supply", "native"),
        "FeeTotUSD": ("onchain.fees_usd", "usd"),
        "FeeTotNtv": ("onchain.fees", "native"),
        "IssTotUSD": ("onchain.issuance_usd", "usd"),
        "NVTAdj": ("onchain.nvt_adjusted", "ratio"),
        "HashRate": ("onchain.hash_rate_ths", "ths"),
        "VtyDayRet30d": ("onchain.volatility_30d", "fraction"),
        "volume_reported_spot_usd_1d": ("onchain.reported_spot_volume_usd", "usd"),
    }
)
