"""Facts of the weights that are meant: gaps and trades worked by hand, and what is said of them."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.briefing.facts.targets import add_target_facts
from agent.briefing.material import Material, briefing_material
from agent.briefing.snapshot import Snapshot
from agent.claims.fact import Fact, FactRef, Metric, RowRef, Unit
from tests.agent.briefing.drafted import portfolio_book
from tests.agent.briefing.snapshots import (
    BITCOIN,
    COSMOS,
    ETHEREUM,
    LATE_COIN,
    NAN,
    NEW_COIN,
    Given,
    make_snapshot,
    steady,
)

CLOSES = {BITCOIN: steady(200.0), ETHEREUM: steady(50.0), COSMOS: steady(10.0), NEW_COIN: steady(5.0)}
HOLDINGS = {BITCOIN: "1", ETHEREUM: "4", COSMOS: "10"}  # 200, 200 and 100 of 500 USD
TARGETS = {BITCOIN: 0.5, ETHEREUM: 0.2, NEW_COIN: 0.3}
TARGET_METRICS = {Metric.TARGET_WEIGHT, Metric.TARGET_GAP, Metric.TARGET_DISTANCE, Metric.TARGET_TRADE}


def meant(targets: Mapping[int, float] = TARGETS, **given: object) -> Snapshot:
    plain = make_snapshot(Given(**{"closes": CLOSES, "holdings": HOLDINGS, **given}))  # type: ignore[arg-type]  # fields of Given
    return replace(plain, targets=targets)


@pytest.fixture(scope="module")
def made() -> Material:
    return briefing_material(meant())


def values(made: Material, metric: Metric) -> dict[int, float]:
    found = [fact for fact in made.facts.values() if fact.metric is metric]
    return {int(fact.subject.removeprefix("asset:")): float(fact.value or 0) for fact in found}


def test_a_gap_is_the_weight_less_the_target_also_of_what_is_not_held_or_not_meant(made: Material) -> None:
    assert values(made, Metric.WEIGHT) == pytest.approx({1: 40, 2: 40, 3: 20, 4: 0})
    assert values(made, Metric.TARGET_WEIGHT) == {1: 50, 2: 20, 3: 0, 4: 30}
    assert values(made, Metric.TARGET_GAP) == pytest.approx({1: -10, 2: 20, 3: 20, 4: -30})
    assert made.facts["asset:1/target_gap"].unit is Unit.PP


def test_the_distance_is_half_of_all_gaps(made: Material) -> None:
    distance = made.facts["portfolio/target_distance"]
    assert float(distance.value or 0) == pytest.approx(40)
    assert len(distance.derivation.inputs) == 4


def test_the_trades_bring_every_holding_to_its_target_at_no_cost(made: Material) -> None:
    trades = [fact for fact in made.facts.values() if fact.metric is Metric.TARGET_TRADE]
    assert {(fact.subject, fact.label, fact.value, fact.unit) for fact in trades} == {
        ("asset:1", "purchase", Decimal(50), Unit.USD),
        ("asset:2", "sale", Decimal(100), Unit.USD),
        ("asset:3", "sale", Decimal(100), Unit.USD),
        ("asset:4", "purchase", Decimal(150), Unit.USD),
    }


def test_targets_are_traced_to_their_rows_and_gaps_to_weight_and_target(made: Material) -> None:
    target, missing, gap = (
        made.facts[key] for key in ("asset:1/target_weight", "asset:3/target_weight", "asset:1/target_gap")
    )
    row = RowRef("target_weight", (("portfolio_id", "1"), ("asset_id", "1")), "weight", "0.5")
    assert target.derivation.inputs == (row,)
    assert len(missing.derivation.inputs) == 3  # it is not among these
    assert gap.derivation.inputs == (FactRef(made.facts["asset:1/weight"].fact_id), FactRef(target.fact_id))


def told(made: Material, *templates: str) -> list[tuple[str, str, float]]:
    found = (item for item in made.claims if item.template in templates)
    return [(item.template, item.facts[0].subject, item.salience) for item in found]


def test_a_briefing_tells_the_two_largest_gaps_and_the_largest_trade(made: Material) -> None:
    assert told(made, "target_distance", "target_drift", "target_trade") == [
        ("target_distance", "portfolio:1", 0.45),
        ("target_drift", "asset:4", 0.6),
        ("target_drift", "asset:2", 0.6),
        ("target_trade", "asset:4", 0.3),
    ]
    assert not any(item.mandatory for item in made.claims if item.template.startswith("target"))


def test_a_narrow_gap_matters_less_and_one_that_shows_as_nothing_is_not_told() -> None:
    close = briefing_material(meant({BITCOIN: 0.42, ETHEREUM: 0.375, COSMOS: 0.205}))
    assert told(close, "target_drift") == [("target_drift", "asset:2", 0.35), ("target_drift", "asset:1", 0.35)]
    there = briefing_material(meant({BITCOIN: 0.4, ETHEREUM: 0.4, COSMOS: 0.2}))
    assert told(there, "target_drift", "target_trade") == []
    assert there.facts["portfolio/target_distance"].value == 0


def test_a_sale_that_pays_for_nothing_is_not_said_to_reach_the_target() -> None:
    """Without a price of what is to be bought, the sales are cut back."""
    gone = meant({BITCOIN: 0.4, COSMOS: 0.2, LATE_COIN: 0.4}, closes={**CLOSES, LATE_COIN: steady(5.0, NAN)})
    made = briefing_material(gone)
    assert values(made, Metric.TARGET_GAP) == pytest.approx({1: 0, 2: 40, 3: 0, 5: -40})
    assert values(made, Metric.TARGET_TRADE) == {}
    assert add_target_facts(portfolio_book(gone), gone)[LATE_COIN] == "its price is not known"


def test_of_sales_that_are_cut_back_none_is_told_and_a_purchase_in_full_is() -> None:
    """Of 200 USD to be sold only 50 can be spent."""
    part = meant({BITCOIN: 0.5, ETHEREUM: 0.2, LATE_COIN: 0.3}, closes={**CLOSES, LATE_COIN: steady(5.0, NAN)})
    assert values(briefing_material(part), Metric.TARGET_TRADE) == {BITCOIN: 50}


def test_what_went_to_nothing_can_be_meant_and_not_be_bought() -> None:
    made = briefing_material(meant({BITCOIN: 0.5, COSMOS: 0.5}, closes={**CLOSES, COSMOS: steady(0.0)}))
    assert values(made, Metric.TARGET_GAP) == pytest.approx({1: 0, 2: 50, 3: -50})
    assert values(made, Metric.TARGET_TRADE) == {}


@pytest.mark.parametrize(
    "snapshot",
    [
        meant({}),
        meant(closes={**CLOSES, COSMOS: steady(10.0, NAN)}),
        meant(holdings={}),
        meant(closes={BITCOIN: steady(0.0)}, holdings={BITCOIN: "1"}, targets={BITCOIN: 1.0}),
    ],
    ids=["no targets", "unpriced", "nothing held", "worth nothing"],
)
def test_without_targets_prices_or_worth_nothing_is_said(snapshot: Snapshot) -> None:
    assert not TARGET_METRICS & {fact.metric for fact in briefing_material(snapshot).facts.values()}


@given(
    st.lists(st.integers(1, 10_000), min_size=4, max_size=4),
    st.lists(st.integers(1, 100), min_size=4, max_size=4),
)
def test_what_is_sold_pays_for_what_is_bought_and_gaps_cancel_out(amounts: list[int], parts: list[int]) -> None:
    few = {asset_id: closes[-5:] for asset_id, closes in CLOSES.items()}
    holdings = {asset_id: str(amount) for asset_id, amount in zip(CLOSES, amounts, strict=True)}
    targets = {asset_id: part / sum(parts) for asset_id, part in zip(CLOSES, parts, strict=True)}
    snapshot = meant(targets, closes=few, holdings=holdings)
    book = portfolio_book(snapshot)
    add_target_facts(book, snapshot)
    facts = list(book.seal("seed").facts.values())
    gaps = [float(fact.value or 0) for fact in facts if fact.metric is Metric.TARGET_GAP]
    assert sum(gaps) == pytest.approx(0, abs=1e-9)
    (distance,) = (float(fact.value or 0) for fact in facts if fact.metric is Metric.TARGET_DISTANCE)
    assert distance == pytest.approx(sum(gap for gap in gaps if gap > 0))
    sold, bought = (traded(facts, label) for label in ("sale", "purchase"))
    assert abs(sold - bought) < Decimal("0.05")  # what is left out is below a cent each


def traded(facts: Collection[Fact], label: str) -> Decimal:
    found = [fact for fact in facts if fact.metric is Metric.TARGET_TRADE and fact.label == label]
    return sum((fact.value or Decimal(0) for fact in found), Decimal(0))
