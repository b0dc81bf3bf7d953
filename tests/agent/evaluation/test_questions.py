import math
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from agent.evaluation.questions import KINDS, Gold, mark
from tests.agent.evaluation.rows import DAY, raw

RISE = Gold("rise", 2.04, (r"rose ([\d.]+)%",))


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Bitcoin rose 2.0%.", "right"),
        ("Bitcoin rose 2.04%.", "right"),
        ("Bitcoin rose 2.1%.", "wrong"),
        ("Bitcoin rose 20%.", "wrong"),
        ("Nothing is known.", "absent"),
    ],
)
def test_a_gold_figure_is_right_wrong_or_absent(text: str, outcome: str) -> None:
    assert mark(text, RISE).outcome == outcome


def test_a_figure_the_rows_do_not_have_must_not_be_shown() -> None:
    unknown = Gold("rise", float("nan"), RISE.patterns)
    assert mark("Bitcoin rose 2.0%.", unknown).outcome == "wrong"
    assert mark("No price is available.", unknown).outcome == "right"


def test_no_coin_at_all_is_a_count_of_zero() -> None:
    assert mark("None of 3 coins rose.", Gold("risers", 0, (r"(\d+|None) of",))).outcome == "right"


def test_a_sign_counts_where_the_question_is_about_it() -> None:
    assert mark("was -0.5", Gold("r", 0.5, (r"was (-?[\d.]+)",), signed=True)).outcome == "wrong"


def test_gold_figures_of_a_year_are_those_of_pandas_and_of_the_hand() -> None:
    days = [DAY - timedelta(days=back) for back in range(399, -1, -1)]
    steps = pd.Series([0.02, -0.01] * 200, index=days)  # rises and falls by turns: 0.5% on average
    closes = pd.DataFrame({1: 100 * (1 + steps).cumprod(), 2: [100.0] * 399 + [60.0], 3: [1.0] * 400}, index=days)
    gold = {kind.name: kind.gold(replace(raw(), closes=closes), DAY) for kind in KINDS}
    year = [0.02, -0.01] * 182 + [-0.01]  # the last 365, of which one more falls
    mean = sum(year) / 365
    deviation = math.sqrt(sum((step - mean) ** 2 for step in year) / 364)
    assert gold["sharpe"][0].exact == pytest.approx(mean / deviation * math.sqrt(365))
    assert gold["deepest"][0].exact == pytest.approx(40.0)
    assert [item.exact for item in gold["above mean"]] == [1, 3]


def test_gold_figures_are_those_worked_by_hand() -> None:
    gold = {kind.name: {item.what: item.exact for item in kind.gold(raw(), DAY)} for kind in KINDS}
    assert gold["price"]["close"] == 102.0
    assert gold["price"]["change on the day"] == pytest.approx(2.0)
    assert gold["week"]["change over 7 days"] == pytest.approx(-10.0)
    assert gold["count"] == {"coins above 0%": 1, "coins compared": 3}
    assert gold["portfolio"]["value"] == 2 * 102.0 + 4 * 45.0
    assert gold["largest"]["largest weight"] == pytest.approx(204 / 384 * 100)
    assert gold["extremes"] == {"highest close": 110.0, "lowest close": 95.0}
    assert (gold["market"]["coins that rose"], gold["market"]["coins that fell"]) == (1, 1)
    assert gold["stressed"] == pytest.approx(
        {"change of that day at today's weights": 204 / 384 * 100 * (100 / 96 - 1)}
    )
    assert gold["above mean"] == {"coins above": 0, "coins compared": 0}
    assert (gold["sharpe"], gold["deepest"]) == ({}, {})  # ten days are no year
    assert gold["compared"] == pytest.approx({"the higher change": 2.0, "the lower change": -10.0})


def test_the_gold_share_to_change_hands_is_half_the_sum_of_the_gaps() -> None:
    targets = next(kind for kind in KINDS if kind.name == "targets")
    wanted = replace(raw(), targets={1: 0.25, 3: 0.75})  # held: 204 and 180 of 384 USD
    (gold,) = targets.gold(wanted, DAY)
    assert gold.exact == pytest.approx(((204 / 384 - 0.25) + 180 / 384 + 0.75) / 2 * 100)
