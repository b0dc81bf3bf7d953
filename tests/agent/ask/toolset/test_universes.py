"""Tools over whole universes and the portfolio: every member counts, and what is not known is said."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from agent.ask.tools import ToolStatus
from agent.ask.toolset.desk import Tools
from agent.claims.fact import Fact, Metric
from agent.store.engine import Store
from tests.agent.ask.toolset.asked_market import CLOSES, PLAIN, change_pct, claim_of, fact_of, near, ok, texts, tools_of


@pytest.fixture
def tools(asked: Store) -> Tools:
    return tools_of(asked)


def changes(days: int) -> dict[int, float]:
    """The known changes of the fourteen coins, the stablecoin and the twin, which stood still."""
    found = {coin: change_pct(coin, days) for coin in range(1, 15)}
    known = {coin: value for coin, value in found.items() if np.isfinite(value)}
    return known | {15: 0.0} | ({17: 0.0} if days == 1 else {})


@pytest.mark.parametrize("end", ["top", "bottom"])
def test_a_rank_is_over_all_that_is_known_and_counts_the_rest(tools: Tools, end: str) -> None:
    known = changes(30)
    ordered = sorted(known, key=lambda coin: known[coin], reverse=end == "top")[:3]
    found = ok(tools, "rank", metric="change", window="30d", end=end)
    facts = [claim.facts[0] for claim in found.claims]
    assert [fact.subject for fact in facts] == [f"asset:{coin}" for coin in ordered]
    assert all(near(fact, known[coin]) for fact, coin in zip(facts, ordered, strict=True))
    assert [(fact.rank, fact.universe_size, fact.rank_from_bottom) for fact in facts] == [
        (place, len(known), end == "bottom") for place in (1, 2, 3)
    ]
    assert found.rows == len(known)
    assert f"of 17 tracked coins, {17 - len(known)} have no known change over 30 days" in found.note


def test_equal_figures_have_no_place_of_their_own(tools: Tools) -> None:
    found = ok(tools, "rank", metric="volume", end="bottom", count=2)
    first = claim_of(found, "figure_rank").facts[0]
    assert (first.subject, first.rank, first.value) == ("asset:17", 1, Decimal("10.0"))
    nothing_moved = ok(tools, "screen", filters=[{"metric": "volatility", "side": "below", "bound": 0.001}])
    assert fact_of(nothing_moved, "figure_count").value == 1  # the stablecoin


def test_the_deepest_fall_is_the_highest_distance_below_a_high(tools: Tools) -> None:
    falls = {coin: CLOSES[-1, coin - 1] / CLOSES[-365:, coin - 1].max() - 1 for coin in range(1, 13)}
    falls[13] = CLOSES[-1, 12] / np.nanmax(CLOSES[-365:, 12]) - 1
    deepest = min(falls, key=lambda coin: falls[coin])
    fact = claim_of(ok(tools, "rank", metric="drawdown"), "figure_rank").facts[0]
    assert fact.subject == f"asset:{deepest}"
    assert (fact.rank, fact.rank_from_bottom) == (1, True)


def test_a_metric_of_the_portfolio_is_ranked_among_holdings_only(tools: Tools) -> None:
    assert tools.run("rank", {"metric": "weight"}).status is ToolStatus.REJECTED
    found = ok(tools, "rank", metric="value", universe="holdings")
    worth = {coin: Decimal(amount) * Decimal(repr(float(CLOSES[-1, coin - 1]))) for coin, amount in PLAIN.items()}
    assert found.claims[0].facts[0].value == max(worth.values())
    assert found.universe == "your 4 holdings"


def test_a_window_that_a_metric_does_not_have_is_refused(tools: Tools) -> None:
    found = tools.run("rank", {"metric": "volatility", "window": "7d"})
    assert found.status is ToolStatus.REJECTED
    assert found.note == "annualised volatility is known over 30d or 90d, not over 7d"


def test_a_screen_counts_all_that_meet_every_condition(tools: Tools) -> None:
    known, rsis = changes(30), {fact.subject: fact for fact in _rsi_facts(tools)}
    fallen = [coin for coin, value in known.items() if value < -5]
    met = [coin for coin in fallen if f"asset:{coin}" in rsis and float(rsis[f"asset:{coin}"].value or 0) < 45]
    filters = [
        {"metric": "change", "window": "30d", "side": "below", "bound": -5},
        {"metric": "rsi", "side": "below", "bound": 45},
    ]
    found = ok(tools, "screen", filters=filters, count=2)
    counted = fact_of(found, "screen")
    assert counted.value == len(met) > 0
    assert counted.label == "change over 30 days below -5% and 14-day RSI below 45"
    assert found.truncated is (len(met) > 2)


def _rsi_facts(tools: Tools) -> list[Fact]:
    found = ok(tools, "rank", metric="rsi", count=10), ok(tools, "rank", metric="rsi", end="bottom", count=10)
    return [claim.facts[0] for each in found for claim in each.claims]


def test_a_comparison_puts_the_higher_figure_first(tools: Tools) -> None:
    found = ok(tools, "compare", assets=["BTC", "C2"], metric="change", window="90d")
    higher, lower = claim_of(found, "figure_versus").facts
    expected = sorted((1, 2), key=lambda coin: -change_pct(coin, 90))
    assert [higher.subject, lower.subject] == [f"asset:{coin}" for coin in expected]
    assert tools.run("compare", {"assets": ["BTC", "Bitcoin"]}).status is ToolStatus.REJECTED


def test_a_correlation_is_that_of_pandas(tools: Tools) -> None:
    returns = pd.DataFrame(CLOSES[-91:, [1, 3]]).pct_change().iloc[1:]
    fact = fact_of(ok(tools, "correlation", assets=["C2", "C4"]), "correlation")
    assert near(fact, float(returns.corr().to_numpy()[0, 1]))


def test_the_holdings_are_correlated_pair_by_pair(tools: Tools) -> None:
    matrix = pd.DataFrame(CLOSES[-91:, :4]).pct_change().iloc[1:].corr().to_numpy()
    pairs = matrix[np.triu_indices(4, 1)]
    found = ok(tools, "correlation")
    assert near(fact_of(found, "average_correlation"), float(pairs.mean()))
    most, least = (fact_of(found, "most_alike", place) for place in (0, 1))
    assert near(most, float(pairs.max()))
    assert near(least, float(pairs.min()))
    assert (most.universe_size, least.rank_from_bottom) == (6, True)


@pytest.mark.parametrize("view", ["overview", "holdings", "changes", "diversification", "risk", "exposure"])
def test_every_view_of_the_portfolio_says_something(tools: Tools, view: str) -> None:
    assert len(ok(tools, "portfolio", view=view).claims) >= 5


def test_the_portfolio_is_worth_the_sum_of_its_holdings(tools: Tools) -> None:
    total = sum(Decimal(amount) * Decimal(repr(float(CLOSES[-1, coin - 1]))) for coin, amount in PLAIN.items())
    assert claim_of(ok(tools, "portfolio"), "value_change").facts[2].value == total


def test_a_portfolio_with_a_late_price_says_which_it_is(asked: Store) -> None:
    tools = tools_of(asked, "late")
    found = tools.run("portfolio", {"view": "overview"})
    assert "The last price of Latecomer is from 7 October 2025." in texts(tools, found)
    assert "Latecomer" in found.note


def test_without_holdings_nothing_is_said_of_them(asked: Store) -> None:
    for portfolio in ("empty", "no such"):
        tools = tools_of(asked, portfolio)
        for name, arguments in (("portfolio", {}), ("what_if", {"drop": ["BTC"]}), ("correlation", {})):
            assert tools.run(name, arguments).status is ToolStatus.EMPTY  # type: ignore[arg-type]  # JSON objects


def test_a_what_if_shows_the_figure_as_it_would_be_and_as_it_is(tools: Tools) -> None:
    found = ok(tools, "what_if", drop=["C4"])
    then, now = next(claim.facts for claim in found.claims if claim.facts[1].metric is Metric.EFFECTIVE_NUMBER)
    worth = np.array([float(amount) * CLOSES[-1, coin - 1] for coin, amount in PLAIN.items()])
    for fact, kept in ((now, worth), (then, worth[:3])):
        assert near(fact, float(1 / ((kept / kept.sum()) ** 2).sum()))
    assert then.label == "C4 sold"


@pytest.mark.parametrize("wrong", [{}, {"add": ["C5"]}, {"drop": ["C5"]}, {"add": ["C5=-1"]}])
def test_a_what_if_that_cannot_be_is_refused(tools: Tools, wrong: dict[str, list[str]]) -> None:
    assert tools.run("what_if", wrong).status is ToolStatus.REJECTED  # type: ignore[arg-type]  # a JSON object


def test_the_market_is_counted_over_every_coin(tools: Tools) -> None:
    moves = np.array(list(changes(1).values()))
    found = ok(tools, "market")
    rose, fell, flat = (fact.value for fact in claim_of(found, "breadth").facts)
    assert rose == Decimal(int((moves > 0.05).sum()))
    assert fell == Decimal(int((moves < -0.05).sum()))
    assert flat == Decimal(int((np.abs(moves) <= 0.05).sum()))
    assert near(fact_of(found, "median"), float(np.median(moves)))
    assert [fact.value for fact in claim_of(found, "fear_greed_change").facts] == [Decimal("27.0"), Decimal("64.0")]


def test_a_window_of_the_market_counts_the_coins_that_rose(tools: Tools) -> None:
    known = changes(30)
    fact = fact_of(ok(tools, "market", window="30d"), "figure_count")
    assert fact.value == Decimal(sum(value > 0 for value in known.values()))
    assert fact.universe_size == len(known)


def test_the_health_of_all_data_tells_what_failed_and_what_came(tools: Tools) -> None:
    told = texts(tools, ok(tools, "data_health"))
    assert told[0] == "16 of 17 tracked coins have a bar for 10 October 2025."
    assert "Collecting trader grades from the sandbox market failed: rate limited." in told
    assert "Daily bars from the sandbox market last came in on 11 October 2025." in told


def test_a_comparison_over_a_window_is_of_that_window(tools: Tools) -> None:
    found = ok(tools, "compare", assets=["id 1", "id 2"], window="90d")
    windows = {fact.window for claim in found.claims for fact in claim.facts if fact.metric is Metric.CHANGE}
    assert windows == {"90d"}


def test_more_of_what_is_held_is_that_holding_resized(tools: Tools) -> None:
    more = fact_of(ok(tools, "what_if", add=["C2=1.5"]), "what_if")
    same = fact_of(ok(tools, "what_if", resize=[f"C2={Decimal(PLAIN[2]) + Decimal('1.5')}"]), "what_if")
    assert (more.value, more.label) == (same.value, same.label)
    assert "resized to" in (more.label or "")


def test_volatility_over_a_window_is_one_figure_of_that_window(tools: Tools) -> None:
    found = ok(tools, "history", asset="C2", metric="volatility", window="90d")
    ranked = ok(tools, "rank", metric="volatility", window="90d", count=10)
    (fact,) = found.facts
    values = {other.subject: other.value for claim in ranked.claims for other in claim.facts}
    assert (fact.window, fact.value) == ("90d", values.get(fact.subject, fact.value))
    assert found.claims[0].template == "volatility"
