from datetime import date
from typing import Any

import pytest

from agent.ask.intents import Plan
from agent.ask.planning import plan_question
from tests.agent.ask.names_index import NamesIndex
from tests.agent.ask.questions import ASSETS, TODAY

NAMES = NamesIndex(ASSETS)


def talk(*questions: str) -> Plan:
    plan: Plan | None = None
    for question in questions:
        plan = plan_question(question, NAMES, TODAY, plan)
    assert plan is not None
    return plan


def stated(plan: Plan) -> list[tuple[str, dict[str, Any]]]:
    return [(call.tool, call.arguments.model_dump(exclude_defaults=True)) for call in plan.calls]


RANKED = {"metric": "change", "window": "7d", "count": 5}
FOLLOW_UPS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("how did bitcoin do over 7 days", "and Ethereum?", "history",
     {"asset": "Ethereum", "metric": "price", "window": "7d"}),
    ("how did bitcoin do over 7 days", "Ethereum?", "history",
     {"asset": "Ethereum", "metric": "price", "window": "7d"}),
    ("how did bitcoin do over 7 days", "over 30 days?", "history",
     {"asset": "Bitcoin", "metric": "price", "window": "30d"}),
    ("rsi of btc", "what about cardano", "history", {"asset": "Cardano", "metric": "rsi", "window": "30d"}),
    ("price of btc", "its volatility?", "history", {"asset": "Bitcoin", "metric": "volatility", "window": "30d"}),
    ("price of btc", "and grades?", "grades", {"asset": "Bitcoin"}),
    ("price of btc and eth", "compare them", "compare", {"assets": ("Bitcoin", "Ethereum")}),
    ("compare btc and eth", "and solana?", "compare", {"assets": ("Bitcoin", "Ethereum", "Solana")}),
    ("price of sol", "is it correlated with bitcoin", "correlation", {"assets": ("Bitcoin", "Solana")}),
    ("top 5 gainers this week", "and the worst?", "rank", RANKED | {"end": "bottom"}),
    ("top 5 gainers this week", "over 30 days?", "rank", RANKED | {"window": "30d"}),
    ("top 5 gainers this week", "top 10", "rank", RANKED | {"count": 10}),
    ("top 5 gainers this week", "and mine?", "rank", RANKED | {"universe": "holdings"}),
    ("top 5 gainers this week", "by volume?", "rank", {"metric": "volume", "count": 5}),
    ("how is the market", "what about last week", "market", {"window": "7d"}),
    ("how is my portfolio", "and last week?", "portfolio", {"view": "changes", "window": "7d"}),
    ("how is my portfolio doing this week", "and the worst?", "rank",
     {"metric": "change", "window": "7d", "end": "bottom", "universe": "holdings"}),
    ("how correlated are my holdings", "over a year?", "correlation", {"days": 365}),
    ("grades of btc", "and eth?", "grades", {"asset": "Ethereum"}),
    ("how is the market", "and ethereum?", "price", {"asset": "Ethereum"}),
    ("which sectors are leading", "and over 7 days?", "sectors", {"window": "7d"}),
    ("which sectors are leading", "top 5", "sectors", {"count": 5}),
    ("how is the ai sector doing", "and defi?", "sectors", {"sector": "defi"}),
    ("how is the ai sector doing", "and the worst?", "sectors", {"end": "bottom"}),
    ("how good are golden crosses", "over 30 days?", "track_record", {"signal": "golden_cross", "days": 30}),
    ("how good are golden crosses", "and death crosses?", "track_record", {"signal": "death_cross"}),
    ("hit rate of the trader grade", "and the investor grade?", "track_record", {"grade": "investor"}),
    ("how is my index majors doing", "and alts?", "index", {"name": "alts"}),
    ("stress test my portfolio", "and on 12 March 2020?", "portfolio", {"view": "stress", "day": date(2020, 3, 12)}),
    ("how far am i off my targets", "over 30 days?", "portfolio", {"view": "targets"}),
    ("which coin has the best sharpe ratio", "by sortino?", "rank", {"metric": "sortino", "count": 1}),
    ("bitcoin dominance", "and eth?", "history", {"asset": "Ethereum", "metric": "dominance", "window": "30d"}),
    ("top 3 gainers", "and without bitcoin?", "rank", {"metric": "change", "window": "1d"}),
]  # fmt: skip


@pytest.mark.parametrize(("first", "then", "tool", "arguments"), FOLLOW_UPS, ids=str)
def test_a_follow_up_changes_what_it_names_and_keeps_the_rest(
    first: str, then: str, tool: str, arguments: dict[str, Any]
) -> None:
    assert stated(talk(first, then)) == [(tool, arguments)]


@pytest.mark.parametrize(
    "question",
    [
        "what is the price of solana",
        "top gainers",
        "how is my portfolio?",
        "is bitcoin above its 200 day average",
        "which coins trade above their 200 day average",
        "and my portfolio?",
        "and my targets?",
        "help",
    ],
)
def test_a_full_question_replaces_the_one_before(question: str) -> None:
    assert talk("how did cardano do over 7 days", question).calls == talk(question).calls
    assert talk("which sectors are leading", question).calls == talk(question).calls


def test_why_keeps_the_calls_and_declines_the_cause() -> None:
    plan = talk("how did solana do last week", "why?")
    assert plan.calls == talk("how did solana do last week").calls
    assert [kind.value for kind in plan.declined] == ["cause"]


def test_a_follow_up_of_a_follow_up_builds_on_it() -> None:
    plan = talk("how did bitcoin do over 7 days", "and Ethereum?", "over 90 days?")
    assert stated(plan) == [("history", {"asset": "Ethereum", "metric": "price", "window": "90d"})]


@pytest.mark.parametrize("question", ["and the", "why?", "it?", "over 30 days?"])
def test_a_follow_up_of_nothing_looks_nothing_up(question: str) -> None:
    assert talk(question).calls == ()


def test_the_parts_of_one_question_speak_of_the_same_asset() -> None:
    assert [tool for tool, _ in stated(talk("What's the price of BTC and is it oversold?"))] == ["price", "history"]
    assert stated(talk("What's the price of BTC and is it oversold?"))[1][1]["metric"] == "rsi"
