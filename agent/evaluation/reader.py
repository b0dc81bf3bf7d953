"""What the reader of a frozen market has set up: holdings, target weights, and an index of their own."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import numpy as np
from sqlmodel import Session

from agent.evaluation.recipes import INDEX, INDEX_START, PORTFOLIO, SOURCE, Recipe, collected_at
from agent.jobs.own_indices import create_index
from agent.measuring.ground import Scope
from agent.measuring.index_wishes import IndexWish
from agent.store import portfolios
from agent.store.assets import asset_ids
from agent.store.engine import Store
from agent.store.portfolios import HoldingRow
from datasources.sandbox.market import BarPanel

_FIRST_USD = 20_000
_LEAST_SHARE = 0.1


def hold(session: Session, held: Sequence[str], panel: BarPanel, now: datetime) -> None:
    """Store holdings that halve in value from one to the next until a tenth of the first, and equal targets.

    The last holding has no target, so that there is something to sell off.
    """
    known = asset_ids(session, SOURCE)
    portfolio = portfolios.create(session, PORTFOLIO, now)
    rows = [
        HoldingRow(known[key], Decimal(f"{_worth_usd(place) / _last_close_usd(panel, key):.6g}"), None, now)
        for place, key in enumerate(held)
    ]
    portfolios.replace_holdings(session, portfolio.portfolio_id, rows)
    wanted = held[:-1] or held
    targets = {known[key]: 1 / len(wanted) for key in wanted}
    portfolios.replace_targets(session, portfolio.portfolio_id, targets, now)


def make_index(store: Store, recipe: Recipe) -> None:
    """Track an equal index of the ten largest assets, in a market that is old enough for its start."""
    if recipe.last_close - timedelta(days=recipe.days) < INDEX_START:
        wish = IndexWish(INDEX, universe=10, start=INDEX_START.isoformat())
        create_index(store, Scope(SOURCE, recipe.last_close), partial(collected_at, recipe.last_close), wish)


def _worth_usd(place: int) -> float:
    return _FIRST_USD * max(0.5**place, _LEAST_SHARE)


def _last_close_usd(panel: BarPanel, key: str) -> float:
    closes = panel.close_usd[:, panel.token_ids.tolist().index(int(key))]
    return float(closes[np.isfinite(closes)][-1])
