"""Cases of the real world, on a real store: who is who after several sources have listed what they know."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from agent.identity.delisting import mark_missing
from agent.identity.listings import StoredListings, store_listings
from agent.store.assets import AssetRow, find_assets, get_assets
from agent.store.bulk import Written, raw_connection
from agent.store.engine import Store
from datasources.records import AssetListing

T1 = datetime(2024, 10, 1, 6, 0, tzinfo=UTC)
T2 = T1 + timedelta(days=1)
T3 = T1 + timedelta(days=2)
PEPE = "0x6982508145454ce325ddbe47a25d4ec3d2311933"
BONK = "DezXAZ8z7PnrnRJjz3wXBoRgixCa6xjnB7YaB1pPB263"


def listed(key: str, symbol: str = "X", name: str = "Any", slug: str | None = None, *addresses: str) -> AssetListing:
    pairs = tuple((chain, address) for chain, _, address in (item.partition(":") for item in addresses))
    return AssetListing(key, symbol, name, slug, contract_addresses=pairs)


def take(session: Session, source: str, *listings: AssetListing, at: datetime = T1) -> StoredListings:
    return store_listings(session, source, listings, at)


def one(session: Session, found: StoredListings, key: str) -> AssetRow:
    return get_assets(session, [found.ids[key]])[found.ids[key]]


def ref(session: Session, key: str) -> tuple[str, str | None]:
    query = "SELECT evidence, doubt FROM asset_ref WHERE provider_id = ?"
    return raw_connection(session).execute(query, (key,)).fetchone()


def test_three_assets_with_one_symbol_stay_three(store: Store) -> None:
    with store.writer() as session:
        gecko = take(
            session,
            "coingecko",
            listed("pepe", "pepe", "Pepe", "pepe", f"ethereum:{PEPE}"),
            listed("pepecoin", "pepe", "Pepe", "pepecoin", "ethereum:0x" + "a" * 40),
            listed("pepe-sol", "pepe", "Pepe", "pepe-sol", f"solana:{BONK}"),
        )
        metrics = take(
            session,
            "token_metrics",
            listed("1", "PEPE", "Pepe", None, f"eth:{PEPE.upper().replace('0X', '0x')}"),
            listed("2", "PEPE", "Pepe", "pepecoin"),
            listed("3", "PEPE", "Pepe"),
        )
        assert metrics.ids["1"] == gecko.ids["pepe"]
        assert metrics.ids["2"] == gecko.ids["pepecoin"]
        assert metrics.ids["3"] not in gecko.ids.values()
        assert len(find_assets(session, "PEPE")) == 4
        assert [ref(session, key) for key in "123"] == [("address", None), ("slug", None), ("new", None)]
        assert metrics.written == Written(inserted=1, revised=0, unchanged=2)


def test_a_meme_with_bitcoins_symbol_is_not_bitcoin(store: Store) -> None:
    with store.writer() as session:
        gecko = take(session, "coingecko", listed("bitcoin", "btc", "Bitcoin", "bitcoin"))
        meme = listed("harry", "BTC", "Bitcoin", "harrypotterobamasonic10inu")
        assert take(session, "token_metrics", meme).ids["harry"] != gecko.ids["bitcoin"]


def test_solana_addresses_differ_by_case(store: Store) -> None:
    with store.writer() as session:
        gecko = take(session, "coingecko", listed("bonk", "bonk", "Bonk", None, f"solana:{BONK}"))
        assert take(session, "defillama", listed("x", "B", "B", None, f"sol:{BONK.lower()}")).ids["x"] != 1
        assert take(session, "token_metrics", listed("y", "B", "B", None, f"sol:{BONK}")).ids["y"] == gecko.ids["bonk"]


def test_worlds_never_mix(store: Store) -> None:
    sources = ("coingecko", "sandbox_coingecko", "replay_coin_metrics", "sandbox", "replay", "token_metrics")
    with store.writer() as session:
        coin = listed("bitcoin", "btc", "Bitcoin", "bitcoin", f"eth:{PEPE}")
        ids = {source: take(session, source, coin).ids["bitcoin"] for source in sources}
    assert ids["coingecko"] == ids["token_metrics"]
    assert ids["sandbox_coingecko"] == ids["sandbox"]
    assert ids["replay_coin_metrics"] == ids["replay"]
    assert len(set(ids.values())) == 3


def test_evidence_that_contradicts_itself_makes_an_asset_of_its_own_with_a_doubt(store: Store) -> None:
    with store.writer() as session:
        gecko = take(session, "coingecko", listed("a", "A", "A", "a", f"eth:{PEPE}"), listed("b", "B", "B", "b"))
        found = take(session, "token_metrics", listed("9", "A", "A", "b", f"eth:{PEPE}"))
        assert found.ids["9"] not in gecko.ids.values()
        evidence, doubt = ref(session, "9")
        assert evidence == "new"
        assert doubt == (
            f"its contract on ethereum is that of asset {gecko.ids['a']}, "
            f"its CoinGecko id is that of asset {gecko.ids['b']}"
        )
        assert one(session, found, "9").slug is None


def test_a_contract_of_an_asset_with_another_coingecko_id_is_no_link(store: Store) -> None:
    with store.writer() as session:
        take(session, "coingecko", listed("a", "A", "A", "a", f"eth:{PEPE}"))
        found = take(session, "token_metrics", listed("9", "A", "A", "c", f"eth:{PEPE}"))
        assert found.ids["9"] == 2
        assert "another CoinGecko id" in (ref(session, "9")[1] or "")


def test_two_keys_of_one_source_are_never_one_asset(store: Store) -> None:
    with store.writer() as session:
        gecko = take(session, "coingecko", listed("a", "A", "A", "a", f"eth:{PEPE}"))
        found = take(session, "token_metrics", listed("10", slug="a"), listed("9", slug="a"))
        assert found.ids["9"] == gecko.ids["a"] != found.ids["10"]
        assert "is '9' at the same source" in (ref(session, "10")[1] or "")
        later = take(session, "token_metrics", listed("11", "A", "A", None, f"eth:{PEPE}"), at=T2)
        assert later.ids["11"] not in {*gecko.ids.values(), *found.ids.values()}
        assert ref(session, "11")[1]


def test_a_contract_of_several_assets_of_one_source_is_no_evidence(store: Store) -> None:
    with store.writer() as session:
        take(session, "token_metrics", listed("1", "A", "A", None, f"eth:{PEPE}"))
        found = take(session, "defillama", *(listed(key, "A", "A", None, f"eth:{PEPE}") for key in ("p", "q")))
        assert set(found.ids.values()) == {2, 3}
        assert [ref(session, key) for key in ("p", "q")] == [("new", None), ("new", None)]
        # The other source still says what it said.
        assert take(session, "coingecko", listed("a", "A", "A", None, f"eth:{PEPE}")).ids["a"] == 1


def test_evidence_that_comes_later_is_told_and_moves_nothing(store: Store) -> None:
    with store.writer() as session:
        take(session, "coingecko", listed("a", "A", "A", "a"))
        found = take(session, "token_metrics", listed("9"))
        again = take(session, "token_metrics", listed("9", slug="a"), at=T2)
        assert again.ids == found.ids
        assert ref(session, "9")[1] == "its CoinGecko id is that of asset 1"
        take(session, "token_metrics", listed("9"), at=T3)
        assert ref(session, "9")[1] is None


def test_a_renamed_asset_is_found_by_what_it_was_called(store: Store) -> None:
    with store.writer() as session:
        take(session, "coingecko", listed("matic-network", "matic", "Polygon", "matic-network"))
        found = take(session, "coingecko", listed("matic-network", "pol", "POL", "matic-network"), at=T2)
        assert found.written == Written(0, 1, 0)
        (row,) = find_assets(session, "MATIC")
        assert (row.symbol, row.name) == ("pol", "POL")
        take(session, "coingecko", listed("matic-network", "POL", "Pol", "matic-network"), at=T3)
        assert raw_connection(session).execute("SELECT symbol FROM asset_alias").fetchall() == [("matic",)]
        take(session, "coingecko", listed("matic-network", "MATIC", "Polygon", "matic-network"), at=T3)
        assert raw_connection(session).execute("SELECT symbol FROM asset_alias").fetchall() == [("POL",)]


def test_a_delisted_asset_is_inactive_until_it_is_listed_again(store: Store) -> None:
    coins = [listed(key, key, key, key) for key in ("luna", "bitcoin")]
    with store.writer() as session:
        found = take(session, "coingecko", *coins)
        take(session, "token_metrics", listed("1", slug="luna"))
        assert mark_missing(session, "token_metrics", [], T2) == 0
        assert mark_missing(session, "token_metrics", ["2"], T2) == 0  # the other source's word counts
        assert mark_missing(session, "nobody", ["2"], T2) == 0
        assert mark_missing(session, "coingecko", ["bitcoin"], T2) == 1
        assert [one(session, found, key).inactive for key in ("luna", "bitcoin")] == [True, False]
        take(session, "coingecko", coins[0], at=T3)
        assert not one(session, found, "luna").inactive
        assert mark_missing(session, "coingecko", ["bitcoin"], T2) == 0  # an older list
        assert mark_missing(session, "token_metrics", ["2"], T3, owner="token_metrics") == 1


def test_an_asset_that_its_source_calls_inactive_is(store: Store) -> None:
    with store.writer() as session:
        found = take(session, "coingecko", AssetListing("x", "X", "X", inactive=True))
        assert one(session, found, "x").inactive
        take(session, "coingecko", AssetListing("x", "X", "X"), at=T2)
        assert not one(session, found, "x").inactive


def test_a_second_source_only_fills_what_is_missing(store: Store) -> None:
    with store.writer() as session:
        take(session, "token_metrics", AssetListing("1", "PEPE", "Pepe", None, 30, ("meme",), (), (("eth", PEPE),)))
        other = AssetListing("p", "pep", "Other", "pepe", 2, ("frog",), (), (("eth", PEPE),))
        found = take(session, "coingecko", other, at=T2)
        row = one(session, found, "p")
        assert (row.symbol, row.name, row.slug, row.rank, row.categories) == ("PEPE", "Pepe", "pepe", 30, ("meme",))
        assert row.last_seen_at == T1
        store_listings(session, "coingecko", [other], T2, owner="coingecko")
        row = one(session, found, "p")
        assert (row.symbol, row.name, row.rank, row.categories) == ("pep", "Other", 2, ("frog",))


def test_an_older_fetch_and_a_poorer_listing_take_nothing_away(store: Store) -> None:
    with store.writer() as session:
        found = take(session, "files", AssetListing("1", "A", "A", "a", 3, ("x",), (), (("eth", PEPE),)), at=T2)
        take(session, "files", AssetListing("1", "OLD", "Old"), at=T1)
        take(session, "files", AssetListing("1", "A", "A"), at=T3)
        row = one(session, found, "1")
        assert (row.symbol, row.slug, row.rank, row.categories) == ("A", "a", 3, ("x",))
        assert raw_connection(session).execute("SELECT count(*) FROM asset_address").fetchone() == (1,)


def test_a_contract_that_is_corrected_no_longer_counts(store: Store) -> None:
    other = "0x" + "b" * 40
    with store.writer() as session:
        take(session, "files", listed("1", "A", "A", None, f"eth:{PEPE}"))
        take(session, "files", listed("1", "A", "A", None, f"eth:{other}"), at=T2)
        found = take(
            session, "coingecko", listed("a", "A", "A", "a", f"eth:{PEPE}"), listed("b", "B", "B", "b", f"eth:{other}")
        )
        assert found.ids == {"a": 2, "b": 1}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_what_an_asset_stands_for_is_known_once_both_are(store: Store, order: tuple[int, ...]) -> None:
    names = (("bitcoin", "Bitcoin"), ("wrapped-bitcoin", "Wrapped Bitcoin"), ("staked-ether", "Lido Staked Ether"))
    with store.writer() as session:
        ids = {}
        for place in order:
            slug, name = names[place]
            ids |= take(session, "coingecko", listed(slug, slug, name, slug)).ids
        rows = get_assets(session, ids.values())
    assert rows[ids["wrapped-bitcoin"]].kind == "wrapped"
    assert rows[ids["wrapped-bitcoin"]].underlying_id == ids["bitcoin"]
    assert (rows[ids["staked-ether"]].kind, rows[ids["staked-ether"]].underlying_id) == ("staked", None)


def test_a_wrapped_asset_is_never_its_underlying(store: Store) -> None:
    with store.writer() as session:
        gecko = take(
            session,
            "coingecko",
            listed("weth", "weth", "WETH", "weth", f"eth:{PEPE}"),
            listed("ethereum", slug="ethereum"),
        )
        found = take(
            session, "token_metrics", listed("5", "ETH", "Ethereum", None, f"eth:{PEPE}"), listed("6", slug="ethereum")
        )
    assert found.ids == {"5": gecko.ids["weth"], "6": gecko.ids["ethereum"]}


def test_storing_the_same_again_changes_nothing_but_the_time(store: Store) -> None:
    coins = [listed(f"{n}", "A", f"Staked {n}", f"s-{n}", f"eth:0x{n:040x}") for n in range(1, 30)]
    with store.writer() as session:
        first = take(session, "coingecko", *coins)
        dump = raw_connection(session).execute("SELECT * FROM asset_ref, asset_address").fetchall()
        assert first.written == Written(29, 0, 0)
        second = take(session, "coingecko", *reversed(coins), at=T2)
        assert (second.written, second.ids) == (Written(0, 0, 29), first.ids)
        assert raw_connection(session).execute("SELECT * FROM asset_ref, asset_address").fetchall() == dump
        assert list(second.ids) == [coin.provider_id for coin in reversed(coins)]


def test_nothing_is_fine(store: Store) -> None:
    with store.writer() as session:
        assert take(session, "coingecko") == StoredListings(Written(), {})
