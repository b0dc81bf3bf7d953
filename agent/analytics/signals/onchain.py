"""Signals from the chains of assets: activity, exchange flows, valuation, mining, issuance and value locked.

A direction says which way the figure went: money coming to exchanges is 1 and money leaving them is -1.
"""

from collections.abc import Sequence
from operator import ge, gt, le, lt

from agent.analytics.signals.entries import Inside, entering
from agent.analytics.signals.onchain_figures import LEAST_TVL_USD, ONCHAIN_DAYS, OnchainFigures, measure_onchain
from agent.analytics.signals.signal import Family, Signal

__all__ = ["ONCHAIN_DAYS", "ONCHAIN_SIGNALS", "OnchainFigures", "measure_onchain"]

ACTIVITY_Z = 2.0
NET_FLOW_Z = 1.0  # flows of one day tell little of the next, so means of 7 spread over 1 / sqrt(7) = 0.4 of a day's
NVT_Z = 3.0  # a 90-day mean moves slowly: a straight trend alone brings its score to 1.7
MVRV_HOT = 3.5
MVRV_COLD = 1.0
ISSUANCE_CHANGE = 0.10
TVL_CHANGE = 0.15
SLOW_DAYS = 30  # how long what is read from months counts as live


def _signal(
    name: str,
    definition: str,
    direction: int,
    figure: str,
    entered: tuple[Inside, float],
    parameters: tuple[tuple[str, float], ...],
    evidence: Sequence[str] = (),
    family: Family = Family.ONCHAIN,
    *,
    live_days: int = 7,
    restated: bool = False,
) -> Signal:
    inside, level = entered
    return Signal(
        name,
        definition,
        direction,
        (("threshold", level), *parameters),
        entering("onchain", figure, inside, level, evidence=evidence),
        family,
        expires_after_days=live_days,
        restated=restated,
    )


_AGAINST_BASELINE = (("window", 7.0), ("baseline", 90.0))
_ADDRESSES = ("active_addresses_7d", "active_addresses_90d")
_TRANSFERS = ("transfer_value_7d_usd", "transfer_value_90d_usd")
_FLOWS = ("net_flow_7d_usd", "net_flow_90d_usd")
_HASH_MEANS = ("hash_rate_30d_ths", "hash_rate_60d_ths")
_HASH_WINDOWS = (("fast", 30.0), ("slow", 60.0))
_ISSUANCE = ("issuance_30d", "issuance_90d")
_ISSUANCE_WINDOWS = (("window", 30.0), ("baseline", 90.0))
_NVT_WINDOWS = (("window", 90.0), ("baseline", 90.0))
_TVL = (("window", 7.0), ("least_usd", LEAST_TVL_USD))

ONCHAIN_SIGNALS: tuple[Signal, ...] = (
    _signal(
        "active_addresses_surge",
        "Active addresses of the last 7 days rose to 2 or more standard deviations above the 90 days before them.",
        1,
        "active_addresses_z",
        (ge, ACTIVITY_Z),
        _AGAINST_BASELINE,
        _ADDRESSES,
    ),
    _signal(
        "active_addresses_drop",
        "Active addresses of the last 7 days fell to 2 or more standard deviations below the 90 days before them.",
        -1,
        "active_addresses_z",
        (le, -ACTIVITY_Z),
        _AGAINST_BASELINE,
        _ADDRESSES,
    ),
    _signal(
        "transfer_value_surge",
        "Transfer value of the last 7 days rose to 2 or more standard deviations above the 90 days before them.",
        1,
        "transfer_value_z",
        (ge, ACTIVITY_Z),
        _AGAINST_BASELINE,
        _TRANSFERS,
    ),
    _signal(
        "transfer_value_drop",
        "Transfer value of the last 7 days fell to 2 or more standard deviations below the 90 days before them.",
        -1,
        "transfer_value_z",
        (le, -ACTIVITY_Z),
        _AGAINST_BASELINE,
        _TRANSFERS,
    ),
    _signal(
        "fees_surge",
        "Fees of the last 7 days rose to 2 or more standard deviations above the 90 days before them.",
        1,
        "fees_z",
        (ge, ACTIVITY_Z),
        _AGAINST_BASELINE,
        ("fees_7d_usd", "fees_90d_usd"),
    ),
    _signal(
        "exchange_net_inflow",
        "Net flow to exchanges over 7 days rose to 1 or more standard deviations of a day above the 90 days before.",
        1,
        "net_flow_z",
        (ge, NET_FLOW_Z),
        _AGAINST_BASELINE,
        _FLOWS,
        restated=True,
    ),
    _signal(
        "exchange_net_outflow",
        "Net flow to exchanges over 7 days fell to 1 or more standard deviations of a day below the 90 days before.",
        -1,
        "net_flow_z",
        (le, -NET_FLOW_Z),
        _AGAINST_BASELINE,
        _FLOWS,
        restated=True,
    ),
    _signal(
        "mvrv_hot",
        "Market value rose to 3.5 times realized value or more, from below.",
        1,
        "mvrv",
        (ge, MVRV_HOT),
        (),
        live_days=SLOW_DAYS,
    ),
    _signal(
        "mvrv_cold",
        "Market value fell below realized value (a ratio below 1), from at or above it.",
        -1,
        "mvrv",
        (lt, MVRV_COLD),
        (),
        live_days=SLOW_DAYS,
    ),
    _signal(
        "nvt_proxy_high",
        "Market cap over 90-day mean transfer value rose to 3 or more standard deviations above the 90 days before.",
        1,
        "nvt_proxy_z",
        (ge, NVT_Z),
        _NVT_WINDOWS,
        ("nvt_proxy",),
        live_days=SLOW_DAYS,
    ),
    _signal(
        "nvt_proxy_low",
        "Market cap over 90-day mean transfer value fell to 3 or more standard deviations below the 90 days before.",
        -1,
        "nvt_proxy_z",
        (le, -NVT_Z),
        _NVT_WINDOWS,
        ("nvt_proxy",),
        live_days=SLOW_DAYS,
    ),
    _signal(
        "hash_rate_recovery",
        "The 30-day mean of the hash rate rose above its 60-day mean, from at or below it.",
        1,
        "hash_ribbon",
        (gt, 0.0),
        _HASH_WINDOWS,
        _HASH_MEANS,
        live_days=SLOW_DAYS,
    ),
    _signal(
        "hash_rate_capitulation",
        "The 30-day mean of the hash rate fell below its 60-day mean, from at or above it.",
        -1,
        "hash_ribbon",
        (lt, 0.0),
        _HASH_WINDOWS,
        _HASH_MEANS,
        live_days=SLOW_DAYS,
    ),
    _signal(
        "issuance_up",
        "Issuance relative to market cap over 30 days rose to 10 % or more above the 90 days before them.",
        1,
        "issuance_change",
        (ge, ISSUANCE_CHANGE),
        _ISSUANCE_WINDOWS,
        _ISSUANCE,
        live_days=SLOW_DAYS,
    ),
    _signal(
        "issuance_down",
        "Issuance relative to market cap over 30 days fell to 10 % or more below the 90 days before them.",
        -1,
        "issuance_change",
        (le, -ISSUANCE_CHANGE),
        _ISSUANCE_WINDOWS,
        _ISSUANCE,
        live_days=SLOW_DAYS,
    ),
    _signal(
        "protocol_tvl_up",
        "The value locked in an asset's protocols, 1 million USD or more 7 days before, came to have grown by 15 %.",
        1,
        "protocol_tvl_change_7d",
        (ge, TVL_CHANGE),
        _TVL,
        ("protocol_tvl_usd",),
        Family.DEFI,
    ),
    _signal(
        "protocol_tvl_down",
        "The value locked in an asset's protocols, 1 million USD or more 7 days before, came to have shrunk by 15 %.",
        -1,
        "protocol_tvl_change_7d",
        (le, -TVL_CHANGE),
        _TVL,
        ("protocol_tvl_usd",),
        Family.DEFI,
    ),
    _signal(
        "chain_tvl_up",
        "The value locked on an asset's chains, 1 million USD or more 7 days before, came to have grown by 15 %.",
        1,
        "chain_tvl_change_7d",
        (ge, TVL_CHANGE),
        _TVL,
        ("chain_tvl_usd",),
        Family.DEFI,
    ),
    _signal(
        "chain_tvl_down",
        "The value locked on an asset's chains, 1 million USD or more 7 days before, came to have shrunk by 15 %.",
        -1,
        "chain_tvl_change_7d",
        (le, -TVL_CHANGE),
        _TVL,
        ("chain_tvl_usd",),
        Family.DEFI,
    ),
)
