"""The table of figures, worked out by hand."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.claims.fact import Metric, Unit
from agent.claims.grammar.assertions import Style
from agent.claims.rounding import rounded, shown, spelled, threshold_text
from tests.agent.claims.verify.world import fact


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
        ("28414999999", Metric.VOLUME, Unit.USD, "$28.41 billion"),
        ("999999.5", Metric.MARKET_CAP, Unit.USD, "$1.00 million"),
        ("999999.4", Metric.MARKET_CAP, Unit.USD, "$999,999"),
        ("0.5", Metric.FEES, Unit.USD, "$0.5000"),
        ("-123456789", Metric.EXCHANGE_NET_FLOW, Unit.USD, "-$123.46 million"),
        ("1203.405", Metric.VALUE_AT_RISK, Unit.USD, "$1,203.40"),
        ("17600", Metric.SHOCK_CHANGE, Unit.USD, "$17,600.00"),
        ("2.45", Metric.INDEPENDENT_BETS, Unit.RATIO, "2.4"),
        ("2.45", Metric.TORSION_BETS, Unit.RATIO, "2.4"),
        ("2.35", Metric.COMPONENT_BETS, Unit.RATIO, "2.4"),
        ("2.04", Metric.END_NUMBER, Unit.RATIO, "2.0"),
        ("0.5", Metric.ADX, Unit.SCORE, "0"),
        ("0.125", Metric.STRESS_CHANGE, Unit.USD, "$0.12"),
        ("1203.405", Metric.TARGET_TRADE, Unit.USD, "$1,203.40"),
        ("5.25", Metric.TARGET_GAP, Unit.PP, "5.2 percentage points"),
        ("112.345", Metric.INDEX_LEVEL, Unit.RATIO, "112.34"),
        ("63.25", Metric.OWN_GRADE, Unit.SCORE, "63.2"),
        ("12.25", Metric.DIFFERENCE, Unit.PP, "12.2 percentage points"),
        ("0.96", Metric.DIFFERENCE, Unit.PP, "1.0 percentage point"),
        ("1012.25", Metric.HASH_RATE, Unit.EHS, "1012.2 EH/s"),
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


@pytest.mark.parametrize(
    ("metric", "qualifier", "unit", "value", "text"),
    [
        (Metric.MEAN, "rsi", Unit.SCORE, "48.5", "48"),
        (Metric.MEAN, "grade:trader", Unit.SCORE, "48.55", "48.6"),
        (Metric.SUM, "value", Unit.USD, "1234.5", "$1,234.50"),
        (Metric.SUM, "market_cap", Unit.USD, "2500000", "$2.50 million"),
        (Metric.DIFFERENCE, "close", Unit.USD, "0.25", "$0.2500"),
        (Metric.WHAT_IF, "independent_bets", Unit.RATIO, "3.05", "3.0"),
        (Metric.TIMES, "independent_bets", Unit.RATIO, "3.054", "3.05"),
    ],
)
def test_a_computed_figure_shows_the_digits_of_what_it_is_computed_of(
    metric: Metric, qualifier: str, unit: Unit, value: str, text: str
) -> None:
    assert shown(fact("c", "market", metric, unit, value, qualifier=qualifier)) == text


@pytest.mark.parametrize(
    ("value", "metric", "unit", "text"),
    [
        ("70", Metric.RSI, Unit.SCORE, "70"),
        ("70.50", Metric.GRADE, Unit.SCORE, "70.5"),
        ("1000", Metric.CLOSE, Unit.USD, "$1,000"),
        ("0.0050", Metric.CLOSE, Unit.USD, "$0.005"),
        ("1E+9", Metric.MARKET_CAP, Unit.USD, "$1 billion"),
        ("1500000000", Metric.MARKET_CAP, Unit.USD, "$1.5 billion"),
        ("20", Metric.CHANGE, Unit.PCT, "20%"),
        ("-5.0", Metric.CHANGE, Unit.PCT, "-5%"),
        ("1000000", Metric.ACTIVE_ADDRESSES, Unit.COUNT, "1,000,000"),
        ("800", Metric.HASH_RATE, Unit.EHS, "800 EH/s"),
    ],
)
def test_a_threshold_is_exact_and_has_no_trailing_zeros(value: str, metric: Metric, unit: Unit, text: str) -> None:
    assert threshold_text(Decimal(value), metric, unit) == text
