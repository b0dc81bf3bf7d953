"""Every wording of weights, stress, sectors and indices, spelled out by hand from docs/claims.md."""

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
     ["6.3% of your portfolio would have to change hands for it to be back at its targets.",
      "Bringing your portfolio back to its targets would move 6.3% of it."]),
    ("target_distance", (own(Metric.TARGET_DISTANCE, Unit.PCT, "0.05"),), ["Your portfolio is at its targets.",
      "Your portfolio matches its targets."]),
    ("target_trade", (traded("1203.4", "sale"),), ["A sale of $1,203.40 would bring Solana to its target.",
      "To be at its target, Solana would take a sale of $1,203.40."]),
    ("target_trade", (traded("99.999", "purchase"),),
     ["A purchase of $100.00 would bring Solana to its target.",
      "To be at its target, Solana would take a purchase of $100.00."]),
    ("reweighted", (weighted("48.24", "for equal shares of risk"), VOLATILITY),
     [("Looking back, with its holdings weighted for equal shares of risk, "
      "your portfolio's annualised volatility over 365 days would have been 48.2% instead of 61.0%."),
      ("Your portfolio's annualised volatility over 365 days would have been 48.2% instead of 61.0% "
       "with its holdings weighted for equal shares of risk, looking back.")]),
    ("reweighted", (own(Metric.REWEIGHTED, Unit.RATIO, "6", qualifier="effective_number", label="equally"),
                    own(Metric.EFFECTIVE_NUMBER, Unit.RATIO, "2.35")),
     [("Looking back, with its holdings weighted equally, "
      "your portfolio's effective number of holdings by weight would have been 6.0 instead of 2.4."),
      ("Your portfolio's effective number of holdings by weight would have been 6.0 instead of 2.4 "
       "with its holdings weighted equally, looking back.")]),
    ("frontier_volatility", (own(Metric.EXCESS_VOLATILITY, Unit.PP, "5.24", **YEAR),),
     [("Looking back over 365 days, other weights of your holdings would have returned no less "
      "with an annualised volatility 5.2 percentage points lower."),
      ("Looking back over 365 days, no less return was to be had from other weights of your holdings "
       "with an annualised volatility 5.2 percentage points lower.")]),
    ("frontier_volatility", (own(Metric.EXCESS_VOLATILITY, Unit.PP, "0.04", **YEAR),),
     [("Looking back over 365 days, no other weights of your holdings would have returned as much "
      "with less volatility.")]),
    ("frontier_return", (own(Metric.FORGONE_RETURN, Unit.PP, "12.14", **YEAR),),
     [("Looking back over 365 days, other weights of your holdings would have returned 12.1 percentage points more "
      "a year with no more volatility."),
      ("Looking back over 365 days, at no more volatility other weights of your holdings would have returned "
       "12.1 percentage points more a year.")]),
    ("frontier_return", (own(Metric.FORGONE_RETURN, Unit.PP, "0", **YEAR),),
     [("Looking back over 365 days, no other weights of your holdings would have returned more "
      "with no more volatility.")]),
]  # fmt: skip

STRESS: list[tuple[str, tuple[Fact, ...], list[str]]] = [
    ("stress_day", (fell("-14.21"), money("-7400"), bitcoin("-9.12")),
     [("On 9 November 2022, your portfolio at today's weights would have lost 14.2%, or $7,400.00 of today's value, "
      "with Bitcoin down 9.1%."),
      ("With Bitcoin down 9.1% on 9 November 2022, your portfolio at today's weights would have lost 14.2%, "
       "or $7,400.00 of today's value.")]),
    ("stress_day", (fell("14.21", "collapse of FTX"), money("7400.005", "collapse of FTX"), bitcoin("9.12")),
     [("On 9 November 2022 (collapse of FTX), your portfolio at today's weights would have gained 14.2%, "
      "or $7,400.00 of today's value, with Bitcoin up 9.1%."),
      ("With Bitcoin up 9.1% on 9 November 2022 (collapse of FTX), your portfolio at today's weights "
       "would have gained 14.2%, or $7,400.00 of today's value.")]),
    ("stress_day", (fell("0.04"), money("12"), bitcoin("0.01")),
     ["On 9 November 2022, your portfolio at today's weights would have been flat, with Bitcoin flat.",
      "With Bitcoin flat on 9 November 2022, your portfolio at today's weights would have been flat."]),
    ("stress_day_part", (PRICED, fell("-14.21", "collapse of FTX"), bitcoin("-9.12")),
     [("On 9 November 2022 (collapse of FTX), the 82.1% of your portfolio that had a price would have lost 14.2% "
      "at today's weights, with Bitcoin down 9.1%."),
      ("With Bitcoin down 9.1% on 9 November 2022 (collapse of FTX), the 82.1% of your portfolio that had a price "
       "would have lost 14.2% at today's weights.")]),
    ("stress_day_part", (PRICED, fell("0"), bitcoin("9.12")),
     [("On 9 November 2022, the 82.1% of your portfolio that had a price would have been flat at today's weights, "
      "with Bitcoin up 9.1%."),
      ("With Bitcoin up 9.1% on 9 November 2022, the 82.1% of your portfolio that had a price "
       "would have been flat at today's weights.")]),
    ("stress_correlation", WORST,
     [("On the 36 worst days of Bitcoin over 365 days, the average correlation between your 14 holdings was 0.86, "
      "against -0.10 on all days."),
      ("Your 14 holdings had an average correlation of 0.86 on the 36 worst days of Bitcoin over 365 days, "
       "against -0.10 on all days.")]),
    ("deepest_fall", (DEEPEST,),
     [("At today's amounts, your portfolio would have fallen 38.4% from 2 January 2025 to 8 April 2025, "
      "its deepest fall over 365 days."),
      ("The deepest fall of your portfolio over 365 days, at today's amounts, would have been 38.4%, "
       "from 2 January 2025 to 8 April 2025.")]),
]  # fmt: skip

EXPOSURE: list[tuple[str, tuple[Fact, ...], list[str]]] = [
    ("trait_share", (trait("sector", "layer 1"),), ['62.3% of your portfolio is in the sector "layer 1".',
      'The sector "layer 1" makes up 62.3% of your portfolio.']),
    ("trait_share", (trait("chain", "BNB Chain"),), ['62.3% of your portfolio is on the chain "BNB Chain".',
      'What is on the chain "BNB Chain" makes up 62.3% of your portfolio.']),
    ("trait_share", (trait("consensus", "proof of work"),),
     ['62.3% of your portfolio has the consensus "proof of work".',
      'What has the consensus "proof of work" makes up 62.3% of your portfolio.']),
    ("trait_share", (trait("use case", "payments"),), ['62.3% of your portfolio has the use case "payments".',
      'What has the use case "payments" makes up 62.3% of your portfolio.']),
    ("trait_share", (trait("region", "US"),), ['62.3% of your portfolio comes from the region "US".',
      'What comes from the region "US" makes up 62.3% of your portfolio.']),
    ("trait_share", (trait("tier by market value", "top 10"),),
     ['62.3% of your portfolio is in the tier "top 10" by market value.',
      'The tier "top 10" by market value makes up 62.3% of your portfolio.']),
    ("in_the_end", (of(SOL, Metric.END_SHARE, Unit.PCT, "62.31"),),
     ["With other forms counted as what they stand for, Solana makes up 62.3% of your portfolio.",
      "Solana makes up 62.3% of your portfolio with other forms counted as what they stand for."]),
    ("cash_share", (own(Metric.CASH_SHARE, Unit.PCT, "12.04", label="US dollar"),),
     ["Stablecoins of the US dollar make up 12.0% of your portfolio.",
      "12.0% of your portfolio is in stablecoins of the US dollar."]),
    ("cash_share", (own(Metric.CASH_SHARE, Unit.PCT, "12.04", label="euro"),),
     ["Stablecoins of the euro make up 12.0% of your portfolio.",
      "12.0% of your portfolio is in stablecoins of the euro."]),
    ("held_again", (own(Metric.HELD_AGAIN, Unit.PCT, "4.24"),),
     ["4.2% of your portfolio is in other forms of coins that it holds already.",
      "Other forms of coins that it holds already make up 4.2% of your portfolio."]),
    ("enough_holdings", (own(Metric.ENOUGH_HOLDINGS, Unit.COUNT, "3", **HELD),),
     ["3 of your 14 holdings alone reach 95% of the risk reduction of all of them over 365 days.",
      "Over 365 days, 3 of your 14 holdings alone reach 95% of the risk reduction of all of them."]),
    ("enough_holdings", (own(Metric.ENOUGH_HOLDINGS, Unit.COUNT, "1", **HELD),),
     ["1 of your 14 holdings alone reaches 95% of the risk reduction of all of them over 365 days.",
      "Over 365 days, 1 of your 14 holdings alone reaches 95% of the risk reduction of all of them."]),
    ("alike_groups", (own(Metric.ALIKE_GROUPS, Unit.COUNT, "5", **HELD),),
     ["Your 14 holdings fall into 5 groups that move alike over 365 days.",
      "Over 365 days, your 14 holdings fall into 5 groups that move alike."]),
    ("alike_groups", (own(Metric.ALIKE_GROUPS, Unit.COUNT, "1", **HELD),),
     ["Your 14 holdings fall into 1 group that moves alike over 365 days.",
      "Over 365 days, your 14 holdings fall into 1 group that moves alike."]),
]  # fmt: skip

MARKETS: list[tuple[str, tuple[Fact, ...], list[str]]] = [
    ("sector_change", (sector("5.24"),), ["The median coin of the sector DeFi rose 5.2% over 30 days.",
      "Over 30 days, the median coin of the sector DeFi rose 5.2%."]),
    ("sector_change", (sector("-5.24"),), ["The median coin of the sector DeFi fell 5.2% over 30 days.",
      "Over 30 days, the median coin of the sector DeFi fell 5.2%."]),
    ("sector_change", (sector("-0.05"),), ["The median coin of the sector DeFi was flat over 30 days.",
      "Over 30 days, the median coin of the sector DeFi was flat."]),
    ("sector_rank", (ranked("5.24", 1),),
     ["Of 14 sectors, DeFi was the strongest over 30 days, with a median change of +5.2%.",
      "With a median change of +5.2%, DeFi was the strongest of 14 sectors over 30 days."]),
    ("sector_rank", (ranked("-5.24", 2, bottom=True),),
     ["Of 14 sectors, DeFi was the second weakest over 30 days, with a median change of -5.2%.",
      "With a median change of -5.2%, DeFi was the second weakest of 14 sectors over 30 days."]),
    ("sector_rank", (ranked("0.01", 10),),
     ["Of 14 sectors, DeFi was the tenth strongest over 30 days, with a median change of 0.0%.",
      "With a median change of 0.0%, DeFi was the tenth strongest of 14 sectors over 30 days."]),
    *(("regime", (of("market", Metric.REGIME, Unit.TEXT, None, label=state),),
       [f"By Bitcoin's 200-day mean and the breadth of the market, the regime was {state}.",
      f"The regime was {state} by Bitcoin's 200-day mean and the breadth of the market."])
      for state in ("risk on", "risk off", "mixed")),
    ("index_level", (LEVEL, moved(MAJORS, "1.21")), ['The index "majors" stood at 112.34, up 1.2% on the day.',
      'The index "majors" rose 1.2% on the day to 112.34.']),
    ("index_level", (LEVEL, moved(MAJORS, "-1.21")), ['The index "majors" stood at 112.34, down 1.2% on the day.',
      'The index "majors" fell 1.2% on the day to 112.34.']),
    ("index_level", (LEVEL, moved(MAJORS, "0.04")), ['The index "majors" was flat on the day at 112.34.',
      'The index "majors" stood at 112.34, flat on the day.']),
    ("index_stood", (replace(LEVEL, value=Decimal("12345.6")),), ['The index "majors" stood at 12345.60.',
      'The level of the index "majors" was 12345.60.']),
    ("index_stood", (replace(LEVEL, as_of=FIRST),), ['The index "majors" stood at 112.34, as of 2 January 2025.',
      'The level of the index "majors" was 112.34, as of 2 January 2025.']),
    ("index_since", (moved(MAJORS, "12.34", None, start=FIRST), moved(BTC, "9.14", None, start=FIRST)),
     ['Since 2 January 2025, the index "majors" has gained 12.3%, against +9.1% for Bitcoin.',
      'The index "majors" has gained 12.3% since 2 January 2025, against +9.1% for Bitcoin.']),
    ("index_since", (moved(MAJORS, "-12.34", None, start=FIRST), moved(BTC, "0", None, start=FIRST)),
     ['Since 2 January 2025, the index "majors" has lost 12.3%, against 0.0% for Bitcoin.',
      'The index "majors" has lost 12.3% since 2 January 2025, against 0.0% for Bitcoin.']),
    ("index_since", (moved(MAJORS, "0.01", None, start=FIRST), moved(BTC, "-9.14", None, start=FIRST)),
     ['Since 2 January 2025, the index "majors" has been flat, against -9.1% for Bitcoin.',
      'The index "majors" has been flat since 2 January 2025, against -9.1% for Bitcoin.']),
    ("index_risk", (of(MAJORS, Metric.VOLATILITY, Unit.PCT, "48.24", window="90d"),
                    of(MAJORS, Metric.MAX_DRAWDOWN, Unit.PCT, "-38.41", window="365d")),
     [('The index "majors" had an annualised volatility of 48.2% over 90 days '
      "and a maximum drawdown of 38.4% over 365 days."),
      ('Over 90 days, the index "majors" had an annualised volatility of 48.2%, '
       "and over 365 days a maximum drawdown of 38.4%.")]),
    ("change", (moved(MAJORS, "7.31", "30d"),),
     ['The index "majors" rose 7.3% over 30 days.', 'Over 30 days, the index "majors" gained 7.3%.']),
    ("versus", (moved(MAJORS, "12.34", "30d"), moved(BTC, "9.14", "30d")),
     ['The index "majors" beat Bitcoin over 30 days: +12.3% against +9.1%.',
      'The index "majors" did better than Bitcoin over 30 days, +12.3% against +9.1%.']),
]  # fmt: skip

CASES = [*WEIGHTS, *STRESS, *EXPOSURE, *MARKETS]


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
