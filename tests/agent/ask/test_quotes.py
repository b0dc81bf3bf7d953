"""What is quoted is plain, short, and cannot end its own quotation."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.ask.quotes import Quote, excerpt, quotation, quote_of
from agent.claims.plain_text import plain
from agent.store.passages import PassageRow
from tests.agent.ask.hostile import PAYLOADS, SECRETS

DAY = date(2025, 10, 3)


def passage(text: str, title: str = "Solana: deep dive", source: str = "token_metrics") -> PassageRow:
    return PassageRow(7, "report", "doc", 0, source, DAY, title, text, "digest")


def test_a_quotation_says_whose_words_it_is_made_of_and_of_when() -> None:
    quote = quote_of(passage('Fees "fell" \u201csharply\u201d.'))
    assert quote == Quote("Fees 'fell' 'sharply'.", "report", "Token Metrics", "Solana: deep dive", DAY, 7)
    assert quotation(quote) == "\"Fees 'fell' 'sharply'.\" - Token Metrics, Solana: deep dive, 3 October 2025"


def test_a_long_passage_is_quoted_around_the_word_that_was_found() -> None:
    text = "one two three " * 30 + "validators voted on fees " + "four five six " * 30
    assert excerpt(text.strip())[:13] == "one two three"
    around = excerpt(text.strip(), ("validator",))
    assert "validators voted on fees" in around
    assert around.startswith("... ")
    assert around.endswith(" ...")
    assert len(around) <= 300


@pytest.mark.parametrize(("name", "payload"), PAYLOADS)
def test_no_part_of_a_quotation_is_more_than_quoted_text(name: str, payload: str) -> None:
    for quote in (
        quote_of(passage(payload)),
        quote_of(passage("Good.", payload)),
        quote_of(passage("x", "t", payload)),
    ):
        shown = quotation(quote)
        assert [secret for secret in SECRETS if secret in shown] == [], name
        assert shown.count('"') == 2, name
        assert "\n" not in shown


@given(st.text(max_size=900), st.lists(st.text(min_size=1, max_size=5), max_size=2))
def test_whatever_a_passage_holds_its_quote_can_be_made(text: str, words: list[str]) -> None:
    quote = quote_of(passage(text, text, text), words)
    assert len(quote.text) <= 300
    assert plain(quote.text) == quote.text


@pytest.mark.parametrize("text", ["x" * 301, "see https://evil.example", "a\u200bb", "two\nlines", 'an "end"'])
def test_a_text_that_may_not_be_shown_makes_no_quote(text: str) -> None:
    with pytest.raises(ValueError, match="quotation"):
        Quote(text, "note", "you", "Note 1", DAY, 1)
