from decimal import Decimal

import pytest

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
