"""Figures, ages and names as text."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import format as fmt

NOW = datetime(2026, 1, 10, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (113_214.4, "$113,214"),
        (215.07, "$215.07"),
        (1.0, "$1.00"),
        (0.006912, "$0.006912"),
        (0.00001057, "$0.00001057"),
        (0.0, "$0.00"),
        (-3.5, "-$3.50"),
        (None, "n/a"),
        (float("nan"), "n/a"),
    ],
)
def test_a_price_has_the_digits_of_the_briefing(value: float | None, text: str) -> None:
    assert fmt.usd(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(7.25, "+7.2%"), (7.35, "+7.4%"), (-0.04, "0.0%"), (0.0, "0.0%"), (-12.06, "-12.1%"), (None, "n/a")],
)
def test_a_change_rounds_half_even_and_a_flat_one_has_no_sign(value: float | None, text: str) -> None:
    assert fmt.pct(value) == text


def test_a_share_has_no_plus() -> None:
    assert fmt.pct(45.2, sign=False) == "45.2%"


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.52e12, "$3.52 trillion"), (1.5e9, "$1.50 billion"), (2e6, "$2.00 million"), (999.4, "$999"), (None, "n/a")],
)
def test_a_large_amount_is_scaled(value: float | None, text: str) -> None:
    assert fmt.large_usd(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("0.50", "0.5"), ("12000", "12,000"), ("1E+3", "1,000"), ("0.00000001", "0.00000001"), ("100", "100")],
)
def test_an_amount_keeps_all_its_digits(value: str, text: str) -> None:
    assert fmt.amount(Decimal(value)) == text


@pytest.mark.parametrize(
    ("ago", "text"),
    [
        (timedelta(seconds=30), "just now"),
        (timedelta(minutes=12), "12 min ago"),
        (timedelta(hours=3, minutes=59), "3 h ago"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(days=3), "3 days ago"),
    ],
)
def test_an_age_is_told_in_one_unit(ago: timedelta, text: str) -> None:
    assert fmt.age(NOW - ago, NOW) == text


def test_what_never_happened_has_no_age() -> None:
    assert fmt.age(None, NOW) == "never"


def test_dollars_and_marks_are_escaped() -> None:
    assert fmt.escape("from $60k to $70k") == r"from \$60k to \$70k"
    assert fmt.escape("*a* _b_ `c` [d](e) <f>") == r"\*a\* \_b\_ \`c\` \[d\]\(e\) \<f\>"
    assert fmt.escape("two\nlines") == "two lines"
    assert ":red" not in fmt.escape(":red[x]")


def test_a_piece_of_a_sentence_keeps_its_spaces() -> None:
    assert fmt.escape_within(" to $5, ") == r" to \$5, "
    assert fmt.escape_within(" ") == " "


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_an_escaped_text_has_no_bare_mark(text: str) -> None:
    bare = fmt.escape(text).replace("\\\\", "")
    for mark in "$*_`[]<>|":
        assert bare.count(mark) == bare.count("\\" + mark)


@given(st.floats(min_value=1e-12, max_value=1e12))
def test_a_table_sorts_by_the_price_it_shows(value: float) -> None:
    shown = fmt.shown_price(value)
    assert shown is not None
    assert fmt.usd(shown) == fmt.usd(value)


@pytest.mark.parametrize(
    ("stored", "text"), [("6.43662e-06", "0.00000643662"), ("1.5", "1.5"), ("bullish", "bullish"), (None, "n/a")]
)
def test_a_stored_number_is_shown_without_an_exponent(stored: str | None, text: str) -> None:
    assert fmt.stored(stored) == text


def test_signals_and_counts_have_names() -> None:
    assert fmt.signal_name("rsi_oversold") == "RSI oversold"
    assert fmt.signal_name("breakout_up") == "Breakout up"
    assert fmt.plural(1, "coin") == "1 coin"
    assert fmt.plural(1200, "coin") == "1,200 coins"


def test_a_signal_says_how_it_did_before_or_that_nobody_knows() -> None:
    assert fmt.track_record(None, 0, proven=False) == "Unproven: its past has not been scored."
    assert fmt.track_record(0.5, 0, proven=False) == "Unproven: its past has not been scored."
    assert (
        fmt.track_record(0.474, 1090, proven=False)
        == "Unproven: 47% likely to go its way, after it fired 1,090 times before."
    )
    assert fmt.track_record(0.61, 1, proven=True) == "Proven: 61% likely to go its way, after it fired once before."
