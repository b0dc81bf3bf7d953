import numpy as np
import pytest

from agent.measuring.changes import WhatIfAnalysis, Wishes, what_if_analysis
from agent.measuring.errors import AssetNotFound, WrongArgument
from agent.store.engine import Store
from tests.agent.measuring.held_market import closes, held_market, wanted
from tests.agent.measuring.market import STABLECOIN


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return held_market(tmp_path_factory.getbasetemp() / "held-market")


def tried(store: Store, portfolio: str = "plain", /, **wishes: tuple[str, ...]) -> WhatIfAnalysis:
    return what_if_analysis(store, wanted(portfolio), Wishes(**wishes))


def amounts(found: WhatIfAnalysis) -> dict[int, float]:
    return {each.asset_id: each.amount_after for each in found.holdings}


@pytest.mark.parametrize(
    ("text", "units"),
    [("C7=2.5", 2.5), ("C7=$50", None), ("C7=50usd", None), ("Coin 7=$ 50", None)],
)
def test_an_amount_and_a_value_in_dollars_are_understood(store: Store, text: str, units: float | None) -> None:
    price = float(closes(7)[-1, 0])
    assert amounts(tried(store, add=(text,)))[7] == pytest.approx(units or 50 / price)


def test_a_share_is_that_of_the_portfolio_with_it(store: Store) -> None:
    found = tried(store, add=("C7=10%",))
    (added,) = [each for each in found.holdings if each.asset_id == 7]
    assert added.share_before.value == 0
    assert added.share_after.value == pytest.approx(0.1)


def test_what_is_dropped_and_resized_changes_the_value(store: Store) -> None:
    found = tried(store, drop=("C4",), resize=("BTC=1",))
    prices = closes(1, 2, 3)[-1]
    value = {each.name: each for each in found.differences}["portfolio.value_usd"]
    assert value.after.value == pytest.approx(prices @ np.array([1.0, 2.0, 1.25]))
    assert value.difference.value == pytest.approx((value.after.value or 0) - (value.before.value or 0))


def test_targets_that_are_neither_held_nor_wanted_are_not_there(store: Store) -> None:
    assert set(amounts(tried(store, drop=("C4",)))) == {1, 2, 3, 4}


def test_dropping_everything_leaves_reasons(store: Store) -> None:
    found = tried(store, "single", drop=("C2",))
    assert found.holdings[0].share_after.reason == "the portfolio holds nothing"
    assert all(each.difference.reason for each in found.differences if each.name.startswith("portfolio."))


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({}, "nothing to try"),
        ({"add": ("BTC=1",)}, "holds it already"),
        ({"drop": ("C7",)}, "does not hold it"),
        ({"resize": ("C7=1",)}, "does not hold it"),
        ({"add": ("C7=1", "C7=2")}, "changed twice"),
        ({"add": ("C7",)}, "has no size"),
        ({"add": ("=5",)}, "has no size"),
        ({"add": ("C7=",)}, "is empty"),
        ({"add": ("C7=0",)}, "zero"),
        ({"add": ("C7=-3",)}, "negative"),
        ({"add": ("C7=nan",)}, "not a number"),
        ({"add": ("C7=1,5%",)}, "not a number"),
        ({"add": ("C7=100%",)}, "below 100%"),
    ],
)
def test_a_wish_that_cannot_be_meant_is_named(store: Store, wishes: dict[str, tuple[str, ...]], said: str) -> None:
    with pytest.raises(WrongArgument, match=said):
        tried(store, **wishes)


def test_an_asset_that_is_not_known_is_named(store: Store) -> None:
    with pytest.raises(AssetNotFound, match="NOSUCH"):
        tried(store, add=("NOSUCH=1",))


@pytest.mark.parametrize(
    ("name", "wishes", "said"),
    [
        ("unpriced", {"resize": ("GONE=$5",)}, "Gone has no close on 2025-10-10"),
        ("unpriced", {"resize": ("BTC=50%",)}, "Bitcoin cannot be sized in per cent"),
        ("single", {"resize": ("C2=50%",)}, "the rest of the portfolio has no known value"),
    ],
)
def test_a_size_that_needs_a_close_is_refused_without_one(
    store: Store, name: str, wishes: dict[str, tuple[str, ...]], said: str
) -> None:
    with pytest.raises(WrongArgument, match=said):
        tried(store, name, **wishes)


def test_a_stablecoin_lowers_the_volatility_in_proportion(store: Store) -> None:
    found = tried(store, add=("USDX=50%",))
    by_name = {each.name: each for each in found.differences}
    volatility = by_name["portfolio.volatility_90d"]
    assert volatility.after.value == pytest.approx((volatility.before.value or 0) / 2)
    assert STABLECOIN in amounts(found)
