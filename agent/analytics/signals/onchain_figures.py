"""What happens on the chains of assets, measured against their own last months.

Activity is compared with itself: the mean of the last 7 days with mean and standard deviation of the 90 days before
them, of logarithms where it cannot be negative. What is in USD is read as it is stored, so that prices move it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from agent.analytics.bars import MAX_GAP_DAYS, Floats, divided, require_same_shape
from agent.analytics.errors import AnalyticsError
from agent.analytics.risk import DAYS_PER_YEAR, NOISE
from agent.analytics.signals.windows import as_panel, change, previous, shifted, window_deviation, window_mean

WEEK_DAYS = 7
BASELINE_DAYS = 90
NVT_DAYS = 90
HASH_FAST_DAYS = 30
HASH_SLOW_DAYS = 60
ISSUANCE_DAYS = 30
LEAST_TVL_USD = 1_000_000.0  # what holds less doubles when one depositor comes

# The longest way back: a score before, over a gap, its baseline, and the mean at the start of that.
ONCHAIN_DAYS = MAX_GAP_DAYS + 1 + BASELINE_DAYS + NVT_DAYS


@dataclass(frozen=True, slots=True)
class OnchainFigures:
    """On-chain figures, each (assets,) for a day or (days, assets) for a history; NaN where unknown.

    `*_z` are in standard deviations, `*_previous` the last known figure before the day (at most 3 missing days
    earlier), `*_7d` and `*_90d` means a day of the last 7 days and of the 90 before them. Net flow is what came to
    exchanges less what left them, USD. `nvt_proxy` is our own: market cap over the 90-day mean of a day's adjusted
    transfer value, days. `hash_ribbon` is the 30-day mean over the 60-day mean of the hash rate, less 1. Issuance is
    the share of the market cap that is issued in a year; `issuance_change` compares its means, as a fraction. Changes
    of the value locked are fractions.
    """

    active_addresses_z: Floats
    active_addresses_z_previous: Floats
    active_addresses_7d: Floats
    active_addresses_90d: Floats
    transfer_value_z: Floats
    transfer_value_z_previous: Floats
    transfer_value_7d_usd: Floats
    transfer_value_90d_usd: Floats
    fees_z: Floats
    fees_z_previous: Floats
    fees_7d_usd: Floats
    fees_90d_usd: Floats
    net_flow_z: Floats
    net_flow_z_previous: Floats
    net_flow_7d_usd: Floats
    net_flow_90d_usd: Floats
    mvrv: Floats
    mvrv_previous: Floats
    nvt_proxy: Floats
    nvt_proxy_z: Floats
    nvt_proxy_z_previous: Floats
    hash_rate_30d_ths: Floats
    hash_rate_60d_ths: Floats
    hash_ribbon: Floats
    hash_ribbon_previous: Floats
    issuance_30d: Floats
    issuance_90d: Floats
    issuance_change: Floats
    issuance_change_previous: Floats
    protocol_tvl_usd: Floats
    protocol_tvl_change_7d: Floats
    protocol_tvl_change_7d_previous: Floats
    chain_tvl_usd: Floats
    chain_tvl_change_7d: Floats
    chain_tvl_change_7d_previous: Floats


def measure_onchain(series: Mapping[str, Floats]) -> OnchainFigures:
    """Measure on-chain series, each days x assets, for every day; no figure looks at a later row.

    The series go by their stored names (`onchain.mvrv`, `defi.chain_tvl_usd` ...); other names are passed over, and
    what rests on a series that is not there is NaN. The figures of a day need the `ONCHAIN_DAYS` rows up to it. Raises
    AnalyticsError if no series is given or if they are not of one shape.
    """
    panels = {name: as_panel(values) for name, values in series.items()}
    if not panels:
        raise AnalyticsError("on-chain figures need at least one series, even one without values")
    require_same_shape(**panels)
    measure = partial(_measure, panels)
    return OnchainFigures(
        *measure(_growth, "onchain.active_addresses"),
        *measure(_growth, "onchain.adjusted_transfer_value_usd"),
        *measure(_fees, "onchain.fees_usd", "onchain.fees", "onchain.market_cap_usd", "onchain.supply"),
        *measure(_net_flow, "onchain.exchange_inflow_usd", "onchain.exchange_outflow_usd"),
        *measure(_mvrv, "onchain.mvrv"),
        *measure(_nvt_proxy, "onchain.adjusted_transfer_value_usd", "onchain.market_cap_usd"),
        *measure(_hash_ribbon, "onchain.hash_rate_ths"),
        *measure(_issuance, "onchain.issuance_usd", "onchain.market_cap_usd"),
        *measure(_locked, "defi.protocol_tvl_usd"),
        *measure(_locked, "defi.chain_tvl_usd"),
    )


def _measure(
    panels: Mapping[str, Floats], function: Callable[..., tuple[Floats, ...]], *names: str
) -> Iterator[Floats]:
    """Measure a group of figures on the series of these names, of the assets that any of them knows something of."""
    missing = np.full(next(iter(panels.values())).shape, np.nan)
    used = [panels.get(name, missing) for name in names]
    columns = np.flatnonzero(np.logical_or.reduce([np.isfinite(panel).any(axis=0) for panel in used]))
    for figures in function(*(panel[:, columns] for panel in used)):
        spread = missing.copy()
        spread[:, columns] = figures
        yield spread


def _log(values: Floats) -> Floats:
    """Natural logarithm; zero has none, so a day at zero counts as missing."""
    return np.log(values, out=np.full(values.shape, np.nan), where=values > 0)


def _ratio(top: Floats, bottom: Floats) -> Floats:
    return divided(top, bottom, np.isfinite(top) & (bottom > 0))


def _growth(values: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    return _against_baseline(values, _log(values))


def _against_baseline(values: Floats, scale: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Score the week's mean on `scale` against the 90 days before it; the score before; both means of the values."""
    mean = window_mean(scale, BASELINE_DAYS)
    deviation = shifted(window_deviation(scale, mean, BASELINE_DAYS), WEEK_DAYS)
    distance = window_mean(scale, WEEK_DAYS) - shifted(mean, WEEK_DAYS)
    z = divided(distance, deviation, deviation > NOISE)
    week, before = window_mean(values, WEEK_DAYS), shifted(window_mean(values, BASELINE_DAYS), WEEK_DAYS)
    return z, previous(z), week, before


def _fees(fees_usd: Floats, fees: Floats, market_cap: Floats, supply: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Score fees in USD; where they are known in the asset's own unit only, at the price that cap and supply imply."""
    return _growth(np.where(np.isfinite(fees_usd), fees_usd, fees * _ratio(market_cap, supply)))


def _net_flow(inflow: Floats, outflow: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    return _against_baseline(inflow - outflow, inflow - outflow)


def _mvrv(mvrv: Floats) -> tuple[Floats, Floats]:
    return mvrv, previous(mvrv)


def _nvt_proxy(transfer_value: Floats, market_cap: Floats) -> tuple[Floats, Floats, Floats]:
    """Give the proxy, its score on logarithms against the 90 days before, and the score before."""
    proxy = _ratio(market_cap, window_mean(transfer_value, NVT_DAYS))
    logs = _log(proxy)
    mean = window_mean(logs, BASELINE_DAYS)
    deviation = shifted(window_deviation(logs, mean, BASELINE_DAYS), 1)
    z = divided(logs - shifted(mean, 1), deviation, deviation > NOISE)
    return proxy, z, previous(z)


def _hash_ribbon(hash_rate: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    fast, slow = window_mean(hash_rate, HASH_FAST_DAYS), window_mean(hash_rate, HASH_SLOW_DAYS)
    ribbon = _ratio(fast, slow) - 1.0
    ribbon[np.abs(ribbon) <= NOISE] = 0.0  # means of a constant rate differ by rounding
    return fast, slow, ribbon, previous(ribbon)


def _issuance(issuance: Floats, market_cap: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Yearly issuance as a share of the market cap, in which the price cancels out, and the change of its mean."""
    rate = _ratio(issuance * DAYS_PER_YEAR, market_cap)
    recent = window_mean(rate, ISSUANCE_DAYS)
    before = shifted(window_mean(rate, BASELINE_DAYS), ISSUANCE_DAYS)
    moved = _ratio(recent, before) - 1.0
    return recent, before, moved, previous(moved)


def _locked(tvl: Floats) -> tuple[Floats, Floats, Floats]:
    """Value locked, its change over a week, and the change before."""
    large = shifted(tvl, WEEK_DAYS) >= LEAST_TVL_USD
    moved = np.where(large, change(tvl, WEEK_DAYS), np.nan)
    return tvl, moved, previous(moved)
