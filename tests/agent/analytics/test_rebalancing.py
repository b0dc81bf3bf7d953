from collections.abc import Sequence
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.rebalancing import Rebalancing, Side, drift, trades

TEN_BPS = Decimal(10)


def decimals(*values: float | str | None) -> list[Decimal | None]:
    return [None if value is None else Decimal(str(value)) for value in values]


def known(*values: float | str) -> list[Decimal]:
    return [Decimal(str(value)) for value in values]


def flows(found: Rebalancing) -> dict[int, Decimal]:
    return {trade.index: trade.value_usd if trade.side is Side.BUY else -trade.value_usd for trade in found.trades}


def restored(values: Sequence[Decimal], found: Rebalancing) -> list[Decimal]:
    moved = flows(found)
    return [value + moved.get(index, Decimal(0)) for index, value in enumerate(values)]


def test_drift_by_hand() -> None:
    found = drift(np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.4, 0.2]))
    assert [figure.value for figure in found.differences] == pytest.approx([0.1, -0.1, 0.0])
    assert found.turnover.value == pytest.approx(0.1)


def test_the_drift_of_an_unknown_weight_is_a_reason() -> None:
    found = drift(np.array([np.nan, 0.4]), np.array([0.5, 0.5]))
    assert found.differences[0].reason == "the weight of the holding is not known"
    assert found.differences[1].value == pytest.approx(-0.1)
    assert found.turnover.reason == "the weight of 1 of 2 holdings is not known"


def test_nothing_held_has_no_drift() -> None:
    assert drift(np.array([]), np.array([])).turnover.reason == "the portfolio holds nothing"


def test_trades_without_costs_by_hand() -> None:
    # 1,000 USD in all: targets of 500, 250 and 250
    found = trades(decimals(600, 300, 100), decimals(10, 3, "0.5"), known("0.5", "0.25", "0.25"))
    assert [(trade.index, trade.side, trade.value_usd, trade.amount) for trade in found.trades] == [
        (0, "sell", 100, 10),
        (1, "sell", 50, Decimal("16.6666666666")),
        (2, "buy", 150, 300),
    ]
    assert (found.cost_usd, found.untouched, found.reason) == (0, (), None)


def test_costs_are_paid_out_of_the_portfolio_and_the_targets_are_of_what_is_left() -> None:
    # All of A to B at 1 %: x sold = y bought + 0.01 (x + y), x = 100, so y = 99 / 1.01
    found = trades(decimals(100, 0), decimals(1, 1), known(0, 1), cost_bps=Decimal(100))
    assert flows(found)[0] == -100
    assert float(flows(found)[1]) == pytest.approx(99 / 1.01, abs=1e-7)
    assert float(found.cost_usd) == pytest.approx(0.01 * (100 + 99 / 1.01), abs=1e-7)


def test_holdings_within_the_tolerance_are_left_alone_if_the_others_pay_for_each_other() -> None:
    # drifts of +10, -10 and 0.5, -0.5 points against a tolerance of 1 point
    found = trades(
        decimals(400, 200, 205, 195), decimals(1, 1, 1, 1), known("0.3", "0.3", "0.2", "0.2"), tolerance=Decimal("0.01")
    )
    assert flows(found) == {0: -100, 1: 100}


def test_what_a_sale_frees_goes_to_the_holding_furthest_below_its_target() -> None:
    # +9 points against a tolerance of 6: the others are 5 and 4 points below their targets
    found = trades(decimals(590, 250, 160), decimals(1, 1, 1), known("0.5", "0.3", "0.2"), tolerance=Decimal("0.06"))
    assert flows(found) == {0: -90, 1: 50, 2: 40}


def test_the_holdings_nearer_to_their_targets_are_not_touched_where_the_furthest_is_enough() -> None:
    # in points: +9, -7, and within the tolerance of 6: -1, -2, +1
    found = trades(
        decimals(590, 130, 90, 80, 110),
        decimals(1, 1, 1, 1, 1),
        known("0.5", "0.2", "0.1", "0.1", "0.1"),
        tolerance=Decimal("0.06"),
    )
    assert flows(found) == {0: -90, 1: 70, 3: 20}


def test_within_the_tolerance_nothing_is_traded() -> None:
    found = trades(decimals(510, 490), decimals(1, 1), known("0.5", "0.5"), tolerance=Decimal("0.01"))
    assert (found.trades, found.reason) == ((), "every holding is within the tolerance of its target")


def test_a_trade_below_the_minimum_is_left_out_and_the_larger_side_cut_back() -> None:
    # differences of -100, +95 and +5: without the purchase of 5 only 95 can be placed
    found = trades(
        decimals(600, 205, 195), decimals(1, 1, 1), known("0.5", "0.3", "0.2"), minimum_trade_usd=Decimal(10)
    )
    assert flows(found) == {0: -95, 1: 95}
    assert [(each.index, each.reason) for each in found.untouched] == [(2, "its trade would be below 10 USD")]


def test_a_holding_without_a_price_is_left_as_it_is_with_a_reason() -> None:
    found = trades(decimals(600, 300, 100), decimals(10, None, 4), known("0.5", "0.35", "0.15"))
    assert flows(found) == {0: -50, 2: 50}
    assert [(each.index, each.reason) for each in found.untouched] == [(1, "its price is not known")]


def test_a_holding_without_a_price_that_is_at_its_target_is_not_mentioned() -> None:
    found = trades(decimals(600, 300, 100), decimals(10, None, 4), known("0.5", "0.3", "0.2"))
    assert (flows(found), found.untouched) == ({0: -100, 2: 100}, ())


def test_a_sale_that_nothing_can_be_bought_with_is_not_made() -> None:
    found = trades(decimals(600, 400), decimals(10, None), known("0.5", "0.5"))
    assert (found.trades, found.reason) == ((), "no sale can be matched with a purchase")
    assert [each.reason for each in found.untouched] == [
        "there is nothing to trade it against",
        "its price is not known",
    ]


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ((100, None), "the value of 1 of 2 holdings is not known, so no weight is"),
        ((0, 0), "the portfolio is worth nothing"),
        ((), "the portfolio holds nothing"),
    ],
)
def test_without_a_value_there_are_no_trades_but_a_reason(values: tuple[float | None, ...], reason: str) -> None:
    count = len(values)
    found = trades(decimals(*values), decimals(*[1] * count), known(*["0.5"] * count))
    assert (found.trades, found.cost_usd, found.reason) == ((), 0, reason)
    assert [each.index for each in found.untouched] == [index for index, value in enumerate(values) if value is None]


@st.composite
def books(draw: st.DrawFn) -> tuple[list[Decimal], list[Decimal], list[Decimal]]:
    count = draw(st.integers(2, 8))
    cents = st.integers(0, 10_000_000)
    values = [Decimal(draw(cents)) / 100 for _ in range(count)]
    prices = [Decimal(draw(st.integers(1, 10**9))) / 10_000 for _ in range(count)]
    parts = [draw(st.integers(0, 100)) for _ in range(count - 1)]
    total = max(sum(parts), 1) + 1
    targets = [Decimal(part) / total for part in parts]
    return values, prices, [*targets, 1 - sum(targets)]


@given(books(), st.sampled_from([0, 10, 100]), st.sampled_from(["0", "0.02", "0.1"]), st.sampled_from([0, 25, 1000]))
def test_trades_pay_for_themselves_and_restore_what_is_outside_the_tolerance(
    book: tuple[list[Decimal], list[Decimal], list[Decimal]], cost_bps: int, tolerance: str, minimum: int
) -> None:
    values, prices, targets = book
    found = trades(values, prices, targets, Decimal(minimum), Decimal(cost_bps), Decimal(tolerance))
    moved = flows(found)
    assert sum(moved.values(), Decimal(0)) + found.cost_usd == 0
    traded = sum((abs(flow) for flow in moved.values()), Decimal(0))
    assert abs(found.cost_usd - traded * cost_bps / 10_000) < Decimal("1e-6")
    after = restored(values, found)
    left, untouched = sum(after), {each.index for each in found.untouched}
    for index, (value, target) in enumerate(zip(values, targets, strict=True)):
        assert after[index] >= 0
        before, now = abs(value - target * sum(values)), abs(after[index] - target * left)
        if not untouched and before > Decimal(tolerance) * sum(values):
            assert now < Decimal("1e-6")
    for trade in found.trades:
        assert trade.value_usd >= max(Decimal(minimum), Decimal("0.01")) - Decimal("1e-6")
        assert float(trade.amount * prices[trade.index]) == pytest.approx(float(trade.value_usd), rel=1e-11)
        assert trade.amount * prices[trade.index] <= trade.value_usd


@given(books())
def test_after_a_rebalancing_there_is_nothing_left_to_do(
    book: tuple[list[Decimal], list[Decimal], list[Decimal]],
) -> None:
    values, prices, targets = book
    found = trades(values, prices, targets)
    if found.trades and not found.untouched:
        assert trades(restored(values, found), prices, targets, tolerance=Decimal("1e-6")).trades == ()


def test_targets_that_do_not_sum_to_one_are_refused_with_their_sum() -> None:
    with pytest.raises(AnalyticsError, match=r"must sum to 1, they sum to 0\.9000000000"):
        trades(decimals(1, 1), decimals(1, 1), known("0.5", "0.4"))
    with pytest.raises(AnalyticsError, match=r"they sum to 1\.1"):
        drift(np.array([0.5, 0.5]), np.array([0.6, 0.5]))


@pytest.mark.parametrize(
    ("values", "prices", "targets", "options", "message"),
    [
        ((1,), (1, 1), (1,), {}, "a value, a price and a target per holding, got 1, 2, 1"),
        ((-1, 2), (1, 1), (0, 1), {}, "short positions"),
        ((1, 1), (0, 1), (0, 1), {}, "a price must be above 0"),
        ((1, 1), (1, 1), (-1, 2), {}, "targets must be zero or more"),
        ((1, 1), (1, 1), (0, 1), {"cost_bps": Decimal(5000)}, "cost_bps from 0 to 1000, got 0, 0 and 5000"),
        ((1, 1), (1, 1), (0, 1), {"tolerance": Decimal("-0.1")}, "0 or more"),
    ],
)
def test_input_that_means_nothing_is_refused(
    values: tuple[float, ...],
    prices: tuple[float, ...],
    targets: tuple[float, ...],
    options: dict[str, Decimal],
    message: str,
) -> None:
    with pytest.raises(AnalyticsError, match=message):
        trades(decimals(*values), decimals(*prices), known(*targets), **options)


def test_weights_and_targets_of_different_lengths_are_refused() -> None:
    with pytest.raises(AnalyticsError, match="one target per holding"):
        drift(np.array([1.0]), np.array([0.5, 0.5]))
