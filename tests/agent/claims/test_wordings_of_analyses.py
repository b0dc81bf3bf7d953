"""Every wording of weights, stress, sectors, indices and track records, spelled out by hand from docs/claims.md."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from agent.briefing.amounts import shows_amounts
from agent.claims import forms
from agent.claims.claim import Claim, ClaimKind, SectionKey
from agent.claims.fact import Entity, Fact, Metric, Unit
from agent.claims.verify import verify_text
from tests.agent.claims.verify.world import AS_OF, fact

OWN, BTC, SOL, MAJORS = "portfolio:1", "asset:1", "asset:2", "index:majors"
NAMES = {
    BTC: Entity(BTC, "Bitcoin"),
    SOL: Entity(SOL, "Solana"),
    "sector:DeFi": Entity("sector:DeFi", "DeFi"),
}
FTX, BEFORE = date(2022, 11, 9), date(2022, 11, 8)
FIRST = date(2025, 1, 2)
HELD: dict[str, Any] = {"universe": "holdings", "universe_size": 14, "window": "365d"}
YEAR: dict[str, Any] = {"window": "365d"}


def of(subject: str, metric: Metric, unit: Unit, value: str | None, **more: object) -> Fact:
    return fact(f"{subject}/{metric}/{unit}", subject, metric, unit, value, **more)  # type: ignore[arg-type]  # checked by Fact


def claim(template: str, *facts: Fact) -> Claim:
    return Claim("c", ClaimKind.LEVEL, template, SectionKey.MARKET, facts, 0.5)


def texts(template: str, *facts: Fact) -> list[str]:
    made = claim(template, *facts)
    return [forms.compose([(made, clause)]).text for clause in forms.clauses(made, NAMES, AS_OF)]


def own(metric: Metric, unit: Unit, value: str | None, **more: object) -> Fact:
    return of(OWN, metric, unit, value, **more)


def drift(weight: str, target: str, gap: str) -> tuple[Fact, ...]:
    return (
        of(SOL, Metric.WEIGHT, Unit.PCT, weight),
        of(SOL, Metric.TARGET_WEIGHT, Unit.PCT, target),
        of(SOL, Metric.TARGET_GAP, Unit.PP, gap),
    )


def traded(value: str, label: str | None) -> Fact:
    return of(SOL, Metric.TARGET_TRADE, Unit.USD, value, label=label)


def weighted(value: str, way: str | None, **more: object) -> Fact:
    return own(Metric.REWEIGHTED, Unit.PCT, value, label=way, qualifier="volatility", window="365d", **more)


VOLATILITY = own(Metric.VOLATILITY, Unit.PCT, "61.04", window="365d")


def fell(value: str, label: str | None = None, unit: Unit = Unit.PCT) -> Fact:
    return own(Metric.STRESS_CHANGE, unit, value, start=FTX, label=label)


def money(value: str, label: str | None = None) -> Fact:
    return fell(value, label, Unit.USD)


def moved(subject: str, value: str, window: str | None = "1d", **more: object) -> Fact:
    return of(subject, Metric.CHANGE, Unit.PCT, value, window=window, **more)


def bitcoin(value: str) -> Fact:
    return moved(BTC, value, as_of=FTX, start=BEFORE)


PRICED = own(Metric.STRESS_SHARE, Unit.PCT, "82.14", start=FTX)
WORST = (
    own(Metric.STRESS_DAYS, Unit.COUNT, "36", window="365d", other=BTC),
    own(Metric.STRESS_CORRELATION, Unit.RATIO, "0.857", other=BTC, **HELD),
    own(Metric.AVERAGE_CORRELATION, Unit.RATIO, "-0.105", **HELD),
)
DEEPEST = own(Metric.DEEPEST_FALL, Unit.PCT, "-38.41", start=FIRST, as_of=date(2025, 4, 8), window="365d")


def trait(kind: str, value: str | None) -> Fact:
    return own(Metric.TRAIT_SHARE, Unit.PCT, "62.31", qualifier=kind, label=value)


def sector(value: str, **more: object) -> Fact:
    return of("sector:DeFi", Metric.SECTOR_CHANGE, Unit.PCT, value, window="30d", **more)


def ranked(value: str, rank: int, *, bottom: bool = False) -> Fact:
    return sector(value, universe="sectors", universe_size=14, rank=rank, rank_from_bottom=bottom)


LEVEL = of(MAJORS, Metric.INDEX_LEVEL, Unit.RATIO, "112.344")


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


WEIGHTS: list[tuple[str, tuple[Fact, ...], list[str]]] = [
    ("target_drift", drift("45.24", "40", "5.24"),
     ["Solana makes up 45.2% of the portfolio, 5.2 percentage points above its target of 40.0%.",
      "At 45.2% of the portfolio, Solana is 5.2 percentage points above its target of 40.0%."]),
    ("target_drift", drift("39", "40", "-1"),
     ["Solana makes up 39.0% of the portfolio, 1.0 percentage point below its target of 40.0%.",
      "At 39.0% of the portfolio, Solana is 1.0 percentage point below its target of 40.0%."]),
    ("target_drift", drift("33.36", "33.33", "0.03"),
     ["Solana makes up 33.4% of the portfolio, where its target is 33.3%."]),
    ("target_distance", (own(Metric.TARGET_DISTANCE, Unit.PCT, "6.34"),),
     ["6.3% of your portfolio would have to change hands for it to be back at its targets."]),
    ("target_distance", (own(Metric.TARGET_DISTANCE, Unit.PCT, "0.05"),), ["Your portfolio is at its targets."]),
    ("target_trade", (traded("1203.4", "sale"),), ["A sale of $1,203.40 would bring Solana to its target."]),
    ("target_trade", (traded("99.999", "purchase"),),
     ["A purchase of $100.00 would bring Solana to its target."]),
    ("reweighted", (weighted("48.24", "for equal shares of risk"), VOLATILITY),
     [("Looking back, with its holdings weighted for equal shares of risk, "
      "your portfolio's annualised volatility over 365 days would have been 48.2% instead of 61.0%.")]),
    ("reweighted", (own(Metric.REWEIGHTED, Unit.RATIO, "6", qualifier="effective_number", label="equally"),
                    own(Metric.EFFECTIVE_NUMBER, Unit.RATIO, "2.35")),
     [("Looking back, with its holdings weighted equally, "
      "your portfolio's effective number of holdings by weight would have been 6.0 instead of 2.4.")]),
    ("frontier_volatility", (own(Metric.EXCESS_VOLATILITY, Unit.PP, "5.24", **YEAR),),
     [("Looking back over 365 days, other weights of your holdings would have returned no less "
      "with an annualised volatility 5.2 percentage points lower.")]),
    ("frontier_volatility", (own(Metric.EXCESS_VOLATILITY, Unit.PP, "0.04", **YEAR),),
     [("Looking back over 365 days, no other weights of your holdings would have returned as much "
      "with less volatility.")]),
    ("frontier_return", (own(Metric.FORGONE_RETURN, Unit.PP, "12.14", **YEAR),),
     [("Looking back over 365 days, other weights of your holdings would have returned 12.1 percentage points more "
      "a year with no more volatility.")]),
    ("frontier_return", (own(Metric.FORGONE_RETURN, Unit.PP, "0", **YEAR),),
     [("Looking back over 365 days, no other weights of your holdings would have returned more "
      "with no more volatility.")]),
]  # fmt: skip

STRESS: list[tuple[str, tuple[Fact, ...], list[str]]] = [
    ("stress_day", (fell("-14.21"), money("-7400"), bitcoin("-9.12")),
     [("On 9 November 2022, your portfolio at today's weights would have lost 14.2%, or $7,400.00 of today's value, "
      "with Bitcoin down 9.1%.")]),
    ("stress_day", (fell("14.21", "collapse of FTX"), money("7400.005", "collapse of FTX"), bitcoin("9.12")),
     [("On 9 November 2022 (collapse of FTX), your portfolio at today's weights would have gained 14.2%, "
      "or $7,400.00 of today's value, with Bitcoin up 9.1%.")]),
    ("stress_day", (fell("0.04"), money("12"), bitcoin("0.01")),
     ["On 9 November 2022, your portfolio at today's weights would have been flat, with Bitcoin flat."]),
    ("stress_day_part", (PRICED, fell("-14.21", "collapse of FTX"), bitcoin("-9.12")),
     [("On 9 November 2022 (collapse of FTX), the 82.1% of your portfolio that had a price would have lost 14.2% "
      "at today's weights, with Bitcoin down 9.1%.")]),
    ("stress_day_part", (PRICED, fell("0"), bitcoin("9.12")),
     [("On 9 November 2022, the 82.1% of your portfolio that had a price would have been flat at today's weights, "
      "with Bitcoin up 9.1%.")]),
    ("stress_correlation", WORST,
     [("On the 36 worst days of Bitcoin over 365 days, the average correlation between your 14 holdings was 0.86, "
      "against -0.10 on all days.")]),
    ("deepest_fall", (DEEPEST,),
     [("At today's amounts, your portfolio would have fallen 38.4% from 2 January 2025 to 8 April 2025, "
      "its deepest fall over 365 days.")]),
]  # fmt: skip

EXPOSURE: list[tuple[str, tuple[Fact, ...], list[str]]] = [
    ("trait_share", (trait("sector", "layer 1"),), ['62.3% of your portfolio is in the sector "layer 1".']),
    ("trait_share", (trait("chain", "BNB Chain"),), ['62.3% of your portfolio is on the chain "BNB Chain".']),
    ("trait_share", (trait("consensus", "proof of work"),),
     ['62.3% of your portfolio has the consensus "proof of work".']),
    ("trait_share", (trait("use case", "payments"),), ['62.3% of your portfolio has the use case "payments".']),
    ("trait_share", (trait("region", "US"),), ['62.3% of your portfolio comes from the region "US".']),
    ("trait_share", (trait("tier by market value", "top 10"),),
     ['62.3% of your portfolio is in the tier "top 10" by market value.']),
    ("in_the_end", (of(SOL, Metric.END_SHARE, Unit.PCT, "62.31"),),
     ["With other forms counted as what they stand for, Solana makes up 62.3% of your portfolio."]),
    ("cash_share", (own(Metric.CASH_SHARE, Unit.PCT, "12.04", label="US dollar"),),
     ["Stablecoins of the US dollar make up 12.0% of your portfolio."]),
    ("cash_share", (own(Metric.CASH_SHARE, Unit.PCT, "12.04", label="euro"),),
     ["Stablecoins of the euro make up 12.0% of your portfolio."]),
    ("held_again", (own(Metric.HELD_AGAIN, Unit.PCT, "4.24"),),
     ["4.2% of your portfolio is in other forms of coins that it holds already."]),
    ("enough_holdings", (own(Metric.ENOUGH_HOLDINGS, Unit.COUNT, "3", **HELD),),
     ["3 of your 14 holdings alone reach 95% of the risk reduction of all of them over 365 days."]),
    ("enough_holdings", (own(Metric.ENOUGH_HOLDINGS, Unit.COUNT, "1", **HELD),),
     ["1 of your 14 holdings alone reaches 95% of the risk reduction of all of them over 365 days."]),
    ("alike_groups", (own(Metric.ALIKE_GROUPS, Unit.COUNT, "5", **HELD),),
     ["Your 14 holdings fall into 5 groups that move alike over 365 days."]),
    ("alike_groups", (own(Metric.ALIKE_GROUPS, Unit.COUNT, "1", **HELD),),
     ["Your 14 holdings fall into 1 group that moves alike over 365 days."]),
]  # fmt: skip

MARKETS: list[tuple[str, tuple[Fact, ...], list[str]]] = [
    ("sector_change", (sector("5.24"),), ["The median coin of the sector DeFi rose 5.2% over 30 days."]),
    ("sector_change", (sector("-5.24"),), ["The median coin of the sector DeFi fell 5.2% over 30 days."]),
    ("sector_change", (sector("-0.05"),), ["The median coin of the sector DeFi was flat over 30 days."]),
    ("sector_rank", (ranked("5.24", 1),),
     ["Of 14 sectors, DeFi was the strongest over 30 days, with a median change of +5.2%."]),
    ("sector_rank", (ranked("-5.24", 2, bottom=True),),
     ["Of 14 sectors, DeFi was the second weakest over 30 days, with a median change of -5.2%."]),
    ("sector_rank", (ranked("0.01", 10),),
     ["Of 14 sectors, DeFi was the tenth strongest over 30 days, with a median change of 0.0%."]),
    *(("regime", (of("market", Metric.REGIME, Unit.TEXT, None, label=state),),
       [f"By Bitcoin's 200-day mean and the breadth of the market, the regime was {state}."])
      for state in ("risk on", "risk off", "mixed")),
    ("index_level", (LEVEL, moved(MAJORS, "1.21")), ['The index "majors" stood at 112.34, up 1.2% on the day.']),
    ("index_level", (LEVEL, moved(MAJORS, "-1.21")), ['The index "majors" stood at 112.34, down 1.2% on the day.']),
    ("index_level", (LEVEL, moved(MAJORS, "0.04")), ['The index "majors" was flat on the day at 112.34.']),
    ("index_stood", (replace(LEVEL, value=Decimal("12345.6")),), ['The index "majors" stood at 12345.60.']),
    ("index_stood", (replace(LEVEL, as_of=FIRST),), ['The index "majors" stood at 112.34, as of 2 January 2025.']),
    ("index_since", (moved(MAJORS, "12.34", None, start=FIRST), moved(BTC, "9.14", None, start=FIRST)),
     ['Since 2 January 2025, the index "majors" has gained 12.3%, against +9.1% for Bitcoin.']),
    ("index_since", (moved(MAJORS, "-12.34", None, start=FIRST), moved(BTC, "0", None, start=FIRST)),
     ['Since 2 January 2025, the index "majors" has lost 12.3%, against 0.0% for Bitcoin.']),
    ("index_since", (moved(MAJORS, "0.01", None, start=FIRST), moved(BTC, "-9.14", None, start=FIRST)),
     ['Since 2 January 2025, the index "majors" has been flat, against -9.1% for Bitcoin.']),
    ("index_risk", (of(MAJORS, Metric.VOLATILITY, Unit.PCT, "48.24", window="90d"),
                    of(MAJORS, Metric.MAX_DRAWDOWN, Unit.PCT, "-38.41", window="365d")),
     [('The index "majors" had an annualised volatility of 48.2% over 90 days '
      "and a maximum drawdown of 38.4% over 365 days.")]),
    ("change", (moved(MAJORS, "7.31", "30d"),),
     ['The index "majors" rose 7.3% over 30 days.', 'Over 30 days, the index "majors" gained 7.3%.']),
    ("versus", (moved(MAJORS, "12.34", "30d"), moved(BTC, "9.14", "30d")),
     ['The index "majors" beat Bitcoin over 30 days: +12.3% against +9.1%.',
      'The index "majors" did better than Bitcoin over 30 days, +12.3% against +9.1%.']),
]  # fmt: skip

RECORDS: list[tuple[str, tuple[Fact, ...], list[str]]] = [
    ("signal_hits", hits("1d", "rise"),
     [('The signal "golden cross" was followed by a rise on the next day in 54.2% of 1,203 past cases, '
      "against 51.0% at all times.")]),
    ("signal_hits", hits("30d", "fall"),
     [('The signal "golden cross" was followed by a fall over the next 30 days in 54.2% of 1,203 past cases, '
      "against 51.0% at all times.")]),
    ("signal_excess", (CASES_COUNTED, cross(Metric.EXCESS_RETURN, Unit.PP, "1.24")),
     [('After 1,203 past cases of the signal "golden cross", the return over the next 30 days was '
      "1.2 percentage points above that of holding on average.")]),
    ("signal_excess", (CASES_COUNTED, cross(Metric.EXCESS_RETURN, Unit.PP, "-1")),
     [('After 1,203 past cases of the signal "golden cross", the return over the next 30 days was '
      "1.0 percentage point below that of holding on average.")]),
    ("signal_excess", (CASES_COUNTED, cross(Metric.EXCESS_RETURN, Unit.PP, "0.04")),
     [('After 1,203 past cases of the signal "golden cross", the return over the next 30 days was '
      "that of holding on average.")]),
    *(("grade_record", (graded(Metric.GRADE_CORRELATION, Unit.RATIO, "-0.034", kind), days(kind)),
       [(f"The rank correlation of the {name} with the change over the next 7 days was -0.03 on average "
        "over 812 past days.")])
      for kind, name in (("tm", "TM grade"), ("trader", "TM trader grade"), ("investor", "TM investor grade"),
                         ("short_term", "coinbrief short-term grade"), ("long_term", "coinbrief long-term grade"))),
    ("grade_fifths", (graded(Metric.GRADE_SPREAD, Unit.PP, "1.24"), better_on(), split()),
     [("The fifth of coins with the highest TM trader grade did 1.2 percentage points better over the next 7 days "
      "than the fifth with the lowest on average, and did better on 54.2% of 812 past days.")]),
    ("grade_fifths", (graded(Metric.GRADE_SPREAD, Unit.PP, "-1.24", window="1d"), better_on("1d"), split("1d")),
     [("The fifth of coins with the highest TM trader grade did 1.2 percentage points worse on the next day "
      "than the fifth with the lowest on average, and did better on 54.2% of 812 past days.")]),
    ("grade_fifths", (graded(Metric.GRADE_SPREAD, Unit.PP, "0"), better_on(), split()),
     [("The fifth of coins with the highest TM trader grade did no better and no worse over the next 7 days "
      "than the fifth with the lowest on average, and did better on 54.2% of 812 past days.")]),
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


CASES = [*WEIGHTS, *STRESS, *EXPOSURE, *MARKETS, *RECORDS, *FIGURES]


@pytest.mark.parametrize(("template", "facts", "expected"), CASES)
def test_a_claim_is_worded_as_the_page_says(template: str, facts: tuple[Fact, ...], expected: list[str]) -> None:
    assert texts(template, *facts) == expected


def test_the_verifier_reads_every_one_of_these_sentences() -> None:
    made = [(text, facts) for _, facts, expected in CASES for text in expected]
    assert [text for text, facts in made if verify_text(text, facts, NAMES, AS_OF)] == []


NOT_SAID: list[tuple[str, tuple[Fact, ...], str]] = [
    ("target_trade", (traded("0.004", "sale"),), "target_trade.* is a trade of nothing"),
    ("target_trade", (traded("12", None),), "target_trade.* label without a wording: None"),
    ("reweighted", (weighted("61.01", "equally"), VOLATILITY), "reweighted.* shows what .*volatility.* shows"),
    ("reweighted", (weighted("48", "by hand"), VOLATILITY), "reweighted.* label without a wording: 'by hand'"),
    (
        "frontier_volatility",
        (own(Metric.EXCESS_VOLATILITY, Unit.PP, "-0.1", **YEAR),),
        "excess_volatility.* below zero",
    ),
    ("frontier_return", (own(Metric.FORGONE_RETURN, Unit.PP, "-3", **YEAR),), "forgone_return.* below zero"),
    ("stress_day", (fell("-14.2"), money("7400"), bitcoin("-9")), "stress_change.* not go the same way"),
    ("stress_day", (fell("14.2"), money("0.004"), bitcoin("-9")), "stress_change.* not go the same way"),
    ("stress_day", (fell("-14.2", "black day"), money("-74"), bitcoin("-9")), "stress_change.* wording: 'black day'"),
    ("stress_day", (replace(fell("-14.2"), start=None), money("-74"), bitcoin("-9")), "stress_change.* no earlier day"),
    ("stress_day", (fell("-14.2"), money("-74"), moved(BTC, "-9")), "change.* is not of the day 9 November 2022"),
    ("stress_day_part", (PRICED, fell("-14.2"), moved(BTC, "-9", "7d", as_of=FTX)), "change.* is not of the day"),
    ("stress_correlation", (replace(WORST[0], value=Decimal(1)), *WORST[1:]), "stress_days.* too few days"),
    ("deepest_fall", (replace(DEEPEST, value=Decimal("-0.04")),), "deepest_fall.* is no fall"),
    ("trait_share", (trait("sector", 'a"b'),), "trait_share.* cannot be printed"),
    ("trait_share", (trait("sector", "x" * 61),), "trait_share.* cannot be printed"),
    ("cash_share", (own(Metric.CASH_SHARE, Unit.PCT, "12", label="yen"),), "cash_share.* label without a wording"),
    ("sector_rank", (ranked("5", 11),), "sector_change.* no place that can be said: 11"),
    ("regime", (of("market", Metric.REGIME, Unit.TEXT, None, label="calm"),), "regime.* label without a wording"),
    ("index_since", (moved(MAJORS, "1", None, start=FIRST), moved(BTC, "9", None, start=FTX)), "on different days"),
    ("figure", (of(MAJORS, Metric.VOLATILITY, Unit.PCT, "48", window="90d"),), "volatility.* no possessive"),
    ("signal_hits", hits("30d", None), "hit_rate.* label without a wording"),
    ("signal_hits", hits("since", "rise"), "hit_rate.* no days ahead"),
    ("grade_record", (graded(Metric.GRADE_CORRELATION, Unit.RATIO, "0.1", "own"), days()), "names no grade: 'own'"),
]


@pytest.mark.parametrize(("template", "facts", "why"), NOT_SAID)
def test_what_would_be_false_is_an_error_that_names_the_fact(template: str, facts: tuple[Fact, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        texts(template, *facts)


@pytest.mark.parametrize(
    ("template", "facts", "are_amounts"),
    [
        ("target_trade", (traded("1203.4", "sale"),), True),
        ("stress_day", (fell("-14.21"), money("-7400"), bitcoin("-9.12")), True),
        ("stress_day_part", (PRICED, fell("-14.21"), bitcoin("-9.12")), False),
        ("target_drift", drift("45.24", "40", "5.24"), False),
    ],
)
def test_the_money_of_trades_and_bad_days_is_an_amount(
    template: str, facts: tuple[Fact, ...], *, are_amounts: bool
) -> None:
    assert shows_amounts(claim(template, *facts)) is are_amounts
