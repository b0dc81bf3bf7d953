"""Stored figures of several sources as one: on-chain metrics of assets, series of the market."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import date

import numpy as np
from sqlmodel import Session

from agent.analytics.bars import Floats
from agent.analytics.signals.onchain import OnchainFigures
from agent.store.figure_panels import Ids, market_series, metric_panels

ONCHAIN_NAMES = (
    "onchain.active_addresses",
    "onchain.adjusted_transfer_value_usd",
    "onchain.exchange_inflow_usd",
    "onchain.exchange_outflow_usd",
    "onchain.fees",
    "onchain.fees_usd",
    "onchain.hash_rate_ths",
    "onchain.issuance_usd",
    "onchain.market_cap_usd",
    "onchain.mvrv",
    "onchain.supply",
    "defi.protocol_tvl_usd",
    "defi.chain_tvl_usd",
)
MARKET_NAMES = (
    "sentiment.fear_greed_index",
    "market.total_market_cap_usd",
    "stablecoin.supply_usd",
    "defi.total_tvl_usd",
    "market.grade_signal",
    "market.last_grade_signal",
)


def joined_metrics(
    session: Session,
    sources: Sequence[str],
    names: Sequence[str],
    first: date,
    last: date,
    learned_within_days: int | None = None,
) -> tuple[Ids, dict[str, Floats]] | None:
    """The assets that have any of these metrics, ascending, and the panels; None if there are none.

    Of several sources with a figure of one asset's day the first one counts.
    """
    read = (
        metric_panels(session, source, names, first, last, learned_within_days=learned_within_days)
        for source in sources
    )
    found = [(assets, panels) for assets, panels in read if panels]
    if not found:
        return None
    every = np.unique(np.concatenate([assets for assets, _ in found]))
    series: dict[str, Floats] = {}
    for assets, panels in found:
        places = np.searchsorted(every, assets)
        for name, values in panels.items():
            wide = series.setdefault(name, np.full((len(values), len(every)), np.nan))
            wide[:, places] = np.where(np.isnan(wide[:, places]), values, wide[:, places])
    return every, series


def spread_figures(figures: OnchainFigures, assets: Ids, ids: Ids) -> OnchainFigures:
    """The figures of some assets as figures of others, NaN for those that have none; both lists of ids ascend."""
    place = np.minimum(np.searchsorted(assets, ids), len(assets) - 1)
    known = assets[place] == ids
    spread = {item.name: np.where(known, getattr(figures, item.name)[..., place], np.nan) for item in fields(figures)}
    return OnchainFigures(**spread)


def first_series(
    session: Session,
    sources: Sequence[str],
    name: str,
    first: date,
    last: date,
    learned_within_days: int | None = None,
) -> Floats:
    """A market figure by day; of several sources the first one that has any of it counts, from end to end."""
    missing = np.full((last - first).days + 1, np.nan)
    found = (
        market_series(session, source, name, first, last, learned_within_days=learned_within_days) for source in sources
    )
    return next((series for series in found if np.isfinite(series).any()), missing)
