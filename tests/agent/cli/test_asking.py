import io
import json
import sys

import pytest

from tests.agent.cli.commands import Commands

PORTFOLIO = "How is my portfolio?"


def test_a_question_is_answered_with_where_it_comes_from(coinbrief: Commands) -> None:
    text = coinbrief.good("ask", PORTFOLIO)
    assert "Your portfolio" in text
    assert "As of the close of 10 October 2025 (UTC). Arranged by the template writer." in text


def test_every_figure_of_an_answer_can_be_explained(coinbrief: Commands) -> None:
    answer = json.loads(coinbrief.good("ask", PORTFOLIO, "--json"))
    assert answer["facts"]
    for fact_id in {fact["fact_id"] for fact in answer["facts"]}:
        assert coinbrief.good("explain", fact_id).startswith(f"{fact_id}: ")
    stated = answer["claims"][0]["facts"][0]["fact_id"]
    assert stated in coinbrief.good("ask", PORTFOLIO, "--facts")


def test_a_symbol_of_several_coins_is_asked_back(coinbrief: Commands) -> None:
    text = coinbrief.good("ask", "What is the price of PEPE?")
    assert "Pepe Ordinal" in text
    assert "$" not in text


def test_nonsense_gets_no_figure(coinbrief: Commands) -> None:
    text = coinbrief.good("ask", "zzz qqq?")
    assert "$" not in text
    assert text.strip()


def test_the_steps_say_what_was_called_over_how_much(coinbrief: Commands) -> None:
    _, steps = coinbrief.good("ask", "price of bitcoin", "--steps").split("\nSteps:\n")
    assert steps.startswith("1. price")
    assert "chosen by the grammar" in steps
    assert "none: nothing was looked up" in coinbrief.good("ask", "zzz qqq?", "--steps")


def test_a_question_or_a_conversation_is_needed(coinbrief: Commands) -> None:
    assert "--chat" in coinbrief.bad("ask", status=2)


def test_a_conversation_answers_line_by_line_until_it_is_left(
    coinbrief: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("price of bitcoin\n \nand ethereum?\nexit\nprice of solana\n"))
    text = coinbrief.good("ask", "--chat")
    assert text.count("As of the close of") == 2
    assert text.index("Bitcoin") < text.index("Ethereum")
    assert "Solana" not in text


def test_answers_from_a_pipe_have_an_empty_line_between_them_and_none_at_the_end(
    coinbrief: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    singly = [coinbrief.good("ask", question) for question in ("price of bitcoin", "price of ethereum")]
    monkeypatch.setattr(sys, "stdin", io.StringIO("price of bitcoin\nprice of ethereum\n"))
    assert coinbrief.good("ask", "--chat") == "\n".join(singly)
    monkeypatch.setattr(sys, "stdin", io.StringIO("price of bitcoin\nprice of ethereum\n"))
    assert all(json.loads(line)["claims"] for line in coinbrief.good("ask", "--chat", "--json").splitlines())


def test_a_providers_own_chat_is_not_asked_unless_that_is_allowed(coinbrief: Commands) -> None:
    assert "sources.token_metrics.chat" in coinbrief.bad("ask", "What about Bitcoin?", "--provider")
