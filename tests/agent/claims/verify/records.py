"""The wordings of docs/claims.md of sectors, indices and track records, typed out by hand, with facts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from agent.claims.fact import Fact, Metric, Unit
from tests.agent.claims.verify.world import Case, change, fact

SECTORS: dict[str, Any] = {"universe": "sectors", "universe_size": 14}


def _sector(name: str, value: str, window: str = "30d", **more: Any) -> Fact:
    return fact(f"{name}-{window}", f"sector:{name}", Metric.SECTOR_CHANGE, Unit.PCT, value, window=window, **more)


STRONGEST = _sector("defi", "5.15", rank=1, **SECTORS)
WEAKEST = _sector("games", "-11.04", rank=1, rank_from_bottom=True, **SECTORS)
OF_SECTORS: tuple[Case, ...] = (
    Case("sector_change", "The median coin of the sector DeFi rose 5.2% over 30 days.", (STRONGEST,)),
    Case("sector_change", "The median coin of the sector Games fell 2.5% over 7 days.",
         (_sector("games", "-2.46", "7d"),)),
    Case("sector_change", "The median coin of the sector DeFi was flat over 7 days.",
         (_sector("defi", "-0.03", "7d"),)),
    Case("sector_change", "Over 30 days, the median coin of the sector DeFi rose 5.2%.", (STRONGEST,)),
    Case("sector_change", "Over 7 days, the median coin of the sector Games fell 2.5%.",
         (_sector("games", "-2.46", "7d"),)),
    Case("sector_change", "Over 7 days, the median coin of the sector DeFi was flat.",
         (_sector("defi", "-0.03", "7d"),)),
    Case("sector_rank", "Of 14 sectors, DeFi was the strongest over 30 days, with a median change of +5.2%.",
         (STRONGEST,)),
    Case("sector_rank", "Of 14 sectors, Games was the weakest over 30 days, with a median change of -11.0%.",
         (WEAKEST,)),
    Case("sector_rank", "Of 14 sectors, DeFi was the second strongest over 30 days, with a median change of 0.0%.",
         (replace(STRONGEST, rank=2, value=Decimal("0.01")),)),
    Case("sector_rank", "Of 14 sectors, Games was the tenth weakest over 30 days, with a median change of -11.0%.",
         (replace(WEAKEST, rank=10),)),
    Case("sector_rank", "With a median change of +5.2%, DeFi was the strongest of 14 sectors over 30 days.",
         (STRONGEST,)),
    Case("sector_rank", "With a median change of -11.0%, Games was the weakest of 14 sectors over 30 days.",
         (WEAKEST,)),
    Case("sector_rank", "With a median change of 0.0%, DeFi was the second strongest of 14 sectors over 30 days.",
         (replace(STRONGEST, rank=2, value=Decimal("0.01")),)),
    Case("sector_rank", "With a median change of -11.0%, Games was the tenth weakest of 14 sectors over 30 days.",
         (replace(WEAKEST, rank=10),)),
    *(
        Case("regime", f"The regime was {label} by Bitcoin's 200-day mean and the breadth of the market.",
             (fact("regime", "market", Metric.REGIME, Unit.TEXT, label=label),))
        for label in ("risk on", "risk off", "mixed")
    ),
    *(
        Case("regime", f"By Bitcoin's 200-day mean and the breadth of the market, the regime was {label}.",
             (fact("regime", "market", Metric.REGIME, Unit.TEXT, label=label),))
        for label in ("risk on", "risk off", "mixed")
    ),
)  # fmt: skip

INDEX, START = "index:majors", date(2025, 1, 2)
LEVEL = fact("level", INDEX, Metric.INDEX_LEVEL, Unit.RATIO, "112.345")
OWN_SINCE = change("index-since", INDEX, "12.34", start=START, window=None)
BTC_SINCE = change("btc-since", "asset:btc", "9.06", start=START, window=None)
MONTH = change("index-30d", INDEX, "12.34", "30d")
BTC_MONTH = change("btc-30d", "asset:btc", "9.06", "30d")
OF_INDICES: tuple[Case, ...] = (
    Case("index_level", 'The index "majors" stood at 112.34, up 1.2% on the day.', (LEVEL, change("m", INDEX, "1.24"))),
    Case("index_level", 'The index "majors" was flat on the day at 112.34.', (LEVEL, change("m", INDEX, "-0.02"))),
    Case("index_level", 'The index "majors" rose 1.2% on the day to 112.34.', (LEVEL, change("m", INDEX, "1.24"))),
    Case("index_level", 'The index "majors" fell 1.2% on the day to 112.34.', (LEVEL, change("m", INDEX, "-1.24"))),
    Case("index_level", 'The index "majors" stood at 112.34, flat on the day.', (LEVEL, change("m", INDEX, "-0.02"))),
    Case("index_stood", 'The index "majors" stood at 112.34.', (LEVEL,)),
    Case("index_stood", 'The level of the index "majors" was 112.34.', (LEVEL,)),
    Case("index_stood", 'The level of the index "my-3-coins" was 1234.50.',
         (replace(LEVEL, subject="index:my-3-coins", value=Decimal("1234.5")),)),
    Case("index_stood", 'The index "my-3-coins" stood at 1234.50.',
         (replace(LEVEL, subject="index:my-3-coins", value=Decimal("1234.5")),)),
    Case("index_since", 'Since 2 January 2025, the index "majors" has gained 12.3%, against +9.1% for Bitcoin.',
         (OWN_SINCE, BTC_SINCE)),
    Case("index_since", 'Since 2 January 2025, the index "majors" has been flat, against -9.1% for Bitcoin.',
         (replace(OWN_SINCE, value=Decimal("0.04")), replace(BTC_SINCE, value=Decimal("-9.06")))),
    Case("index_since", 'The index "majors" has gained 12.3% since 2 January 2025, against +9.1% for Bitcoin.',
         (OWN_SINCE, BTC_SINCE)),
    Case("index_since", 'The index "majors" has lost 12.3% since 2 January 2025, against -9.1% for Bitcoin.',
         (replace(OWN_SINCE, value=Decimal("-12.34")), replace(BTC_SINCE, value=Decimal("-9.06")))),
    Case("index_since", 'The index "majors" has been flat since 2 January 2025, against -9.1% for Bitcoin.',
         (replace(OWN_SINCE, value=Decimal("0.04")), replace(BTC_SINCE, value=Decimal("-9.06")))),
    Case("index_risk", 'Over 90 days, the index "majors" had an annualised volatility of 48.2%, and over 365 days a'
         " maximum drawdown of 38.4%.",
         (fact("index-vol", INDEX, Metric.VOLATILITY, Unit.PCT, "48.24", window="90d"),
          fact("index-fall", INDEX, Metric.MAX_DRAWDOWN, Unit.PCT, "-38.35", window="365d"))),
    Case("index_risk", 'The index "majors" had an annualised volatility of 48.2% over 90 days and a maximum drawdown'
         " of 38.4% over 365 days.",
         (fact("index-vol", INDEX, Metric.VOLATILITY, Unit.PCT, "48.24", window="90d"),
          fact("index-fall", INDEX, Metric.MAX_DRAWDOWN, Unit.PCT, "-38.35", window="365d"))),
    Case("change", 'The index "majors" rose 12.3% over 30 days.', (MONTH,)),
    Case("change", 'Over 30 days, the index "majors" gained 12.3%.', (MONTH,)),
    Case("change", 'The index "majors" was flat over 30 days.', (replace(MONTH, value=Decimal("0.04")),)),
    Case("versus", 'The index "majors" beat Bitcoin over 30 days: +12.3% against +9.1%.', (MONTH, BTC_MONTH)),
    Case("versus", 'The index "majors" did better than Bitcoin over 30 days, +12.3% against +9.1%.',
         (MONTH, BTC_MONTH)),
)  # fmt: skip


def _recorded(metric: Metric, unit: Unit, value: str, window: str, of: str, label: str | None = None) -> Fact:
    return fact(f"{metric}-{of}-{window}", "market", metric, unit, value, window=window, qualifier=of, label=label)


HITS = (
    _recorded(Metric.HIT_RATE, Unit.PCT, "54.24", "7d", "golden_cross", "rise"),
    _recorded(Metric.FIRINGS, Unit.COUNT, "1203", "7d", "golden_cross"),
    _recorded(Metric.BASE_RATE, Unit.PCT, "51.04", "7d", "golden_cross", "rise"),
)
FELL = (
    _recorded(Metric.HIT_RATE, Unit.PCT, "48", "1d", "death_cross", "fall"),
    _recorded(Metric.FIRINGS, Unit.COUNT, "36", "1d", "death_cross"),
    _recorded(Metric.BASE_RATE, Unit.PCT, "49.06", "1d", "death_cross", "fall"),
)
EXCESS = _recorded(Metric.EXCESS_RETURN, Unit.PP, "-1.24", "30d", "golden_cross")
PAST = _recorded(Metric.FIRINGS, Unit.COUNT, "1203", "30d", "golden_cross")
SPLIT_DAYS = _recorded(Metric.SPLIT_DAYS, Unit.COUNT, "812", "7d", "short_term")
SPREAD = _recorded(Metric.GRADE_SPREAD, Unit.PP, "1.24", "7d", "short_term")
OFTEN = _recorded(Metric.GRADE_HIT_RATE, Unit.PCT, "54.16", "7d", "short_term")
OF_RECORDS: tuple[Case, ...] = (
    Case("signal_hits", 'The signal "golden cross" was followed by a rise over the next 7 days in 54.2% of 1,203 past'
         " cases, against 51.0% at all times.", HITS),
    Case("signal_hits", 'The signal "death cross" was followed by a fall on the next day in 48.0% of 36 past cases,'
         " against 49.1% at all times.", FELL),
    Case("signal_hits", 'A rise over the next 7 days followed the signal "golden cross" in 54.2% of 1,203 past cases,'
         " against 51.0% at all times.", HITS),
    Case("signal_hits", 'A fall on the next day followed the signal "death cross" in 48.0% of 36 past cases, against'
         " 49.1% at all times.", FELL),
    Case("signal_excess", "The return over the next 30 days was 1.2 percentage points below that of holding on average"
         ' after 1,203 past cases of the signal "golden cross".', (PAST, EXCESS)),
    Case("signal_excess", "The return over the next 30 days was that of holding on average after 1,203 past cases of"
         ' the signal "golden cross".', (PAST, replace(EXCESS, value=Decimal("0.04")))),
    Case("signal_excess", 'After 1,203 past cases of the signal "golden cross", the return over the next 30 days was'
         " 1.2 percentage points below that of holding on average.", (PAST, EXCESS)),
    Case("signal_excess", 'After 1,203 past cases of the signal "golden cross", the return over the next 30 days was'
         " that of holding on average.", (PAST, replace(EXCESS, value=Decimal("0.04")))),
    *(
        Case("grade_record", text,
             (_recorded(Metric.GRADE_CORRELATION, Unit.RATIO, "-0.031", "30d", of),
              _recorded(Metric.GRADE_DAYS, Unit.COUNT, "812", "30d", of)))
        for noun, of in (("TM grade", "tm"), ("TM trader grade", "trader"), ("TM investor grade", "investor"),
                         ("coinbrief short-term grade", "short_term"), ("coinbrief long-term grade", "long_term"))
        for text in (
            (f"The rank correlation of the {noun} with the change over the next 30 days was -0.03 on average over 812"
             " past days."),
            (f"Over 812 past days, the {noun} had a rank correlation of -0.03 with the change over the next 30 days on"
             " average."),
        )
    ),
    Case("grade_fifths", "The fifth of coins with the highest coinbrief short-term grade did 1.2 percentage points"
         " better over the next 7 days than the fifth with the lowest on average, and did better on 54.2% of 812 past"
         " days.", (SPREAD, OFTEN, SPLIT_DAYS)),
    Case("grade_fifths", "The fifth of coins with the highest coinbrief short-term grade did no better and no worse"
         " over the next 7 days than the fifth with the lowest on average, and did better on 54.2% of 812 past days.",
         (replace(SPREAD, value=Decimal(0)), OFTEN, SPLIT_DAYS)),
    Case("grade_fifths", "On average, the fifth of coins with the highest coinbrief short-term grade did 1.2 percentage"
         " points better over the next 7 days than the fifth with the lowest, and did better on 54.2% of 812 past"
         " days.",
         (SPREAD, OFTEN, SPLIT_DAYS)),
    Case("grade_fifths", "On average, the fifth of coins with the highest coinbrief short-term grade did 1.2 percentage"
         " points worse over the next 7 days than the fifth with the lowest, and did better on 54.2% of 812 past days.",
         (replace(SPREAD, value=Decimal("-1.24")), OFTEN, SPLIT_DAYS)),
    Case("grade_fifths", "On average, the fifth of coins with the highest coinbrief short-term grade did no better and"
         " no worse over the next 7 days than the fifth with the lowest, and did better on 54.2% of 812 past days.",
         (replace(SPREAD, value=Decimal(0)), OFTEN, SPLIT_DAYS)),
)  # fmt: skip

RECORDS: tuple[Case, ...] = (*OF_SECTORS, *OF_INDICES, *OF_RECORDS)
