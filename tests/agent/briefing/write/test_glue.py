import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.briefing.glue import HOLDING_PHRASES, JOINERS, MARKET_PHRASES, OPENERS, Place, glue_tokens, placed_glue

LISTED = (
    "and", "while", "meanwhile", "also", "in addition", "besides", "separately", "as for", "in the market",
    "across the market", "in the wider market", "turning to the market", "among your holdings", "in your portfolio",
    "turning to your holdings", "turning to your portfolio", "within your portfolio", "elsewhere", "on the data side",
    "among the signals", "overall", "finally", "lastly", "first", "to begin with", "then", "next", ",", ";", ":",
)  # fmt: skip  # docs/claims.md, Glue


@pytest.mark.parametrize("text", ["", " ", *LISTED, "Meanwhile, ", ", while in the market, ", "; elsewhere "])
def test_the_listed_words_are_glue(text: str) -> None:
    assert glue_tokens(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        *(
            [
                "because",
                "after",
                "amid",
                "as",
                "but",
                "despite",
                "will",
                "may",
                "buy",
                "should",
                "surged",
                "only",
                "sharply",
                "most",
                "all",
                "not",
                "three",
                "7",
                "7%",
                "$1",
            ]
        ),
        *(
            [
                "Bitcoin",
                "andwhile",
                "firstly",
                "thenceforth",
                "portfolio",
                ".",
                "!",
                "?",
                "(",
                "—",
                "-",
                ",,",
                ";:",
                "&",
                "/",
                "1",
                chr(0x661),
                "and-while",
            ]
        ),
        *("due to", "set to", "in the", "and Bitcoin rose 3%", "and\n", "and\u200b", "\uff0c", "\u0430nd", "and<b>"),
        *("[x](http://a.b)", "meanwhile " * 12),
    ],
)
def test_any_other_word_or_mark_is_not(text: str) -> None:
    assert glue_tokens(text) is None


@given(st.text(max_size=30))
def test_glue_holds_no_digit_and_no_word_that_is_not_listed(text: str) -> None:
    if glue_tokens(text) is not None:
        assert not any(char.isdigit() for char in text)
        left = text.lower()
        for phrase in sorted(LISTED, key=len, reverse=True):
            left = left.replace(phrase, "")
        assert not left.strip()


def test_the_list_is_that_of_the_page() -> None:
    page = (Path(__file__).parents[4] / "docs" / "claims.md").read_text(encoding="utf-8").split("## Glue")[1]
    words = set(re.findall(r"`([a-z][a-z ]*)`", page.split("Cause (")[0]))
    assert words == {phrase for phrase in LISTED if phrase[0].isalpha()} == JOINERS | OPENERS
    assert {phrase for phrase in OPENERS if "your" in phrase} == HOLDING_PHRASES
    assert {phrase for phrase in OPENERS if "market" in phrase} == MARKET_PHRASES


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ("Meanwhile", Place.OPENING, "meanwhile, "),
        ("in the market: ", Place.OPENING, "in the market, "),
        ("", Place.OPENING, ""),
        ("and", Place.OPENING, None),
        ("", Place.BETWEEN, "; "),
        (", ", Place.BETWEEN, "; "),
        (", and", Place.BETWEEN, " and "),
        ("; meanwhile", Place.BETWEEN, "; meanwhile, "),
        ("in addition", Place.BETWEEN, "; in addition, "),
        ("Turning to your portfolio:", Place.OPENING, "turning to your portfolio, "),
        ("To begin with", Place.OPENING, "to begin with, "),
        ("and next", Place.BETWEEN, None),
        ("; lastly", Place.BETWEEN, None),
        ("while also", Place.BETWEEN, " while also, "),
        ("then", Place.BETWEEN, None),
        ("also and", Place.BETWEEN, None),
        (".", Place.CLOSING, ""),
        ("", Place.CLOSING, ""),
        ("and", Place.CLOSING, None),
        (". ..", Place.CLOSING, None),
    ],
)
def test_glue_is_printed_as_its_place_asks(text: str, place: Place, expected: str | None) -> None:
    assert placed_glue(text, place) == expected
