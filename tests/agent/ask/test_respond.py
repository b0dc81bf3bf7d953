import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest

from agent.ask.answer import Answer
from agent.ask.loop import STOPPED, Limits
from agent.ask.phrases import CAN_ANSWER, NOT_NARROWED, NOTHING_FOUND, OPPOSITE
from agent.ask.respond import answer_question
from agent.claims.verify import verify_sentence
from tests.agent.ask.market import EmptyMarket, Market
from tests.agent.briefing.write.ground import AS_OF, use, words
from tests.agent.llm.scripted import (
    KEY,
    Reply,
    ScriptedServer,
    completion,
    failure,
    running_server,
    tool_call,
)


@pytest.fixture(scope="module")
def running() -> Iterator[ScriptedServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def server(running: ScriptedServer) -> ScriptedServer:
    return running.forget()


def plain(question: str, market: Market | None = None) -> Answer:
    answer = answer_question(question, market or Market(), portfolio="main")
    claims = {claim.claim_id: claim for claim in answer.claims}
    for item in answer.sentences:
        assert verify_sentence(item, claims, answer.entities, AS_OF) == ()
    return answer


def test_a_price_is_stated_with_what_was_understood() -> None:
    answer = plain("What is the price of Bitcoin?")
    assert answer.understood == "Understood: price and changes of Bitcoin."
    assert [item.text for item in answer.sentences] == [
        "Bitcoin fell 7.3% on the day to $100.00.",
        "Bitcoin rose 12.5% over 7 days.",
    ]
    assert (answer.writer.name, answer.writer.step, answer.notes) == ("template", "template", ())
    assert {fact.fact_id for fact in answer.facts} == {"d1", "p1", "f-w1"}


@pytest.mark.parametrize(
    ("question", "texts", "read"),
    [
        ("how did shiba inu do this week", ["Shiba Inu rose 12.5% over 7 days."], "asset 6"),
        ("SOL rsi", ["Solana's 14-day RSI was 28, below 30 (oversold)."], "signals 3"),
        (
            "which coins rose most today",
            ["The largest gain on the day among 48 tracked coins was Neiro on ETH's 30.5%."],
            "rank 1d top 3",
        ),
        (
            "bottom 5 this week",
            ["The largest loss over 7 days among 48 tracked coins was Ethereum's 11.9%."],
            "rank 7d bottom 5",
        ),
        ("how is the market", ["The fear and greed index stood at 27 (Fear)."], "market"),
        (
            "am I diversified?",
            [
                "The average correlation between your 6 holdings over 90 days was 0.71.",
                "Bitcoin makes up 45.2% of the portfolio.",
            ],
            "portfolio main",
        ),
    ],
)
def test_a_common_question_is_answered_from_its_tool(question: str, texts: list[str], read: str) -> None:
    market = Market()
    answer = plain(question, market)
    assert market.reads == [read]
    assert {item.text for item in answer.sentences} == set(texts)


def test_a_portfolio_is_that_of_the_reader() -> None:
    answer = plain("how is my portfolio")
    assert answer.sentences[0].text == "Your portfolio was worth $52,310.22 at the close."


def test_an_ambiguous_symbol_is_asked_back_and_nothing_is_read() -> None:
    market = Market()
    answer = plain("price of NEIRO", market)
    assert market.reads == []
    assert answer.sentences == ()
    assert answer.notes == (
        (
            "More than one asset fits: Neiro (id 4), Neiro on ETH (id 5). "
            "Ask again with the id, for example: price of id 4."
        ),
    )
    assert [candidate.asset_id for candidate in answer.candidates] == [4, 5]


def test_the_id_settles_it() -> None:
    assert plain("price of id 5").sentences[0].text.startswith("Neiro on ETH rose 30.5%")


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("how is the graph doing", "The Graph"),
        ("price of USD coin", "USD Coin"),
        ("usd coin?", "USD Coin"),
        ("price of the bitcoin", "Bitcoin"),
        ("price of GRT", "The Graph"),
    ],
)
def test_a_name_of_everyday_words_is_found_in_the_data(question: str, name: str) -> None:
    assert name in plain(question).understood


def test_an_unknown_asset_is_not_in_the_data() -> None:
    answer = plain("price of floopcoin")
    assert answer.sentences == ()
    assert answer.notes == ('Not in the data: no asset is called "floopcoin".', CAN_ANSWER)


def test_an_unknown_asset_does_not_hide_the_known_one() -> None:
    answer = plain("compare BTC and FLOOP")
    assert answer.understood == "Understood: change of Bitcoin."
    assert 'Not in the data: no asset is called "FLOOP".' in answer.notes
    assert answer.sentences


@pytest.mark.parametrize("question", ["hello", "", "???", "help"])
def test_a_question_that_is_not_understood_says_what_can_be_asked(question: str) -> None:
    answer = plain(question)
    assert answer.sentences == ()
    assert answer.notes[-1] == CAN_ANSWER


@pytest.mark.parametrize(
    ("question", "note"),
    [
        ("should I buy bitcoin?", "coinbrief gives no advice; it states what the data says."),
        ("will bitcoin rise tomorrow?", "coinbrief makes no forecasts; it states what has happened."),
        ("bitcoin price in 2021", "Only the latest day is answered: the close of 10 October 2025 (UTC)."),
    ],
)
def test_what_is_declined_is_said_and_the_data_stated(question: str, note: str) -> None:
    answer = plain(question)
    assert answer.notes[0] == note
    assert "Bitcoin fell 7.3% on the day to $100.00." in answer.text


def test_a_false_premise_is_met_with_the_change() -> None:
    answer = plain("why did solana fall?")
    assert answer.notes == ("The data does not say why; it says what changed.", OPPOSITE)
    assert "Solana rose 4.4% on the day to $300.00." in answer.text
    assert OPPOSITE not in plain("why did BTC fall").notes


def test_a_window_that_is_not_in_the_data_is_said() -> None:
    assert NOT_NARROWED in plain("how did BTC do over 90 days").notes


def test_missing_data_is_stated_not_passed_over() -> None:
    assert plain("price of BTC", EmptyMarket()).text == "No price is available for Bitcoin."
    assert plain("how is the market", EmptyMarket()).notes == (NOTHING_FOUND,)


def calls(*asked: tuple[str, dict[str, Any]]) -> Reply:
    return completion(
        None,
        "tool_calls",
        [tool_call(name, json.dumps(arguments), f"c{n}") for n, (name, arguments) in enumerate(asked)],
    )


def draft(*sentences: list[dict[str, Any]]) -> Reply:
    return completion(json.dumps({"sentences": [{"parts": parts} for parts in sentences]}))


def asked(server: ScriptedServer, question: str, *replies: Reply, market: Market | None = None, **more: Any) -> Answer:
    server.play(*replies)
    return answer_question(question, market or Market(), portfolio="main", model=server.model, **more)


DONE = completion("The price of Bitcoin is $999,999 and you should buy.")


def test_a_model_gathers_with_tools_and_then_arranges_without(server: ScriptedServer) -> None:
    answer = asked(
        server,
        "Compare bitcoin with ether for me",
        calls(("asset", {"asset": "BTC"}), ("asset", {"asset": "Ethereum"})),
        DONE,
        draft([use("a1"), words(" while "), use("a2")]),
    )
    assert answer.text == "Bitcoin fell 7.3% on the day to $100.00 while Ethereum fell 11.9% on the day to $200.00."
    assert (answer.writer.name, answer.writer.step) == ("model tiny", "first")
    assert answer.understood == (
        "Understood: price, changes and indicators of Bitcoin; price, changes and indicators of Ethereum."
    )
    kinds = [("tools" in seen.body, "response_format" in seen.body) for seen in server.requests]
    assert kinds == [(True, False), (True, False), (False, True)]
    assert "999" not in repr(answer)


def test_what_the_model_says_in_its_own_words_is_never_shown(server: ScriptedServer) -> None:
    answer = asked(server, "price of BTC", DONE)
    assert answer.text.startswith("Bitcoin fell 7.3% on the day to $100.00.")
    assert answer.writer.name == "template"
    assert "999" not in repr(answer)


def test_a_lying_draft_falls_back_to_the_claims_one_by_one(server: ScriptedServer) -> None:
    lie = draft([words("Bitcoin will double")])
    answer = asked(server, "price of BTC", calls(("asset", {"asset": "BTC"})), DONE, lie)
    assert answer.writer.step == "fallback"
    assert answer.sentences[0].text == "Bitcoin fell 7.3% on the day to $100.00."
    assert "double" not in repr(answer)
    assert len(server.requests) == 4


@pytest.mark.parametrize(
    "reply", [failure(503, "x"), completion("x", "length"), failure(401, KEY), calls(("asset", {}))]
)
def test_a_model_of_no_use_is_replaced_by_the_grammar(server: ScriptedServer, reply: Reply) -> None:
    answer = asked(server, "price of BTC", reply)
    assert answer.sentences[0].text == "Bitcoin fell 7.3% on the day to $100.00."
    assert answer.writer.name == "template"
    assert KEY not in repr(answer)


def test_a_model_that_repeats_itself_is_stopped(server: ScriptedServer) -> None:
    market = Market()
    same = calls(("asset", {"asset": "BTC"}))
    answer = asked(server, "price of BTC", same, same, draft([use("a1")]), market=market)
    assert market.reads == ["asset 1"]
    assert len(server.requests) == 3
    assert answer.text == "Bitcoin fell 7.3% on the day to $100.00."


def endless(ask: Callable[[int], Reply]) -> Callable[[Any], Reply]:
    numbers = count()
    return lambda seen: ask(next(numbers)) if "tools" in seen.body else draft([use("fg")])


def test_there_are_six_rounds_and_no_more(server: ScriptedServer) -> None:
    server.script = endless(lambda n: calls(("market_rank", {"view": "overview", "window": "1d", "count": n + 1})))
    answer = answer_question("how is the market", Market(), portfolio="main", model=server.model)
    assert sum("tools" in seen.body for seen in server.requests) == 6
    assert STOPPED in answer.notes


def test_there_are_twelve_calls_and_no_more(server: ScriptedServer) -> None:
    market = Market()
    views = [("market_rank", {"view": view, "window": window, "count": 3 + n})
             for n in range(5) for view in ("top", "overview") for window in ("1d", "7d")]  # fmt: skip
    server.script = endless(lambda _n: calls(*views))
    answer = answer_question("how is the market", market, portfolio="main", model=server.model)
    assert len(market.reads) == 12
    assert STOPPED in answer.notes


def test_the_wall_clock_ends_the_search(server: ScriptedServer) -> None:
    ticks = iter([0.0, 0.0, 99.0])
    server.script = endless(lambda n: calls(("market_rank", {"view": "overview", "window": "1d", "count": n + 1})))
    answer = answer_question(
        "market?",
        Market(),
        portfolio="main",
        model=server.model,
        limits=Limits(wall_clock_s=60),
        timer=lambda: next(ticks),
    )
    assert sum("tools" in seen.body for seen in server.requests) == 1
    assert STOPPED in answer.notes


@pytest.mark.parametrize("guess", ["NEIRO", "Neiro on ETH", "id 5"])
def test_a_model_cannot_settle_an_ambiguous_symbol_by_guessing(server: ScriptedServer, guess: str) -> None:
    market = Market()
    answer = asked(server, "price of NEIRO", calls(("asset", {"asset": guess})), DONE, market=market)
    assert market.reads == []
    assert [candidate.asset_id for candidate in answer.candidates] == [4, 5]
    assert "More than one asset fits" in answer.notes[0]


def test_an_asset_that_the_model_invents_is_not_in_the_data(server: ScriptedServer) -> None:
    answer = asked(server, "how is floopcoin doing", calls(("asset", {"asset": "FLOOP<b>$9"})), DONE)
    assert answer.sentences == ()
    assert any(note.startswith("Not in the data") for note in answer.notes)
    assert "<b>" not in repr(answer.notes)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("delete_everything", {}),
        ("asset", {}),
        ("asset", {"asset": "BTC", "sql": "drop table"}),
        ("asset", {"asset": 1}),
        ("market_rank", {"view": "top", "window": "1h", "count": 3}),
        ("market_rank", {"view": "top", "window": "1d", "count": 10_000}),
        ("portfolio", {"name": "someone else"}),
    ],
)
def test_a_call_outside_the_schema_reads_nothing(server: ScriptedServer, name: str, arguments: dict[str, Any]) -> None:
    market = Market()
    asked(server, "hello", calls((name, arguments)), DONE, market=market)
    assert market.reads == []
    told = json.loads(server.requests[1].body["messages"][-1]["content"])
    assert told["status"] == "rejected"
