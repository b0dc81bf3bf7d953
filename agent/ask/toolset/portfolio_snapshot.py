"""The reader's portfolio as a briefing measures it, read without the rest of the market."""

from collections.abc import Iterable
from datetime import timedelta

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.report import RISK_DAYS
from agent.ask.toolset.figures import require_held
from agent.ask.toolset.market_read import PANEL_DAYS, MarketRead
from agent.briefing.snapshot import TRACKED_DAYS, Prices, Snapshot
from agent.briefing.tracing import values_sha256
from agent.briefing.trait_columns import TraitColumns
from agent.claims.fact import RowRange
from agent.claims.naming import NamedAsset
from agent.store import portfolios
from agent.store.assets import get_assets, get_underlyings
from agent.store.traits import asset_traits


def portfolio_snapshot(read: MarketRead) -> Snapshot:
    """A snapshot of the holdings, their targets and Bitcoin: of the market there is nothing in it. Raises NothingHeld.

    What the holdings stand for is among its assets, without prices.
    """
    require_held(read)
    wanted = read.wanted
    with read.store.reader() as session:
        targets = portfolios.targets(session, read.held.portfolio_id)
        ids = sorted({*read.held.ids, *targets, *(() if read.bitcoin is None else (read.bitcoin,))})
        rows = get_assets(session, ids)
        rows |= get_underlyings(session, rows)
    read.names.add((row.asset_id, row.name, row.symbol) for row in rows.values())
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
        assets=rows,
        targets=targets,
    )


def market_coins(read: MarketRead) -> tuple[Floats, RowRange]:
    """The closes of all coins that the market's own source tracks, as long as a snapshot's, and where they are stored.

    Only the last 90 days of returns are read: the rows before them are NaN.
    """
    closes = read.market(read.as_of, RISK_DAYS + 1)
    with read.store.reader() as session:
        traits = asset_traits(session, read.source)
    tracked = np.isfinite(closes.close[-TRACKED_DAYS:]).any(axis=0)
    counted = tracked & TraitColumns.of(closes.asset_ids, traits).coins
    coins = np.full((PANEL_DAYS, int(counted.sum())), np.nan)
    coins[-len(closes.close) :] = closes.close[:, counted]
    values = closes.close[:, np.argsort(closes.asset_ids)]
    known = values[np.isfinite(values)]
    first, last = (closes.day(row).isoformat() for row in (0, -1))
    key = (("source", closes.source),)
    return coins, RowRange("bar_daily", key, "close_usd", first, last, int(known.size), values_sha256(known))


def _prices(read: MarketRead, ids: Iterable[int]) -> Prices:
    parts = read.several(list(ids), read.as_of)
    order = np.concatenate([part.asset_ids for part in parts])
    close = np.concatenate([part.close for part in parts], axis=1)
    sources = [part.source for part in parts for _ in part.asset_ids]
    elsewhere = {column: source for column, source in enumerate(sources) if source != read.source}
    last = np.datetime64(read.as_of)
    days = np.arange(last - np.timedelta64(PANEL_DAYS - 1, "D"), last + np.timedelta64(1, "D"))
    unread = np.full(close.shape, np.nan)
    return Prices(days, order, close, unread, unread, unread, elsewhere)
