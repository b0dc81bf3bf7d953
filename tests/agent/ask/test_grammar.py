import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ask.grammar import Declined, Intent, Topic, parse_question

PHRASINGS: list[tuple[str, Topic, tuple[str, ...], str | None]] = [
    ("What is the price of Bitcoin?", Topic.PRICE, ("Bitcoin",), None),
    ("price of BTC", Topic.PRICE, ("BTC",), None),
    ("How much is ETH?", Topic.PRICE, ("ETH",), None),
    ("how much is solana worth", Topic.PRICE, ("solana",), None),
    ("What\u2019s BTC trading at", Topic.PRICE, ("BTC",), None),
    ("price of $NEAR", Topic.PRICE, ("NEAR",), None),
    ("ONE price", Topic.PRICE, ("ONE",), None),
    ("price of id 42", Topic.PRICE, ("id 42",), None),
    ("price of #42", Topic.PRICE, ("id 42",), None),
    ("where did bitcoin close yesterday", Topic.PRICE, ("bitcoin",), "1d"),
    ("BTC?", Topic.ASSET, ("BTC",), None),
    ("bitcoin", Topic.ASSET, ("bitcoin",), None),
    ("tell me about chainlink", Topic.ASSET, ("chainlink",), None),
    ("what happened to Terra", Topic.ASSET, ("Terra",), None),
    ("how did bitcoin do today", Topic.CHANGE, ("bitcoin",), "1d"),
    ("how did shiba inu do over the last week", Topic.CHANGE, ("shiba inu",), "7d"),
    ("ETH change 30 days", Topic.CHANGE, ("ETH",), "30d"),
    ("did solana go up or down yesterday", Topic.CHANGE, ("solana",), "1d"),
    ("How has cardano performed this month?", Topic.CHANGE, ("cardano",), "30d"),
    ("BTC performance over 90d", Topic.CHANGE, ("BTC",), "90d"),
    ("how did bitcoin do this year", Topic.CHANGE, ("bitcoin",), "365d"),
    ("compare BTC and ETH", Topic.CHANGE, ("BTC", "ETH"), None),
    ("BTC vs ETH", Topic.CHANGE, ("BTC", "ETH"), None),
    ("is dogecoin down", Topic.CHANGE, ("dogecoin",), None),
    ("how is bitcoin doing since the last briefing", Topic.CHANGE, ("bitcoin",), "since"),
    ("why did BTC fall", Topic.CHANGE, ("BTC",), None),
    ("what is the RSI of BTC", Topic.SIGNALS, ("BTC",), None),
    ("SOL rsi", Topic.SIGNALS, ("SOL",), None),
    ("is bitcoin oversold?", Topic.SIGNALS, ("bitcoin",), None),
    ("what are the signals for dogecoin", Topic.SIGNALS, ("dogecoin",), None),
    ("TM grade of chainlink", Topic.SIGNALS, ("chainlink",), None),
    ("is BTC bullish?", Topic.SIGNALS, ("BTC",), None),
    ("how volatile is solana", Topic.SIGNALS, ("solana",), None),
    ("which coins are oversold", Topic.SIGNALS, (), None),
    ("any breakouts today?", Topic.SIGNALS, (), "1d"),
    ("show me grades", Topic.SIGNALS, (), None),
    ("top gainers", Topic.MOVERS, (), None),
    ("top 5 gainers this week", Topic.MOVERS, (), "7d"),
    ("biggest losers over 30 days", Topic.MOVERS, (), "30d"),
    ("worst performing coins this month", Topic.MOVERS, (), "30d"),
    ("best performers", Topic.MOVERS, (), None),
    ("which coins rose most today", Topic.MOVERS, (), "1d"),
    ("what moved the most yesterday", Topic.MOVERS, (), "1d"),
    ("show me the losers", Topic.MOVERS, (), None),
    ("How is my portfolio?", Topic.PORTFOLIO, (), None),
    ("how is my portfolio doing this week", Topic.PORTFOLIO, (), "7d"),
    ("how am I doing today", Topic.PORTFOLIO, (), "1d"),
    ("what am I worth?", Topic.PORTFOLIO, (), None),
    ("how much is my portfolio worth", Topic.PORTFOLIO, (), None),
    ("did I lose money yesterday", Topic.PORTFOLIO, (), "1d"),
    ("which of my coins rose", Topic.PORTFOLIO, (), None),
    ("which of my coins did worst", Topic.PORTFOLIO, (), None),
    ("what is my biggest position", Topic.PORTFOLIO, (), None),
    ("what changed since my last briefing", Topic.PORTFOLIO, (), "since"),
    ("am I diversified", Topic.DIVERSIFICATION, (), None),
    ("am i too concentrated?", Topic.DIVERSIFICATION, (), None),
    ("how risky is my portfolio", Topic.DIVERSIFICATION, (), None),
    ("how correlated are my holdings", Topic.DIVERSIFICATION, (), None),
    ("what is my sharpe ratio", Topic.DIVERSIFICATION, (), None),
    ("how is the market", Topic.MARKET, (), None),
    ("how's crypto doing", Topic.MARKET, (), None),
    ("fear and greed", Topic.MARKET, (), None),
    ("total market cap", Topic.MARKET, (), None),
    ("what happened overnight", Topic.MARKET, (), "1d"),
    ("did everything crash?", Topic.MARKET, (), None),
    ("help", Topic.HELP, (), None),
    ("what can you do", Topic.HELP, (), None),
    ("hello", Topic.UNKNOWN, (), None),
    ("", Topic.UNKNOWN, (), None),
    ("???", Topic.UNKNOWN, (), None),
]


@pytest.mark.parametrize(("question", "topic", "mentions", "window"), PHRASINGS, ids=str)
def test_a_phrasing_is_understood(question: str, topic: Topic, mentions: tuple[str, ...], window: str | None) -> None:
    intent = parse_question(question)
    assert (intent.topic, intent.mentions, intent.window) == (topic, mentions, window)


@pytest.mark.parametrize(
    ("question", "declined"),
    [
        ("should I buy bitcoin", Declined.ADVICE),
        ("should I sell my ETH?", Declined.ADVICE),
        ("is solana a good investment", Declined.ADVICE),
        ("what should I buy", Declined.ADVICE),
        ("which coin should I buy", Declined.ADVICE),
        ("is now a good time to get into crypto", Declined.ADVICE),
        ("will bitcoin rise tomorrow", Declined.FORECAST),
        ("will ETH hit 10k", Declined.FORECAST),
        ("price prediction for XRP", Declined.FORECAST),
        ("is BTC going to crash", Declined.FORECAST),
        ("why did BTC fall", Declined.CAUSE),
        ("what caused the drop in ETH", Declined.CAUSE),
        ("price of bitcoin in 2021", Declined.PAST),
        ("what was ETH worth in january", Declined.PAST),
        ("bitcoin price an hour ago", Declined.INTRADAY),
    ],
)
def test_what_the_data_cannot_give_is_recognised(question: str, declined: Declined) -> None:
    assert declined in parse_question(question).declined
    assert parse_question(question).topic is not Topic.UNKNOWN


@pytest.mark.parametrize("question", ["top gainers", "How is my portfolio?", "price of BTC", "what moved the most"])
def test_a_plain_question_declines_nothing(question: str) -> None:
    assert parse_question(question).declined == ()


@pytest.mark.parametrize(
    ("question", "top", "count"),
    [
        ("top 5 gainers", True, 5),
        ("bottom 10", False, 10),
        ("worst coins", False, 3),
        ("top 99", True, 10),
        ("top 0", True, 1),
    ],
)
def test_a_ranking_has_an_end_and_a_length(question: str, top: bool, count: int) -> None:  # noqa: FBT001 - a case's column
    intent = parse_question(question)
    assert (intent.top, intent.count) == (top, count)


@pytest.mark.parametrize(("question", "premise"), [("why did BTC fall", -1), ("why is ETH up", 1), ("did BTC fall", 0)])
def test_only_a_why_question_assumes_a_direction(question: str, premise: int) -> None:
    assert parse_question(question).premise == premise


@given(st.text(max_size=200))
def test_any_text_has_an_intent(question: str) -> None:
    intent = parse_question(question)
    assert isinstance(intent, Intent)
    assert 1 <= intent.count <= 10


def test_a_very_long_question_is_read_in_no_time() -> None:
    assert parse_question("could it " * 100_000).topic in Topic
