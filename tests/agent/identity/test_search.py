from datetime import UTC, datetime

import pytest

from agent.identity.listings import store_listings
from agent.identity.search import close_names, known_names, search
from agent.store.engine import Store
from datasources.records import AssetListing

T1 = datetime(2024, 10, 1, 6, 0, tzinfo=UTC)
T2 = datetime(2024, 10, 2, 6, 0, tzinfo=UTC)
PEPE = "0x6982508145454ce325ddbe47a25d4ec3d2311933"


@pytest.fixture
def market(store: Store) -> Store:
    gecko = [
        AssetListing("pepe", "pepe", "Pepe", "pepe", 30, contract_addresses=(("ethereum", PEPE),)),
        AssetListing("pepecoin", "pepe", "PepeCoin", "pepecoin", 900),
        AssetListing("matic-network", "matic", "Polygon", "matic-network", 20),
        AssetListing("weth", "weth", "WETH", "weth"),
        AssetListing("ethereum", "eth", "Ethereum", "ethereum", 2),
    ]
    renamed = AssetListing("matic-network", "POL", "POL (ex-MATIC)", "matic-network", 20)
    with store.writer() as session:
        store_listings(session, "coingecko", gecko, T1)
        store_listings(session, "coingecko", [renamed, AssetListing("weth", "weth", "WETH", "weth", inactive=True)], T2)
        metrics = [
            AssetListing("3375", "PEPE", "Pepe", "pepe"),
            AssetListing("3376", "MATIC", "Matic", None, None),
            AssetListing("3377", "PEPE", "Pepe", "pepecoin", contract_addresses=(("eth", PEPE),)),
        ]
        store_listings(session, "token_metrics", metrics, T2)
    return store


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PEPE", [(1, "symbol is pepe"), (1, "name is Pepe"), (4, "symbol is pepe"), (7, "symbol is PEPE")]),
        ("matic", [(5, "was called matic until 2024-10-01"), (6, "symbol is MATIC"), (6, "name is Matic")]),
        ("polygon", [(5, "was called Polygon until 2024-10-01")]),
        ("3375", [(1, "token id 3375 at Token Metrics")]),
        ("token_metrics:3375", [(1, "token id 3375 at Token Metrics")]),
        (PEPE.upper().replace("0X", "0x"), [(1, "contract on ethereum"), (7, "contract on ethereum")]),
        (f"eth:{PEPE}", [(1, "contract on ethereum")]),
        ("matic-network", [(5, "CoinGecko id is matic-network"), (5, "token id matic-network at CoinGecko")]),
        (" Ethereum ", [(3, "name is Ethereum")]),
    ],
)
def test_each_candidate_has_its_reasons(market: Store, text: str, expected: list[tuple[int, str]]) -> None:
    with market.reader() as session:
        found = search(session, text)
    reasons = [(item.asset_id, reason) for item in found.candidates for reason in item.reasons]
    assert [pair for pair in expected if pair not in reasons] == []
    assert all(item.reasons for item in found.candidates)


def test_candidates_come_by_rank_with_what_is_known_of_them(market: Store) -> None:
    with market.reader() as session:
        first, second, third = search(session, "pepe").candidates
        (weth,) = search(session, "weth").candidates
    assert [item.rank for item in (first, second, third)] == [30, 900, None]
    assert [(by.source, by.provider_id, by.evidence) for by in first.known_by] == [
        ("coingecko", "pepe", "new"),
        ("token_metrics", "3375", "slug"),
    ]
    assert third.known_by[0].doubt is not None
    assert (weth.kind, weth.underlying, weth.active) == ("wrapped", "ethereum", False)


@pytest.mark.parametrize("text", ["", " ", "%", ":", "a:", ":b", "nothing like this", "x" * 10_000, "\x00"])
def test_what_is_not_there_is_not_found(market: Store, text: str) -> None:
    with market.reader() as session:
        assert search(session, text).candidates == ()
        assert len(close_names(text, known_names(session))) <= 5


def test_close_names_are_suggested_as_they_are_spelt(market: Store) -> None:
    with market.reader() as session:
        names = known_names(session)
    assert close_names("Etherium", names) == ("ethereum",) or close_names("Etherium", names) == ("Ethereum",)
    assert "PepeCoin" in close_names("pepecoim", names) or "pepecoin" in close_names("pepecoim", names)
    assert len(close_names("coin1", [f"coin{n}" for n in range(50)])) == 5
