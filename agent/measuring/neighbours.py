"""What an asset moves with: of all tracked assets, those it correlates with most and least."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlmodel import Session

from agent.analytics.bars import required_days
from agent.analytics.correlation import MINIMUM_OBSERVATIONS, correlation
from agent.analytics.returns import simple_returns
from agent.briefing.wanted import Wanted
from agent.measuring.assets import display_names
from agent.measuring.compared import read_compared
from agent.measuring.correlation import ProvidedCorrelation, read_provided, require_days
from agent.measuring.errors import MeasuringError, WrongArgument
from agent.store.assets import get_assets
from agent.store.panel import load_panel

MOST_NEIGHBOURS = 100


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another asset, what it is, and how it correlates with the one in question."""

    asset_id: int
    name: str
    symbol: str
    kind: str
    correlation: float
    common_days: int


@dataclass(frozen=True, slots=True)
class NeighbourReport:
    """The assets that `asset` correlated with most and least in the last `days` returns up to the close of `as_of`.

    `compared` counts the other assets with enough common days (`needed`), `too_short` those with fewer.
    """

    as_of: date
    source: str
    price_source: str
    asset_id: int
    asset: str
    days: int
    needed: int
    compared: int
    too_short: int
    most: tuple[Neighbour, ...]
    least: tuple[Neighbour, ...]
    provided: tuple[ProvidedCorrelation, ...]


def read_neighbours(session: Session, wanted: Wanted, text: str, *, count: int, days: int = 90) -> NeighbourReport:
    """Compare an asset with every other one that has a close on the last day; nine tenths of the days must be common.

    An asset that did not move on them is in neither list. Raises WrongArgument, AssetNotFound, NoPrices, and
    MeasuringError for an asset whose own history is too short.
    """
    require_days(days)
    if not 1 <= count <= MOST_NEIGHBOURS:
        raise WrongArgument(f"--neighbours must be from 1 to {MOST_NEIGHBOURS}, got {count}")
    found = read_compared(session, wanted, [text], days)
    (asset,), own = found.assets, found.returns[:, 0]
    needed = max(required_days(days), MINIMUM_OBSERVATIONS)
    if (known := int(np.isfinite(own).sum())) < needed:
        raise MeasuringError(f"{asset.name} has {known} daily returns in the last {days} days, needs {needed}")
    panel = load_panel(session, wanted.source, found.as_of - timedelta(days=days), found.as_of)
    closes = panel.values["close"]
    other = np.isfinite(closes[-1]) & (panel.asset_ids != asset.asset_id)
    returns, ids = simple_returns(closes[:, other])[1:], panel.asset_ids[other]
    common = (np.isfinite(returns) & np.isfinite(own)[:, np.newaxis]).sum(axis=0)
    values = correlation(returns, own, needed)
    ranked = np.flatnonzero(np.isfinite(values))
    ranked = ranked[np.argsort(-values[ranked], kind="stable")]
    most, least = ranked[:count], ranked[::-1][: max(min(count, len(ranked) - count), 0)]
    rows = get_assets(session, ids[[*most, *least]].tolist())
    names = display_names(rows.values())

    def neighbour(column: int) -> Neighbour:
        row = rows[int(ids[column])]
        return Neighbour(
            row.asset_id, names[row.asset_id], row.symbol, row.kind, float(values[column]), int(common[column])
        )

    return NeighbourReport(
        as_of=found.as_of,
        source=wanted.source,
        price_source=asset.price_source,
        asset_id=asset.asset_id,
        asset=asset.name,
        days=days,
        needed=needed,
        compared=len(ranked),
        too_short=int((common < needed).sum()),
        most=tuple(neighbour(column) for column in most.tolist()),
        least=tuple(neighbour(column) for column in least.tolist()),
        provided=read_provided(session, wanted, found),
    )
