from datetime import date
from decimal import Decimal

import pytest

from agent.analytics.figure import Figure
from agent.cli import shown


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (shown.ratio(0.705), "0.70"),  # half to even, on the exact decimal
        (shown.ratio(0.715), "0.72"),
        (shown.ratio(-0.001), "0.00"),
        (shown.loss(0.0834), "0.083"),
        (shown.signed_loss(0.0126), "+0.013"),
        (shown.count(2.449), "2.4"),
        (shown.whole(1200.0), "1,200"),
        (shown.pct(7.25), "7.2%"),
        (shown.share(0.4521), "45.2%"),
        (shown.share(-0.00001), "0.0%"),
        (shown.signed_pct(7.3), "+7.3%"),
        (shown.signed_pct(-0.01), "0.0%"),
        (shown.signed_share(-0.125), "-12.5%"),
        (shown.signed_points(-3.46), "-3.5"),
        (shown.points_of(0.035), "+3.5"),
        (shown.signed_ratio(0.125), "+0.12"),
        (shown.signed_count(0.04), "0.0"),
        (shown.signed_whole(-1.0), "-1"),
        (shown.usd(52310.225), "$52,310.22"),
        (shown.usd(Decimal("-5.1")), "-$5.10"),
        (shown.usd(-0.001), "$0.00"),
        (shown.signed_usd(0.0), "$0.00"),
        (shown.signed_usd(52.1), "+$52.10"),
        (shown.amount(Decimal(9000)), "9000"),
        (shown.amount(4065.59354986812), "4065.59354987"),
        (shown.amount(1e-9), "0.000000001"),
        (shown.amount(0.0), "0"),
    ],
)
def test_a_number_is_shown_as_the_table_of_figures_says(text: str, expected: str) -> None:
    assert text == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (113_214.4, "$113,214"),
        (999.996, "$1,000"),
        (215.07, "$215.07"),
        (0.99997, "$1.00"),
        (0.006912, "$0.006912"),
        (0.0000087654, "$0.000008765"),
        (0.0, "$0.00"),
        (-56.605, "-$56.60"),
    ],
)
def test_prices_have_the_digits_of_their_size(value: float, text: str) -> None:
    assert shown.price_usd(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2.5e9, "$2.50 billion"),
        (-1_450_466_972.2, "-$1.45 billion"),
        (3.5151e12, "$3.52 trillion"),
        (999_999.0, "$999,999"),
    ],
)
def test_large_sums_are_told_in_words(value: float, text: str) -> None:
    assert shown.total_usd(value) == text


def test_percentages_and_numbers_are_rounded_half_to_even_and_zero_has_no_sign() -> None:
    assert [shown.share(-0.0729), shown.share(0.00049), shown.signed_share(0.25), shown.signed_share(-0.0004)] == [
        "-7.3%",
        "0.0%",
        "+25.0%",
        "0.0%",
    ]
    assert [shown.number(0.125), shown.number(0.135), shown.number(1234.5, 0), shown.number(-0.001, signed=True)] == [
        "0.12",
        "0.14",
        "1,234",
        "0.00",
    ]
    assert shown.percent(0.55, 0) == "55"


def test_small_words() -> None:
    assert shown.or_none(Figure(None, "no bar"), shown.price_usd) == "none"
    assert shown.or_none(Figure(2.0, None), shown.price_usd) == "$2.00"
    assert [shown.direction_word(direction) for direction in (1, -1, 0)] == ["up", "down", "neither"]
    assert [shown.count_of(1, "day"), shown.count_of(1200, "day")] == ["1 day", "1,200 days"]
    assert shown.short_day(date(2025, 10, 9)) == "9 Oct"
    assert [shown.source_words("replay_binance"), shown.source_words("some_source")] == [
        "the replayed Binance",
        "some source",
    ]
