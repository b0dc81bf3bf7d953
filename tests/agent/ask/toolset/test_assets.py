"""Tools about single assets: which is meant, its price, history, grades, signals and chain."""

from datetime import timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from agent.ask.tools import ToolStatus
from agent.ask.toolset.desk import Tools
from agent.claims.fact import Metric, State
from agent.store.engine import Store
from tests.agent.ask.toolset.asked_market import CLOSES, OTHER, change_pct, claim_of, fact_of, near, ok, texts, tools_of
from tests.agent.measuring.market import LAST


@pytest.fixture
def tools(asked: Store) -> Tools:
    return tools_of(asked)


@pytest.mark.parametrize("text", ["BTC", "btc", "Bitcoin", "bitcoin", "id 1", "id:1", "#1"])
def test_an_asset_is_found_by_symbol_name_slug_and_number(tools: Tools, text: str) -> None:
    found = ok(tools, "resolve_asset", asset=text)
    assert {fact.subject for claim in found.claims for fact in claim.facts} == {"asset:1"}
    assert found.candidates == ()


def test_a_symbol_of_two_coins_is_asked_back_with_rank_and_market_value(tools: Tools) -> None:
    found = tools.run("price", {"asset": "C3"})
    assert found.status is ToolStatus.AMBIGUOUS
    assert [(item.asset_id, item.rank, item.market_value_usd) for item in found.candidates] == [
        (3, 3, 3e9),
        (17, 400, 7e6),
    ]
    assert found.claims == ()


def test_an_unknown_name_is_answered_with_names_close_to_it(tools: Tools) -> None:
    found = tools.run("price", {"asset": "Bitcion"})
    assert found.status is ToolStatus.UNKNOWN
    assert found.note.endswith("did you mean Bitcoin?")


def test_the_price_of_an_asset_comes_with_its_changes(tools: Tools) -> None:
    found = ok(tools, "price", asset="BTC")
    change, close = claim_of(found, "change_to_close").facts
    assert near(close, CLOSES[-1, 0])
    assert near(change, change_pct(1, 1))
    assert [fact.window for claim in found.claims if claim.template == "change" for fact in claim.facts] == [
        "7d", "30d", "90d", "365d",
    ]  # fmt: skip
    returns = pd.Series(CLOSES[-31:, 0]).pct_change().dropna()
    assert near(fact_of(found, "volatility"), float(returns.std() * np.sqrt(365) * 100))
    assert near(fact_of(found, "drawdown"), float((CLOSES[-1, 0] / CLOSES[-365:, 0].max() - 1) * 100))


def test_the_price_of_a_past_day_looks_at_nothing_later(tools: Tools) -> None:
    day = LAST - timedelta(days=20)
    found = ok(tools, "price", asset="BTC", day=day.isoformat())
    change, close = claim_of(found, "change_to_close").facts
    assert near(close, CLOSES[-21, 0])
    assert near(change, float((CLOSES[-21, 0] / CLOSES[-22, 0] - 1) * 100))
    assert {fact.as_of for claim in found.claims for fact in claim.facts} == {day}


def test_a_day_that_is_not_over_is_refused_by_its_name(tools: Tools) -> None:
    found = tools.run("price", {"asset": "BTC", "day": "2031-01-01"})
    assert found.status is ToolStatus.REJECTED
    assert "1 January 2031 is not in the data yet" in found.note


def test_a_late_price_is_told_with_its_own_day(tools: Tools) -> None:
    found = ok(tools, "price", asset="LATE")
    assert [claim.template for claim in found.claims] == ["stale", "close"]
    stale, close = (claim.facts[0] for claim in found.claims)
    assert stale.label == "2025-10-07"
    assert (close.value, close.as_of, close.state) == (Decimal("5.0"), LAST - timedelta(days=3), State.STALE)


def test_a_disputed_price_is_told_with_both_sources(asked: Store) -> None:
    found = ok(tools_of(asked, price_chain=("sandbox", OTHER)), "price", asset="BTC")
    low, high = claim_of(found, "disputed").facts
    assert (low.source, high.source) == ("sandbox", OTHER)
    assert near(high, CLOSES[-1, 0] * 1.03)
    assert {low.state, claim_of(found, "change_to_close").facts[1].state} == {State.DISPUTED}


def test_a_window_of_prices_has_its_change_and_its_extremes(tools: Tools) -> None:
    found = ok(tools, "history", asset="BTC", metric="price", window="30d")
    before, now, change = claim_of(found, "change_between").facts
    assert (before.as_of, now.as_of) == (LAST - timedelta(days=30), LAST)
    assert near(change, change_pct(1, 30))
    highest, lowest = (fact_of(found, "extreme", place) for place in (0, 1))
    window = CLOSES[-30:, 0]
    assert near(highest, window.max())
    assert near(lowest, window.min())
    assert highest.as_of == LAST - timedelta(days=29 - int(window.argmax()))
    assert found.rows == 31


def test_a_history_names_the_day_without_a_bar(tools: Tools) -> None:
    """The thirteenth coin has a hole of a week that begins sixty days before the end."""
    hole = LAST - timedelta(days=56)
    found = ok(tools, "history", asset="C13", metric="price", start=hole.isoformat())
    assert "there is no bar of 15 August 2025" in found.note
    assert "change_between" not in [claim.template for claim in found.claims]


def test_a_history_of_a_grade_is_of_exactly_the_two_days(tools: Tools) -> None:
    found = ok(tools, "history", asset="C2", metric="trader_grade", window="1d")
    assert [(fact.value, fact.as_of) for fact in claim_of(found, "figure_change").facts] == [
        (Decimal("64.0"), LAST - timedelta(days=1)),
        (Decimal("82.0"), LAST),
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"window": "7d", "start": "2025-10-01"}, "not both"),
        ({"end": "2025-10-01"}, "from which on"),
        ({"start": "2025-10-10"}, "is not before"),
        ({"start": "2001-01-01"}, "at most 1,100 days"),
    ],
)
def test_a_history_of_days_that_do_not_fit_is_refused(tools: Tools, arguments: dict[str, str], said: str) -> None:
    found = tools.run("history", {"asset": "BTC", "metric": "price", **arguments})
    assert found.status is ToolStatus.REJECTED
    assert said in found.note


def test_grades_are_told_with_the_day_before_and_what_is_lacking(tools: Tools) -> None:
    found = ok(tools, "grades", asset="C2")
    before, now = claim_of(found, "grade_change").facts
    assert (before.value, now.value) == (Decimal("64.0"), Decimal("82.0"))
    assert before.start == LAST - timedelta(days=1)
    assert "no TM investor grade" in found.note
    assert {claim.facts[-1].qualifier for claim in found.claims} >= {"trader", "short_term", "long_term"}


def test_the_net_flow_of_a_week_is_the_sum_of_seven_days(tools: Tools) -> None:
    found = ok(tools, "onchain", asset="C2")
    flows = [fact for claim in found.claims for fact in claim.facts if fact.metric is Metric.EXCHANGE_NET_FLOW]
    assert [fact.value for fact in flows] == [Decimal("-210.0")]  # 7 x (100 - 130)
    assert "hash rate" in found.note


def test_live_signals_of_an_asset_are_told_by_their_names(tools: Tools) -> None:
    found = ok(tools, "signals", asset="C2", live=True)
    labels = [fact.label for claim in found.claims for fact in claim.facts if fact.metric is Metric.SIGNAL]
    assert "trader_grade_above_80" in labels
    assert found.rows == len(found.claims)


def test_an_unknown_signal_or_family_is_refused(tools: Tools) -> None:
    for wrong in ({"name": "moonshot"}, {"family": "vibes"}):
        assert tools.run("signals", wrong).status is ToolStatus.REJECTED


def test_the_health_of_a_late_asset_says_how_late_it_is(tools: Tools) -> None:
    found = ok(tools, "data_health", asset="LATE")
    assert texts(tools, found)[0] == "The last price of Latecomer is from 7 October 2025."
    assert found.note == "7 of the last 30 days have a bar of it"
