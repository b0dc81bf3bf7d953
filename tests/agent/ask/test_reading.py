"""What the tools read of a real store: claims that verify, under ids that stay."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from agent.ask.reading import StoredData
from agent.ask.tools import Candidate, Found
from agent.briefing.material import briefing_material
from agent.briefing.snapshot import Snapshot
from agent.claims.forms import clauses, compose
from agent.claims.verify import verify_sentence
from agent.store.assets import AssetRow, find_assets
from agent.store.engine import Store
from tests.agent.briefing.filled import COINS, NOW, WANTED, fill, snapshot_of
from tests.agent.briefing.snapshots import AS_OF, Given, make_snapshot, steady

if TYPE_CHECKING:
    from agent.claims.claim import Claim

BITCOIN, ETHEREUM, HOSTILE, LATE, NEW = range(1, 6)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return fill(tmp_path_factory.mktemp("asked") / "c.db")


@pytest.fixture(scope="module")
def snapshot(filled: Store) -> Snapshot:
    return snapshot_of(filled)


@pytest.fixture
def data(filled: Store, snapshot: Snapshot) -> StoredData:
    return StoredData(snapshot, partial(_find, filled))


def _find(store: Store, text: str) -> tuple[AssetRow, ...]:
    with store.reader() as session:
        return find_assets(session, text)


def of_snapshot(made: Snapshot) -> StoredData:
    return StoredData(made, lambda _text: ())


def texts(found: Found) -> list[str]:
    return [compose([(claim, clauses(claim, found.entities, AS_OF)[0])]).text for claim in found.claims]


def templates(found: Found) -> list[str]:
    return [claim.template for claim in found.claims]


def assert_true(found: Found) -> None:
    claims: dict[str, Claim] = {claim.claim_id: claim for claim in found.claims}
    assert len(claims) == len(found.claims)
    for claim in found.claims:
        for clause in clauses(claim, found.entities, AS_OF):
            sentence = compose([(claim, clause)])
            assert verify_sentence(sentence, claims, found.entities, AS_OF) == (), sentence.text


def reads(data: StoredData) -> dict[str, Found]:
    made = {f"asset {number}": data.asset_claims(number) for number in range(1, 6)}
    made |= {f"signals {number}": data.signal_claims(number) for number in range(1, 6)}
    made |= {
        f"rank {window} {top}": data.rank_claims(window, top=top, count=10)
        for window in ("1d", "7d", "30d")
        for top in (True, False)
    }
    return made | {
        "signals": data.signal_claims(None),
        "market": data.market_claims(),
        "portfolio": data.portfolio_claims("main"),
    }


def test_every_claim_that_is_read_verifies(data: StoredData) -> None:
    for found in reads(data).values():
        assert_true(found)


def test_a_fact_has_one_id_in_every_read_and_in_the_briefing(data: StoredData, snapshot: Snapshot) -> None:
    seen = {fact.fact_id: fact for fact in briefing_material(snapshot).facts.values()}
    claims: dict[str, Claim] = {}
    for found in reads(data).values():
        for claim in found.claims:
            assert claims.setdefault(claim.claim_id, claim).facts == claim.facts
            for fact in claim.facts:
                assert seen.setdefault(fact.fact_id, fact) == fact


def test_the_day_is_the_last_full_one(data: StoredData) -> None:
    assert data.as_of == AS_OF


@pytest.mark.parametrize("text", ["ETH", "eth", "Ethereum", "ethereum"])
def test_an_asset_is_found_by_symbol_name_and_slug(data: StoredData, text: str) -> None:
    assert data.resolve(text) == (Candidate(ETHEREUM, "Ethereum", "ETH"),)


def test_a_shared_symbol_gives_every_candidate_a_name_that_can_be_printed(data: StoredData) -> None:
    assert [(found.asset_id, found.name) for found in data.resolve("BTC")] == [(BITCOIN, "Bitcoin"), (HOSTILE, "BTC")]
    assert data.resolve("DOGE") == ()


def test_an_asset_that_has_no_bar_is_named_and_has_no_price(snapshot: Snapshot) -> None:
    unseen = AssetRow(77, "DOGE", "Dogecoin", None, None, (), NOW, NOW, {})
    data = StoredData(snapshot, lambda _text: (unseen,))
    assert data.resolve("DOGE") == (Candidate(77, "Dogecoin", "DOGE"),)
    found = data.asset_claims(77)
    assert texts(found) == ["No price is available for Dogecoin."]
    assert_true(found)
    assert data.signal_claims(77).claims == ()


def test_an_asset_that_shares_a_name_is_told_apart_once_it_is_known(snapshot: Snapshot) -> None:
    double = AssetRow(77, "XBT", "Bitcoin", None, None, (), NOW, NOW, {})
    data = StoredData(snapshot, lambda _text: (double,))
    assert data.resolve("XBT") == (Candidate(77, "Bitcoin #77", "XBT"),)
    assert_true(data.asset_claims(BITCOIN))
    assert "Bitcoin #1 " in texts(data.asset_claims(BITCOIN))[0]


def test_an_asset_has_price_changes_indicators_grades_and_calls(data: StoredData) -> None:
    found = data.asset_claims(BITCOIN)
    assert templates(found)[:4] == ["change_to_close", "close", "change", "change"]
    assert {"rsi", "drawdown", "volatility", "grade", "trading_signal"} <= set(templates(found))
    assert [claim.facts[0].window for claim in found.claims if claim.template == "change"] == ["7d", "30d"]
    assert {fact.subject for claim in found.claims for fact in claim.facts} == {"asset:1"}
    assert "Bitcoin's TM trader grade was 82.1 of 100." in texts(found)
    assert "The sandbox market's trading signal for Bitcoin was bullish." in texts(found)


def test_a_late_price_is_told(data: StoredData) -> None:
    assert texts(data.asset_claims(LATE)) == ["The last price of Pump.fun is from 7 October 2025."]


def test_a_coin_of_six_days_has_what_six_days_give(data: StoredData) -> None:
    assert set(templates(data.asset_claims(NEW))) <= {"change_to_close", "close", "streak", "grade"}


def test_ranks_go_from_the_end_that_is_asked_for(data: StoredData) -> None:
    priced = {number: coin[4] for number, coin in enumerate(COINS, 1) if number != LATE}
    changes = {number: closes[-1] / closes[-2] - 1 for number, closes in priced.items()}
    order = sorted(changes, key=lambda number: -changes[number])
    for top, expected in ((True, order), (False, order[::-1])):
        found = data.rank_claims("1d", top=top, count=3)
        facts = [claim.facts[0] for claim in found.claims]
        assert [fact.subject for fact in facts] == [f"asset:{number}" for number in expected[:3]]
        assert [(fact.rank, fact.universe_size, fact.rank_from_bottom) for fact in facts] == [
            (place, 4, not top) for place in (1, 2, 3)
        ]
    assert texts(data.rank_claims("1d", top=False, count=1)) == [
        "The largest loss on the day among 4 tracked coins was BTC's 33.3%.",
    ]
    assert data.rank_claims("30d", top=True, count=10).claims[0].facts[0].universe_size == 3


@pytest.mark.parametrize(
    ("last", "top", "expected"),
    [
        (9.0, True, ["The smallest loss on the day among 3 tracked coins was Ethereum's 10.0%.",
                     "Cosmos fell", "Bitcoin fell"]),
        (9.0, False, ["The largest loss on the day among 3 tracked coins was Bitcoin's 30.0%.",
                      "The second largest loss on the day among 3 tracked coins was Cosmos's 20.0%.",
                      "The third largest loss on the day among 3 tracked coins was Ethereum's 10.0%."]),
        (10.0, True, ["Ethereum was flat on the day.", "Cosmos fell", "Bitcoin fell"]),
    ],
)  # fmt: skip
def test_places_are_worded_only_where_they_read_naturally(last: float, top: bool, expected: list[str]) -> None:  # noqa: FBT001 - a case
    closes = {BITCOIN: steady(10.0, 7.0), ETHEREUM: steady(10.0, last), 3: steady(10.0, 8.0)}
    found = of_snapshot(make_snapshot(Given(closes))).rank_claims("1d", top=top, count=3)
    assert_true(found)
    assert all(text.startswith(start) for text, start in zip(texts(found), expected, strict=True))


def test_the_market_is_the_briefings_market(data: StoredData) -> None:
    assert {claim.section for claim in data.market_claims().claims} == {"market"}
    assert {"change_to_close", "breadth", "median", "total_market_cap", "fear_greed_change"} <= set(
        templates(data.market_claims())
    )


def test_signals_of_one_asset_are_its_own_and_of_all_are_those_worth_saying(data: StoredData) -> None:
    own = data.signal_claims(HOSTILE)
    assert "breakout" in templates(own)
    assert {fact.subject for claim in own.claims for fact in claim.facts} == {"asset:3"}
    everyone = data.signal_claims(None)
    assert {"breakout", "grade_change", "trading_signal_flip"} <= set(templates(everyone))


def test_an_rsi_beyond_its_threshold_says_so(data: StoredData) -> None:
    assert texts(data.signal_claims(HOSTILE))[0] == "BTC's 14-day RSI was 0, below 30 (oversold)."
    middle = of_snapshot(make_snapshot(Given({BITCOIN: [100.0 + day % 2 for day in range(400)]})))
    assert texts(middle.signal_claims(BITCOIN)) == ["Bitcoin's 14-day RSI was 52."]


def test_the_portfolio_has_its_figures_its_gaps_and_its_holdings(snapshot: Snapshot) -> None:
    stale = of_snapshot(snapshot).portfolio_claims("main")
    assert "The last price of Pump.fun is from 7 October 2025." in texts(stale)
    assert not {"coverage", "source_failed"} & set(templates(stale))
    whole = replace(snapshot, holdings=snapshot.holdings[:2])
    found = of_snapshot(whole).portfolio_claims("main")
    assert_true(found)
    assert {"value_change", "versus", "concentration", "diversification", "sharpe"} <= set(templates(found))
    moves = [claim.facts[0].subject for claim in found.claims if claim.template == "change_to_close"]
    assert moves == ["asset:1", "asset:2"]


def test_an_empty_portfolio_has_no_claims(filled: Store) -> None:
    empty = snapshot_of(filled, replace(WANTED, portfolio="empty"))
    assert of_snapshot(empty).portfolio_claims("empty").claims == ()
