"""The general wordings of docs/claims.md over all figures that have a noun, typed out by hand, with true facts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from agent.claims.fact import Fact, Metric, Unit
from tests.agent.claims.verify.world import AS_OF, BRIEFED, Case, P, fact

TRACKED: dict[str, Any] = {"universe": "tracked", "universe_size": 48}
MINE: dict[str, Any] = {"universe": "holdings", "universe_size": 6}
EARLIER = date(2025, 10, 3)

_NOUNS: tuple[tuple[str, str, Metric, Unit, str, str, dict[str, Any]], ...] = (
    ("sol", "closing price", Metric.CLOSE, Unit.USD, "230.104", "$230.10", {}),
    ("sol", "change over 90 days", Metric.CHANGE, Unit.PCT, "12.34", "+12.3%", {"window": "90d"}),
    ("sol", "trading volume", Metric.VOLUME, Unit.USD, "28414000000", "$28.41 billion", {}),
    ("inch", "trading volume", Metric.VOLUME, Unit.USD, "613.5", "$613.50", {}),
    ("sol", "market value", Metric.MARKET_CAP, Unit.USD, "999996000000", "$1.00 trillion", {}),
    ("sol", "annualised volatility over 30 days", Metric.VOLATILITY, Unit.PCT, "61.25", "61.2%", {"window": "30d"}),
    ("sol", "distance below its 365-day high", Metric.DRAWDOWN, Unit.PCT, "-18.66", "18.7%", {"window": "365d"}),
    ("sol", "14-day RSI", Metric.RSI, Unit.SCORE, "55.5", "56", {}),
    ("sol", "distance from its 50-day mean", Metric.DISTANCE, Unit.PCT, "-4.06", "-4.1%", {"window": "50d"}),
    ("sol", "distance from its 200-day mean", Metric.DISTANCE, Unit.PCT, "11.02", "+11.0%", {"window": "200d"}),
    ("sol", "nearest support", Metric.SUPPORT, Unit.USD, "199", "$199.00", {}),
    ("sol", "nearest resistance", Metric.RESISTANCE, Unit.USD, "1250.5", "$1,250", {}),
    ("pump", "TM grade", Metric.GRADE, Unit.SCORE, "61.04", "61.0", {"qualifier": "tm"}),
    ("pump", "TM trader grade", Metric.GRADE, Unit.SCORE, "72.46", "72.5", {"qualifier": "trader"}),
    ("pump", "TM investor grade", Metric.GRADE, Unit.SCORE, "33.3", "33.3", {"qualifier": "investor"}),
    ("pump", "coinbrief short-term grade", Metric.OWN_GRADE, Unit.SCORE, "63.2", "63.2", {"qualifier": "short_term"}),
    ("pump", "coinbrief long-term grade", Metric.OWN_GRADE, Unit.SCORE, "41", "41.0", {"qualifier": "long_term"}),
    (
        *("sol", "correlation with Bitcoin over 90 days", Metric.CORRELATION, Unit.RATIO, "0.8249", "0.82"),
        {"window": "90d", "other": "asset:btc"},
    ),
    (
        *("sol", "beta to Bitcoin over 90 days", Metric.BETA, Unit.RATIO, "1.345", "1.34"),
        {"window": "90d", "other": "asset:btc"},
    ),
    ("sol", "Sharpe ratio over 365 days", Metric.SHARPE, Unit.RATIO, "-0.125", "-0.12", {"window": "365d"}),
    ("sol", "Sortino ratio over 365 days", Metric.SORTINO, Unit.RATIO, "1.5", "1.50", {"window": "365d"}),
    ("sol", "maximum drawdown over 365 days", Metric.MAX_DRAWDOWN, Unit.PCT, "-58.1", "58.1%", {"window": "365d"}),
    ("sol", "share of your portfolio", Metric.WEIGHT, Unit.PCT, "31.02", "31.0%", {}),
    ("sol", "value", Metric.VALUE, Unit.USD, "16226.5", "$16,226.50", {}),
    ("sol", "share of the portfolio's risk over 90 days", Metric.RISK_SHARE, Unit.PCT, "54.2", "54.2%",
     {"window": "90d"}),
    ("btc", "number of active addresses", Metric.ACTIVE_ADDRESSES, Unit.COUNT, "812345", "812,345", {}),
    ("btc", "on-chain transfer value", Metric.TRANSFER_VALUE, Unit.USD, "9995000000", "$10.00 billion", {}),
    ("btc", "total of fees paid on chain", Metric.FEES, Unit.USD, "512345.6", "$512,346", {}),
    ("btc", "net flow to exchanges over 7 days", Metric.EXCHANGE_NET_FLOW, Unit.USD, "-123456789", "-$123.46 million",
     {"window": "7d"}),
    ("btc", "ratio of market value to realized value", Metric.MVRV, Unit.RATIO, "2.105", "2.10", {}),
    ("btc", "hash rate", Metric.HASH_RATE, Unit.EHS, "1012.34", "1012.3 EH/s", {}),
    ("eth", "value locked in its protocols", Metric.VALUE_LOCKED, Unit.USD, "3000000", "$3.00 million",
     {"qualifier": "protocol"}),
    ("eth", "value locked on its chains", Metric.VALUE_LOCKED, Unit.USD, "80000000000", "$80.00 billion",
     {"qualifier": "chain"}),
    ("btc", "share of the total market value", Metric.DOMINANCE, Unit.PCT, "57.6", "57.6%", {}),
    ("sol", "downside volatility over 90 days", Metric.DOWNSIDE_VOLATILITY, Unit.PCT, "44.06", "44.1%",
     {"window": "90d"}),
    ("sol", "14-day ADX", Metric.ADX, Unit.SCORE, "31.5", "32", {}),
    ("sol", "average daily range over 14 days", Metric.DAILY_RANGE, Unit.PCT, "5.25", "5.2%", {}),
    ("sol", "20-day mean", Metric.MEAN_PRICE, Unit.USD, "215.065", "$215.06", {"window": "20d"}),
    ("sol", "50-day mean", Metric.MEAN_PRICE, Unit.USD, "1001.4", "$1,001", {"window": "50d"}),
    ("inch", "200-day mean", Metric.MEAN_PRICE, Unit.USD, "0.214063", "$0.2141", {"window": "200d"}),
    ("btc", "ratio of market value to daily transfers", Metric.NVT, Unit.RATIO, "61.255", "61.26", {}),
    ("btc", "yearly issuance as a share of its market value", Metric.ISSUANCE, Unit.PCT, "0.84", "0.8%", {}),
    ("sol", "target share of your portfolio", Metric.TARGET_WEIGHT, Unit.PCT, "33.333", "33.3%", {}),
    ("sol", "correlation with the average coin over 90 days", Metric.MARKET_CORRELATION, Unit.RATIO, "0.7849", "0.78",
     {"window": "90d"}),
    ("sol", "beta to the average coin over 90 days", Metric.MARKET_BETA, Unit.RATIO, "-0.005", "0.00",
     {"window": "90d"}),
)  # fmt: skip
_OF_THE_PORTFOLIO: tuple[tuple[str, Metric, Unit, str, str, dict[str, Any]], ...] = (
    ("value", Metric.VALUE, Unit.USD, "52310.225", "$52,310.22", {}),
    ("number of independent bets over 90 days", Metric.INDEPENDENT_BETS, Unit.RATIO, "2.45", "2.4", {"window": "90d"}),
    ("effective number of holdings by weight", Metric.EFFECTIVE_NUMBER, Unit.RATIO, "2.3810", "2.4", {}),
    ("diversification ratio over 90 days", Metric.DIVERSIFICATION_RATIO, Unit.RATIO, "1.2664", "1.27",
     {"window": "90d"}),
    ("average correlation between holdings over 90 days", Metric.AVERAGE_CORRELATION, Unit.RATIO, "0.705", "0.70",
     {"window": "90d"}),
    ("share of its 3 largest holdings", Metric.TOP_SHARE, Unit.PCT, "78.24", "78.2%", {"qualifier": "3"}),
    ("share of its 5 largest holdings", Metric.TOP_SHARE, Unit.PCT, "95.1", "95.1%", {"qualifier": "5"}),
    ("one-day value at risk at 95%", Metric.VALUE_AT_RISK, Unit.PCT, "4.06", "4.1%", {"window": "90d"}),
    ("one-day value at risk at 95%", Metric.VALUE_AT_RISK, Unit.USD, "2130", "$2,130.00", {"window": "90d"}),
    ("mean loss on the worst twentieth of days", Metric.EXPECTED_SHORTFALL, Unit.PCT, "5.5", "5.5%",
     {"window": "90d"}),
    ("mean loss on the worst twentieth of days", Metric.EXPECTED_SHORTFALL, Unit.USD, "2877.06", "$2,877.06",
     {"window": "90d"}),
    ("annualised volatility over 90 days", Metric.VOLATILITY, Unit.PCT, "48.2", "48.2%", {"window": "90d"}),
    ("average correlation between holdings weighted by value over 90 days", Metric.WEIGHTED_CORRELATION, Unit.RATIO,
     "0.615", "0.62", {"window": "90d"}),
    ("number of independent bets by minimum torsion over 90 days", Metric.TORSION_BETS, Unit.RATIO, "3.25", "3.2",
     {"window": "90d"}),
    ("number of independent bets by principal components over 90 days", Metric.COMPONENT_BETS, Unit.RATIO, "1.06",
     "1.1", {"window": "90d"}),
    ("effective number of holdings with other forms counted as one", Metric.END_NUMBER, Unit.RATIO, "2.04", "2.0", {}),
)  # fmt: skip
_OF_THE_MARKET: tuple[tuple[str, Metric, Unit, str, str], ...] = (
    ("supply of stablecoins", Metric.STABLECOIN_SUPPLY, Unit.USD, "301200000000", "$301.20 billion"),
    ("value locked on all chains", Metric.TOTAL_VALUE_LOCKED, Unit.USD, "145000000000", "$145.00 billion"),
    ("share of coins above their 50-day mean", Metric.ABOVE_50D_SHARE, Unit.PCT, "34.5", "34.5%"),
    ("share of coins above their 200-day mean", Metric.ABOVE_200D_SHARE, Unit.PCT, "21.25", "21.2%"),
    ("share of coins above all closes of the 20 days before", Metric.HIGHS_SHARE, Unit.PCT, "2.05", "2.0%"),
    ("share of coins below all closes of the 20 days before", Metric.LOWS_SHARE, Unit.PCT, "0", "0.0%"),
    ("share of the largest coins that beat Bitcoin over 90 days", Metric.BEAT_BITCOIN_SHARE, Unit.PCT, "42", "42.0%"),
    ("total market value of crypto", Metric.TOTAL_MARKET_CAP, Unit.USD, "3515400000000", "$3.52 trillion"),
    ("fear and greed index", Metric.FEAR_GREED, Unit.SCORE, "27", "27"),
)
NAMED = {"sol": "Solana", "inch": "1inch", "pump": "Pump.fun", "btc": "Bitcoin", "eth": "Ethereum"}


def _named(key: str, metric: Metric, unit: Unit, value: str, more: dict[str, Any]) -> Fact:
    qualifier = more.get("qualifier", "")
    subject = f"asset:{key}" if key in NAMED else key
    return fact(f"{key}-{metric}-{unit}-{qualifier}-{more.get('window')}", subject, metric, unit, value, **more)


def _figures() -> list[Case]:
    cases = []
    for key, noun, metric, unit, value, shown, more in _NOUNS:
        one, ending = _named(key, metric, unit, value, more), " of 100" if "grade" in noun else ""
        cases.append(Case("figure", f"{NAMED[key]}'s {noun} was {shown}{ending}.", (one,)))
        cases.append(Case("figure", f"The {noun} of {NAMED[key]} was {shown}{ending}.", (one,)))
    for noun, metric, unit, value, shown, more in _OF_THE_PORTFOLIO:
        one = _named(P, metric, unit, value, more)
        cases.append(Case("figure", f"Your portfolio's {noun} was {shown}.", (one,)))
        cases.append(Case("figure", f"The {noun} of your portfolio was {shown}.", (one,)))
    for noun, metric, unit, value, shown in _OF_THE_MARKET:
        label = "Fear" if metric is Metric.FEAR_GREED else None
        one = fact(f"market-{metric}", "market", metric, unit, value, label=label)
        cases.append(Case("figure", f"The {noun} was {shown}.", (one,)))
    return cases


def _sol(metric: Metric, unit: Unit, value: str, **more: Any) -> Fact:
    return fact(f"sol-{metric}-{value}", "asset:sol", metric, unit, value, **more)


def _eth(metric: Metric, unit: Unit, value: str, **more: Any) -> Fact:
    return replace(_sol(metric, unit, value, **more), fact_id=f"eth-{metric}-{value}", subject="asset:eth")


GRADED = _sol(Metric.OWN_GRADE, Unit.SCORE, "63.2", qualifier="short_term")
GRADED_BEFORE = _sol(Metric.OWN_GRADE, Unit.SCORE, "60.1", qualifier="short_term", as_of=EARLIER)
CAP, CAP_BEFORE = (
    _sol(Metric.MARKET_CAP, Unit.USD, "125400000000"),
    _sol(Metric.MARKET_CAP, Unit.USD, "126000000000", as_of=EARLIER),
)
FELL_BELOW = _sol(Metric.DRAWDOWN, Unit.PCT, "-18.66", window="365d")
FELL_LESS = _sol(Metric.DRAWDOWN, Unit.PCT, "-12.2", window="365d", as_of=EARLIER)
SUPPLY, SUPPLY_BEFORE = (
    fact("supply", "market", Metric.STABLECOIN_SUPPLY, Unit.USD, "301200000000"),
    fact("supply-0", "market", Metric.STABLECOIN_SUPPLY, Unit.USD, "301204000000", as_of=EARLIER),
)
CHANGES: tuple[Case, ...] = (
    Case(
        "figure_change", "Solana's coinbrief short-term grade rose to 63.2 from 60.1 on 3 October 2025.",
        (GRADED_BEFORE, GRADED),
    ),
    Case(
        "figure_change", "Solana's market value was $125.40 billion, down from $126.00 billion on 3 October 2025.",
        (CAP_BEFORE, CAP),
    ),
    Case(
        "figure_change", "Solana's distance below its 365-day high rose to 18.7% from 12.2% on 3 October 2025.",
        (FELL_LESS, FELL_BELOW),
    ),
    Case(
        "figure_change", "The supply of stablecoins was $301.20 billion, unchanged from 3 October 2025.",
        (SUPPLY_BEFORE, SUPPLY),
    ),
)  # fmt: skip
BOUNDS: tuple[Case, ...] = (
    Case("figure_bound", "Solana's market value was $125.40 billion, above $100 billion.",
         (replace(CAP, threshold=Decimal(10) ** 11),)),
    Case("figure_bound", "At 55, Solana's 14-day RSI was below 60.",
         (_sol(Metric.RSI, Unit.SCORE, "55.1", threshold="60"),)),
    Case("figure_bound", "Solana's distance from its 50-day mean was -6.1%, below -5%.",
         (_sol(Metric.DISTANCE, Unit.PCT, "-6.1", window="50d", threshold="-5"),)),
    Case("figure_bound", "At 18.7%, Solana's distance below its 365-day high was above 12.5%.",
         (replace(FELL_BELOW, threshold=Decimal("12.5")),)),
    Case("figure_bound", "Solana's closing price was $1,230, above $1,000.",
         (_sol(Metric.CLOSE, Unit.USD, "1230.2", threshold="1000"),)),
    Case("figure_bound", "Solana's 14-day ADX was 32, above 25.",
         (_sol(Metric.ADX, Unit.SCORE, "31.5", threshold="25"),)),
    Case("figure_bound", "The share of coins above their 50-day mean was 34.5%, below 50%.",
         (fact("above", "market", Metric.ABOVE_50D_SHARE, Unit.PCT, "34.5", threshold="50"),)),
)  # fmt: skip
VOLATILE, CALM = (
    _sol(Metric.VOLATILITY, Unit.PCT, "61.25", window="30d"),
    _eth(Metric.VOLATILITY, Unit.PCT, "48.95", window="30d"),
)
DEEP, SHALLOW = (
    _sol(Metric.DRAWDOWN, Unit.PCT, "-40", window="365d"),
    _eth(Metric.DRAWDOWN, Unit.PCT, "-12.5", window="365d"),
)
COMPARED: tuple[Case, ...] = (
    Case("figure_versus",
         "Solana's annualised volatility over 30 days was higher than Ethereum's: 61.2% against 49.0%.",
         (VOLATILE, CALM)),
    Case("figure_versus",
         "Ethereum had a lower annualised volatility over 30 days than Solana, 49.0% against 61.2%.",
         (CALM, VOLATILE)),
    Case("figure_versus",
         "Solana's distance below its 365-day high was higher than Ethereum's: 40.0% against 12.5%.", (DEEP, SHALLOW)),
    Case("figure_versus", "Solana's 14-day RSI matched Ethereum's: 55 against 55.",
         (_sol(Metric.RSI, Unit.SCORE, "55.1"), _eth(Metric.RSI, Unit.SCORE, "54.9"))),
    Case("difference",
         "Solana's annualised volatility over 30 days was 12.3 percentage points above Ethereum's"
         " (61.2% against 49.0%).",
         (_sol(Metric.DIFFERENCE, Unit.PP, "12.30", window="30d", qualifier="volatility", other="asset:eth"),
          VOLATILE, CALM)),
    Case("difference",
         "Ethereum's distance below its 365-day high was 27.5 percentage points below Solana's (12.5% against 40.0%).",
         (_eth(Metric.DIFFERENCE, Unit.PP, "27.5", window="365d", qualifier="drawdown", other="asset:sol"),
          SHALLOW, DEEP)),
    Case("difference", "Solana's TM trader grade was 1.0 above Ethereum's (65.0 against 64.0).",
         (_sol(Metric.DIFFERENCE, Unit.SCORE, "1", qualifier="grade:trader", other="asset:eth"),
          _sol(Metric.GRADE, Unit.SCORE, "65", qualifier="trader"),
          _eth(Metric.GRADE, Unit.SCORE, "64", qualifier="trader"))),
    Case("times", "Solana's trading volume was 2.50 times Ethereum's ($5.00 billion against $2.00 billion).",
         (_sol(Metric.TIMES, Unit.RATIO, "2.5", qualifier="volume", other="asset:eth"),
          _sol(Metric.VOLUME, Unit.USD, "5000000000"), _eth(Metric.VOLUME, Unit.USD, "2000000000"))),
)  # fmt: skip
_SHARPE: dict[str, Any] = {"window": "365d", **TRACKED}
RANKED: tuple[Case, ...] = (
    Case("figure_rank", "Solana had the highest Sharpe ratio over 365 days of 48 tracked coins: 2.10.",
         (_sol(Metric.SHARPE, Unit.RATIO, "2.1", rank=1, **_SHARPE),)),
    Case("figure_rank", "The lowest Sharpe ratio over 365 days of 48 tracked coins was Ethereum's, at -1.10.",
         (_eth(Metric.SHARPE, Unit.RATIO, "-1.1", rank=1, rank_from_bottom=True, **_SHARPE),)),
    Case("figure_rank", "Solana had the lowest downside volatility over 365 days of 48 tracked coins: 30.1%.",
         (_sol(Metric.DOWNSIDE_VOLATILITY, Unit.PCT, "30.06", rank=1, rank_from_bottom=True, **_SHARPE),)),
    Case("figure_rank", "Solana had the tenth highest trading volume of 48 tracked coins: $5.00 billion.",
         (_sol(Metric.VOLUME, Unit.USD, "5000000000", rank=10, **TRACKED),)),
    Case("figure_rank", "The second highest distance below its 365-day high of your 6 holdings was Solana's, at 40.0%.",
         (replace(DEEP, rank=2, rank_from_bottom=True, **MINE),)),
    Case("figure_count", "3 of 48 tracked coins had a 14-day RSI above 70.",
         (fact("hot", "market", Metric.MATCHES, Unit.COUNT, "3", label="above", qualifier="rsi", threshold="70",
               **TRACKED),)),
    Case("figure_count", "4 of 48 tracked coins had an average daily range over 14 days above 7.5%.",
         (fact("wide", "market", Metric.MATCHES, Unit.COUNT, "4", label="above", qualifier="daily_range",
               threshold="7.5", **TRACKED),)),
    Case("figure_count", "None of 48 tracked coins had an annualised volatility over 30 days below 12.5%.",
         (fact("calm", "market", Metric.MATCHES, Unit.COUNT, "0", label="below", qualifier="volatility",
               threshold="12.5", window="30d", **TRACKED),)),
    Case("figure_count", "2 of your 6 holdings had a distance below its 365-day high above 50%.",
         (fact("deep", "market", Metric.MATCHES, Unit.COUNT, "2", label="above", qualifier="drawdown",
               threshold="50", window="365d", **MINE),)),
    Case("screen",
         "5 of 48 tracked coins met every condition: change over 30 days above 20%, TM trader grade above 80 and"
         " market value below $1.5 billion.",
         (fact("screen", "market", Metric.MATCHES, Unit.COUNT, "5",
               label="change over 30 days above 20%, TM trader grade above 80 and market value below $1.5 billion",
               **TRACKED),)),
    Case("figure_mean", "The mean change over 30 days of 48 tracked coins was -3.2%.",
         (fact("mean", "market", Metric.MEAN, Unit.PCT, "-3.2", qualifier="change", window="30d", **TRACKED),)),
    Case("figure_mean", "The mean TM grade of 48 tracked coins was 44.1.",
         (fact("mean-tm", "market", Metric.MEAN, Unit.SCORE, "44.1", qualifier="grade:tm", **TRACKED),)),
    Case("sum", "The value of your 6 holdings together was $52,310.22.",
         (fact("sum", P, Metric.SUM, Unit.USD, "52310.22", qualifier="value", **MINE),)),
)  # fmt: skip
BEFORE, NOW = (
    _sol(Metric.CLOSE, Unit.USD, "200", as_of=EARLIER),
    _sol(Metric.CLOSE, Unit.USD, "224.6", as_of=AS_OF),
)
_MOVE: dict[str, Any] = {"start": EARLIER}
DATED: tuple[Case, ...] = (
    Case("extreme", "Solana's highest close over 90 days was $251.00, on 9 October 2025.",
         (_sol(Metric.HIGHEST_CLOSE, Unit.USD, "251", window="90d", as_of=BRIEFED),)),
    Case("extreme", "Solana's lowest close over 365 days was $95.20, on 3 October 2025.",
         (_sol(Metric.LOWEST_CLOSE, Unit.USD, "95.2", window="365d", as_of=EARLIER),)),
    Case("change_between", "Solana rose 12.3% from 3 October 2025 to 10 October 2025, from $200.00 to $224.60.",
         (BEFORE, NOW, _sol(Metric.CHANGE, Unit.PCT, "12.3", **_MOVE))),
    Case("change_between",
         "From 3 October 2025 to 10 October 2025, Solana lost 5.0%, going from $200.00 to $190.00.",
         (BEFORE, _sol(Metric.CLOSE, Unit.USD, "190"), _sol(Metric.CHANGE, Unit.PCT, "-5", **_MOVE))),
    Case("change_between", "Solana was flat from 3 October 2025 to 10 October 2025, at $200.01.",
         (BEFORE, _sol(Metric.CLOSE, Unit.USD, "200.01"), _sol(Metric.CHANGE, Unit.PCT, "0.005", **_MOVE))),
)  # fmt: skip

FIGURES: tuple[Case, ...] = (*_figures(), *CHANGES, *BOUNDS, *COMPARED, *RANKED, *DATED)
