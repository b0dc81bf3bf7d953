"""Figures of bars as answers tell them, against empyrical, pandas, TA-Lib and figures worked out by hand."""

from collections.abc import Sequence

import empyrical
import numpy as np
import pandas as pd
import pytest
import talib
from hypothesis import given
from hypothesis import strategies as st

from agent.analytics.bars import Floats
from agent.analytics.tail_risk import conditional_value_at_risk
from agent.ask.toolset.bar_formulas import FORMULAS, OF_CLOSES, OF_RANGES, worst_days
from agent.ask.toolset.desk import Tools
from agent.claims.fact import Fact, Metric, RowRange
from agent.store.engine import Store
from agent.store.reading import read_range
from tests.agent.ask.toolset.asked_market import CLOSES, PLAIN, claim_of, fact_of, near, ok, tools_of

COIN = CLOSES[:, [1]]
YEAR = pd.Series(CLOSES[-366:, 1]).pct_change().iloc[1:]


def figure(metric: Metric, close: Floats, days: int) -> float:
    return float(OF_CLOSES[metric](close, days)[0])


def test_ratios_and_falls_of_a_year_are_those_of_empyrical() -> None:
    assert figure(Metric.SHARPE, COIN, 365) == pytest.approx(empyrical.sharpe_ratio(YEAR, annualization=365))
    assert figure(Metric.SORTINO, COIN, 365) == pytest.approx(empyrical.sortino_ratio(YEAR, annualization=365))
    assert figure(Metric.MAX_DRAWDOWN, COIN, 365) == pytest.approx(empyrical.max_drawdown(YEAR) * 100)
    downside = empyrical.downside_risk(YEAR.iloc[-90:], annualization=365)
    assert figure(Metric.DOWNSIDE_VOLATILITY, COIN, 90) == pytest.approx(downside * 100)


def test_the_worst_days_are_the_worst_eighteen_and_a_quarter_of_365() -> None:
    losses = sorted((-YEAR).to_list(), reverse=True)
    expected = (sum(losses[:18]) + 0.25 * losses[18]) / 18.25
    assert figure(Metric.EXPECTED_SHORTFALL, COIN, 365) == pytest.approx(expected * 100)


@given(st.lists(st.one_of(st.floats(0.5, 200.0), st.just(float("nan"))), min_size=1, max_size=60), st.integers(5, 40))
def test_the_worst_days_of_any_series_are_those_of_its_tail(prices: Sequence[float], days: int) -> None:
    close = np.array([prices, prices]).T
    returns = pd.Series(prices).pct_change(fill_method=None).to_numpy()[1:][-days:]
    loss = conditional_value_at_risk(returns) * 100
    is_known = np.isfinite(returns).sum() >= np.ceil(days * 0.9 - 1e-9) and loss > 1e-10
    found = worst_days(close, days)
    if is_known:
        assert found == pytest.approx([loss, loss], rel=1e-9)
    else:
        assert np.isnan(found).all()


def test_means_are_of_the_last_bars_and_need_all_of_them() -> None:
    assert figure(Metric.MEAN_PRICE, COIN, 50) == pytest.approx(CLOSES[-50:, 1].mean())
    assert np.isnan(figure(Metric.MEAN_PRICE, COIN[-49:], 50))


@pytest.mark.parametrize("close", [np.full((400, 1), 5.0), np.full((400, 1), np.nan), np.full((30, 1), 7.0)])
def test_what_does_not_move_or_is_not_there_has_no_ratio(close: Floats) -> None:
    metrics = (Metric.SHARPE, Metric.SORTINO, Metric.EXPECTED_SHORTFALL)
    assert all(np.isnan(figure(metric, close, 365)) for metric in metrics)
    assert np.isnan(OF_RANGES[Metric.ADX](close, close, close)[0])


def test_one_missing_day_in_ten_is_too_many() -> None:
    close = COIN[-366:].copy()
    close[1:37:2] = np.nan  # eighteen bars less are thirty-six returns less
    assert np.isfinite(figure(Metric.SHARPE, close, 365))
    close[40] = np.nan
    for metric in (Metric.SHARPE, Metric.SORTINO, Metric.MAX_DRAWDOWN, Metric.EXPECTED_SHORTFALL):
        assert np.isnan(figure(metric, close, 365))


def test_every_figure_of_bars_has_its_formula() -> None:
    assert {*OF_CLOSES, *OF_RANGES} - {Metric.CHANGE} <= FORMULAS.keys()


@pytest.fixture
def tools(asked: Store) -> Tools:
    return tools_of(asked)


def test_ranges_are_those_of_talib_on_highs_lows_and_closes(tools: Tools) -> None:
    close = CLOSES[-250:, 1]
    bars = (close * 1.02, close * 0.97, close)
    adx, width = (_of(tools, metric, "asset:2") for metric in ("adx", "daily_range"))
    assert near(adx, talib.ADX(*bars, 14)[-1])
    assert near(width, talib.ATR(*bars, 14)[-1] / close[-1] * 100)


def _of(tools: Tools, metric: str, subject: str) -> Fact:
    found = ok(tools, "compare", assets=["C2", "C4"], metric=metric)
    return next(fact for claim in found.claims for fact in claim.facts if fact.subject == subject)


def test_ranges_are_traced_to_highs_lows_and_closes(asked: Store, tools: Tools) -> None:
    fact = _of(tools, "adx", "asset:2")
    ranges = [item for item in fact.derivation.inputs if isinstance(item, RowRange)]
    assert [item.column for item in ranges] == ["high_usd", "low_usd", "close_usd"]
    with asked.reader() as session:
        for item in ranges:
            found = read_range(session, item.table, item.key, item.column, item.first, item.last)
            assert (found.sha256, len(found.days)) == (item.sha256, item.rows)


@pytest.mark.parametrize(
    "metric", ["sharpe", "sortino", "max_drawdown", "worst_days", "downside_volatility", "adx", "daily_range"]
)
def test_a_new_figure_is_ranked_screened_compared_and_followed(tools: Tools, metric: str) -> None:
    ranked = ok(tools, "rank", metric=metric, count=1)
    first = claim_of(ranked, "figure_rank").facts[0]
    assert first.rank == 1
    assert first.rank_from_bottom is (metric == "max_drawdown")
    held = ok(tools, "rank", metric=metric, count=1, universe="holdings")
    assert held.rows == len(PLAIN)
    screened = ok(tools, "screen", filters=[{"metric": metric, "side": "above", "bound": -1000}])
    assert fact_of(screened, "figure_count").value == ranked.rows
    assert len(claim_of(ok(tools, "compare", assets=["C2", "C4"], metric=metric), "figure_versus").facts) == 2
    assert len(claim_of(ok(tools, "history", asset="C2", metric=metric, window="7d"), "figure_change").facts) == 2


def test_a_figure_of_a_past_day_looks_at_nothing_later(tools: Tools) -> None:
    before, _ = claim_of(ok(tools, "history", asset="C2", metric="sharpe", window="30d"), "figure_change").facts
    year = pd.Series(CLOSES[-396:-30, 1]).pct_change().iloc[1:]
    assert near(before, float(empyrical.sharpe_ratio(year, annualization=365)))


def test_the_price_comes_with_means_and_trend(tools: Tools) -> None:
    facts = [claim.facts[0] for claim in ok(tools, "price", asset="C2").claims if claim.template == "figure"]
    means = {fact.window: fact for fact in facts if fact.metric is Metric.MEAN_PRICE}
    assert all(near(means[f"{bars}d"], CLOSES[-bars:, 1].mean()) for bars in (20, 50, 200))
    assert {fact.metric for fact in facts} >= {Metric.ADX, Metric.DAILY_RANGE, Metric.DISTANCE}
