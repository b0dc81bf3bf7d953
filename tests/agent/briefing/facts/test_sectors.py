"""Facts of sectors: the strongest and the weakest by their median coin, worked out by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from agent.briefing.facts.sectors import (
    SectorLeader,
    add_sector_facts,
    leader_entities,
    sector_leaders,
    sector_print_name,
)
from agent.briefing.snapshot import Snapshot
from agent.claims.book import FactBook
from agent.claims.fact import Entity, Fact, Metric, RowRange, Unit
from tests.agent.briefing.facts.test_breadth import asset, snapshot_of
from tests.agent.briefing.snapshots import steady


def snapshot(last: Mapping[str, Sequence[float]]) -> Snapshot:
    """Coins that stood at 100 until the last day, by their sector."""
    coins = [(sector, price) for sector, prices in last.items() for price in prices]
    closes = {number: steady(100.0, price) for number, (_, price) in enumerate(coins, 1)}
    assets = {number: asset(number, categories=(sector,)) for number, (sector, _) in enumerate(coins, 1)}
    return snapshot_of(closes, assets)


SECTORS = {
    "gaming": (101.0, 109.0, 130.0),  # the median coin is at 109
    "meme": (90.0, 88.0, 300.0),
    "layer-1": (100.0, 104.0, 102.0),
    "privacy": (70.0, 99.0, 120.0),
    "tiny": (500.0, 500.0),  # two coins are no sector
}


def leaders(last: Mapping[str, Sequence[float]]) -> list[tuple[str, float, int, bool]]:
    found = sector_leaders(snapshot(last))
    return [(item.sector, round(item.change_pct, 9), item.ranked, item.from_bottom) for item in found]


def test_the_ends_are_the_sectors_with_the_highest_and_the_lowest_median() -> None:
    assert leaders(SECTORS) == [("gaming", 9.0, 4, False), ("meme", -10.0, 4, True)]


def test_a_shared_place_is_nobodys() -> None:
    assert leaders(SECTORS | {"arcade": (101.0, 109.0, 130.0)}) == [("meme", -10.0, 5, True)]


def test_three_sectors_are_too_few_to_rank() -> None:
    assert leaders({name: prices for name, prices in SECTORS.items() if name != "privacy"}) == []


def test_a_sector_without_a_safe_name_is_not_put_first() -> None:
    hostile = {"buy this now http": SECTORS["gaming"]}
    others = {name: prices for name, prices in SECTORS.items() if name != "gaming"}
    assert leaders(hostile | others) == [("meme", -10.0, 4, True)]


@pytest.mark.parametrize(
    ("stored", "printed"),
    [
        ("Decentralized Finance (DeFi)", "Decentralized Finance"),
        ("Layer 1 (L1)", "Layer-1"),
        ("layer-2", "Layer-2"),
        ("artificial-intelligence", "Artificial intelligence"),
        ("decentralized-finance-defi", "Decentralized finance"),
        ("real-world-assets-rwa", "Real world assets"),
        ("layer-2-l2", "Layer-2"),
        ("smart-contract-platform", "Smart contract platform"),
        ("DePIN-2024", "DePIN-2024"),
        ("privacy coins", "Privacy"),
        ("stablecoins", "Stablecoins"),
        ("Bitcoin rose 99%", None),
        ("will rise", None),
        ("http://x", None),
        ("", None),
    ],
)
def test_a_sector_is_called_by_what_is_safe_of_its_name(stored: str, printed: str | None) -> None:
    assert sector_print_name(stored) == printed


def drafted(made: Snapshot, entities: Mapping[str, Entity]) -> Mapping[str, Fact]:
    book = FactBook(made.as_of, made.source, made.fetched_at)
    add_sector_facts(book, made, sector_leaders(made), entities)
    return book.seal("seed").facts


def test_the_facts_have_rank_universe_and_window() -> None:
    made = snapshot(SECTORS)
    facts = drafted(made, leader_entities(sector_leaders(made), {}))
    assert list(facts) == ["sector:gaming/strongest", "sector:meme/weakest"]
    for fact, from_bottom in zip(facts.values(), (False, True), strict=True):
        assert (fact.metric, fact.unit, fact.window) == (Metric.SECTOR_CHANGE, Unit.PCT, "30d")
        assert (fact.universe, fact.universe_size, fact.rank, fact.rank_from_bottom) == ("sectors", 4, 1, from_bottom)
        days = [item.first for item in fact.derivation.inputs if isinstance(item, RowRange)]
        assert days == ["2025-10-10", "2025-09-10"]


def test_a_name_that_is_taken_is_not_given_twice() -> None:
    first = SectorLeader("gaming", "Gaming", 1.0, 4, from_bottom=False)
    found = [first, replace(first, sector="meme", name="Meme")]
    taken = {"asset:7": Entity("asset:7", "Gaming"), "sector:meme": Entity("sector:meme", "Meme")}
    assert leader_entities(found, taken) == {}
    assert list(leader_entities([first, replace(first, sector="GAMING", from_bottom=True)], {})) == ["sector:gaming"]
    made = snapshot(SECTORS)
    assert list(drafted(made, {"sector:meme": taken["sector:meme"]})) == ["sector:meme/weakest"]


def test_a_market_without_sectors_has_no_leaders() -> None:
    assert sector_leaders(snapshot_of({1: steady(1.0)})) == ()
