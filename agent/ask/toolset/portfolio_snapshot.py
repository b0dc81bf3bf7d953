"""The reader's portfolio as a briefing measures it, read without the rest of the market."""

from datetime import timedelta

import numpy as np

from agent.ask.toolset.figures import require_held
from agent.ask.toolset.market_read import PANEL_DAYS, MarketRead
from agent.briefing.snapshot import Prices, Snapshot
from agent.claims.naming import NamedAsset
from agent.store.assets import get_assets


def portfolio_snapshot(read: MarketRead) -> Snapshot:
    """A snapshot of the holdings and Bitcoin alone: of the market there is nothing in it. Raises NothingHeld."""
    require_held(read)
    ids = sorted({*read.held.ids, *(() if read.bitcoin is None else (read.bitcoin,))})
    with read.store.reader() as session:
        rows = get_assets(session, ids)
    wanted = read.wanted
    return Snapshot(
        portfolio_id=read.held.portfolio_id,
        portfolio=wanted.portfolio,
        holdings=tuple(item for item in read.held.holdings if item.amount),
        day=wanted.day,
        edition=wanted.edition,
        as_of=read.as_of,
        expected_as_of=wanted.first_open_day - timedelta(days=1),
        source=read.source,
        attributions={},
        fetched_at=read.fetched_at,
        names={key: NamedAsset(key, row.name, row.symbol) for key, row in sorted(rows.items())},
        slugs={key: row.slug for key, row in sorted(rows.items())},
        prices=_prices(read, ids),
        grades=(),
        trading_signals=(),
        market=(),
        signals=(),
        runs=(),
        previous=None,
        new_signals=None,
    )


def _prices(read: MarketRead, ids: list[int]) -> Prices:
    parts = read.several(ids, read.as_of)
    order = np.concatenate([part.asset_ids for part in parts])
    close = np.concatenate([part.close for part in parts], axis=1)
    sources = [part.source for part in parts for _ in part.asset_ids]
    elsewhere = {column: source for column, source in enumerate(sources) if source != read.source}
    last = np.datetime64(read.as_of)
    days = np.arange(last - np.timedelta64(PANEL_DAYS - 1, "D"), last + np.timedelta64(1, "D"))
    unread = np.full(close.shape, np.nan)
    return Prices(days, order, close, unread, unread, unread, elsewhere)
