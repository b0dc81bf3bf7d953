import json

from tests.agent.cli.commands import Commands


def test_a_question_is_answered_with_where_it_comes_from(coinbrief: Commands) -> None:
    text = coinbrief.good("ask", "How is my portfolio?")
    assert "Your portfolio" in text
    assert "As of the close of 10 October 2025 (UTC)." in text


def test_every_figure_of_an_answer_can_be_explained(coinbrief: Commands) -> None:
    answer = json.loads(coinbrief.good("ask", "How is my portfolio?", "--json"))
    assert answer["facts"]
    for fact_id in {fact["fact_id"] for fact in answer["facts"]}:
        assert coinbrief.good("explain", fact_id).startswith(f"{fact_id}: ")
    assert answer["facts"][0]["fact_id"] in coinbrief.good("ask", "How is my portfolio?", "--facts")


def test_a_symbol_of_several_coins_is_asked_back(coinbrief: Commands) -> None:
    text = coinbrief.good("ask", "What is the price of PEPE?")
    assert "Pepe Ordinal" in text
    assert "$" not in text


def test_nonsense_gets_no_figure(coinbrief: Commands) -> None:
    text = coinbrief.good("ask", "zzz qqq?")
    assert "$" not in text
    assert text.strip()
