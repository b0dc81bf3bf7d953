"""Tools over the whole market: breadth, the regime, dominance, sectors, and figures of chains over others."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from agent.ask.tools import ToolStatus
from agent.ask.toolset.desk import Tools
from agent.ask.toolset.result import ToolResult
from agent.briefing.facts.asset import asset_figures
from agent.briefing.facts.market import add_market_facts
from agent.briefing.gather import read_snapshot
from agent.claims.book import FactBook
from agent.claims.fact import Fact, Metric, RowRange, RowRef, State
from agent.measuring.ground import read_day_ground, scope_of
from agent.measuring.token_onchain import read_onchain
from agent.store import portfolios
from agent.store.bulk import raw_connection
from agent.store.engine import Store
from agent.store.metrics import upsert_metrics
from agent.store.reading import read_range, read_row
from datasources.records import Metric as Reported
from tests.agent.ask.toolset.asked_market import claim_of, fact_of, near, ok, texts, tools_of
from tests.agent.ask.toolset.broad_market import (
    CAPS,
    CHAINED,
    CLOSES,
    COINS,
    HOLED,
    ISSUED,
    NAMES,
    TOTAL,
    TOTAL_BEFORE,
    TRANSFERS,
    broad_market,
    sector_of,
)
from tests.agent.measuring.market import LAST, NOW
from tests.agent.measuring.opinions import CHAIN, WANTED

WANTED_SOURCES = (WANTED.source, *WANTED.other_sources)
SHARES = (
    Metric.ABOVE_50D_SHARE,
    Metric.ABOVE_200D_SHARE,
    Metric.BEAT_BITCOIN_SHARE,
    Metric.HIGHS_SHARE,
    Metric.LOWS_SHARE,
)


@pytest.fixture(scope="module")
def broad(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A market to ask about; for reading only."""
    store = broad_market(tmp_path_factory.mktemp("broad") / "broad.db")
    with store.writer() as session:
        portfolios.create(session, "empty", NOW)
    return store


@pytest.fixture
def tools(broad: Store) -> Tools:
    return tools_of(broad, "empty")


def facts_of(found: ToolResult) -> Mapping[Metric, Fact]:
    """The last fact of each metric that is told."""
    return {fact.metric: fact for claim in found.claims for fact in claim.facts}


def share_above(days: int) -> float:
    """The share of coins above the mean of so many days, of those with nine tenths of them."""
    frame = pd.DataFrame(CLOSES)
    mean = frame.rolling(days, min_periods=int(np.ceil(days * 0.9))).mean().iloc[-1]
    known = mean.notna() & frame.iloc[-1].notna()
    return float((frame.iloc[-1] > mean)[known].mean() * 100)


def test_the_shares_of_coins_are_those_of_pandas(tools: Tools) -> None:
    found = facts_of(ok(tools, "market"))
    assert near(found[Metric.ABOVE_50D_SHARE], share_above(50))
    assert near(found[Metric.ABOVE_200D_SHARE], share_above(200))
    changes = CLOSES[-1] / CLOSES[-91] - 1
    others = changes[1:][np.isfinite(changes[1:])]
    assert near(found[Metric.BEAT_BITCOIN_SHARE], float((others > changes[0]).mean() * 100))
    before = pd.DataFrame(CLOSES[-21:-1])
    known = before.notna().sum() >= 18
    assert near(found[Metric.HIGHS_SHARE], float((CLOSES[-1] > before.max())[known].mean() * 100))
    assert near(found[Metric.LOWS_SHARE], float((CLOSES[-1] < before.min())[known].mean() * 100))


def test_the_regime_follows_bitcoin_and_the_breadth(tools: Tools) -> None:
    sides = np.sign(CLOSES[-1, 0] - CLOSES[-200:, 0].mean()) + np.sign(share_above(50) - 50)
    words = {2: "risk on", -2: "risk off", 0: "mixed"}
    assert fact_of(ok(tools, "market"), "regime").label == words[int(sides)]


def test_an_answer_a_briefing_and_a_scan_have_the_same_figures(broad: Store, tools: Tools) -> None:
    told = facts_of(ok(tools, "market"))
    with broad.reader() as session:
        snapshot = read_snapshot(session, replace(WANTED, portfolio="empty"))
        ground = read_day_ground(session, scope_of(WANTED, LAST), NOW)
    assert snapshot is not None
    assert ground is not None
    assert ground.ground.market is not None
    book = FactBook(snapshot.as_of, snapshot.source, snapshot.fetched_at)
    add_market_facts(book, snapshot, asset_figures(snapshot))
    scanned = {
        Metric.ABOVE_50D_SHARE: ground.ground.market.above_sma_50,
        Metric.ABOVE_200D_SHARE: ground.ground.market.above_sma_200,
        Metric.BEAT_BITCOIN_SHARE: ground.ground.market.altcoin_share,
        Metric.HIGHS_SHARE: ground.ground.market.new_highs,
        Metric.LOWS_SHARE: ground.ground.market.new_lows,
    }
    for metric in SHARES:
        drafted = book.draft(f"market/{metric}")
        assert drafted is not None
        assert (drafted.value, drafted.derivation) == (told[metric].value, told[metric].derivation)
        assert near(drafted, float(scanned[metric][0]) * 100)
    regime = book.draft("market/regime")
    assert regime is not None
    assert (regime.label, regime.derivation) == (told[Metric.REGIME].label, told[Metric.REGIME].derivation)


def test_too_few_coins_have_no_breadth(asked: Store) -> None:
    told = facts_of(ok(tools_of(asked), "market"))
    assert not told.keys() & {*SHARES, Metric.REGIME}


def test_what_is_reported_comes_beside_the_same_of_thirty_days_before(tools: Tools) -> None:
    before, now = claim_of(ok(tools, "market"), "figure_change").facts
    assert (before.value, now.value) == (Decimal(repr(TOTAL_BEFORE)), Decimal(repr(TOTAL)))
    assert (before.as_of, now.as_of) == (LAST - timedelta(days=30), LAST)
    assert (before.state, now.state) == (State.FRESH, State.FRESH)


def test_dominance_is_the_market_value_over_the_total_of_the_same_day(broad: Store, tools: Tools) -> None:
    fact = facts_of(ok(tools, "market"))[Metric.DOMINANCE]
    assert (fact.subject, fact.as_of) == ("asset:1", LAST)
    assert near(fact, 1e9 / TOTAL * 100)
    values = [float(row.value or 0) for row in fact.derivation.inputs if isinstance(row, RowRef)]
    assert values == [1e9, TOTAL]
    ranked = ok(tools, "rank", metric="dominance")
    assert [near(claim.facts[0], 1e11 / coin / TOTAL) for coin, claim in enumerate(ranked.claims, 1)] == [True] * 3
    assert ranked.rows == 5
    earlier = tools.run("history", {"asset": "BTC", "metric": "dominance", "window": "7d"})
    assert "is not in the data" in earlier.note  # no market value of that day is stored


def test_figures_of_chains_are_those_of_the_token_report(broad: Store, tools: Tools) -> None:
    with broad.reader() as session:
        report = {item.name: item for item in read_onchain(session, WANTED_SOURCES, CHAINED, LAST)}
    nvt, issuance = (fact_of(ok(tools, "rank", metric=metric), "figure") for metric in ("nvt", "issuance"))
    assert near(nvt, CAPS[-1] / TRANSFERS[-90:].mean())
    assert near(issuance, float((ISSUED[-30:] * 365 / CAPS[-30:]).mean() * 100))
    assert near(nvt, report["nvt_proxy"].value.value or 0)
    assert near(issuance, (report["issuance_30d"].value.value or 0) * 100)
    told = {fact.metric: fact.value for claim in ok(tools, "onchain", asset="C2").claims for fact in claim.facts[-1:]}
    assert (told[Metric.NVT], told[Metric.ISSUANCE]) == (nvt.value, issuance.value)


def test_figures_of_chains_are_traced_to_the_rows_they_are_of(broad: Store, tools: Tools) -> None:
    for metric, rows in (("nvt", [90]), ("issuance", [30, 30])):
        fact = fact_of(ok(tools, "rank", metric=metric), "figure")
        assert fact.source == CHAIN
        ranges = [item for item in fact.derivation.inputs if isinstance(item, RowRange)]
        assert [item.rows for item in ranges] == rows
        with broad.reader() as session:
            for item in ranges:
                found = read_range(session, item.table, item.key, item.column, item.first, item.last)
                assert found.sha256 == item.sha256
            for row in (item for item in fact.derivation.inputs if isinstance(item, RowRef)):
                stored = read_row(session, row.table, row.key)
                assert stored is not None
                assert dict(stored.values).get(row.column) == row.value


def test_a_figure_of_a_chain_of_a_past_day_looks_at_nothing_later(tools: Tools) -> None:
    day = LAST - timedelta(days=5)
    found = ok(tools, "history", asset="C2", metric="nvt", start=day.isoformat())
    before, _ = claim_of(found, "figure_change").facts
    assert near(before, CAPS[-6] / TRANSFERS[-95:-5].mean())


def sector_changes(days: int) -> dict[str, float]:
    """The median change of each sector of three coins or more."""
    changes = CLOSES[-1] / CLOSES[-1 - days] - 1
    found = {name: [changes[coin - 1] for coin in range(1, COINS + 1) if sector_of(coin) == name] for name in NAMES}
    known = {name: [value for value in values if np.isfinite(value)] for name, values in found.items()}
    return {name: float(np.median(values)) * 100 for name, values in known.items() if len(values) >= 3}


@pytest.mark.parametrize("end", ["top", "bottom"])
@pytest.mark.parametrize("window", ["7d", "30d"])
def test_sectors_are_ranked_by_their_median_coin(tools: Tools, window: str, end: str) -> None:
    expected = sector_changes(int(window[:-1]))
    ordered = sorted(expected, key=lambda name: expected[name], reverse=end == "top")
    found = ok(tools, "sectors", window=window, end=end, count=2)
    facts = [claim.facts[0] for claim in found.claims]
    assert [claim.template for claim in found.claims] == ["sector_rank"] * 3
    assert [fact.subject for fact in facts] == [f"sector:{name}" for name in (*ordered[:2], ordered[-1])]
    assert all(near(fact, expected[fact.subject.removeprefix("sector:")]) for fact in facts)
    assert [(fact.rank, fact.rank_from_bottom) for fact in facts] == [
        (1, end == "bottom"), (2, end == "bottom"), (1, end == "top"),
    ]  # fmt: skip
    assert {(fact.universe, fact.universe_size, fact.window) for fact in facts} == {("sectors", 5, window)}
    assert found.rows == 5


@pytest.mark.parametrize(
    "text", ["decentralized finance", "DeFi", "Decentralized Finance (DeFi)", "decentralized", "df"]
)
def test_a_sector_is_found_by_its_name_its_short_form_or_a_part(tools: Tools, text: str) -> None:
    found = ok(tools, "sectors", sector=text)
    changes = [claim.facts[0] for claim in found.claims if claim.template == "sector_change"]
    assert [fact.window for fact in changes] == ["7d", "30d"]
    assert all(near(fact, sector_changes(int((fact.window or "")[:-1]))[NAMES[2]]) for fact in changes)
    assert fact_of(found, "sector_rank").rank in (1, 2, 3)
    assert found.entities[f"sector:{NAMES[2]}"].name == "Decentralized Finance"


def test_a_text_that_fits_several_sectors_or_none_is_answered_with_their_names(tools: Tools) -> None:
    several = tools.run("sectors", {"sector": "finance"})
    assert several.status is ToolStatus.EMPTY
    assert several.note == "several sectors have that in their name: Decentralized Finance, Gaming finance"
    none = tools.run("sectors", {"sector": "sport"})
    assert none.status is ToolStatus.EMPTY
    assert {"no sector has that name; there are", "Layer-1", "Privacy"} <= {
        part for half in none.note.split(": ") for part in half.split(", ")
    }


def test_a_market_of_two_sectors_has_changes_and_no_places(asked: Store) -> None:
    found = ok(tools_of(asked), "sectors")
    assert {claim.template for claim in found.claims} == {"sector_change"}
    assert {claim.facts[0].subject for claim in found.claims} == {"sector:layer-1", "sector:meme"}


def test_the_coin_with_a_hole_is_counted_where_its_window_is_known(tools: Tools) -> None:
    found = ok(tools, "screen", filters=[{"metric": "change", "window": "30d", "side": "above", "bound": -100}])
    assert fact_of(found, "figure_count").value == COINS + 1
    assert np.isnan(CLOSES[-15, HOLED - 1])  # and not fifteen days ago


@pytest.fixture
def altered(tmp_path: Path) -> Store:
    """The same market with a sector whose name would make a statement, and another source's larger total."""
    store = broad_market(tmp_path / "altered.db")
    with store.writer() as session:
        raw_connection(session).execute(
            "UPDATE asset SET categories = replace(categories, 'gaming', 'Bitcoin rose 99%')"
        )
        upsert_metrics(session, CHAIN, [Reported(None, LAST, "market.total_market_cap_usd", "usd", 8e9)], NOW)
    return store


def test_a_sector_whose_name_would_state_something_is_counted_and_not_named(altered: Store) -> None:
    tools = tools_of(altered, "no such")
    found = ok(tools, "sectors", count=5)
    assert found.note == "the names of 1 of the 5 cannot be printed"
    assert len(found.claims) == 4
    assert {claim.facts[0].universe_size for claim in found.claims} == {5}
    assert not [text for text in texts(tools, found) if "99" in text]
    assert tools.run("sectors", {"sector": "bitcoin rose"}).status is ToolStatus.EMPTY


def test_the_total_of_the_source_itself_goes_before_that_of_others(altered: Store) -> None:
    found = facts_of(ok(tools_of(altered, "no such"), "market"))
    assert near(found[Metric.DOMINANCE], 1e9 / TOTAL * 100)
