from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest

from agent.measuring import study
from agent.measuring.study import Study, bitcoin_ids, read_study
from agent.store import portfolios
from agent.store.assets import upsert_listings
from agent.store.bars import upsert_daily_bars
from agent.store.bulk import raw_connection
from agent.store.engine import Store
from agent.store.panel import load_panel
from agent.store.portfolios import HoldingRow
from datasources.records import AssetListing, DailyBar
from tests.agent.measuring.held_market import closes, held_market, wanted
from tests.agent.measuring.market import BITCOIN, COINS, LAST, NOW, SOURCE

OTHER = "coingecko"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return held_market(tmp_path_factory.getbasetemp() / "held-market")


@pytest.fixture
def chained(market: Store) -> Store:
    """A portfolio of Bitcoin, which both sources have, and of a coin that only the other one has."""
    with market.writer() as session:
        made = portfolios.create(session, "plain", NOW)
        listed = [AssetListing("b", "BTC", "Bitcoin", "bitcoin", 1), AssetListing("x", "ONLY", "Only there", None, 900)]
        upsert_listings(session, OTHER, listed, NOW)
        raw_connection(session).execute("UPDATE asset_ref SET asset_id = ? WHERE provider_id = 'b'", (BITCOIN,))
        days = [LAST - timedelta(days=back) for back in range(60)]
        bars = [
            DailyBar(key, day, price, price, price, price, 1.0)
            for key in ("b", "x")
            for price, day in enumerate(days, 1)
        ]
        upsert_daily_bars(session, OTHER, bars, NOW)
        (only,) = raw_connection(session).execute("SELECT asset_id FROM asset_ref WHERE provider_id = 'x'").fetchone()
        rows = [HoldingRow(asset_id, Decimal(1), None, NOW) for asset_id in (BITCOIN, only)]
        portfolios.replace_holdings(session, made.portfolio_id, rows)
    return market


def read(store: Store, *, market: bool, more: Sequence[int] = (), chain: tuple[str, ...] = ()) -> Study:
    with store.reader() as session:
        return read_study(session, replace(wanted(), price_chain=chain), more, market=market)


def test_the_market_is_the_mean_of_all_coins_every_day(store: Store) -> None:
    found = read(store, market=True).market
    assert found is not None
    coins = closes(*range(1, COINS + 1))[-400:]
    with np.errstate(invalid="ignore"):
        returns = coins[1:] / coins[:-1] - 1
    assert found[-90:] / found[-91:-1] - 1 == pytest.approx(np.nanmean(returns[-90:], axis=1))


def test_without_the_market_all_else_is_the_same_and_only_what_is_held_is_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, asked = read(store, market=True), list[object]()

    def recorded(*arguments: object) -> object:
        asked.append(arguments[5] if len(arguments) > 5 else None)
        return load_panel(*arguments)  # type: ignore[arg-type]  # as the study gives them

    monkeypatch.setattr(study, "load_panel", recorded)
    part = read(store, market=False)
    assert part.market is None
    for field in ("portfolio", "source", "as_of", "assets", "amounts", "targets"):
        assert getattr(part, field) == getattr(whole, field)
    assert whole.bitcoin is not None
    np.testing.assert_array_equal(part.closes, whole.closes)
    np.testing.assert_array_equal(part.bitcoin, whole.bitcoin)
    assert asked == [(1, 2, 3, 4, 5)]  # four are held, the fifth has a target


def test_closes_are_those_that_were_made_in_the_order_of_the_assets(store: Store) -> None:
    found = read(store, market=False, more=(7,))
    assert [asset.asset_id for asset in found.assets] == [1, 2, 3, 4, 5, 7]
    np.testing.assert_array_equal(found.closes, closes(1, 2, 3, 4, 5, 7)[-400:])
    assert found.amounts[-2:] == (Decimal(0), Decimal(0))


def test_a_holding_without_a_close_comes_whole_from_another_source(chained: Store) -> None:
    found = read(chained, market=False, chain=(SOURCE, OTHER))
    assert [(asset.name, asset.price_source) for asset in found.assets] == [("Bitcoin", SOURCE), ("Only there", OTHER)]
    np.testing.assert_array_equal(found.closes[:, 0], closes(BITCOIN)[-400:, 0])
    np.testing.assert_array_equal(found.closes[-60:, 1], np.arange(60.0, 0.0, -1.0))
    assert np.isnan(found.closes[:-60, 1]).all()


def test_without_another_source_it_has_no_closes(chained: Store) -> None:
    found = read(chained, market=False)
    assert found.assets[1].price_source == SOURCE
    assert np.isnan(found.closes[:, 1]).all()


def test_the_market_is_of_its_own_source_whatever_the_chain(chained: Store) -> None:
    alone, joined = (read(chained, market=True, chain=chain).market for chain in ((), (SOURCE, OTHER)))
    np.testing.assert_array_equal(alone, joined)


def test_bitcoin_is_found_by_its_slug_in_the_source_that_lists_it(chained: Store) -> None:
    with chained.reader() as session:
        assert bitcoin_ids(session, SOURCE) == bitcoin_ids(session, OTHER) == (BITCOIN,)
        assert bitcoin_ids(session, "binance") == ()
