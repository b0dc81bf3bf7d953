"""The rounding table of docs/claims.md, by hand and against the verifier's own reading of it."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.claims.fact import Fact, Metric, State, Unit
from agent.claims.figures import day_text, direction, display, plain, shown_value, signed
from agent.claims.verify import verify_figure
from tests.agent.claims.verify.world import AS_OF, fact

CLOSE, TOTAL, MONEY = (Metric.CLOSE, Unit.USD), (Metric.TOTAL_MARKET_CAP, Unit.USD), (Metric.VALUE, Unit.USD)
PCT, RATIO, SIGMA = (Metric.CHANGE, Unit.PCT), (Metric.BETA, Unit.RATIO), (Metric.VOLUME_Z, Unit.SIGMA)

BY_HAND = [
    (CLOSE, "113214.4", "$113,214"),
    (CLOSE, "1000", "$1,000"),
    (CLOSE, "999.996", "$1,000"),
    (CLOSE, "999.994", "$999.99"),
    (CLOSE, "215.065", "$215.06"),  # half-even
    (CLOSE, "215.075", "$215.08"),
    (CLOSE, "1000.5", "$1,000"),
    (CLOSE, "1001.5", "$1,002"),
    (CLOSE, "1", "$1.00"),
    (CLOSE, "0.99996", "$1.00"),
    (CLOSE, "0.99995", "$1.00"),
    (CLOSE, "0.999949", "$0.9999"),
    (CLOSE, "0.099996", "$0.1000"),
    (CLOSE, "0.0999949", "$0.09999"),
    (CLOSE, "0.0069124", "$0.006912"),
    (CLOSE, "0.00691250", "$0.006912"),  # half-even
    (CLOSE, "0.00691350", "$0.006914"),
    (CLOSE, "6.8434e-06", "$0.000006843"),
    (CLOSE, "1.23e-11", "$0.00000000001230"),
    (CLOSE, "0", "$0.00"),
    (CLOSE, "123456789012345678901234567890.7", "$123,456,789,012,345,678,901,234,567,891"),
    (TOTAL, "3515000000000", "$3.52 trillion"),  # 351.5 -> 352
    (TOTAL, "3525000000000", "$3.52 trillion"),  # 352.5 -> 352
    (TOTAL, "995312345678.9", "$995.31 billion"),
    (TOTAL, "999996000000", "$1.00 trillion"),
    (TOTAL, "999994000000", "$999.99 billion"),
    (TOTAL, "999999.5", "$1.00 million"),
    (TOTAL, "999998.5", "$999,998"),
    (TOTAL, "12345678901234567", "$12,345.68 trillion"),
    (MONEY, "52310.215", "$52,310.22"),
    (MONEY, "52310.225", "$52,310.22"),
    (MONEY, "0.004", "$0.00"),
    ((Metric.CONTRIBUTION, Unit.USD), "0.006", "$0.01"),
    (PCT, "7.25", "7.2%"),
    (PCT, "7.35", "7.4%"),
    (PCT, "0.05", "0.0%"),
    (PCT, "0.0500001", "0.1%"),
    (PCT, "1234.56", "1234.6%"),
    (RATIO, "0.705", "0.70"),
    (RATIO, "0.715", "0.72"),
    (RATIO, "1234.5", "1234.50"),
    ((Metric.EFFECTIVE_NUMBER, Unit.RATIO), "2.35", "2.4"),
    ((Metric.RSI, Unit.SCORE), "28.5", "28"),
    ((Metric.RSI, Unit.SCORE), "29.5", "30"),
    ((Metric.FEAR_GREED, Unit.SCORE), "27", "27"),
    ((Metric.GRADE, Unit.SCORE), "72.45", "72.4"),
    ((Metric.GRADE, Unit.SCORE), "29.95", "30.0"),
    (SIGMA, "4.25", "4.2"),
    (SIGMA, "1234.56", "1234.6"),
    ((Metric.NEW_SIGNALS, Unit.COUNT), "1204", "1,204"),
    ((Metric.TARGET_TRADE, Unit.USD), "1203.395", "$1,203.40"),
    ((Metric.STRESS_CHANGE, Unit.USD), "7400", "$7,400.00"),
    ((Metric.STRESS_CHANGE, Unit.PCT), "14.25", "14.2%"),
    ((Metric.TARGET_GAP, Unit.PP), "1.04", "1.0 percentage point"),
    ((Metric.TORSION_BETS, Unit.RATIO), "2.35", "2.4"),
    ((Metric.COMPONENT_BETS, Unit.RATIO), "2.45", "2.4"),
    ((Metric.END_NUMBER, Unit.RATIO), "1234.56", "1234.6"),
    ((Metric.ADX, Unit.SCORE), "40.5", "40"),
    ((Metric.INDEX_LEVEL, Unit.RATIO), "1234.565", "1234.56"),
    ((Metric.MEAN_PRICE, Unit.USD), "999.996", "$1,000"),
    ((Metric.FIRINGS, Unit.COUNT), "1203", "1,203"),
]


def made(kind: tuple[Metric, Unit], value: str) -> Fact:
    return fact("f", "asset:1", kind[0], kind[1], value)


@pytest.mark.parametrize(("kind", "value", "shown"), BY_HAND, ids=[f"{k[0]} {v}" for k, v, _ in BY_HAND])
def test_a_value_is_shown_as_the_table_says(kind: tuple[Metric, Unit], value: str, shown: str) -> None:
    assert display(made(kind, value)) == shown


@pytest.mark.parametrize(
    ("value", "way", "minus", "both"),
    [
        ("7.31", 1, "7.3%", "+7.3%"),
        ("-7.31", -1, "-7.3%", "-7.3%"),
        ("0.04", 0, "0.0%", "0.0%"),
        ("-0.05", 0, "0.0%", "0.0%"),
        ("-0.051", -1, "-0.1%", "-0.1%"),
        ("0", 0, "0.0%", "0.0%"),
    ],
)
def test_signs_follow_the_rounded_value(value: str, way: int, minus: str, both: str) -> None:
    change = made(PCT, value)
    assert (direction(change), plain(change), signed(change)) == (way, minus, both)
    assert display(change) == both.lstrip("+-")


def test_a_negative_amount_keeps_its_minus_before_the_dollar() -> None:
    assert plain(made((Metric.VALUE_CHANGE, Unit.USD), "-5670.114")) == "-$5,670.11"


def test_a_total_is_rounded_to_what_is_shown() -> None:
    assert shown_value(made(TOTAL, "3515000000000")) == Decimal("3.52e12")
    assert shown_value(made(CLOSE, "999.996")) == 1000


def test_a_missing_value_is_never_shown() -> None:
    gone = replace(made(PCT, "1"), value=None, state=State.MISSING)
    for show in (display, plain, signed, shown_value, direction):
        with pytest.raises(ValueError, match="has no value to show; it is missing"):
            show(gone)


def test_a_day_is_written_without_a_leading_zero() -> None:
    assert day_text(AS_OF) == "10 October 2025"
    assert day_text(AS_OF.replace(day=7)) == "7 October 2025"


KINDS = st.sampled_from(sorted({kind for kind, _, _ in BY_HAND} | {
    (Metric.DRAWDOWN, Unit.PCT), (Metric.SHARPE, Unit.RATIO), (Metric.HHI, Unit.RATIO), (Metric.STREAK, Unit.COUNT),
    (Metric.BREAKOUT, Unit.USD), (Metric.VALUE_CHANGE, Unit.USD), (Metric.MAX_DRAWDOWN, Unit.PCT),
}))  # fmt: skip
MAGNITUDES = st.builds(
    lambda mantissa, exponent, ending: Decimal(f"{mantissa}{ending}").scaleb(exponent),
    st.integers(-99999, 99999),
    st.integers(-16, 14),
    st.sampled_from(["", "5", "49", "50", "51", "995", "9996"]),
)


def whole(kind: tuple[Metric, Unit], value: Decimal) -> str:
    return str(value.to_integral_value()) if kind[1] is Unit.COUNT else str(value)


@settings(max_examples=200)
@given(kind=KINDS, value=MAGNITUDES)
def test_the_verifier_reads_what_is_shown(kind: tuple[Metric, Unit], value: Decimal) -> None:
    shown = made(kind, whole(kind, value))
    assert verify_figure(plain(shown), shown)
    assert verify_figure(signed(shown), shown)
    if direction(shown) >= 0:
        assert verify_figure(display(shown), shown)


@settings(max_examples=200)
@given(kind=KINDS, value=MAGNITUDES, factor=st.sampled_from(["-1", "1.001", "1.00001", "10", "0.1", "0.9999"]))
def test_the_verifier_refuses_what_another_value_shows(kind: tuple[Metric, Unit], value: Decimal, factor: str) -> None:
    one, other = made(kind, whole(kind, value)), made(kind, whole(kind, value * Decimal(factor)))
    if signed(one) != signed(other):
        assert not verify_figure(signed(one), other)
        assert not verify_figure(signed(other), one)
