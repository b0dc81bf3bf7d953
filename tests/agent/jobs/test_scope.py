from datetime import timedelta
from decimal import Decimal

import pytest

from agent.identity.listings import store_listings
from agent.jobs.collection_plan import Scope
from agent.jobs.scope import Interest, read_interest, scope_of, unknown_watched
from agent.store import portfolios
from agent.store.assets import asset_ids, set_ranks, upsert_listings
from agent.store.engine import Store
from agent.store.portfolios import HoldingRow
from datasources.records import AssetListing
from tests.agent.jobs.world import NOW


@pytest.fixture
def listed(store: Store) -> Store:
    """Six assets, `a` to `f`, of which the market ranks five: e, d, c, b, a."""
    with store.writer() as session:
        store_listings(
            session, "sandbox", [AssetListing(key, key.upper(), key, slug=f"coin-{key}") for key in "abcdef"], NOW
        )
        set_ranks(session, "sandbox", {"e": 1, "d": 2, "c": 3, "b": 4, "a": 5})
    return store


def hold(store: Store, name: str, *keys: str, minutes: int = 0) -> None:
    at = NOW + timedelta(minutes=minutes)
    with store.writer() as session:
        ids = asset_ids(session, "sandbox")
        portfolio = portfolios.create(session, name, at)
        rows = [HoldingRow(ids[key], Decimal(1), None, at) for key in keys]
        portfolios.replace_holdings(session, portfolio.portfolio_id, rows)


def interest(store: Store, watchlist: tuple[str, ...] = (), universe: int = 3) -> Interest:
    with store.reader() as session:
        return read_interest(session, "sandbox", watchlist, universe)


def keys(store: Store, found: Interest) -> Scope:
    with store.reader() as session:
        return scope_of(found, asset_ids(session, "sandbox"))


def test_what_several_people_hold_is_fetched_once(listed: Store) -> None:
    hold(listed, "ann", "a", "f")
    hold(listed, "bob", "f", "b", minutes=5)
    found = interest(listed)
    scope = keys(listed, found)
    assert sorted(scope.held) == ["a", "b", "f"]
    assert found.changed_at == NOW + timedelta(minutes=5)


def test_no_asset_is_in_two_tiers(listed: Store) -> None:
    hold(listed, "ann", "e")
    assert keys(listed, interest(listed, ("coin-e", "coin-d", "coin-unknown"))) == Scope(("e",), ("d",), ("c",))


def test_nobody_holding_anything_leaves_the_largest(listed: Store) -> None:
    found = interest(listed)
    assert (keys(listed, found), found.changed_at) == (Scope((), (), ("e", "d", "c")), None)


def test_another_source_is_asked_in_its_own_keys_and_only_about_what_it_has(listed: Store) -> None:
    with listed.writer() as session:
        theirs = [AssetListing("eee", "E", "e", slug="coin-e"), AssetListing("ccc", "C", "c", slug="coin-c")]
        store_listings(session, "sandbox_coingecko", theirs, NOW, owner="sandbox")
    with listed.reader() as session:
        scope = scope_of(interest(listed), asset_ids(session, "sandbox_coingecko"))
    assert scope == Scope((), (), ("eee", "ccc"))


def test_an_asset_with_two_keys_counts_once_with_the_first() -> None:
    assert scope_of(Interest((7,), (), (7, 8), None), {"b": 7, "a": 7, "c": 8}) == Scope(("a",), (), ("c",))


def test_an_entry_of_the_watchlist_that_means_nothing_is_named_once_there_is_a_list(store: Store) -> None:
    with store.writer() as session:
        assert unknown_watched(session, "sandbox", ["bitcoin", "bitcoinn"]) == ()
        upsert_listings(session, "sandbox", [AssetListing("1", "BTC", "Bitcoin", slug="bitcoin")], NOW)
        assert unknown_watched(session, "sandbox", ["bitcoin", "bitcoinn"]) == ("bitcoinn",)
        assert unknown_watched(session, "sandbox", []) == ()
