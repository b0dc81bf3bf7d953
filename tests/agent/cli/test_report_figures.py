from datetime import date

import pytest

from agent.analytics.figure import Figure
from agent.cli.evidence_text import evidence_text, words_of
from agent.cli.report_figures import (
    count_of,
    direction_word,
    number,
    pct,
    percent,
    short_day,
    shown,
    source_words,
    total_usd,
    usd,
)


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
    assert usd(value) == text


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
    assert total_usd(value) == text


def test_percentages_and_numbers_are_rounded_half_to_even_and_zero_has_no_sign() -> None:
    assert [pct(-0.0729), pct(0.00049), pct(0.25, signed=True), pct(-0.0004, signed=True)] == [
        "-7.3%",
        "0.0%",
        "+25.0%",
        "0.0%",
    ]
    assert [number(0.125), number(0.135), number(1234.5, 0), number(-0.001, signed=True)] == [
        "0.12",
        "0.14",
        "1,234",
        "0.00",
    ]
    assert percent(0.55, 0) == "55"


def test_small_words() -> None:
    assert shown(Figure(None, "no bar"), usd) == "none"
    assert shown(Figure(2.0, None), usd) == "$2.00"
    assert [direction_word(direction) for direction in (1, -1, 0)] == ["up", "down", "neither"]
    assert [count_of(1, "day"), count_of(1200, "day")] == ["1 day", "1,200 days"]
    assert short_day(date(2025, 10, 9)) == "9 Oct"
    assert [source_words("replay_binance"), source_words("some_source")] == ["the replayed Binance", "some source"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("close_previous_usd", "previous close"),
        ("rsi", "RSI"),
        ("active_addresses_z_previous", "previous active addresses z-score"),
        ("fear_greed", "fear and greed index"),
        ("previous_high_55_usd", "previous high 55"),
    ],
)
def test_evidence_is_named_in_words(name: str, words: str) -> None:
    assert words_of(name) == words


def test_evidence_has_the_unit_of_its_name() -> None:
    evidence = {
        "close_usd": 0.5,
        "drawdown": -0.512,
        "volume": 67_520_660.2,
        "volume_z": 3.0265,
        "altcoin_share": 0.76,
        "protocol_tvl_change_7d_previous": 0.1,
        "level_provided": 0.0,
        "ranked": 14.0,
    }
    assert evidence_text(evidence) == (
        "close $0.5000, drawdown -51.2%, volume $67.52 million, volume z-score 3.03, altcoin share 76.0%, "
        "previous protocol TVL change 7d 10.0%, level derived from the bars, ranked 14"
    )
    assert evidence_text({}) == "no evidence was stored"
