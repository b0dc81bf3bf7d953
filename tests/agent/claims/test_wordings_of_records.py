"""Every wording of track records and of the figures that analyses add, spelled out by hand from docs/claims.md."""

from decimal import Decimal
from typing import Any

import pytest

from agent.claims.fact import Fact, Metric, Unit
from agent.claims.verify import verify_text
from tests.agent.claims.test_wordings_of_analyses import BTC, MAJORS, NAMES, SOL, of, own, texts
from tests.agent.claims.verify.world import AS_OF


def cross(metric: Metric, unit: Unit, value: str, window: str = "30d", label: str | None = None) -> Fact:
    return of("market", metric, unit, value, qualifier="golden_cross", window=window, label=label)


def hits(window: str, label: str | None) -> tuple[Fact, ...]:
    return (
        cross(Metric.HIT_RATE, Unit.PCT, "54.21", window, label),
        cross(Metric.FIRINGS, Unit.COUNT, "1203", window),
        cross(Metric.BASE_RATE, Unit.PCT, "51.02", window, label),
    )


CASES_COUNTED = cross(Metric.FIRINGS, Unit.COUNT, "1203")


def graded(metric: Metric, unit: Unit, value: str, kind: str | None = "trader", window: str = "7d") -> Fact:
    return of("market", metric, unit, value, qualifier=kind, window=window)


def days(kind: str = "trader", window: str = "7d") -> Fact:
    return graded(Metric.GRADE_DAYS, Unit.COUNT, "812", kind, window)


def split(window: str = "7d") -> Fact:
    return graded(Metric.SPLIT_DAYS, Unit.COUNT, "812", window=window)


def better_on(window: str = "7d") -> Fact:
    return graded(Metric.GRADE_HIT_RATE, Unit.PCT, "54.21", window=window)


RECORDS: list[tuple[str, tuple[Fact, ...], list[str]]] = [
    ("signal_hits", hits("1d", "rise"),
     [('The signal "golden cross" was followed by a rise on the next day in 54.2% of 1,203 past cases, '
      "against 51.0% at all times."),
      ('A rise on the next day followed the signal "golden cross" in 54.2% of 1,203 past cases, '
       "against 51.0% at all times.")]),
    ("signal_hits", hits("30d", "fall"),
     [('The signal "golden cross" was followed by a fall over the next 30 days in 54.2% of 1,203 past cases, '
      "against 51.0% at all times."),
      ('A fall over the next 30 days followed the signal "golden cross" in 54.2% of 1,203 past cases, '
       "against 51.0% at all times.")]),
    ("signal_excess", (CASES_COUNTED, cross(Metric.EXCESS_RETURN, Unit.PP, "1.24")),
     [('After 1,203 past cases of the signal "golden cross", the return over the next 30 days was '
      "1.2 percentage points above that of holding on average."),
      ("The return over the next 30 days was 1.2 percentage points above that of holding on average "
       'after 1,203 past cases of the signal "golden cross".')]),
    ("signal_excess", (CASES_COUNTED, cross(Metric.EXCESS_RETURN, Unit.PP, "-1")),
     [('After 1,203 past cases of the signal "golden cross", the return over the next 30 days was '
      "1.0 percentage point below that of holding on average."),
      ("The return over the next 30 days was 1.0 percentage point below that of holding on average "
       'after 1,203 past cases of the signal "golden cross".')]),
    ("signal_excess", (CASES_COUNTED, cross(Metric.EXCESS_RETURN, Unit.PP, "0.04")),
     [('After 1,203 past cases of the signal "golden cross", the return over the next 30 days was '
      "that of holding on average."),
      ("The return over the next 30 days was that of holding on average "
       'after 1,203 past cases of the signal "golden cross".')]),
    *(("grade_record", (graded(Metric.GRADE_CORRELATION, Unit.RATIO, "-0.034", kind), days(kind)),
       [(f"The rank correlation of the {name} with the change over the next 7 days was -0.03 on average "
        "over 812 past days."),
      (f"Over 812 past days, the {name} had a rank correlation of -0.03 with the change over the next 7 days "
        "on average.")])
      for kind, name in (("tm", "TM grade"), ("trader", "TM trader grade"), ("investor", "TM investor grade"),
                         ("short_term", "coinbrief short-term grade"), ("long_term", "coinbrief long-term grade"))),
    ("grade_fifths", (graded(Metric.GRADE_SPREAD, Unit.PP, "1.24"), better_on(), split()),
     [("The fifth of coins with the highest TM trader grade did 1.2 percentage points better over the next 7 days "
      "than the fifth with the lowest on average, and did better on 54.2% of 812 past days."),
      ("On average, the fifth of coins with the highest TM trader grade did "
       "1.2 percentage points better over the next 7 days "
       "than the fifth with the lowest, and did better on 54.2% of 812 past days.")]),
    ("grade_fifths", (graded(Metric.GRADE_SPREAD, Unit.PP, "-1.24", window="1d"), better_on("1d"), split("1d")),
     [("The fifth of coins with the highest TM trader grade did 1.2 percentage points worse on the next day "
      "than the fifth with the lowest on average, and did better on 54.2% of 812 past days."),
      ("On average, the fifth of coins with the highest TM trader grade did "
       "1.2 percentage points worse on the next day "
       "than the fifth with the lowest, and did better on 54.2% of 812 past days.")]),
    ("grade_fifths", (graded(Metric.GRADE_SPREAD, Unit.PP, "0"), better_on(), split()),
     [("The fifth of coins with the highest TM trader grade did no better and no worse over the next 7 days "
      "than the fifth with the lowest on average, and did better on 54.2% of 812 past days."),
      ("On average, the fifth of coins with the highest TM trader grade did "
       "no better and no worse over the next 7 days "
       "than the fifth with the lowest, and did better on 54.2% of 812 past days.")]),
]  # fmt: skip

Q: dict[str, Any] = {"window": "90d"}
FIGURES: list[tuple[str, tuple[Fact, ...], list[str]]] = [
    ("figure", (of(SOL, Metric.DOWNSIDE_VOLATILITY, Unit.PCT, "48.24", **Q),),
     ["Solana's downside volatility over 90 days was 48.2%."]),
    ("figure", (of(SOL, Metric.ADX, Unit.SCORE, "40.5"),),
     ["Solana's 14-day ADX was 40.", "The 14-day ADX of Solana was 40."]),
    ("figure", (of(SOL, Metric.DAILY_RANGE, Unit.PCT, "6.34"),),
     ["Solana's average daily range over 14 days was 6.3%."]),
    ("figure", (of(SOL, Metric.MEAN_PRICE, Unit.USD, "1203.4", window="200d"),),
     ["Solana's 200-day mean was $1,203.", "The 200-day mean of Solana was $1,203."]),
    ("figure", (of(BTC, Metric.NVT, Unit.RATIO, "61.235"),),
     ["Bitcoin's ratio of market value to daily transfers was 61.24."]),
    ("figure", (of(BTC, Metric.ISSUANCE, Unit.PCT, "0.84"),),
     ["Bitcoin's yearly issuance as a share of its market value was 0.8%."]),
    ("figure", (of(SOL, Metric.TARGET_WEIGHT, Unit.PCT, "40"),),
     ["Solana's target share of your portfolio was 40.0%."]),
    ("figure", (own(Metric.WEIGHTED_CORRELATION, Unit.RATIO, "0.714", **Q),),
     ["Your portfolio's average correlation between holdings weighted by value over 90 days was 0.71."]),
    ("figure", (own(Metric.MARKET_CORRELATION, Unit.RATIO, "-0.714", **Q),),
     ["Your portfolio's correlation with the average coin over 90 days was -0.71."]),
    ("figure", (own(Metric.MARKET_BETA, Unit.RATIO, "1.124", **Q),),
     ["Your portfolio's beta to the average coin over 90 days was 1.12."]),
    ("figure", (own(Metric.TORSION_BETS, Unit.RATIO, "2.44", **Q),),
     ["Your portfolio's number of independent bets by minimum torsion over 90 days was 2.4."]),
    ("figure", (own(Metric.COMPONENT_BETS, Unit.RATIO, "2.44", **Q),),
     ["Your portfolio's number of independent bets by principal components over 90 days was 2.4."]),
    ("figure", (own(Metric.END_NUMBER, Unit.RATIO, "2.44"),),
     ["Your portfolio's effective number of holdings with other forms counted as one was 2.4."]),
    ("figure", (of("market", Metric.ABOVE_200D_SHARE, Unit.PCT, "41.24"),),
     ["The share of coins above their 200-day mean was 41.2%."]),
    ("figure", (of("market", Metric.HIGHS_SHARE, Unit.PCT, "4.24"),),
     ["The share of coins above all closes of the 20 days before was 4.2%."]),
    ("figure", (of("market", Metric.LOWS_SHARE, Unit.PCT, "4.24"),),
     ["The share of coins below all closes of the 20 days before was 4.2%."]),
    ("figure_bound", (of(SOL, Metric.ADX, Unit.SCORE, "44.4", threshold=Decimal(40)),),
     ["Solana's 14-day ADX was 44, above 40.", "At 44, Solana's 14-day ADX was above 40."]),
    ("figure_bound", (of(SOL, Metric.DAILY_RANGE, Unit.PCT, "4.44", threshold=Decimal("7.5")),),
     ["Solana's average daily range over 14 days was 4.4%, below 7.5%.",
      "At 4.4%, Solana's average daily range over 14 days was below 7.5%."]),
    ("figure_bound", (of(SOL, Metric.MEAN_PRICE, Unit.USD, "0.44", window="20d", threshold=Decimal(1)),),
     ["Solana's 20-day mean was $0.4400, below $1.", "At $0.4400, Solana's 20-day mean was below $1."]),
]  # fmt: skip

CASES = [*RECORDS, *FIGURES]


@pytest.mark.parametrize(("template", "facts", "expected"), CASES)
def test_a_record_or_figure_is_worded_as_the_page_says(
    template: str, facts: tuple[Fact, ...], expected: list[str]
) -> None:
    assert texts(template, *facts) == expected


def test_the_verifier_reads_every_sentence_of_records_and_figures() -> None:
    made = [(text, facts) for _, facts, expected in CASES for text in expected]
    assert [text for text, facts in made if verify_text(text, facts, NAMES, AS_OF)] == []


NOT_SAID: list[tuple[str, tuple[Fact, ...], str]] = [
    ("figure", (of(MAJORS, Metric.VOLATILITY, Unit.PCT, "48", window="90d"),), "volatility.* no possessive"),
    ("signal_hits", hits("30d", None), "hit_rate.* label without a wording"),
    ("signal_hits", hits("since", "rise"), "hit_rate.* no days ahead"),
    ("grade_record", (graded(Metric.GRADE_CORRELATION, Unit.RATIO, "0.1", "own"), days()), "names no grade: 'own'"),
]


@pytest.mark.parametrize(("template", "facts", "why"), NOT_SAID)
def test_a_record_that_would_be_false_is_an_error_that_names_the_fact(
    template: str, facts: tuple[Fact, ...], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        texts(template, *facts)
