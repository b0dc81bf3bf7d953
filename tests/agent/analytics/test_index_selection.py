from datetime import date

import numpy as np
import pytest

from agent.analytics.errors import AnalyticsError
from agent.analytics.index_records import IndexMarket
from agent.analytics.index_rules import IndexRule, Largest, Listed, Weighting
from agent.analytics.index_selection import Selection, admitted, select

NAN = np.nan
START = date(2024, 1, 1)
ANY = frozenset[str]()


def market(close: list[list[float]], **facts: object) -> IndexMarket:
    days = np.datetime64(START) + np.arange(len(close))
    ids = 100 + np.arange(len(close[0]))
    return IndexMarket(days, ids.tolist(), np.array(close), **facts)  # type: ignore[arg-type]  # facts as named


def chosen(rule: IndexRule, on: IndexMarket, row: int = -1) -> Selection:
    return select(rule, on, admitted(rule, on), row if row >= 0 else len(on.days) - 1)


def rule(universe: Largest | Listed, weighting: Weighting = Weighting.EQUAL) -> IndexRule:
    return IndexRule("Test", universe, START, weighting)


def test_the_largest_are_chosen_by_the_market_values_of_the_day() -> None:
    values = np.array([[9.0, 1.0, 5.0, 2.0], [1.0, 9.0, 5.0, 2.0]])
    found = chosen(rule(Largest(2, ANY), Weighting.CAP), market([[1.0] * 4] * 2, market_values_usd=values))
    assert (found.columns.tolist(), found.sizes.tolist()) == ([1, 2], [9.0, 5.0])
    found = chosen(rule(Largest(2, ANY), Weighting.CAP), market([[1.0] * 4] * 2, market_values_usd=values), row=0)
    assert found.columns.tolist() == [0, 2]


def test_without_market_values_the_largest_are_chosen_by_rank() -> None:
    found = chosen(rule(Largest(2, ANY)), market([[1.0] * 4], ranks=np.array([[4.0, NAN, 1.0, 2.0]])))
    assert found.columns.tolist() == [2, 3]


def test_equal_market_values_stand_as_the_assets_do() -> None:
    values = np.array([[1.0, 5.0, 5.0, 5.0, 5.0]])
    found = chosen(rule(Largest(3, ANY)), market([[1.0] * 5], market_values_usd=values))
    assert found.columns.tolist() == [1, 2, 3]


def test_an_asset_without_a_price_or_a_market_value_that_day_is_not_chosen() -> None:
    values = np.array([[9.0, 8.0, 7.0, NAN, 0.0, 1.0]])
    found = chosen(rule(Largest(5, ANY)), market([[NAN, 0.0, np.inf, 1.0, 1.0, 1.0]], market_values_usd=values))
    assert found.columns.tolist() == [5]


def test_excluded_kinds_and_other_categories_are_not_chosen() -> None:
    facts = {
        "market_values_usd": np.array([[9.0, 8.0, 7.0, 6.0]]),
        "kinds": ["stablecoin", "coin", "wrapped", "coin"],
        "categories": [["meme"], ["layer-1"], ["meme"], ["defi", "meme"]],
    }
    assert chosen(rule(Largest(4)), market([[1.0] * 4], **facts)).columns.tolist() == [1, 3]
    assert chosen(rule(Largest(4, category="meme")), market([[1.0] * 4], **facts)).columns.tolist() == [3]
    everything = Largest(4, ANY, "meme")
    assert chosen(rule(everything), market([[1.0] * 4], **facts)).columns.tolist() == [0, 2, 3]


def test_listed_assets_are_taken_whatever_they_are_and_those_without_a_close_are_named() -> None:
    found = chosen(rule(Listed((103, 101, 999, 100))), market([[NAN, 1.0, 1.0, 1.0]], kinds=["stablecoin"] * 4))
    assert found.columns.tolist() == [1, 3]
    assert found.left_out == (999, 100)


def test_the_square_root_of_market_value_dampens_it() -> None:
    values = np.array([[16.0, 9.0]])
    found = chosen(rule(Largest(2, ANY), Weighting.SQRT_CAP), market([[1.0, 1.0]], market_values_usd=values))
    assert found.sizes.tolist() == [4.0, 3.0]


def test_inverse_volatility_leaves_out_what_has_no_history_or_does_not_move() -> None:
    steps = np.tile([0.01, -0.01], 50)[:91]
    calm, wild = np.exp(np.cumsum(steps)), np.exp(np.cumsum(3 * steps))
    listed_lately = np.where(np.arange(91) < 40, NAN, calm)
    on = market(np.column_stack([wild, np.ones(91), calm, listed_lately]).tolist())
    found = chosen(rule(Listed((100, 101, 102, 103)), Weighting.INVERSE_VOLATILITY), on)
    assert found.columns.tolist() == [0, 2]
    assert found.left_out == (101, 103)
    returns = np.array([calm, wild])[:, 1:] / np.array([calm, wild])[:, :-1] - 1
    deviations = returns.std(axis=1, ddof=1)
    assert found.sizes[1] / found.sizes[0] == pytest.approx(deviations[1] / deviations[0], rel=1e-12)


def test_inverse_volatility_is_of_the_last_90_daily_returns() -> None:
    prices = np.exp(np.random.default_rng(5).normal(0, 0.03, 120).cumsum())
    steady = 1.01 ** np.arange(120)  # its returns vary by rounding only
    found = chosen(
        rule(Listed((100, 101)), Weighting.INVERSE_VOLATILITY), market(np.column_stack([prices, steady]).tolist())
    )
    returns = prices[1:] / prices[:-1] - 1
    assert found.sizes.tolist() == pytest.approx([1 / (returns[-90:].std(ddof=1) * np.sqrt(365))], rel=1e-12)
    assert found.left_out == (101,)


def test_assets_among_the_largest_that_cannot_be_weighed_are_named() -> None:
    values = np.array([[9.0, 8.0]] * 91)
    prices = np.column_stack([np.ones(91), np.tile([1.0, 2.0], 46)[:91]])
    on = market(prices.tolist(), market_values_usd=values)
    found = chosen(rule(Largest(2, ANY), Weighting.INVERSE_VOLATILITY), on)
    assert (found.columns.tolist(), found.left_out) == ([1], (100,))


def test_nothing_is_chosen_with_what_is_known_only_later() -> None:
    rng = np.random.default_rng(3)
    prices, values = np.exp(rng.normal(size=(120, 6)).cumsum(axis=0) / 50), rng.uniform(1, 9, (120, 6))
    changed, other = prices.copy(), values.copy()
    changed[101:], other[101:] = rng.uniform(1, 2, (19, 6)), rng.uniform(1, 9, (19, 6))
    for weighting in Weighting:
        one = chosen(rule(Largest(3, ANY), weighting), market(prices.tolist(), market_values_usd=values), row=100)
        two = chosen(rule(Largest(3, ANY), weighting), market(changed.tolist(), market_values_usd=other), row=100)
        assert one.columns.tolist() == two.columns.tolist()
        assert one.sizes.tolist() == two.sizes.tolist()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (rule(Largest(2)), "by market value or by rank; give one of them"),
        (rule(Listed((100,)), Weighting.CAP), "the weighting cap needs market values"),
    ],
)
def test_a_market_without_what_the_rule_needs_is_refused(given: IndexRule, message: str) -> None:
    with pytest.raises(AnalyticsError, match=message):
        admitted(given, market([[1.0, 1.0]]))


def test_kinds_and_categories_have_to_be_given_where_the_rule_needs_them() -> None:
    on = market([[1.0, 1.0]], ranks=np.array([[1.0, 2.0]]))
    with pytest.raises(AnalyticsError, match="give the kind of each asset"):
        admitted(rule(Largest(2)), on)
    with pytest.raises(AnalyticsError, match="give the categories of each asset"):
        admitted(rule(Largest(2, ANY, "meme")), on)
