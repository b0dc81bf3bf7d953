"""Overrides on what is stored already: they are followed, or refused with nothing lost."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session

from agent.identity.errors import OverridesRefused
from agent.identity.kinds import AssetKind
from agent.identity.listings import StoredListings, store_listings
from agent.identity.overrides import KindOverride, Overrides, SourceKey
from agent.store import portfolios
from agent.store.assets import asset_ids, find_assets, get_assets
from agent.store.bars import upsert_daily_bars
from agent.store.bulk import raw_connection
from agent.store.engine import Store
from agent.store.portfolios import HoldingRow
from datasources.records import AssetListing, DailyBar

T1 = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
T2 = T1 + timedelta(days=1)
KEY = SourceKey("token_metrics", "1")
GECKO = AssetListing("bitcoin", "btc", "Bitcoin", "bitcoin", contract_addresses=(("eth", "0xabc"),))
METRICS = AssetListing("1", "XBT", "Bitcoin!", contract_addresses=(("eth", "0xdef"),))
BAR = DailyBar("1", date(2025, 10, 9), 1.0, 1.0, 1.0, 1.0, None)
SAME = Overrides(same={KEY: "bitcoin"})
APART = Overrides(different=frozenset({KEY}))


def take(session: Session, listing: AssetListing, overrides: Overrides, at: datetime = T1) -> StoredListings:
    source = "coingecko" if listing.provider_id == "bitcoin" else "token_metrics"
    return store_listings(session, source, [listing], at, overrides)


@pytest.mark.parametrize("overrides", [SAME, Overrides(same={KEY: SourceKey("coingecko", "bitcoin")})])
@pytest.mark.parametrize("order", [(GECKO, METRICS), (METRICS, GECKO)])
def test_a_new_key_means_what_a_person_says_in_whatever_order_they_come(
    store: Store, overrides: Overrides, order: tuple[AssetListing, ...]
) -> None:
    with store.writer() as session:
        for listing in order:
            assert take(session, listing, overrides).refused == ()
        assert asset_ids(session, "coingecko")["bitcoin"] == asset_ids(session, "token_metrics")["1"]


def test_a_later_override_moves_a_key_with_nothing_stored_and_leaves_no_empty_asset(store: Store) -> None:
    with store.writer() as session:
        gecko = take(session, GECKO, Overrides()).ids["bitcoin"]
        old = take(session, METRICS, Overrides()).ids["1"]
        take(session, METRICS, SAME, T2).require_followed()
        assert asset_ids(session, "token_metrics") == {"1": gecko}
        assert get_assets(session, [old]) == {}
        assert [row.asset_id for row in find_assets(session, "XBT")] == [gecko]  # still found by its other name
        query = "SELECT evidence, linked_at FROM asset_ref WHERE provider_id = '1'"
        assert raw_connection(session).execute(query).fetchone()[0] == "override"
        addresses = raw_connection(session).execute("SELECT DISTINCT asset_id FROM asset_address").fetchall()
        assert addresses == [(gecko,)]
        assert take(session, METRICS, SAME, T2).ids == {"1": gecko}


@pytest.mark.parametrize("what", ["a bar", "a holding", "a fact"])
def test_a_key_with_data_stays_where_it_is_and_the_message_says_what_to_do(store: Store, what: str) -> None:
    with store.writer() as session:
        take(session, GECKO, Overrides())
        old = take(session, METRICS, Overrides()).ids["1"]
        if what == "a bar":
            upsert_daily_bars(session, "token_metrics", [BAR], T1)
        elif what == "a holding":
            owner = portfolios.create(session, "main", T1)
            portfolios.put_holding(session, owner.portfolio_id, HoldingRow(old, Decimal(1), None, T1))
        else:
            raw_connection(session).execute("INSERT INTO fact VALUES ('d', 'f', ?, 'close', '{}')", (f"asset:{old}",))
    with store.writer() as session:
        stored = take(session, METRICS, SAME, T2)
        assert stored.ids == {"1": old}
        doubt = raw_connection(session).execute("SELECT doubt FROM asset_ref WHERE provider_id = '1'").fetchone()[0]
        assert doubt == "the identity file says that it is asset 1"
    with pytest.raises(OverridesRefused) as raised:
        stored.require_followed()
    assert "token_metrics:1 cannot become asset 1" in str(raised.value)
    assert {"a bar": "bar_daily", "a holding": "holding", "a fact": "fact"}[what] in str(raised.value)
    assert "Take its entry out of the identity file" in str(raised.value)


def test_a_key_is_not_moved_onto_another_key_of_its_source(store: Store) -> None:
    rival = AssetListing("2", "BTC", "Bitcoin", "bitcoin")
    with store.writer() as session:
        take(session, GECKO, Overrides())
        take(session, rival, Overrides())
        old = take(session, METRICS, Overrides()).ids["1"]
        stored = take(session, METRICS, SAME, T2)
        assert stored.ids["1"] == old
        assert "is '2' at the same source already" in stored.refused[0]
        fresh = store_listings(
            session,
            "token_metrics",
            [AssetListing("3", "B", "B")],
            T2,
            Overrides(same={SourceKey("token_metrics", "3"): "bitcoin"}),
        )
        assert fresh.ids["3"] not in {1, old}


def test_a_key_set_apart_is_never_linked_by_either_side(store: Store) -> None:
    same = AssetListing("1", "BTC", "Bitcoin", "bitcoin", contract_addresses=(("eth", "0xabc"),))
    with store.writer() as session:
        apart = take(session, same, APART).ids["1"]
        assert take(session, GECKO, APART).ids["bitcoin"] != apart
        assert take(session, same, APART, T2).ids["1"] == apart
        assert get_assets(session, [apart])[apart].slug is None


def test_a_linked_key_is_set_apart_later_unless_it_has_data(store: Store) -> None:
    same = AssetListing("1", "BTC", "Bitcoin", "bitcoin", contract_addresses=(("eth", "0xdef"),))
    with store.writer() as session:
        gecko = take(session, GECKO, Overrides()).ids["bitcoin"]
        assert take(session, same, Overrides()).ids["1"] == gecko
        upsert_daily_bars(session, "token_metrics", [BAR], T1)
        stored = take(session, same, APART, T2)
        assert stored.ids["1"] == gecko
        assert "cannot get an asset of its own: as asset 1 it has rows in bar_daily" in stored.refused[0]
        raw_connection(session).execute("DELETE FROM bar_daily")
        moved = take(session, same, APART, T2)
        assert moved.refused == ()
        assert moved.ids["1"] != gecko
        assert get_assets(session, [gecko])[gecko].refs == {"coingecko": "bitcoin"}
        assert get_assets(session, [gecko])[gecko].slug == "bitcoin"
        assert take(session, same, APART, T2).ids == moved.ids


def test_a_person_says_what_an_asset_is_and_may_take_it_back(store: Store) -> None:
    kinds = Overrides(
        kinds=(
            KindOverride(KEY, AssetKind.BRIDGED, "bitcoin"),
            KindOverride("bitcoin", AssetKind.STABLECOIN),
        )
    )
    with store.writer() as session:
        ids = take(session, METRICS, kinds).ids | take(session, GECKO, kinds).ids
        rows = get_assets(session, ids.values())
        assert (rows[ids["1"]].kind, rows[ids["1"]].underlying_id) == ("bridged", ids["bitcoin"])
        assert rows[ids["bitcoin"]].kind == "stablecoin"
        assert take(session, METRICS, kinds, T2).written.revised == 0
        take(session, METRICS, Overrides(), T2)
        row = get_assets(session, ids.values())[ids["1"]]
        assert (row.kind, row.underlying_id) == ("coin", None)
