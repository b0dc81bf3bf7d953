"""How an asset moves with Bitcoin and with the others, over the last 90 daily returns."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from sqlmodel import Session

from agent.analytics.bars import Floats, required_days
from agent.analytics.correlation import beta, correlation
from agent.analytics.figure import Figure
from agent.analytics.returns import simple_returns
from agent.briefing.snapshot import BITCOIN_SLUGS
from agent.measuring.assets import display_names
from agent.measuring.ground import Scope
from agent.measuring.token_series import TokenSeries
from agent.store.assets import get_assets
from agent.store.panel import load_panel
from agent.store.traits import asset_traits

WINDOW_DAYS = 90
NEIGHBOURS = 5


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An asset and the correlation of its returns with those of another, -1 to 1."""

    asset_id: int
    asset: str
    kind: str
    correlation: float


@dataclass(frozen=True, slots=True)
class Relations:
    """Correlation with Bitcoin and beta to it, and the assets that correlate most, the highest first.

    `compared_with` counts the assets with which a correlation is known; `reason` says why there is no neighbour.
    """

    bitcoin_correlation_90d: Figure
    bitcoin_beta_90d: Figure
    neighbours: tuple[Neighbour, ...]
    compared_with: int
    reason: str | None


def read_relations(session: Session, scope: Scope, series: TokenSeries) -> Relations:
    """Compare an asset with all that the market's source has bars of; 81 of the 90 returns must be common."""
    panel = load_panel(session, scope.source, scope.day - timedelta(days=WINDOW_DAYS), scope.day)
    own = simple_returns(series.close[-WINDOW_DAYS - 1 :])[-WINDOW_DAYS:]
    known = int(np.isfinite(own).sum())
    needed = required_days(WINDOW_DAYS)
    reason = f"needs {needed} daily returns of {WINDOW_DAYS} days, there are {known}"
    traits = asset_traits(session, scope.source)
    returns = simple_returns(panel.values["close"])[1:]
    ids = panel.asset_ids
    correlations = correlation(returns, own, needed) if len(ids) else np.empty(0)
    bitcoins = [place for place, key in enumerate(ids.tolist()) if key in traits and traits[key].slug in BITCOIN_SLUGS]
    to_bitcoin = (
        _to_bitcoin(returns[:, bitcoins[0]], own, needed, reason, itself=int(ids[bitcoins[0]]) == series.asset_id)
        if bitcoins
        else (Figure.missing("Bitcoin is not among the assets collected"),) * 2
    )
    correlations[ids == series.asset_id] = np.nan
    highest = [place for place in np.argsort(-correlations, kind="stable").tolist() if np.isfinite(correlations[place])]
    rows = get_assets(session, ids[highest[:NEIGHBOURS]].tolist())
    names = display_names(rows.values())
    neighbours = tuple(
        Neighbour(key, names[key], rows[key].kind, float(correlations[place]))
        for place in highest[:NEIGHBOURS]
        if (key := int(ids[place])) in rows
    )
    otherwise = reason if known < needed else "no other asset has enough returns on the same days"
    return Relations(*to_bitcoin, neighbours, len(highest), None if neighbours else otherwise)


def _to_bitcoin(bitcoin: Floats, own: Floats, needed: int, reason: str, *, itself: bool) -> tuple[Figure, Figure]:
    if itself:
        return (Figure.missing("this is Bitcoin"),) * 2
    if np.isfinite(own).sum() >= needed:
        reason = f"needs {needed} days of {WINDOW_DAYS} on which both have a return that varies"
    return (
        Figure.of(float(correlation(own, bitcoin, needed)), reason),
        Figure.of(float(beta(own, bitcoin, needed)), reason),
    )
