"""Facts of the reader's portfolio, against NumPy and by hand."""

import math
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from agent.briefing.material import Material, briefing_material
from agent.briefing.snapshot import Snapshot
from agent.claims.fact import Fact, FactRef, Metric, RowRange, RowRef, Unit
from tests.agent.briefing.snapshots import (
    BITCOIN,
    COSMOS,
    DAYS,
    ETHEREUM,
    LATE_COIN,
    NAN,
    NEW_COIN,
    Given,
    make_snapshot,
    steady,
    walk,
)

Make = Callable[..., Snapshot]
AMOUNTS = {BITCOIN: "0.5", ETHEREUM: "2.25", COSMOS: "40"}
CLOSES = {BITCOIN: walk(1), ETHEREUM: walk(2), COSMOS: walk(3)}
PANEL = np.array([CLOSES[asset_id] for asset_id in AMOUNTS]).T
HELD = np.array([float(amount) for amount in AMOUNTS.values()])
VALUES = PANEL @ HELD
WEIGHTS = PANEL[-1] * HELD / VALUES[-1]
RETURNS = (PANEL[1:] / PANEL[:-1] - 1)[-90:]
MIX = RETURNS @ WEIGHTS
YEARLY = math.sqrt(365)
HISTORY = (VALUES[1:] / VALUES[:-1] - 1)[-365:]
SPREADS = RETURNS.std(axis=0, ddof=1)
FALLS = VALUES[-366:] / np.maximum.accumulate(VALUES[-366:]) - 1
CORRELATIONS = np.corrcoef(RETURNS.T)[np.triu_indices(3, 1)]


@pytest.fixture(scope="module")
def facts() -> dict[str, Fact]:
    return dict(briefing_material(make_snapshot(Given(CLOSES, AMOUNTS))).facts)


@pytest.mark.parametrize(
    ("key", "metric", "unit", "expected", "window"),
    [
        ("value", Metric.VALUE, Unit.USD, VALUES[-1], None),
        ("change_1d", Metric.CHANGE, Unit.PCT, (VALUES[-1] / VALUES[-2] - 1) * 100, "1d"),
        ("value_change_1d", Metric.VALUE_CHANGE, Unit.USD, VALUES[-1] - VALUES[-2], "1d"),
        ("hhi", Metric.HHI, Unit.RATIO, (WEIGHTS**2).sum(), None),
        ("effective_number", Metric.EFFECTIVE_NUMBER, Unit.RATIO, 1 / (WEIGHTS**2).sum(), None),
        ("volatility_90d", Metric.VOLATILITY, Unit.PCT, MIX.std(ddof=1) * YEARLY * 100, "90d"),
        ("weighted_volatility_90d", Metric.WEIGHTED_VOLATILITY, Unit.PCT, SPREADS @ WEIGHTS * YEARLY * 100, "90d"),
        ("diversification_ratio", Metric.DIVERSIFICATION_RATIO, Unit.RATIO, SPREADS @ WEIGHTS / MIX.std(ddof=1), "90d"),
        ("average_correlation_90d", Metric.AVERAGE_CORRELATION, Unit.RATIO, CORRELATIONS.mean(), "90d"),
        ("correlation", Metric.CORRELATION, Unit.RATIO, np.corrcoef(MIX, RETURNS[:, 0])[0, 1], "90d"),
        ("beta", Metric.BETA, Unit.RATIO, np.polyfit(RETURNS[:, 0], MIX, 1)[0], "90d"),
        ("sharpe_365d", Metric.SHARPE, Unit.RATIO, HISTORY.mean() / HISTORY.std(ddof=1) * YEARLY, "365d"),
        ("maximum_drawdown_365d", Metric.MAX_DRAWDOWN, Unit.PCT, FALLS.min() * 100, "365d"),
        ("holding_count", Metric.HOLDING_COUNT, Unit.COUNT, 3, None),
    ],
)  # fmt: skip
def test_a_figure_of_the_portfolio_is_what_numpy_gives(
    facts: dict[str, Fact], key: str, metric: Metric, unit: Unit, expected: float, window: str | None
) -> None:
    fact = facts[f"portfolio/{key}"]
    assert (fact.subject, fact.metric, fact.unit, fact.window) == ("portfolio:1", metric, unit, window)
    assert float(fact.value or 0) == pytest.approx(float(expected), rel=1e-9)


def test_the_value_is_exact_and_names_amounts_and_closes(facts: dict[str, Fact]) -> None:
    fact = facts["portfolio/value"]
    assert fact.value == sum(
        Decimal(amount) * Decimal(repr(CLOSES[asset_id][-1])) for asset_id, amount in AMOUNTS.items()
    )
    rows = [item for item in fact.derivation.inputs if isinstance(item, RowRef)]
    assert rows[0] == RowRef("holding", (("portfolio_id", "1"), ("asset_id", "1")), "amount", "0.5")
    assert [(row.table, row.column) for row in rows] == [("holding", "amount")] * 3 + [("bar_daily", "close_usd")] * 3


def test_windows_are_traced_to_one_close_more_than_they_have_returns(facts: dict[str, Fact]) -> None:
    for key, rows in (("volatility_90d", 91), ("sharpe_365d", 366)):
        spans = [item for item in facts[f"portfolio/{key}"].derivation.inputs if isinstance(item, RowRange)]
        assert [span.rows for span in spans] == [rows] * 3


def test_correlations_name_bitcoin_and_their_universe(facts: dict[str, Fact]) -> None:
    assert facts["portfolio/correlation"].other == facts["portfolio/beta"].other == "asset:1"
    pairs = facts["portfolio/average_correlation_90d"]
    assert (pairs.universe, pairs.universe_size) == ("holdings", 3)


def test_weights_are_ranked_and_add_up(facts: dict[str, Fact]) -> None:
    found = [facts[f"asset:{asset_id}/weight"] for asset_id in AMOUNTS]
    assert [float(fact.value or 0) for fact in found] == pytest.approx((WEIGHTS * 100).tolist())
    assert [fact.rank for fact in found] == (np.argsort(np.argsort(-WEIGHTS)) + 1).tolist()
    assert {(fact.universe, fact.universe_size, fact.metric) for fact in found} == {("holdings", 3, Metric.WEIGHT)}
    references = [item.fact_id for item in found[0].derivation.inputs if isinstance(item, FactRef)]
    assert references == [facts["asset:1/close"].fact_id, facts["portfolio/value"].fact_id]


def contributions(made: Material) -> dict[str, tuple[Decimal | None, int | None, bool]]:
    return {
        fact.subject: (fact.value, fact.rank, fact.rank_from_bottom)
        for fact in made.facts.values()
        if fact.metric is Metric.CONTRIBUTION
    }


def test_contributions_are_ranked_gains_from_the_top_and_losses_from_the_bottom(snapshot_factory: Make) -> None:
    closes = {1: steady(100.0, 110.0), 2: steady(10.0, 9.0), 3: steady(1.0, 1.5), 4: steady(5.0, 4.75)}
    made = briefing_material(snapshot_factory(closes=closes, holdings={1: "2", 2: "30", 3: "10", 4: "8"}))
    assert contributions(made) == {
        "asset:1": (Decimal(20), 1, False),  # 2 x 10
        "asset:2": (Decimal(-30), 1, True),  # 30 x -1
        "asset:3": (Decimal(5), 2, False),  # 10 x 0.5
        "asset:4": (Decimal(-2), 2, True),  # 8 x -0.25
    }
    first = [claim.facts[0].subject for claim in made.claims if claim.template == "contribution"]
    assert first == ["asset:2", "asset:1"]  # by weight: 270 of 523.5, then 220


def test_who_shares_first_place_is_not_called_the_largest(snapshot_factory: Make) -> None:
    closes = {1: steady(100.0, 110.0), 2: steady(100.0, 110.0), 3: steady(1.0, 0.5)}
    made = briefing_material(snapshot_factory(closes=closes, holdings=dict.fromkeys(closes, "1")))
    named = [(claim.template, claim.facts[0].subject) for claim in made.claims if claim.section == "portfolio"]
    assert ("contribution", "asset:3") in named
    assert not {("contribution", "asset:1"), ("contribution", "asset:2")} & set(named)
    assert "largest_holding" not in {template for template, _ in named}


def test_a_single_holding_is_not_compared_with_others(snapshot_factory: Make) -> None:
    made = briefing_material(snapshot_factory(closes=CLOSES, holdings={BITCOIN: "1"}))
    templates = {claim.template for claim in made.claims if claim.section == "portfolio"}
    assert templates >= {"value_change", "versus", "sharpe", "max_drawdown", "diversification"}
    assert not templates & {"contribution", "largest_holding", "concentration", "average_correlation"}


def test_cents_that_stand_still_are_not_called_a_gain(snapshot_factory: Make) -> None:
    made = briefing_material(snapshot_factory(closes={1: steady(1.0, 1.05)}, holdings={1: "0.05"}))
    assert [claim.template for claim in made.claims if claim.section == "portfolio"][:2] == ["value", "change"]


def test_a_holding_without_todays_price_leaves_the_value_unknown_and_is_named(snapshot_factory: Make) -> None:
    closes = {BITCOIN: walk(1), LATE_COIN: [*walk(5, days=DAYS - 3), NAN, NAN, NAN]}
    made = briefing_material(snapshot_factory(closes=closes, holdings={BITCOIN: "1", LATE_COIN: "5"}))
    assert not {"portfolio/value", "portfolio/hhi", "asset:1/weight", "asset:1/contribution"} & set(made.facts)
    gaps = {(claim.template, claim.facts[0].subject, claim.facts[0].label) for claim in made.claims
            if claim.section == "gaps"}  # fmt: skip
    assert gaps == {
        ("coverage", "market", None),
        ("stale", "asset:5", "2025-10-07"),
        ("missing", "portfolio:1", "90-day diversification figure"),
        ("missing", "portfolio:1", "365-day history"),
    }


def test_a_holding_that_was_never_priced_is_named(snapshot_factory: Make) -> None:
    made = briefing_material(snapshot_factory(closes={BITCOIN: walk(1)}, holdings={BITCOIN: "1", COSMOS: "5"}))
    assert made.facts["asset:3/missing_price"].label == "price"
    assert "portfolio/value" not in made.facts


def test_a_coin_listed_six_days_ago_limits_the_windows_and_not_the_day(snapshot_factory: Make) -> None:
    closes = {BITCOIN: walk(1), NEW_COIN: walk(4, days=6)}
    facts = briefing_material(snapshot_factory(closes=closes, holdings={BITCOIN: "1", NEW_COIN: "5"})).facts
    assert {"portfolio/value", "portfolio/change_1d", "portfolio/hhi", "asset:4/contribution"} <= set(facts)
    assert not {"portfolio/volatility_90d", "portfolio/sharpe_365d", "portfolio/beta"} & set(facts)
    reason = facts["portfolio/missing_volatility_90d"].derivation.formula
    assert reason == "needs 81 daily returns in the last 90 days, has 5"


def test_a_gap_on_the_day_before_leaves_the_value_and_no_change(snapshot_factory: Make) -> None:
    closes = {BITCOIN: walk(1), ETHEREUM: steady(10.0, NAN, 11.0)}
    made = briefing_material(snapshot_factory(closes=closes, holdings={BITCOIN: "1", ETHEREUM: "5"}))
    assert "portfolio/change_1d" not in made.facts
    assert "value" in {claim.template for claim in made.claims}
    assert contributions(made) == {}


def test_a_holding_worth_nothing_is_held_and_weighs_nothing(snapshot_factory: Make) -> None:
    closes = {BITCOIN: walk(1), ETHEREUM: walk(2), COSMOS: steady(5.0)}
    holdings = {BITCOIN: "1", ETHEREUM: "1", COSMOS: "0"}
    facts = briefing_material(snapshot_factory(closes=closes, holdings=holdings)).facts
    assert facts["asset:3/weight"].value == 0
    assert facts["portfolio/holding_count"].value == 2
    sizes = {fact.universe_size for fact in facts.values() if fact.universe == "holdings"}
    assert sizes == {2}


def test_nothing_held_gives_no_fact_of_a_portfolio(snapshot_factory: Make) -> None:
    facts = briefing_material(snapshot_factory(closes=CLOSES)).facts
    assert not [fact for fact in facts.values() if fact.subject.startswith("portfolio")]


def test_without_bitcoin_there_is_no_comparison(snapshot_factory: Make) -> None:
    made = briefing_material(snapshot_factory(closes={ETHEREUM: walk(2)}, holdings={ETHEREUM: "1"}))
    assert not {"portfolio/beta", "portfolio/correlation"} & set(made.facts)
    assert "versus" not in {claim.template for claim in made.claims}


def test_bitcoin_is_known_by_its_slug_and_never_by_its_symbol(snapshot_factory: Make) -> None:
    made = briefing_material(snapshot_factory(closes=CLOSES, holdings=AMOUNTS, slugs={ETHEREUM: "bitcoin"}))
    assert made.facts["portfolio/beta"].other == "asset:2"


def test_the_change_starts_on_the_day_before(facts: dict[str, Fact]) -> None:
    assert facts["portfolio/change_1d"].start == facts["asset:1/contribution"].start == date(2025, 10, 9)
