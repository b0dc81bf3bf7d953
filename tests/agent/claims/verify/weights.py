"""The wordings of docs/claims.md of weights, bad days and what a portfolio is made of, typed out, with true facts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from agent.claims.fact import Fact, Metric, Unit
from tests.agent.claims.verify.world import Case, change, fact, owned

CRASH, BANS = date(2025, 3, 3), date(2021, 5, 19)
HELD: dict[str, Any] = {"universe": "holdings", "universe_size": 14}
YEAR = "365d"


def _aimed(key: str, weight: str, target: str, gap: str) -> tuple[Fact, ...]:
    subject = f"asset:{key}"
    return (
        fact(f"{key}-weight", subject, Metric.WEIGHT, Unit.PCT, weight),
        fact(f"{key}-target", subject, Metric.TARGET_WEIGHT, Unit.PCT, target),
        fact(f"{key}-gap", subject, Metric.TARGET_GAP, Unit.PP, gap),
    )


OVER = _aimed("btc", "45.25", "40", "5.25")
UNDER = _aimed("sol", "9.04", "10", "-0.96")
THIRD = _aimed("eth", "33.353", "33.333", "0.02")
DISTANCE = owned("distance", Metric.TARGET_DISTANCE, Unit.PCT, "6.25")
AT_TARGETS = owned("distance", Metric.TARGET_DISTANCE, Unit.PCT, "0.04")
SALE = fact("sale", "asset:btc", Metric.TARGET_TRADE, Unit.USD, "-1203.404", label="sale")
PURCHASE = fact("purchase", "asset:sol", Metric.TARGET_TRADE, Unit.USD, "88.005", label="purchase")
VOL = owned("p-vol", Metric.VOLATILITY, Unit.PCT, "48.2", YEAR)
EVEN_VOL = owned("even", Metric.REWEIGHTED, Unit.PCT, "51.04", YEAR, qualifier="volatility", label="equally")
RATIO = owned("p-sharpe", Metric.SHARPE, Unit.RATIO, "0.8312", YEAR)
BEST_RATIO = owned("best", Metric.REWEIGHTED, Unit.RATIO, "1.205", YEAR, qualifier="sharpe",
                   label="for the highest Sharpe ratio")  # fmt: skip
LESS_VOLATILE = owned("less", Metric.EXCESS_VOLATILITY, Unit.PP, "5.25", YEAR)
MORE_RETURN = owned("more", Metric.FORGONE_RETURN, Unit.PP, "12.06", YEAR)

WEIGHTS: tuple[Case, ...] = (
    Case("target_drift", "Bitcoin makes up 45.2% of the portfolio, 5.2 percentage points above its target of 40.0%.",
         OVER),
    Case("target_drift", "At 45.2% of the portfolio, Bitcoin is 5.2 percentage points above its target of 40.0%.",
         OVER),
    Case("target_drift", "Solana makes up 9.0% of the portfolio, 1.0 percentage point below its target of 10.0%.",
         UNDER),
    Case("target_drift", "Ethereum makes up 33.4% of the portfolio, where its target is 33.3%.", THIRD),
    Case("target_distance", "6.2% of your portfolio would have to change hands for it to be back at its targets.",
         (DISTANCE,)),
    Case("target_distance", "Bringing your portfolio back to its targets would move 6.2% of it.", (DISTANCE,)),
    Case("target_distance", "Your portfolio is at its targets.", (AT_TARGETS,)),
    Case("target_distance", "Your portfolio matches its targets.", (AT_TARGETS,)),
    Case("target_trade", "A sale of $1,203.40 would bring Bitcoin to its target.", (SALE,)),
    Case("target_trade", "A purchase of $88.00 would bring Solana to its target.", (PURCHASE,)),
    Case("target_trade", "To be at its target, Bitcoin would take a sale of $1,203.40.", (SALE,)),
    Case("target_trade", "To be at its target, Solana would take a purchase of $88.00.", (PURCHASE,)),
    Case("reweighted", "Looking back, with its holdings weighted equally, your portfolio's annualised volatility over"
         " 365 days would have been 51.0% instead of 48.2%.", (EVEN_VOL, VOL)),
    Case("reweighted", "Looking back, with its holdings weighted for the highest Sharpe ratio, your portfolio's Sharpe"
         " ratio over 365 days would have been 1.20 instead of 0.83.", (BEST_RATIO, RATIO)),
    Case("reweighted", "Your portfolio's annualised volatility over 365 days would have been 51.0% instead of 48.2%"
         " with its holdings weighted equally, looking back.", (EVEN_VOL, VOL)),
    Case("reweighted", "Your portfolio's Sharpe ratio over 365 days would have been 1.20 instead of 0.83 with its"
         " holdings weighted for the highest Sharpe ratio, looking back.", (BEST_RATIO, RATIO)),
    Case("frontier_volatility", "Looking back over 365 days, other weights of your holdings would have returned no"
         " less with an annualised volatility 5.2 percentage points lower.", (LESS_VOLATILE,)),
    Case("frontier_volatility", "Looking back over 365 days, no less return was to be had from other weights of your"
         " holdings with an annualised volatility 5.2 percentage points lower.", (LESS_VOLATILE,)),
    Case("frontier_volatility", "Looking back over 365 days, no other weights of your holdings would have returned as"
         " much with less volatility.", (replace(LESS_VOLATILE, value=Decimal("0.01")),)),
    Case("frontier_return", "Looking back over 365 days, other weights of your holdings would have returned 12.1"
         " percentage points more a year with no more volatility.", (MORE_RETURN,)),
    Case("frontier_return", "Looking back over 365 days, at no more volatility other weights of your holdings would"
         " have returned 12.1 percentage points more a year.", (MORE_RETURN,)),
    Case("frontier_return", "Looking back over 365 days, no other weights of your holdings would have returned more"
         " with no more volatility.", (replace(MORE_RETURN, value=Decimal(0)),)),
)  # fmt: skip


def _stressed(day: date, pct: str, usd: str | None, label: str | None = None) -> tuple[Fact, ...]:
    known: dict[str, Any] = {"start": day, "label": label}
    moves = [owned(f"stress-{day}", Metric.STRESS_CHANGE, Unit.PCT, pct, **known)]
    if usd is not None:
        moves.append(owned(f"stress-usd-{day}", Metric.STRESS_CHANGE, Unit.USD, usd, **known))
    return tuple(moves)


FALL = change("btc-crash", "asset:btc", "-9.06", as_of=CRASH)
FLAT = change("btc-flat", "asset:btc", "0.03", as_of=CRASH)
BANNED = change("eth-bans", "asset:eth", "1.25", as_of=BANS)
SHARE = owned("share", Metric.STRESS_SHARE, Unit.PCT, "82.06", start=CRASH)
LABEL = "record liquidations"
_WORST: dict[str, Any] = {"other": "asset:btc"}
WORST_DAYS = (
    owned("worst-days", Metric.STRESS_DAYS, Unit.COUNT, "36", YEAR, **_WORST),
    owned("worst-corr", Metric.STRESS_CORRELATION, Unit.RATIO, "0.8649", YEAR, **_WORST, **HELD),
    owned("usual-corr", Metric.AVERAGE_CORRELATION, Unit.RATIO, "0.7051", YEAR, **HELD),
)
_CRASHED: tuple[Fact, ...] = (*_stressed(CRASH, "-14.2", "-7400"), FALL)
_LABELLED: tuple[Fact, ...] = (*_stressed(CRASH, "-14.2", "-7400", LABEL), FALL)
DEEPEST = owned("deepest", Metric.DEEPEST_FALL, Unit.PCT, "-38.35", YEAR, start=CRASH, as_of=date(2025, 8, 2))

STRESS: tuple[Case, ...] = (
    Case("stress_day", "On 3 March 2025, your portfolio at today's weights would have lost 14.2%, or $7,400.00 of"
         " today's value, with Bitcoin down 9.1%.", (*_stressed(CRASH, "-14.2", "-7400"), FALL)),
    Case("stress_day", "On 3 March 2025 (record liquidations), your portfolio at today's weights would have lost"
         " 14.2%, or $7,400.00 of today's value, with Bitcoin flat.",
         (*_stressed(CRASH, "-14.2", "-7400", LABEL), FLAT)),
    Case("stress_day", "On 19 May 2021 (China's warning to banks), your portfolio at today's weights would have gained"
         " 2.2%, or $1,150.82 of today's value, with Ethereum up 1.2%.",
         (*_stressed(BANS, "2.15", "1150.815", "China's warning to banks"), BANNED)),
    Case("stress_day", "On 3 March 2025, your portfolio at today's weights would have been flat, with Bitcoin down"
         " 9.1%.", (*_stressed(CRASH, "-0.04", "-20.92"), FALL)),
    Case("stress_day_part", "On 3 March 2025, the 82.1% of your portfolio that had a price would have lost 14.2% at"
         " today's weights, with Bitcoin down 9.1%.", (SHARE, *_stressed(CRASH, "-14.2", None), FALL)),
    Case("stress_day_part", "On 3 March 2025 (record liquidations), the 82.1% of your portfolio that had a price would"
         " have been flat at today's weights, with Bitcoin flat.",
         (SHARE, *_stressed(CRASH, "0.03", None, LABEL), FLAT)),
    Case("stress_day", "With Bitcoin down 9.1% on 3 March 2025, your portfolio at today's weights would have lost"
         " 14.2%, or $7,400.00 of today's value.", _CRASHED),
    Case("stress_day", "With Bitcoin down 9.1% on 3 March 2025 (record liquidations), your portfolio at today's"
         " weights would have lost 14.2%, or $7,400.00 of today's value.", _LABELLED),
    Case("stress_day", "With Bitcoin flat on 3 March 2025 (record liquidations), your portfolio at today's weights"
         " would have lost 14.2%, or $7,400.00 of today's value.", (*_stressed(CRASH, "-14.2", "-7400", LABEL), FLAT)),
    Case("stress_day", "With Ethereum up 1.2% on 19 May 2021 (China's warning to banks), your portfolio at today's"
         " weights would have gained 2.2%, or $1,150.82 of today's value.",
         (*_stressed(BANS, "2.15", "1150.815", "China's warning to banks"), BANNED)),
    Case("stress_day", "With Bitcoin down 9.1% on 3 March 2025, your portfolio at today's weights would have been"
         " flat.", (*_stressed(CRASH, "-0.04", "-20.92"), FALL)),
    Case("stress_day", "With Bitcoin flat on 3 March 2025 (record liquidations), your portfolio at today's weights"
         " would have been flat.", (*_stressed(CRASH, "0.03", "15.6", LABEL), FLAT)),
    Case("stress_day_part", "With Bitcoin down 9.1% on 3 March 2025, the 82.1% of your portfolio that had a price"
         " would have lost 14.2% at today's weights.", (SHARE, *_stressed(CRASH, "-14.2", None), FALL)),
    Case("stress_day_part", "With Bitcoin down 9.1% on 3 March 2025 (record liquidations), the 82.1% of your portfolio"
         " that had a price would have lost 14.2% at today's weights.",
         (SHARE, *_stressed(CRASH, "-14.2", None, LABEL), FALL)),
    Case("stress_day_part", "With Bitcoin flat on 3 March 2025 (record liquidations), the 82.1% of your portfolio that"
         " had a price would have been flat at today's weights.",
         (SHARE, *_stressed(CRASH, "0.03", None, LABEL), FLAT)),
    Case("stress_correlation", "Your 14 holdings had an average correlation of 0.86 on the 36 worst days of Bitcoin"
         " over 365 days, against 0.71 on all days.", WORST_DAYS),
    Case("stress_correlation", "On the 36 worst days of Bitcoin over 365 days, the average correlation between your 14"
         " holdings was 0.86, against 0.71 on all days.", WORST_DAYS),
    Case("deepest_fall", "At today's amounts, your portfolio would have fallen 38.4% from 3 March 2025 to 2 August"
         " 2025, its deepest fall over 365 days.", (DEEPEST,)),
    Case("deepest_fall", "The deepest fall of your portfolio over 365 days, at today's amounts, would have been 38.4%,"
         " from 3 March 2025 to 2 August 2025.", (DEEPEST,)),
)  # fmt: skip


def _trait(qualifier: str, label: str, has: str, what: str) -> tuple[Case, Case]:
    share = owned(f"trait-{qualifier}", Metric.TRAIT_SHARE, Unit.PCT, "62.34", qualifier=qualifier, label=label)
    return (
        Case("trait_share", f"62.3% of your portfolio {has}.", (share,)),
        Case("trait_share", f"{what} makes up 62.3% of your portfolio.", (share,)),
    )


MAKEUP: tuple[Case, ...] = (
    *_trait("sector", "Layer 1", 'is in the sector "Layer 1"', 'The sector "Layer 1"'),
    *_trait("chain", "BNB Smart Chain (BEP-20)", 'is on the chain "BNB Smart Chain (BEP-20)"',
            'What is on the chain "BNB Smart Chain (BEP-20)"'),
    *_trait("consensus", "Proof of Work", 'has the consensus "Proof of Work"',
            'What has the consensus "Proof of Work"'),
    *_trait("use case", "Payments & Transfers", 'has the use case "Payments & Transfers"',
            'What has the use case "Payments & Transfers"'),
    *_trait("region", "U.S. and Canada", 'comes from the region "U.S. and Canada"',
            'What comes from the region "U.S. and Canada"'),
    *_trait("tier by market value", "top 10", 'is in the tier "top 10" by market value',
            'The tier "top 10" by market value'),
    Case("in_the_end", "With other forms counted as what they stand for, Bitcoin makes up 62.3% of your portfolio.",
         (fact("end", "asset:btc", Metric.END_SHARE, Unit.PCT, "62.3"),)),
    Case("in_the_end", "Bitcoin makes up 62.3% of your portfolio with other forms counted as what they stand for.",
         (fact("end", "asset:btc", Metric.END_SHARE, Unit.PCT, "62.3"),)),
    Case("cash_share", "Stablecoins of the US dollar make up 12.0% of your portfolio.",
         (owned("usd", Metric.CASH_SHARE, Unit.PCT, "12.04", label="US dollar"),)),
    Case("cash_share", "12.0% of your portfolio is in stablecoins of the US dollar.",
         (owned("usd", Metric.CASH_SHARE, Unit.PCT, "12.04", label="US dollar"),)),
    Case("cash_share", "0.4% of your portfolio is in stablecoins of the euro.",
         (owned("eur", Metric.CASH_SHARE, Unit.PCT, "0.35", label="euro"),)),
    Case("cash_share", "Stablecoins of the euro make up 0.4% of your portfolio.",
         (owned("eur", Metric.CASH_SHARE, Unit.PCT, "0.35", label="euro"),)),
    Case("held_again", "4.2% of your portfolio is in other forms of coins that it holds already.",
         (owned("again", Metric.HELD_AGAIN, Unit.PCT, "4.2"),)),
    Case("held_again", "Other forms of coins that it holds already make up 4.2% of your portfolio.",
         (owned("again", Metric.HELD_AGAIN, Unit.PCT, "4.2"),)),
    Case("enough_holdings", "3 of your 14 holdings alone reach 95% of the risk reduction of all of them over 90 days.",
         (owned("enough", Metric.ENOUGH_HOLDINGS, Unit.COUNT, "3", "90d", **HELD),)),
    Case("enough_holdings", "1 of your 14 holdings alone reaches 95% of the risk reduction of all of them over 90"
         " days.", (owned("enough", Metric.ENOUGH_HOLDINGS, Unit.COUNT, "1", "90d", **HELD),)),
    Case("enough_holdings", "Over 90 days, 3 of your 14 holdings alone reach 95% of the risk reduction of all of them.",
         (owned("enough", Metric.ENOUGH_HOLDINGS, Unit.COUNT, "3", "90d", **HELD),)),
    Case("enough_holdings", "Over 90 days, 1 of your 14 holdings alone reaches 95% of the risk reduction of all of"
         " them.", (owned("enough", Metric.ENOUGH_HOLDINGS, Unit.COUNT, "1", "90d", **HELD),)),
    Case("alike_groups", "Over 90 days, your 14 holdings fall into 5 groups that move alike.",
         (owned("groups", Metric.ALIKE_GROUPS, Unit.COUNT, "5", "90d", **HELD),)),
    Case("alike_groups", "Over 90 days, your 14 holdings fall into 1 group that moves alike.",
         (owned("groups", Metric.ALIKE_GROUPS, Unit.COUNT, "1", "90d", **HELD),)),
    Case("alike_groups", "Your 14 holdings fall into 5 groups that move alike over 90 days.",
         (owned("groups", Metric.ALIKE_GROUPS, Unit.COUNT, "5", "90d", **HELD),)),
    Case("alike_groups", "Your 14 holdings fall into 1 group that moves alike over 90 days.",
         (owned("groups", Metric.ALIKE_GROUPS, Unit.COUNT, "1", "90d", **HELD),)),
)  # fmt: skip

OF_WEIGHTS: tuple[Case, ...] = (*WEIGHTS, *STRESS, *MAKEUP)
