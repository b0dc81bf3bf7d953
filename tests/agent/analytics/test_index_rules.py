from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.errors import AnalyticsError
from agent.analytics.index_rules import (
    IndexRule,
    Largest,
    Listed,
    Schedule,
    Weighting,
    capped_weights,
    rebalance_flags,
)

START = date(2024, 1, 10)


def test_weights_are_in_proportion_to_the_sizes() -> None:
    assert capped_weights(np.array([6.0, 3.0, 1.0])).tolist() == pytest.approx([0.6, 0.3, 0.1])


def test_what_a_cap_cuts_off_goes_to_the_others_in_proportion() -> None:
    # 0.6 -> 0.5; the 0.1 goes to 0.3 and 0.1 as 3 : 1
    assert capped_weights(np.array([6.0, 3.0, 1.0]), 0.5).tolist() == pytest.approx([0.5, 0.375, 0.125])


def test_a_weight_that_is_lifted_above_the_cap_is_cut_in_its_turn() -> None:
    # 0.6 -> 0.4 lifts 0.3 to 0.45 -> 0.4, and the rest has 0.2
    assert capped_weights(np.array([6.0, 3.0, 1.0]), 0.4).tolist() == pytest.approx([0.4, 0.4, 0.2])


def test_the_lowest_cap_there_can_be_makes_all_weights_equal() -> None:
    assert capped_weights(np.array([6.0, 3.0, 1.0]), 1 / 3).tolist() == pytest.approx([1 / 3] * 3)


@given(st.lists(st.floats(1e-6, 1e12), min_size=1, max_size=40), st.floats(0, 1))
def test_weights_sum_to_one_and_none_is_above_the_cap(sizes: list[float], above_least: float) -> None:
    least = 1 / len(sizes)
    cap = least + above_least * (1 - least)
    weights = capped_weights(np.array(sizes), cap)
    assert weights.sum() == pytest.approx(1)
    assert weights.max() <= cap + 1e-12
    assert (weights >= 0).all()
    order = np.argsort(sizes, kind="stable")
    assert (np.diff(weights[order]) >= -1e-12).all()
    ratios = (weights / sizes)[weights < cap - 1e-9]
    assert ratios.tolist() == pytest.approx([ratios[0]] * len(ratios) if len(ratios) else [])


@pytest.mark.parametrize("sizes", [[], [1.0, 0.0], [np.nan, 1.0], [np.inf]])
def test_sizes_that_cannot_be_weighed_are_refused(sizes: list[float]) -> None:
    with pytest.raises(AnalyticsError, match="finite and above 0"):
        capped_weights(np.array(sizes))


def test_a_cap_too_low_to_sum_to_one_is_refused() -> None:
    with pytest.raises(AnalyticsError, match=r"2 weights of at most 0\.4 cannot sum to 1"):
        capped_weights(np.ones(2), 0.4)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (Schedule.WEEKLY, ["2024-01-10", "2024-01-15", "2024-01-22", "2024-01-29", "2024-02-05"]),
        (Schedule.MONTHLY, ["2024-01-10", "2024-02-01", "2024-03-01", "2024-04-01", "2024-05-01"]),
        (Schedule.QUARTERLY, ["2024-01-10", "2024-04-01", "2024-07-01", "2024-10-01", "2025-01-01"]),
        (Schedule.BUY_AND_HOLD, ["2024-01-10"]),
    ],
)
def test_an_index_is_rebalanced_on_its_start_and_on_the_days_of_its_schedule(
    schedule: Schedule, expected: list[str]
) -> None:
    days = np.arange("2024-01-01", "2025-02-01", dtype="datetime64[D]")
    flagged = days[rebalance_flags(schedule, START, days)]
    assert flagged[:5].astype(str).tolist() == expected


@pytest.mark.parametrize("start", ["2024-01-01", "2023-12-27", "1969-12-29"])
def test_weekly_means_mondays(start: str) -> None:
    days = np.datetime64(start) + np.arange(30)
    flagged = days[rebalance_flags(Schedule.WEEKLY, date(1960, 1, 1), days)]
    assert {day.item().weekday() for day in flagged} == {0}
    assert len(flagged) >= 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": " "}, "name must be a name that is not empty"),
        (
            {"weighting": "momentum"},
            "weighting must be one of equal, cap, sqrt_cap, inverse_volatility, got",
        ),
        ({"rebalance": "daily"}, "rebalance must be one of weekly, monthly, quarterly, buy-and-hold, got 'daily'"),
        ({"cost_bps": -1.0}, r"cost_bps must be from 0 to 1000, got -1\.0"),
        ({"cost_bps": float("nan")}, "cost_bps must be from 0 to 1000, got nan"),
        ({"max_weight": 0.05}, r"max_weight must be from 0\.1 \(1 / 10 assets\) to 1, got 0\.05"),
        ({"max_weight": 1.5}, r"max_weight must be from 0\.1 \(1 / 10 assets\) to 1, got 1\.5"),
    ],
)
def test_a_rule_that_cannot_be_followed_names_the_field_and_what_is_allowed(
    change: dict[str, object], message: str
) -> None:
    rule = {"name": "Top ten", "universe": Largest(10), "start": START} | change
    with pytest.raises(AnalyticsError, match=message):
        IndexRule(**rule)  # type: ignore[arg-type]  # values of the wrong kind are what is tested


@pytest.mark.parametrize(
    ("universe", "message"),
    [
        (lambda: Largest(0), "universe.count must be at least 1, got 0"),
        (lambda: Largest(5, frozenset({"gold"})), r"universe.excluded_kinds must be among .*, got \['gold'\]"),
        (lambda: Largest(5, category=""), "universe.category must be the slug of a category, or None"),
        (lambda: Listed(()), "universe.asset_ids must be one or more, none twice"),
        (lambda: Listed((1, 2, 1)), "universe.asset_ids must be one or more, none twice"),
    ],
)
def test_a_universe_that_cannot_be_is_refused(universe, message: str) -> None:  # noqa: ANN001 - a constructor
    with pytest.raises(AnalyticsError, match=message):
        universe()


def test_a_rule_with_every_default_is_a_capitalisation_weighted_monthly_index_without_costs() -> None:
    rule = IndexRule("Majors", Listed((1, 2)), START)
    assert (rule.weighting, rule.rebalance, rule.max_weight, rule.cost_bps) == (
        Weighting.CAP,
        Schedule.MONTHLY,
        None,
        0.0,
    )
