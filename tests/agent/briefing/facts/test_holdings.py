"""Facts of single holdings besides their price: own grades, chains, levels, signals in words."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest

from agent.briefing.material import Material, briefing_material
from agent.briefing.snapshot import LevelsSeen, OnchainSeen, OwnGradeSeen, SignalSeen, Snapshot
from agent.claims import forms
from agent.claims.claim import SectionKey
from agent.claims.fact import Metric, RowRange, RowRef, State, Unit
from agent.claims.naming import NamedAsset
from agent.store.reading import values_sha256
from tests.agent.briefing.snapshots import AS_OF, BITCOIN, COSMOS, DAYS, ETHEREUM, FETCHED, walk

Make = Callable[..., Snapshot]
CLOSES = {BITCOIN: walk(1), ETHEREUM: walk(2), COSMOS: walk(3)}
HOLDINGS = {BITCOIN: "0.5", ETHEREUM: "10"}
INFLOW, OUTFLOW = "onchain.exchange_inflow_usd", "onchain.exchange_outflow_usd"


@pytest.fixture
def plain(snapshot_factory: Make) -> Snapshot:
    return snapshot_factory(closes=CLOSES, holdings=HOLDINGS)


def texts(made: Material, section: SectionKey) -> list[str]:
    return [forms.sentence(item, made.entities, AS_OF).text for item in made.claims if item.section is section]


def grade(asset_id: int, horizon: str, value: float | None, before: float | None = None) -> OwnGradeSeen:
    return OwnGradeSeen(asset_id, horizon, value, before, FETCHED)


def test_own_grades_are_facts_of_both_days_and_traced_to_the_packed_row(plain: Snapshot) -> None:
    grades = (grade(BITCOIN, "short_term", 63.24, 51.0), grade(BITCOIN, "long_term", 40.0))
    made = briefing_material(replace(plain, own_grades=grades))
    now, before = (made.facts[f"asset:1/own_grade_short_term{end}"] for end in ("", "_before"))
    assert (now.value, now.qualifier, before.value) == (Decimal("63.24"), "short_term", Decimal("51.0"))
    key = (("day", "2025-10-09"), ("source", "sandbox"), ("asset_id", "1"))
    assert before.derivation.inputs == (RowRef("own_grade_day", key, "short_term", "51.0"),)
    assert before.metric is Metric.OWN_GRADE_PREVIOUS
    moved = "Coinbrief's short-term grade for Bitcoin rose from 51.0 to 63.2 on the day."
    assert moved in texts(made, SectionKey.SIGNALS)
    assert "Coinbrief's long-term grade for Bitcoin was 40.0 of 100." in texts(made, SectionKey.PORTFOLIO)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((None, None, None, None), ["No coinbrief grade is available for your portfolio."]),
        ((None, None, 50.0, 50.0), ["No coinbrief grade is available for Bitcoin."]),
        ((50.0, 50.0, 50.0, None), ["No coinbrief long-term grade is available for Ethereum."]),
        ((50.0, 50.0, 50.0, 50.0), []),
    ],
)
def test_grades_that_a_scanned_day_lacks_are_named_in_few_words(
    plain: Snapshot, values: tuple[float | None, ...], expected: list[str]
) -> None:
    both = [(asset_id, horizon) for asset_id in HOLDINGS for horizon in ("short_term", "long_term")]
    grades = tuple(grade(*which, value) for which, value in zip(both, values, strict=True))
    made = briefing_material(replace(plain, own_grades=grades))
    assert [text for text in texts(made, SectionKey.GAPS) if "coinbrief" in text] == expected


def chain(name: str, values: list[float], *, late_days: int = 0, asset_id: int = BITCOIN) -> OnchainSeen:
    last = AS_OF - timedelta(days=late_days)
    days = tuple(last - timedelta(days=back) for back in range(len(values) - 1, -1, -1))
    return OnchainSeen(asset_id, name, "coin_metrics", days, tuple(values), FETCHED)


def test_figures_of_a_chain_are_of_their_own_day_and_source(plain: Snapshot) -> None:
    hashes = chain("onchain.hash_rate_ths", [8.0e8, 8.1234e8], late_days=1)
    made = briefing_material(replace(plain, onchain=(hashes, chain("onchain.mvrv", [2.2], late_days=5))))
    rate, ratio = made.facts["asset:1/hash_rate"], made.facts["asset:1/mvrv"]
    assert (rate.value, rate.unit, rate.as_of) == (Decimal("812.34"), Unit.EHS, date(2025, 10, 9))
    assert (rate.state, rate.source, ratio.state) == (State.FRESH, "coin_metrics", State.STALE)
    told = texts(made, SectionKey.PORTFOLIO)
    assert "Bitcoin's hash rate was 812.3 EH/s, as of 9 October 2025." in told
    assert "Bitcoin's ratio of market value to realized value was 2.20, as of 5 October 2025." in told


def test_a_net_flow_is_what_came_less_what_left_in_seven_days(plain: Snapshot) -> None:
    came, left = chain(INFLOW, [1e6 * day for day in range(1, 11)]), chain(OUTFLOW, [2e6] * 9, late_days=1)
    made = briefing_material(replace(plain, onchain=(came, left)))
    flow = made.facts["asset:1/exchange_net_flow"]
    assert flow.value == Decimal(3 + 4 + 5 + 6 + 7 + 8 + 9) * 1_000_000 - 14_000_000
    assert (flow.as_of, flow.window) == (date(2025, 10, 9), "7d")
    spans = [item for item in flow.derivation.inputs if isinstance(item, RowRange)]
    assert [(span.first, span.last, span.rows) for span in spans] == [("2025-10-03", "2025-10-09", 7)] * 2
    assert spans[1].sha256 == values_sha256([repr(2e6)] * 7)


def test_a_net_flow_with_a_day_missing_is_not_told(plain: Snapshot) -> None:
    came, left = chain(INFLOW, [1e6] * 10), chain(OUTFLOW, [2e6] * 10)
    gap = replace(left, days=left.days[:5] + left.days[6:], values=left.values[1:])
    made = briefing_material(replace(plain, onchain=(came, gap)))
    assert "asset:1/exchange_net_flow" not in made.facts


def test_the_nearer_level_of_the_provider_is_told_and_a_far_one_is_not(plain: Snapshot) -> None:
    close = CLOSES[BITCOIN][-1]
    listed = LevelsSeen(BITCOIN, AS_OF, (close * 0.5, close * 0.995, close * 1.003), FETCHED)
    made = briefing_material(replace(plain, levels=(listed,)))
    assert made.facts["asset:1/support"].value == Decimal(repr(close * 0.995))
    (told,) = [text for text in texts(made, SectionKey.SIGNALS) if text.startswith("Bitcoin's nearest")]
    assert told.startswith("Bitcoin's nearest resistance was $")
    far = LevelsSeen(BITCOIN, AS_OF, (close * 0.5, close * 2), FETCHED)
    apart = briefing_material(replace(plain, levels=(far,)))
    assert not {"asset:1/support", "asset:1/resistance"} & set(apart.facts)


def test_the_extreme_closes_carry_their_days(snapshot_factory: Make) -> None:
    closes = [100.0 + day % 3 for day in range(DAYS)]
    closes[-50], closes[-20], closes[-200] = 150.0, 40.0, 900.0
    made = briefing_material(snapshot_factory(closes={BITCOIN: closes}, holdings={BITCOIN: "1"}))
    days = {name: AS_OF - timedelta(days=back) for name, back in (("highest_close", 49), ("lowest_close", 19))}
    found = {name: made.facts[f"asset:1/{name}"] for name in days}
    assert {name: fact.as_of for name, fact in found.items()} == days
    assert [fact.value for fact in found.values()] == [150, 40]


def test_a_proven_signal_of_a_holding_is_told_with_its_record(plain: Snapshot) -> None:
    seen = SignalSeen(BITCOIN, "golden_cross", 1, 1.0, "", 0.5421, 1203, proven=True, horizon_days=30)
    other = replace(seen, asset_id=ETHEREUM, name="death_cross", proven=False)
    made = briefing_material(replace(plain, signals=(seen, other)))
    told = texts(made, SectionKey.SIGNALS)
    assert "Bitcoin saw its 50-day mean cross above its 200-day mean (golden cross)." in told
    records = [text for text in told if text.startswith("Coinbrief's confidence")]
    assert records == [
        'Coinbrief\'s confidence in the signal "golden cross" over 30 days is 54.2%, learned from 1,203 past cases.'
    ]


def test_signals_of_the_market_and_of_sectors_are_told_by_their_names(plain: Snapshot) -> None:
    wider = (
        SignalSeen(0, "extreme_fear", -1, 20.0),
        SignalSeen(0, "sector_rotation_in", 1, 0.2, "Meme (meme)"),
        SignalSeen(0, "sector_rotation_out", -1, 0.2, "Buy now: www.example.com"),
        SignalSeen(0, "sector_rotation_out", -1, 0.2, "Bitcoin"),  # which is a coin's name
    )
    made = briefing_material(replace(plain, wider_signals=wider))
    assert set(texts(made, SectionKey.SIGNALS)) >= {
        "The fear and greed index fell to 25 or less (extreme fear).",
        "The sector Meme came among the strongest by 30-day return.",
    }
    assert not [text for text in texts(made, SectionKey.SIGNALS) if "weakest" in text]


@pytest.mark.parametrize(
    ("weaker", "stronger", "words"),
    [
        ("nearing_support", "lost_support", "came down to within"),
        ("drawdown_correction", "drawdown_deep", "20% or more below"),
    ],
)
def test_a_weaker_signal_is_not_told_beside_the_stronger_one(
    plain: Snapshot, weaker: str, stronger: str, words: str
) -> None:
    alone = briefing_material(replace(plain, signals=(SignalSeen(BITCOIN, weaker, -1, 1.0),)))
    both = (SignalSeen(BITCOIN, weaker, -1, 1.0), SignalSeen(BITCOIN, stronger, -1, 1.0))
    beside = briefing_material(replace(plain, signals=both))
    assert [words in " ".join(texts(made, SectionKey.SIGNALS)) for made in (alone, beside)] == [True, False]


def test_a_holding_that_moved_far_beyond_its_noise_must_be_told(snapshot_factory: Make) -> None:
    steps = 1 + np.random.default_rng(3).normal(0, 0.01, DAYS)
    calm = (50 * np.cumprod(steps)).tolist()
    jumped = [*calm[:-1], calm[-2] * 1.2]
    made = briefing_material(
        snapshot_factory(
            closes={BITCOIN: walk(1), ETHEREUM: jumped, COSMOS: calm}, holdings={ETHEREUM: "1", COSMOS: "1"}
        )
    )
    moves = {item.facts[0].subject: item for item in made.claims if item.section is SectionKey.PORTFOLIO
             and item.template == "change_to_close"}  # fmt: skip
    assert set(moves) == {"asset:2"}
    assert moves["asset:2"].mandatory


def test_a_large_portfolio_has_a_table_of_its_largest_holdings(snapshot_factory: Make) -> None:
    coins = range(1, 46)
    names = {coin: NamedAsset(coin, f"Coin {coin}x", "COIN") for coin in coins}
    closes = {coin: [float(coin)] * DAYS for coin in coins}
    made = briefing_material(snapshot_factory(closes=closes, holdings=dict.fromkeys(coins, "1"), names=names))
    (table,) = made.tables[SectionKey.PORTFOLIO]
    assert table.caption == "Largest holdings"
    assert [row[0].text for row in table.rows[:2]] == ["Coin 45x", "Coin 44x"]
    assert len(table.rows) == 12
