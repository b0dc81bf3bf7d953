"""The table of figures, worked out by hand."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.claims.fact import Metric, Unit
from agent.claims.grammar.assertions import Style
from agent.claims.rounding import rounded, spelled


@pytest.mark.parametrize(
    ("value", "metric", "unit", "text"),
    [
        ("113213.61", Metric.CLOSE, Unit.USD, "$113,214"),
        ("113213.5", Metric.CLOSE, Unit.USD, "$113,214"),
        ("113212.5", Metric.CLOSE, Unit.USD, "$113,212"),
        ("999.994", Metric.CLOSE, Unit.USD, "$999.99"),
        ("999.996", Metric.CLOSE, Unit.USD, "$1,000"),
        ("215.065", Metric.CLOSE, Unit.USD, "$215.06"),
        ("1", Metric.CLOSE, Unit.USD, "$1.00"),
        ("0.99996", Metric.CLOSE, Unit.USD, "$1.00"),
        ("0.99994", Metric.CLOSE, Unit.USD, "$0.9999"),
        ("0.5", Metric.CLOSE, Unit.USD, "$0.5000"),
        ("0.099996", Metric.CLOSE, Unit.USD, "$0.1000"),
        ("0.00691185", Metric.CLOSE, Unit.USD, "$0.006912"),
        ("1.2345E-11", Metric.CLOSE, Unit.USD, "$0.00000000001234"),
        ("0", Metric.VALUE_CHANGE, Unit.USD, "$0.00"),
        ("0.004", Metric.VALUE, Unit.USD, "$0.00"),
        ("1234567.895", Metric.VALUE, Unit.USD, "$1,234,567.90"),
        ("3515400000000", Metric.TOTAL_MARKET_CAP, Unit.USD, "$3.52 trillion"),
        ("999996000000", Metric.TOTAL_MARKET_CAP, Unit.USD, "$1.00 trillion"),
        ("28415000000", Metric.TOTAL_MARKET_CAP, Unit.USD, "$28.42 billion"),
        ("1005000", Metric.TOTAL_MARKET_CAP, Unit.USD, "$1.00 million"),
        ("999999", Metric.TOTAL_MARKET_CAP, Unit.USD, "$999,999"),
        ("7.25", Metric.CHANGE, Unit.PCT, "7.2%"),
        ("7.35", Metric.CHANGE, Unit.PCT, "7.4%"),
        ("1250.04", Metric.CHANGE, Unit.PCT, "1250.0%"),
        ("0.705", Metric.CORRELATION, Unit.RATIO, "0.70"),
        ("2.35", Metric.EFFECTIVE_NUMBER, Unit.RATIO, "2.4"),
        ("27.5", Metric.RSI, Unit.SCORE, "28"),
        ("26.5", Metric.FEAR_GREED, Unit.SCORE, "26"),
        ("72.45", Metric.GRADE, Unit.SCORE, "72.4"),
        ("4.15", Metric.VOLUME_Z, Unit.SIGMA, "4.2"),
        ("1234", Metric.COVERAGE, Unit.COUNT, "1,234"),
    ],
)
def test_a_value_shows_the_digits_of_the_table(value: str, metric: Metric, unit: Unit, text: str) -> None:
    assert spelled(Decimal(value), metric, unit, Style.PLAIN) == text


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        ("-7.3", Style.PLAIN, "-7.3%"),
        ("7.3", Style.PLAIN, "7.3%"),
        ("-7.3", Style.MAGNITUDE, "7.3%"),
        ("7.3", Style.SIGNED, "+7.3%"),
        ("-7.3", Style.SIGNED, "-7.3%"),
        ("-0.05", Style.SIGNED, "0.0%"),
        ("0.04", Style.SIGNED, "0.0%"),
        ("-0.04", Style.PLAIN, "0.0%"),
    ],
)
def test_zero_has_no_sign_and_others_have_the_sign_of_their_style(value: str, style: Style, text: str) -> None:
    assert spelled(Decimal(value), Metric.CHANGE, Unit.PCT, style) == text


def test_a_usd_minus_stands_before_the_dollar_sign() -> None:
    assert spelled(Decimal("-5670.114"), Metric.VALUE_CHANGE, Unit.USD, Style.PLAIN) == "-$5,670.11"


def test_a_tally_of_zero_reads_none() -> None:
    assert spelled(Decimal(0), Metric.RISERS, Unit.COUNT, Style.TALLY) == "none"
    assert spelled(Decimal(3), Metric.RISERS, Unit.COUNT, Style.TALLY) == "3"


@settings(max_examples=200, deadline=None)
@given(st.floats(min_value=1e-12, max_value=1e15).map(Decimal))
def test_a_price_is_shown_within_half_of_its_last_digit(value: Decimal) -> None:
    text = spelled(value, Metric.CLOSE, Unit.USD, Style.PLAIN)
    shown = Decimal(text.removeprefix("$").replace(",", ""))
    half = Decimal("0.5").scaleb(-len(text.partition(".")[2]))
    assert abs(shown - value) <= half
    assert shown == rounded(value, Metric.CLOSE, Unit.USD)
