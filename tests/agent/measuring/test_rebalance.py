from decimal import Decimal

import numpy as np
import pytest

from agent.analytics.rebalancing import Side
from agent.measuring.errors import MeasuringError, WrongArgument
from agent.measuring.rebalance import Goal, RebalanceAnalysis, RebalanceTerms, rebalance_analysis
from agent.store.engine import Store
from tests.agent.measuring.held_market import YOUNG, closes, held_market, wanted

HELD = np.array([0.5, 2.0, 1.25, 4.0, 0.0])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return held_market(tmp_path_factory.getbasetemp() / "held-market")


def after(found: RebalanceAnalysis) -> dict[int, Decimal]:
    """The value of each holding once everything is traded."""
    values = {
        each.position.asset_id: each.position.amount * Decimal(repr(each.position.close_usd.value))
        for each in found.holdings
    }
    for trade in found.trades:
        values[trade.asset_id] += trade.value_usd if trade.side is Side.BUY else -trade.value_usd
    return values


def test_the_drift_is_weight_less_target_and_targets_may_be_of_what_is_not_held(store: Store) -> None:
    found = rebalance_analysis(store, wanted(), RebalanceTerms())
    values = closes(1, 2, 3, 4, 5)[-1] * HELD
    drift = values / values.sum() - np.array([0.5, 0.3, 0.0, 0.0, 0.2])
    assert [each.position.asset_id for each in found.holdings] == [1, 2, 3, 4, 5]
    assert [each.difference.value for each in found.holdings] == pytest.approx(drift.tolist())
    assert found.turnover.value == pytest.approx(np.abs(drift).sum() / 2)


def test_the_trades_end_at_the_targets_and_pay_their_costs(store: Store) -> None:
    found = rebalance_analysis(store, wanted(), RebalanceTerms(cost_bps=Decimal(25)))
    values, before = after(found), Decimal(repr(found.value_usd.value))
    left = sum(values.values())
    assert float(before - left) == pytest.approx(float(found.cost_usd), abs=1e-6)
    assert found.cost_usd == pytest.approx(sum(trade.value_usd for trade in found.trades) * Decimal("0.0025"))
    shares = [float(value / left) for value in values.values()]
    assert shares == pytest.approx([0.5, 0.3, 0.0, 0.0, 0.2], abs=1e-7)


def test_equal_weights_are_of_what_is_held_alone(store: Store) -> None:
    found = rebalance_analysis(store, wanted(), RebalanceTerms(Goal.EQUAL))
    assert [each.target.value for each in found.holdings] == [0.25] * 4


def test_weights_by_market_value_name_their_day_and_source(store: Store) -> None:
    found = rebalance_analysis(store, wanted(), RebalanceTerms(Goal.CAP))
    assert [each.target.value for each in found.holdings] == pytest.approx([3 / 8, 2 / 8, 1 / 8, 2 / 8])
    assert {each.source for each in found.market_values} == {"sandbox"}


@pytest.mark.parametrize("goal", [Goal.MIN_VARIANCE, Goal.MAX_SHARPE, Goal.RISK_PARITY, Goal.HRP])
def test_weights_from_history_sum_to_one(store: Store, goal: Goal) -> None:
    found = rebalance_analysis(store, wanted(), RebalanceTerms(goal))
    assert sum(each.target.value or 0.0 for each in found.holdings) == pytest.approx(1.0)


def test_what_cannot_be_weighed_keeps_its_share_and_is_not_traded(store: Store) -> None:
    found = rebalance_analysis(store, wanted("young"), RebalanceTerms(Goal.RISK_PARITY))
    values = closes(1, 2, YOUNG)[-1]
    assert [each.asset_id for each in found.left_out] == [YOUNG]
    assert YOUNG not in {trade.asset_id for trade in found.trades}
    assert sum(each.target.value or 0.0 for each in found.holdings) == pytest.approx(values[:2].sum() / values.sum())


def test_within_the_tolerance_nothing_is_traded_and_the_reason_is_given(store: Store) -> None:
    found = rebalance_analysis(store, wanted(), RebalanceTerms(tolerance_pct=Decimal(99)))
    assert found.trades == ()
    assert found.reason == "every holding is within the tolerance of its target"


def test_a_smallest_trade_leaves_smaller_ones_out(store: Store) -> None:
    found = rebalance_analysis(store, wanted(), RebalanceTerms(minimum_trade_usd=Decimal(1_000_000)))
    assert found.trades == ()
    assert all("below 1000000 USD" in each.reason for each in found.untouched)


@pytest.mark.parametrize("goal", [Goal.EQUAL, Goal.MIN_VARIANCE])
def test_without_a_close_there_is_neither_drift_nor_trade(store: Store, goal: Goal) -> None:
    found = rebalance_analysis(store, wanted("unpriced"), RebalanceTerms(goal))
    assert found.trades == ()
    assert found.reason == "no close on 2025-10-10 of Gone"
    assert {each.difference.reason for each in found.holdings} == {found.reason}
    assert found.turnover.value is None


def test_without_targets_the_error_says_how_to_set_them(store: Store) -> None:
    with pytest.raises(MeasuringError, match="portfolio targets set"):
        rebalance_analysis(store, wanted("mixed"), RebalanceTerms())


def test_a_market_value_that_is_missing_is_named(store: Store) -> None:
    with pytest.raises(MeasuringError, match=r"no market value .*Dollar X"):
        rebalance_analysis(store, wanted("mixed"), RebalanceTerms(Goal.CAP))


@pytest.mark.parametrize("field", ["tolerance_pct", "minimum_trade_usd", "cost_bps"])
@pytest.mark.parametrize("number", ["-1", "NaN", "Infinity"])
def test_numbers_that_cannot_be_meant_are_refused(field: str, number: str) -> None:
    with pytest.raises(WrongArgument, match=number):
        RebalanceTerms(**{field: Decimal(number)})  # type: ignore[arg-type]  # one of its numbers
