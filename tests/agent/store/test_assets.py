from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, insert, update

from agent.errors import UnknownAsset
from agent.store.assets import asset_ids, find_assets, get_assets, link_asset, set_ranks, top_assets, upsert_listings
from agent.store.engine import Store
from agent.store.sources import attributions, source_id
from agent.store.tables import Asset, asset_address, asset_alias
from datasources.base import Terms
from datasources.records import AssetListing

T1 = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
T2 = T1 + timedelta(days=1)

BITCOIN = AssetListing("1", "BTC", "Bitcoin", "bitcoin", 1, ("layer-1", "pow"))
IMPOSTOR = AssetListing("99", "BTC", "Bitcoin Cash Classic", None, None)


def test_a_source_is_made_once_and_may_change_how_it_is_named(store: Store) -> None:
    with store.writer() as session:
        first = source_id(session, "token_metrics", Terms("Token Metrics", "", "", None))
        assert source_id(session, "token_metrics") == first
        assert attributions(session) == {"token_metrics": "Token Metrics"}
        assert source_id(session, "token_metrics", Terms("Data: Token Metrics", "", "", None)) == first
        assert attributions(session) == {"token_metrics": "Data: Token Metrics"}


def test_equal_symbols_are_two_assets(store: Store) -> None:
    with store.writer() as session:
        ids = upsert_listings(session, "sandbox", [BITCOIN, IMPOSTOR], T1)
        assert len(set(ids.values())) == 2
        assert [row.name for row in find_assets(session, "btc")] == ["Bitcoin", "Bitcoin Cash Classic"]


def test_equal_keys_of_two_sources_are_two_assets(store: Store) -> None:
    with store.writer() as session:
        here = upsert_listings(session, "sandbox", [BITCOIN], T1)
        there = upsert_listings(session, "files", [BITCOIN], T1)
        assert here["1"] != there["1"]


def test_listing_again_updates_the_asset_and_keeps_its_id_and_first_day(store: Store) -> None:
    renamed = AssetListing("1", "XBT", "Bitcoin", "bitcoin", None, ())
    with store.writer() as session:
        before = upsert_listings(session, "sandbox", [BITCOIN], T1)
        assert upsert_listings(session, "sandbox", [renamed], T2) == before
        row = get_assets(session, [before["1"]])[before["1"]]
    assert (row.symbol, row.slug, row.rank, row.categories) == ("XBT", "bitcoin", 1, ())
    assert (row.first_seen_at, row.last_seen_at) == (T1, T2)
    assert row.refs == {"sandbox": "1"}


def test_an_older_listing_changes_nothing(store: Store) -> None:
    with store.writer() as session:
        ids = upsert_listings(session, "sandbox", [BITCOIN], T2)
        upsert_listings(session, "sandbox", [AssetListing("1", "OLD", "Old")], T1)
        assert get_assets(session, ids.values())[ids["1"]].symbol == "BTC"


def test_assets_are_found_by_symbol_name_or_provider_key(store: Store) -> None:
    with store.writer() as session:
        upsert_listings(session, "sandbox", [BITCOIN, AssetListing("eth-key", "ETH", "Ethereum")], T1)
        assert [row.symbol for row in find_assets(session, "ethereum")] == ["ETH"]
        assert [row.symbol for row in find_assets(session, "eth-key")] == ["ETH"]
        assert find_assets(session, "ether") == ()
        assert find_assets(session, "%") == ()


def test_ranks_are_replaced_as_a_whole_for_one_source(store: Store) -> None:
    listings = [AssetListing(key, key, key, market_cap_rank=9) for key in "abc"]
    with store.writer() as session:
        upsert_listings(session, "sandbox", listings, T1)
        upsert_listings(session, "files", [AssetListing("z", "z", "z", market_cap_rank=5)], T1)
        set_ranks(session, "sandbox", {"b": 1, "a": 2})
        assert [row.symbol for row in top_assets(session, "sandbox", 10)] == ["b", "a"]
        assert [row.symbol for row in top_assets(session, "sandbox", 1)] == ["b"]
        assert [row.rank for row in top_assets(session, "files", 10)] == [5]


def test_ranks_of_unlisted_assets_are_refused(listed: Store) -> None:
    with pytest.raises(UnknownAsset) as raised, listed.writer() as session:
        set_ranks(session, "sandbox", {"nobody": 1})
    assert raised.value.provider_ids == ("nobody",)


def test_a_long_list_of_unknown_assets_is_cut_in_the_message() -> None:
    error = UnknownAsset("sandbox", [f"k{n}" for n in range(9)])
    assert "and 4 more" in str(error)
    assert len(error.provider_ids) == 9


def test_a_second_sources_key_can_be_linked_to_a_known_asset(listed: Store) -> None:
    with listed.writer() as session:
        link_asset(session, "files", "coin-a", 1, T1)
        link_asset(session, "files", "coin-a", 2, T2)
        assert asset_ids(session, "files") == {"coin-a": 1}
        assert get_assets(session, [1, 404])[1].refs == {"sandbox": "a", "files": "coin-a"}


def test_many_assets_are_read_at_once(store: Store) -> None:
    with store.writer() as session:
        upsert_listings(session, "sandbox", [AssetListing(f"{n}", f"S{n}", f"N{n}") for n in range(1200)], T1)
        rows = get_assets(session, range(1, 2000))
    assert len(rows) == 1200
    assert len({row.refs["sandbox"] for row in rows.values()}) == 1200


def test_assets_are_found_by_former_names_coingecko_ids_and_contracts(store: Store) -> None:
    address, lower = "0x" + "AB" * 20, "0x" + "ab" * 20
    with store.writer() as session:
        upsert_listings(session, "sandbox", [BITCOIN, AssetListing("2", "POL", "Polygon", "matic-network")], T1)
        session.execute(insert(asset_alias).values(asset_id=2, symbol="MATIC", name="Matic", last_seen_at=T1))
        contract = {"chain": "ethereum", "address": lower, "source_id": 1, "asset_id": 2}
        session.execute(insert(asset_address).values(contract))
        for text in ("matic", "Matic", "matic-network", address, lower):
            assert [row.symbol for row in find_assets(session, text)] == ["POL"]
        assert find_assets(session, "Matic-Network") == ()
        assert find_assets(session, lower[2:]) == ()


def test_a_row_says_what_an_asset_is(store: Store) -> None:
    with store.writer() as session:
        upsert_listings(session, "sandbox", [BITCOIN, AssetListing("2", "WBTC", "Wrapped Bitcoin")], T1)
        session.execute(
            update(Asset).where(col(Asset.asset_id) == 2).values(kind="wrapped", underlying_id=1, inactive=True)
        )
        plain, wrapped = get_assets(session, [1, 2]).values()
    assert (plain.kind, plain.underlying_id, plain.inactive) == ("coin", None, False)
    assert (wrapped.kind, wrapped.underlying_id, wrapped.inactive) == ("wrapped", 1, True)
