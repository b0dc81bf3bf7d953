"""What others wrote is made plain, and what people write in their own languages stays readable."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.claims.plain_text import cut, hides_something, plain, plain_lines, printable, visible
from tests.agent.ask.hostile import PAYLOADS, SECRETS

PIECES = st.sampled_from(
    [
        *(
            "<",
            "b",
            ">",
            "<b>",
            "<!--",
            "-->",
            "[",
            "]",
            "(",
            ")",
            "![a](x)",
            "[a](b)",
            ":",
            " ",
            "\n",
            "http://",
            "www.",
        ),
        *(
            "evil.com",
            "a",
            "*",
            "`",
            "_",
            "\x1b[",
            "\x1b]8;;",
            "\x07",
            "\u200b",
            "\u0301",
            "/",
            "@",
            "!",
            "\uff1c",
            ".",
        ),
        *(
            "\u3002",
            "com",
            "1.2.3.4",
            "]:",
            "-",
            "#",
            "> ",
            "\U000e0041",
            "\ufdfa",
            "[link removed]",
            "\u2026",
            "data:",
        ),
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('See [the **paper**](https://x.example/y "t").', "See the paper [link removed]."),
        ("![p](http://x.example/?q=1) after", "[link removed] after"),
        ("[![a](b)](c) after", "[[link removed]] (c) after"),
        ("[x][y] and\n[y]: http://x.example", "[x] [y] and [link removed]"),
        ("go to www.x.example/a?b#c now", "go to [link removed] now"),
        ("<https://x.example>", ""),
        ("mail me@x.example!", "mail [link removed]!"),
        ("run javascript:alert(1) here", "run [link removed] here"),
        ("at 10.0.0.1:8080/x", "at [link removed]"),
        ("a<b>bold</b>c", "a bold c"),
        ("one <!-- two > three --> four", "one four"),
        ("<img src=x onerror=1", "img src=x onerror=1"),
        ("\x1b]8;;https://x.example\x1b\\click\x1b]8;;\x07", "click"),
        ("\x1b[31mred\x1b[0m\x9b2J", "red"),
        ("Bit\u200bcoin\u202e \U000e0041\ufe0f\u3164!", "Bitcoin !"),
        ("\uff33\uff4f\uff4c\uff21\uff2e\uff21 \ufb01ve", "SolANA five"),
        ("one\r\ntwo\u2028three\tfour", "one two three four"),
    ],
)  # fmt: skip
def test_what_is_more_than_text_is_taken_out(text: str, expected: str) -> None:
    assert plain(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Pump.fun and yearn.finance rose 5.2% vs. 3.1%; RSI < 30, e.g. 12.5 (from 9).",
        "\u041f\u0440\u0438\u0432\u0435\u0442, \u043c\u0438\u0440! Caf\u00e9 cr\u00e8me, Stra\u00dfe, \u0141\u00f3d\u017a.",  # noqa: E501 - written with escapes
        "\u65e5\u672c\u8a9e\u306e\u6587\u7ae0\u3067\u3059\u3002 \ud55c\uad6d\uc5b4 \u4e2d\u6587",
        "\u0627\u0644\u0639\u0631\u0628\u064a\u0629 \u05e2\u05d1\u05e8\u05d9\u05ea \u0939\u093f\u0928\u094d\u0926\u0940 \u0e44\u0e17\u0e22",  # noqa: E501 - written with escapes
        "It's 5 - 3 = 2, #1 of 10 & more",
    ],
)
def test_ordinary_text_of_any_language_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


def test_lines_lose_the_marks_of_headings_lists_and_quotations() -> None:
    assert plain_lines("# Title\n\n- first *point*\n> quoted\n   * second\n<br>\n") == (
        *("Title", "first *point*", "quoted", "second"),
    )


@given(TEXTS)
def test_plain_text_is_one_visible_line_and_stays_as_it_is(text: str) -> None:
    made = plain(text)
    assert plain(made) == made
    assert all(letter == " " or unicodedata.category(letter)[0] not in "CZ" for letter in made)
    assert "](" not in made
    assert "://" not in made


@pytest.mark.parametrize(("name", "payload"), PAYLOADS)
def test_nothing_of_a_hostile_text_can_be_followed_or_obeyed_by_a_surface(name: str, payload: str) -> None:
    made = plain(payload)
    assert [secret for secret in SECRETS if secret in made] == [], name


def test_marks_that_run_into_other_lines_are_few() -> None:
    assert plain("e" + "\u0335" * 50) == "e" + "\u0335" * 4


def test_a_control_character_becomes_a_space_in_a_line_of_our_own() -> None:
    assert printable("Evil\x1b[2J\nCoin\u202e\u200b") == "Evil [2J Coin"


def test_line_breaks_stay_where_only_the_invisible_is_taken_out() -> None:
    assert visible("a\u200b\r\nb\x00") == "a\nb"


@pytest.mark.parametrize("text", ["plain", "\u2764\ufe0f two\r\nlines\tand a tab", "\u65e5\u672c\u8a9e"])
def test_an_ordinary_text_hides_nothing(text: str) -> None:
    assert not hides_something(text)


@pytest.mark.parametrize("text", ["a\u200bb", "\x1b[31mred", "\U000e0041", "a\x00"])
def test_a_text_with_invisible_characters_hides_something(text: str) -> None:
    assert hides_something(text)


@given(st.text(alphabet="ab ", max_size=60), st.integers(5, 40))
def test_a_cut_text_is_a_beginning_that_fits(text: str, most: int) -> None:
    short = cut(text, most)
    assert len(short) <= most
    assert short == text or (short.endswith(" ...") and text.startswith(short.removesuffix(" ...")))


def test_a_text_is_cut_between_two_words() -> None:
    assert cut("one two three four", 15) == "one two ..."
    assert cut("onetwothreefourfive", 12) == "onetwoth ..."
