"""A holding that the market's source has no bar of is priced by the next source, as a whole, and the text says so."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from shutil import copy

import numpy as np
import pytest

from agent.briefing.checking import check_briefing
from agent.briefing.material import Material, briefing_material
from agent.briefing.snapshot import Snapshot
from agent.claims.claim import SectionKey
from agent.claims.fact import Fact, FactRef, Metric, RowRange, RowRef, State
from agent.store.assets import upsert_listings
from agent.store.bars import upsert_daily_bars
from agent.store.engine import Store
from agent.store.reading import read_range, read_row
from datasources.records import AssetListing, DailyBar
from tests.agent.briefing.chained import (
    ATOM,
    BINANCE,
    BTC,
    CHAIN,
    ETH,
    GECKO,
    INCH,
    LATER,
    MARKET,
    NAN,
    PUMP,
    Closes,
    bars,
    chained,
    wanted,
)
from tests.agent.briefing.documents import briefing_of, safe_of
from tests.agent.briefing.filled import snapshot_of
from tests.agent.briefing.snapshots import AS_OF, walk

DAYS = 110
HOLDINGS = {BTC: "0.5", ETH: "10", ATOM: "25"}
ALL = {asset_id: walk(asset_id, days=DAYS) for asset_id in (BTC, ETH, ATOM, INCH, PUMP)}
ELSEWHERE: Closes = {asset_id: [close * 1.001 for close in closes] for asset_id, closes in ALL.items()}
SHORT = "No 365-day history is available for your portfolio."  # with 110 days it never is
Make = Callable[[Mapping[str, Closes]], Store]


def late(closes: list[float], days: int = 1) -> list[float]:
    return [*closes[:-days], *[NAN] * days]


def traced(store: Store, made: Material) -> set[str]:
    """Read back every input of every fact; the sources it is from."""
    sources = set()
    with store.reader() as session:
        for fact in made.facts.values():
            for item in fact.derivation.inputs:
                if isinstance(item, RowRef):
                    row = read_row(session, item.table, item.key)
                    assert item.value == (row.values[item.column] if row else None), (fact.metric, item)
                if isinstance(item, RowRange) and item.rows:
                    span = read_range(session, item.table, item.key, item.column, item.first, item.last)
                    assert (span.sha256, len(span.values)) == (item.sha256, item.rows), (fact.metric, item)
                if not isinstance(item, FactRef) and item.table == "bar_daily":
                    sources.add(dict(item.key)["source"])
    return sources


def gaps(snapshot: Snapshot) -> list[str]:
    briefing = briefing_of(snapshot)
    assert check_briefing(briefing, safe_of(snapshot)) == ()
    (section,) = (section for section in briefing.sections if section.key is SectionKey.GAPS)
    return [sentence.text for sentence in section.sentences if sentence.text != SHORT]


def priced(made: Material, asset_id: int) -> dict[str, Fact]:
    """The facts of an asset that rest on its bars, and those of its place among the holdings.

    Its part of the risk is not among them: that rests on the bars of all holdings.
    """
    start, others = f"asset:{asset_id}/", (Metric.AVAILABILITY, Metric.RISK_SHARE)
    return {
        key.removeprefix(start): fact
        for key, fact in made.facts.items()
        if key.startswith(start) and fact.metric not in others
    }


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Make:
    def made(closes: Mapping[str, Closes]) -> Store:
        return chained(tmp_path_factory.mktemp("chained") / "c.db", closes, HOLDINGS)

    return made


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The market's source lacks the last bar of Ethereum; Binance has another 1inch too, which nobody holds."""
    closes = {MARKET: {**ALL, ETH: late(ALL[ETH])}, BINANCE: {**ELSEWHERE, INCH: [7.0] * DAYS}}
    return chained(tmp_path_factory.mktemp("one") / "c.db", closes, HOLDINGS, scanned=True)


@pytest.fixture(scope="module")
def found(one: Store) -> Snapshot:
    return snapshot_of(one, wanted(MARKET, BINANCE))


def test_a_holding_without_a_bar_is_priced_from_end_to_end_by_the_next_source(found: Snapshot) -> None:
    column = found.prices.column(ETH)
    assert column is not None
    assert dict(found.prices.elsewhere) == {column: BINANCE}
    assert found.prices.close[-DAYS:, column].tolist() == ELSEWHERE[ETH]
    assert found.prices.high[-DAYS:, column].tolist() == [close * 1.01 for close in ELSEWHERE[ETH]]
    bitcoin = found.prices.column(BTC)
    assert bitcoin is not None
    assert found.prices.close[-DAYS:, bitcoin].tolist() == ALL[BTC]
    assert [found.price_source(asset_id) for asset_id in (BTC, ETH, INCH)] == [MARKET, BINANCE, MARKET]


def test_its_figures_name_that_source_and_the_text_says_so(one: Store, found: Snapshot) -> None:
    made = briefing_material(found)
    facts = priced(made, ETH)
    assert {"close", "change_1d", "change_7d", "rsi", "volatility", "value", "weight", "contribution"} <= facts.keys()
    assert {(fact.source, fact.state) for fact in facts.values()} == {(BINANCE, State.FRESH)}
    assert {fact.source for fact in priced(made, BTC).values()} == {MARKET}
    assert float(facts["close"].value or 0) == ELSEWHERE[ETH][-1]
    worth = 0.5 * ALL[BTC][-1] + 10 * ELSEWHERE[ETH][-1] + 25 * ALL[ATOM][-1]
    assert float(made.facts["portfolio/value"].value or 0) == pytest.approx(worth)
    assert gaps(found) == ["The price of Ethereum is from Binance, as Token Metrics has none for the day."]
    assert made.attributions == ("Prices by Token Metrics.", "Prices by Binance.")
    assert traced(one, made) == {MARKET, BINANCE}


def test_the_bars_of_a_figure_from_elsewhere_are_all_from_there(found: Snapshot) -> None:
    for fact in priced(briefing_material(found), ETH).values():
        rows = [item for item in fact.derivation.inputs if not isinstance(item, FactRef) and item.table == "bar_daily"]
        assert {dict(item.key)["source"] for item in rows} <= {BINANCE}


def test_what_is_from_elsewhere_is_not_ranked_with_the_market(found: Snapshot) -> None:
    made = briefing_material(found)
    column = found.prices.column(ETH)
    assert column not in found.tracked
    assert made.facts["market/risers"].universe_size == 4
    ranks = {key: fact for key, fact in made.facts.items() if "/rank_" in key}
    assert ranks
    assert all(not key.startswith(f"asset:{ETH}/") and fact.universe_size == 4 for key, fact in ranks.items())
    changes = sorted(ALL[asset_id][-1] / ALL[asset_id][-2] - 1 for asset_id in (BTC, ATOM, INCH, PUMP))
    assert float(made.facts["market/median"].value or 0) == pytest.approx(sum(changes[1:3]) / 2 * 100)


def test_the_cross_section_is_of_the_market_s_source_alone(one: Store, found: Snapshot) -> None:
    (span,) = briefing_material(found).facts["market/risers"].derivation.inputs
    assert isinstance(span, RowRange)
    assert (span.key, span.rows) == ((("source", MARKET),), 9)  # five coins on two days, less one bar
    with one.reader() as session:
        stored = read_range(session, span.table, span.key, span.column, span.first, span.last)
    assert stored.sha256 == span.sha256


def test_a_holding_that_the_market_never_had(make: Make) -> None:
    store = make({MARKET: {BTC: ALL[BTC], INCH: ALL[INCH], ATOM: ALL[ATOM]}, BINANCE: {}, GECKO: ELSEWHERE})
    snapshot = snapshot_of(store, wanted(*CHAIN))
    assert gaps(snapshot) == ["The price of Ethereum is from CoinGecko, as Token Metrics has none for the day."]
    made = briefing_material(snapshot)
    assert traced(store, made) == {MARKET, GECKO}
    assert made.facts["market/risers"].universe_size == 3
    assert "portfolio/volatility_90d" in made.facts


def test_two_holdings_may_be_from_two_sources(make: Make) -> None:
    store = make({MARKET: {BTC: ALL[BTC]}, BINANCE: {ATOM: ELSEWHERE[ATOM]}, GECKO: ELSEWHERE})
    snapshot = snapshot_of(store, wanted(*CHAIN))
    assert gaps(snapshot) == [
        "The price of Cosmos is from Binance, as Token Metrics has none for the day.",
        "The price of Ethereum is from CoinGecko, as Token Metrics has none for the day.",
    ]
    assert traced(store, briefing_material(snapshot)) == {MARKET, BINANCE, GECKO}


def test_the_first_source_of_the_chain_that_has_the_day_is_taken(make: Make) -> None:
    store = make({MARKET: {**ALL, ETH: late(ALL[ETH])}, BINANCE: {ETH: late(ALL[ETH], 2)}, GECKO: ELSEWHERE})
    assert snapshot_of(store, wanted(*CHAIN)).price_source(ETH) == GECKO
    assert snapshot_of(store, wanted(MARKET, GECKO, BINANCE)).price_source(ETH) == GECKO


def test_there_is_no_other_price_where_no_other_source_has_the_day(make: Make) -> None:
    store = make({MARKET: {**ALL, ETH: late(ALL[ETH])}, BINANCE: {ETH: late(ELSEWHERE[ETH])}})
    alone, chain = (snapshot_of(store, wanted(*names)) for names in ((MARKET,), (MARKET, BINANCE)))
    assert dict(chain.prices.elsewhere) == {}
    assert (
        gaps(chain)
        == gaps(alone)
        == [
            "4 of 5 tracked coins have a bar for 10 October 2025.",
            "The last price of Ethereum is from 9 October 2025.",
            "No 90-day diversification figure is available for your portfolio.",
        ]
    )
    assert briefing_material(chain).snapshot_sha256 == briefing_material(alone).snapshot_sha256


@pytest.fixture(scope="module")
def behind(make: Make) -> Store:
    """The market's source is a day late, Binance is not."""
    return make({MARKET: {asset_id: late(closes) for asset_id, closes in ALL.items()}, BINANCE: ELSEWHERE})


def test_a_late_market_does_not_keep_the_holdings_back(behind: Store) -> None:
    snapshot = snapshot_of(behind, wanted(MARKET, BINANCE))
    assert (snapshot.as_of, snapshot.fetched_at) == (AS_OF, LATER)
    assert {snapshot.price_source(asset_id) for asset_id in HOLDINGS} == {BINANCE}
    made = briefing_material(snapshot)
    assert traced(behind, made) == {MARKET, BINANCE}
    worth = sum(float(amount) * ELSEWHERE[asset_id][-1] for asset_id, amount in HOLDINGS.items())
    assert float(made.facts["portfolio/value"].value or 0) == pytest.approx(worth)


def test_a_late_market_is_not_measured(behind: Store) -> None:
    snapshot = snapshot_of(behind, wanted(MARKET, BINANCE))
    made = briefing_material(snapshot)
    assert not {"market/risers", "market/median"} & made.facts.keys()
    assert not [key for key in made.facts if "/rank_" in key]
    assert gaps(snapshot) == [
        "0 of 2 tracked coins have a bar for 10 October 2025.",
        "The price of Bitcoin is from Binance, as Token Metrics has none for the day.",
        "The price of Ethereum is from Binance, as Token Metrics has none for the day.",
        "The price of Cosmos is from Binance, as Token Metrics has none for the day.",
    ]


def test_the_close_of_the_day_before_is_kept_where_only_some_holdings_have_a_newer_one(make: Make) -> None:
    behind = {asset_id: late(closes) for asset_id, closes in ALL.items()}
    store = make({MARKET: behind, BINANCE: {BTC: ELSEWHERE[BTC]}})
    snapshot = snapshot_of(store, wanted(MARKET, BINANCE))
    assert snapshot.as_of == AS_OF.replace(day=9)
    assert "portfolio/value" in briefing_material(snapshot).facts
    assert gaps(snapshot) == ["0 of 5 tracked coins have a bar for 10 October 2025."]


def test_a_holding_that_has_no_price_anywhere_keeps_nobody_back(make: Make) -> None:
    behind = {asset_id: late(closes) for asset_id, closes in ALL.items() if asset_id != ATOM}
    store = make({MARKET: behind, BINANCE: {BTC: ELSEWHERE[BTC], ETH: ELSEWHERE[ETH]}})
    snapshot = snapshot_of(store, wanted(MARKET, BINANCE))
    assert snapshot.as_of == AS_OF
    assert "No price is available for Cosmos." in gaps(snapshot)


def test_a_late_market_stays_late_without_another_source(behind: Store) -> None:
    assert snapshot_of(behind, wanted(MARKET)).as_of == AS_OF.replace(day=9)
    assert snapshot_of(behind, wanted(MARKET, GECKO)).as_of == AS_OF.replace(day=9)
    assert snapshot_of(behind, replace(wanted(MARKET, BINANCE), portfolio="main", before=AS_OF)).as_of == AS_OF.replace(
        day=9
    )


def test_a_second_source_that_is_not_used_changes_nothing(make: Make, tmp_path: Path) -> None:
    store = make({MARKET: ALL})
    alone = snapshot_of(store, wanted(MARKET))
    copy(store.path, tmp_path / "second.db")
    second = Store(tmp_path / "second.db")
    with second.writer() as session:
        upsert_listings(session, BINANCE, [AssetListing("X", "X", "Other")], LATER)
        upsert_daily_bars(session, BINANCE, [DailyBar("X", AS_OF, 1.0, 1.0, 1.0, 1.0, 1.0)], LATER)
    unused = snapshot_of(second, wanted(MARKET, BINANCE))
    assert briefing_material(unused).snapshot_sha256 == briefing_material(alone).snapshot_sha256
    assert briefing_of(unused) == briefing_of(alone)


def test_a_second_source_that_agrees_changes_nothing(make: Make) -> None:
    alone = snapshot_of(make({MARKET: ALL}), wanted(MARKET))
    agreeing = snapshot_of(make({MARKET: ALL, BINANCE: ELSEWHERE}), wanted(MARKET, BINANCE))
    assert agreeing.prices.elsewhere == {}
    assert briefing_material(agreeing).snapshot_sha256 == briefing_material(alone).snapshot_sha256


def test_a_source_with_a_single_bar_gives_a_price_and_no_history(make: Make) -> None:
    store = make({MARKET: {**ALL, ETH: late(ALL[ETH])}, BINANCE: {ETH: [90.0]}})
    made = briefing_material(snapshot_of(store, wanted(MARKET, BINANCE)))
    facts = priced(made, ETH)
    assert float(facts["close"].value or 0) == 90.0
    assert "change_1d" not in facts
    assert "portfolio/value" in made.facts
    assert "portfolio/change_1d" not in made.facts
    assert traced(store, made) == {MARKET, BINANCE}


def test_bars_of_the_fixture_end_on_the_last_day() -> None:
    assert [bar.day for bar in bars(BTC, [1.0, NAN, 2.0])] == [AS_OF.replace(day=8), AS_OF]
    assert np.isnan(NAN)
