"""Every wording of docs/claims.md, typed out by hand, with facts that make it true."""

from datetime import date
from typing import Any

from agent.claims.fact import Fact, Metric, State, Unit
from tests.agent.claims.verify.world import (
    BRIEFED,
    Case,
    P,
    called,
    change,
    close,
    counted,
    fact,
    gap,
    graded,
    mood,
    owned,
    ranked,
)

BTC_DAY = change("btc-1d", "asset:btc", "-7.3004")
BTC_CLOSE = close("btc-close", "asset:btc", "113213.61")
SOL_DAY = change("sol-1d", "asset:sol", "5.91")
FLAT = change("cafe-1d", "asset:cafe", "-0.0499")
CAFE_CLOSE = close("cafe-close", "asset:cafe", "0.0069118")
BONK_WEEK = change("bonk-7d", "asset:bonk", "3.049", "7d")
INCH_WEEK = change("inch-7d", "asset:inch", "-12.25", "7d")
ETH_SINCE = change("eth-since", "asset:eth", "4.4501", "since", start=BRIEFED)
DOGE_SINCE = change("doge-since", "asset:doge", "0.02", "since", start=BRIEFED)
P_DAY = change("p-1d", P, "-9.8")
P_GAIN = owned("p-gain", Metric.VALUE_CHANGE, Unit.USD, "-5670.114", "1d")
P_VALUE = owned("p-value", Metric.VALUE, Unit.USD, "52310.225")
P_SINCE = change("p-since", P, "2.15", "since", start=BRIEFED)
P_SINCE_GAIN = owned("p-since-gain", Metric.VALUE_CHANGE, Unit.USD, "1100.999", "since", start=BRIEFED)
P_FLAT = change("p-flat", P, "0.01")
P_FLAT_GAIN = owned("p-flat-gain", Metric.VALUE_CHANGE, Unit.USD, "5.23", "1d")
HELD: dict[str, Any] = {"universe": "holdings", "universe_size": 6}
TOP_GAIN = fact("gain", "asset:sol", Metric.CONTRIBUTION, Unit.USD, "1203.4", window="1d", rank=1, **HELD)
TOP_LOSS = fact(
    "loss", "asset:atom", Metric.CONTRIBUTION, Unit.USD, "-88.005", window="1d", rank=1, rank_from_bottom=True, **HELD
)
WEIGHT = fact("weight", "asset:btc", Metric.WEIGHT, Unit.PCT, "45.25", rank=1, **HELD)
SMALL_WEIGHT = fact("small-weight", "asset:pump", Metric.WEIGHT, Unit.PCT, "3.14159")
LEADER = ranked("leader", "asset:neiro", "21.44", 1)
SECOND = ranked("second", "asset:neirocto", "9.95", 2)
THIRD_LOSS = ranked("third-loss", "asset:pump", "-30.05", 3, bottom=True)
LOSER = ranked("loser", "asset:doge", "-44.449", 1, bottom=True)
LEAST_LOSS = ranked("least-loss", "asset:atom", "-1.2", 1, window="30d")
LEAST_GAIN = ranked("least-gain", "asset:btc", "0.31", 1, bottom=True, window="90d")
BEST_HELD = change("best-held", "asset:sol", "8.8", "7d", rank=1, **HELD)
RISERS = counted("risers", Metric.RISERS, "3")
FALLERS = counted("fallers", Metric.FALLERS, "44")
RESTING = counted("resting", Metric.UNCHANGED, "1")
NO_RISERS = counted("no-risers", Metric.RISERS, "0")
MEDIAN = fact(
    "median", "market", Metric.MEDIAN_CHANGE, Unit.PCT, "-11.151", window="1d", universe="tracked", universe_size=48
)
FEAR = mood("fear", "27", "Fear")
GREED_BEFORE = mood("greed-before", "64", "Greed", BRIEFED)
FEAR_BEFORE = mood("fear-before", "27.4", "Fear", BRIEFED)
RSI_LOW = fact("rsi-low", "asset:btc", Metric.RSI, Unit.SCORE, "27.5", threshold="30")
RSI_HIGH = fact("rsi-high", "asset:inch", Metric.RSI, Unit.SCORE, "74.2", threshold="70")
SPIKE = fact("spike", "asset:pump", Metric.VOLUME_Z, Unit.SIGMA, "4.15")
CROSS = fact("cross", "asset:eth", Metric.MACD_CROSS, Unit.TEXT, label="bearish")
BREAKOUT = fact("breakout", "asset:sol", Metric.BREAKOUT, Unit.USD, "230.104", label="above")
BREAKDOWN = fact("breakdown", "asset:atom", Metric.BREAKOUT, Unit.USD, "3.5", label="below")
BELOW_HIGH = fact("below-high", "asset:eth", Metric.DRAWDOWN, Unit.PCT, "-21.349", window="365d")
AT_HIGH = fact("at-high", "asset:neiro", Metric.DRAWDOWN, Unit.PCT, "0", window="365d")
VOLATILITY = fact("vol", "asset:bonk", Metric.VOLATILITY, Unit.PCT, "148.25", window="30d")
P_VOL = owned("p-vol", Metric.VOLATILITY, Unit.PCT, "48.2", "90d")
P_AVERAGE_VOL = owned("p-average-vol", Metric.WEIGHTED_VOLATILITY, Unit.PCT, "61.04", "90d")
P_RATIO = owned("p-ratio", Metric.DIVERSIFICATION_RATIO, Unit.RATIO, "1.2664", "90d")
P_COUNT = owned("p-count", Metric.HOLDING_COUNT, Unit.COUNT, "6")
P_EFFECTIVE = owned("p-effective", Metric.EFFECTIVE_NUMBER, Unit.RATIO, "2.3810")
P_HHI = owned("p-hhi", Metric.HHI, Unit.RATIO, "0.42")
P_PAIRS = owned("p-pairs", Metric.AVERAGE_CORRELATION, Unit.RATIO, "0.705", "90d", universe="holdings", universe_size=6)
P_CORRELATION = owned("p-corr", Metric.CORRELATION, Unit.RATIO, "0.8649", "90d", other="asset:btc")
P_BETA = owned("p-beta", Metric.BETA, Unit.RATIO, "1.115", "90d", other="asset:btc")
P_SHARPE = owned("p-sharpe", Metric.SHARPE, Unit.RATIO, "-0.834", "365d")
P_DRAWDOWN = owned("p-drawdown", Metric.MAX_DRAWDOWN, Unit.PCT, "-38.35", "365d")
SIGNALS = fact("new", "market", Metric.NEW_SIGNALS, Unit.COUNT, "3", window="since", start=BRIEFED)
COVERAGE = counted("coverage", Metric.COVERAGE, "46", None)
STALE = fact(
    "stale",
    "asset:inch",
    Metric.AVAILABILITY,
    Unit.DATE,
    state=State.STALE,
    label="2025-10-07",
    as_of=date(2025, 10, 7),
)
STALE_CLOSE = close("stale-close", "asset:inch", "0.2", as_of=date(2025, 10, 7), state=State.STALE)
NO_GRADE = gap("no-grade", "asset:doge", "TM grade", State.MISSING)
NO_HISTORY = gap("no-history", "asset:pump", "90-day history", State.MISSING)
FAILED = gap("failed", "source:token_metrics", "rate limited", State.RATE_LIMITED, "daily_bars")
LEFT_OUT = gap("left-out", "source:token_metrics", "left out", State.RATE_LIMITED, "daily_bars_of_other_coins")
ELSEWHERE = gap("elsewhere", "asset:doge", "binance", State.MISSING, "token_metrics")
DISPUTED = (
    close(
        "low",
        "asset:doge",
        "0.1875",
        state=State.DISPUTED,
        source="binance",
        metric=Metric.SOURCE_CLOSE,
        other="source:token_metrics",
    ),
    close("high", "asset:doge", "0.1934", state=State.DISPUTED, metric=Metric.SOURCE_CLOSE, other="source:binance"),
)
EMPTY = gap("empty", "source:token_metrics", None, State.MISSING, "grades")


def _signals(value: str) -> Case:
    text = {"1": "1 signal is new", "0": "No signal is new", "1204": "1,204 signals are new"}[value]
    count = fact("new", "market", Metric.NEW_SIGNALS, Unit.COUNT, value, window="since", start=BRIEFED)
    return Case("new_signals", f"{text} since the briefing of 9 October 2025.", (count,))


CASES: tuple[Case, ...] = (
    Case("change", "Bitcoin fell 7.3% on the day.", (BTC_DAY,)),
    Case("change", "On the day, Solana gained 5.9%.", (SOL_DAY,)),
    Case("change", "Over 7 days, Bonk x1000 gained 3.0%.", (BONK_WEEK,)),
    Case("change", "1inch fell 12.2% over 7 days.", (INCH_WEEK,)),
    Case("change", "Over 7 days, 1inch lost 12.2%.", (INCH_WEEK,)),
    Case("change", "Café Coin was flat on the day.", (FLAT,)),
    Case("change_to_close", "Bitcoin fell 7.3% on the day to $113,214.", (BTC_DAY, BTC_CLOSE)),
    Case("change_to_close", "Bitcoin closed at $113,214, down 7.3% on the day.", (BTC_DAY, BTC_CLOSE)),
    Case("change_to_close", "Café Coin was flat on the day at $0.006912.", (FLAT, CAFE_CLOSE)),
    Case("close", "Bitcoin closed at $113,214.", (BTC_CLOSE,)),
    Case("close", "Bitcoin Cash closed at $481.00.", (close("bch", "asset:bch", "481"),)),
    Case("close", "Pump.fun closed at $1,001.", (close("pump", "asset:pump", "1000.5001"),)),
    Case("change", "First Coin rose 1.5% on the day.", (change("first", "asset:first", "1.45001"),)),
    Case("close", "Cosmos closed at $3.42.", (close("atom", "asset:atom", "3.415"),)),
    Case("close", "1inch closed at $0.2000 as of 7 October 2025.", (STALE_CLOSE,)),
    Case("since_change", "Ethereum has risen 4.5% since the briefing of 9 October 2025.", (ETH_SINCE,)),
    Case("since_change", "Dogecoin is flat since the briefing of 9 October 2025.", (DOGE_SINCE,)),
    Case("value", "Your portfolio was worth $52,310.22 at the close.", (P_VALUE,)),
    Case(
        "value_change",
        "Your portfolio fell 9.8% on the day, a loss of $5,670.11, to $52,310.22.",
        (P_DAY, P_GAIN, P_VALUE),
    ),
    Case(
        "value_change",
        "Your portfolio was worth $52,310.22 at the close, down 9.8% on the day (a loss of $5,670.11).",
        (P_DAY, P_GAIN, P_VALUE),
    ),
    Case("value_change", "Your portfolio was flat on the day at $52,310.22.", (P_FLAT, P_FLAT_GAIN, P_VALUE)),
    Case(
        "since_value_change",
        "Your portfolio has risen 2.2% since the briefing of 9 October 2025, a gain of $1,101.00.",
        (P_SINCE, P_SINCE_GAIN),
    ),
    Case("contribution", "The largest gain among your 6 holdings on the day came from Solana: $1,203.40.", (TOP_GAIN,)),
    Case("contribution", "The largest loss among your 6 holdings on the day came from Cosmos: $88.00.", (TOP_LOSS,)),
    Case("largest_holding", "Bitcoin is the largest of your 6 holdings, at 45.2% of the portfolio.", (WEIGHT,)),
    Case("weight", "Pump.fun makes up 3.1% of the portfolio.", (SMALL_WEIGHT,)),
    Case("versus", "Your portfolio trailed Bitcoin on the day: -9.8% against -7.3%.", (P_DAY, BTC_DAY)),
    Case("versus", "Solana beat Bitcoin on the day: +5.9% against -7.3%.", (SOL_DAY, BTC_DAY)),
    Case(
        "versus",
        "Your portfolio matched Bitcoin on the day: -7.3% against -7.3%.",
        (change("p-same", P, "-7.26"), BTC_DAY),
    ),
    Case("versus", "Café Coin beat Bitcoin on the day: 0.0% against -7.3%.", (FLAT, BTC_DAY)),
    Case("top", "Neiro led 48 tracked coins on the day with a gain of 21.4%.", (LEADER,)),
    Case("top", "The largest gain on the day among 48 tracked coins was Neiro's 21.4%.", (LEADER,)),
    Case("top", "The largest loss on the day among 48 tracked coins was Dogecoin's 44.4%.", (LOSER,)),
    Case("top", "The second largest gain on the day among 48 tracked coins was NEIROCTO's 10.0%.", (SECOND,)),
    Case("top", "The third largest loss on the day among 48 tracked coins was Pump.fun's 30.0%.", (THIRD_LOSS,)),
    Case("top", "The smallest loss over 30 days among 48 tracked coins was Cosmos's 1.2%.", (LEAST_LOSS,)),
    Case("top", "The smallest gain over 90 days among 48 tracked coins was Bitcoin's 0.3%.", (LEAST_GAIN,)),
    Case("top", "The largest gain over 7 days among your 6 holdings was Solana's 8.8%.", (BEST_HELD,)),
    Case(
        "breadth",
        "3 of 48 tracked coins rose on the day, 44 fell and 1 was flat.",
        (RISERS, FALLERS, RESTING),
    ),
    Case(
        "breadth",
        "None of 48 tracked coins rose on the day, 44 fell and 4 were flat.",
        (NO_RISERS, FALLERS, counted("resting", Metric.UNCHANGED, "4")),
    ),
    Case(
        "breadth",
        "3 of 48 tracked coins rose on the day, 44 fell and none were flat.",
        (RISERS, FALLERS, counted("resting", Metric.UNCHANGED, "0")),
    ),
    Case("median", "The median change of 48 tracked coins on the day was -11.2%.", (MEDIAN,)),
    Case(
        "total_market_cap",
        "The total market value of crypto was $3.52 trillion.",
        (fact("cap", "market", Metric.TOTAL_MARKET_CAP, Unit.USD, "3515400000000"),),
    ),
    Case(
        "total_market_cap",
        "The total market value of crypto was $999.99 billion.",
        (fact("cap", "market", Metric.TOTAL_MARKET_CAP, Unit.USD, "999994000000"),),
    ),
    Case(
        "high_grade_share",
        "21.7% of coins had a high TM grade.",
        (fact("share", "market", Metric.HIGH_GRADE_SHARE, Unit.PCT, "21.65001"),),
    ),
    Case("fear_greed", "The fear and greed index stood at 27 (Fear).", (FEAR,)),
    Case(
        "fear_greed_change",
        "The fear and greed index fell to 27 (Fear) from 64 (Greed) the day before.",
        (FEAR, GREED_BEFORE),
    ),
    Case("fear_greed_change", "The fear and greed index was unchanged at 27 (Fear).", (FEAR, FEAR_BEFORE)),
    Case(
        "streak",
        "Solana has closed higher on 4 days in a row.",
        (fact("streak", "asset:sol", Metric.STREAK, Unit.COUNT, "4"),),
    ),
    Case(
        "streak",
        "Dogecoin has closed lower on 11 days in a row.",
        (fact("streak", "asset:doge", Metric.STREAK, Unit.COUNT, "-11"),),
    ),
    Case("rsi", "Bitcoin's 14-day RSI was 28.", (RSI_LOW,)),
    Case("rsi_extreme", "Bitcoin's 14-day RSI was 28, below 30 (oversold).", (RSI_LOW,)),
    Case("rsi_extreme", "1inch's 14-day RSI was 74, above 70 (overbought).", (RSI_HIGH,)),
    Case("macd_cross", "Ethereum's MACD crossed below its signal line.", (CROSS,)),
    Case("breakout", "Solana closed above its previous 20-day high of $230.10.", (BREAKOUT,)),
    Case("breakout", "Cosmos closed below its previous 20-day low of $3.50.", (BREAKDOWN,)),
    Case("volume_spike", "Pump.fun's trading volume was 4.2 standard deviations above its 20-day mean.", (SPIKE,)),
    Case("drawdown", "Ethereum closed 21.3% below its 365-day high.", (BELOW_HIGH,)),
    Case("drawdown", "Neiro closed at its 365-day high.", (AT_HIGH,)),
    Case("volatility", "Bonk x1000's annualised volatility over 30 days was 148.2%.", (VOLATILITY,)),
    Case("grade", "Cosmos's TM trader grade was 72.5 of 100.", (graded("g", "atom", "72.46", "trader"),)),
    Case("grade", "Ethereum's TM grade was 100.0 of 100.", (graded("g", "eth", "100", "tm"),)),
    Case("grade", "Ethereum's TM investor grade was 0.0 of 100.", (graded("g", "eth", "0", "investor"),)),
    Case(
        "grade_change",
        "Solana's TM trader grade rose from 64.0 to 82.1 on the day.",
        (graded("g0", "sol", "64", "trader", previous=True), graded("g1", "sol", "82.1", "trader")),
    ),
    Case(
        "grade_change",
        "Solana's TM trader grade rose from 64.0 to 82.1 on the day, crossing 80.",
        (graded("g0", "sol", "64", "trader", previous=True), graded("g1", "sol", "82.1", "trader", threshold="80")),
    ),
    Case(
        "grade_change",
        "Solana's TM grade fell from 80.0 to 19.5 on the day, crossing 20.",
        (graded("g0", "sol", "80", "tm", previous=True), graded("g1", "sol", "19.46", "tm", threshold="20")),
    ),
    Case("trading_signal", "Token Metrics' trading signal for Ethereum was bearish.", (called("t", "eth", "bearish"),)),
    Case(
        "trading_signal",
        "The sandbox market's trading signal for Ethereum was neutral.",
        (called("t", "eth", "neutral", source="sandbox"),),
    ),
    Case(
        "trading_signal_flip",
        "Token Metrics' trading signal for 1inch turned bullish on the day.",
        (called("t", "inch", "bullish", "bearish"),),
    ),
    Case("new_signals", "3 signals are new since the briefing of 9 October 2025.", (SIGNALS,)),
    _signals("1"),
    _signals("0"),
    _signals("1204"),
    Case(
        "concentration",
        "By weight your 6 holdings are as concentrated as 2.4 equal ones (HHI 0.42).",
        (P_COUNT, P_EFFECTIVE, P_HHI),
    ),
    Case(
        "diversification",
        "Your portfolio's annualised volatility over 90 days was 48.2%, against a weighted average of 61.0% for its"
        " holdings (diversification ratio 1.27).",
        (P_VOL, P_AVERAGE_VOL, P_RATIO),
    ),
    Case("average_correlation", "The average correlation between your 6 holdings over 90 days was 0.70.", (P_PAIRS,)),
    Case(
        "bitcoin_link",
        "Your portfolio's correlation with Bitcoin over 90 days was 0.86 and its beta 1.12.",
        (P_CORRELATION, P_BETA),
    ),
    Case("sharpe", "Your portfolio's Sharpe ratio over 365 days was -0.83.", (P_SHARPE,)),
    Case("max_drawdown", "Your portfolio's maximum drawdown over 365 days was 38.4%.", (P_DRAWDOWN,)),
    Case("coverage", "46 of 48 tracked coins have a bar for 10 October 2025.", (COVERAGE,)),
    Case(
        "coverage",
        "1 of 48 tracked coins has a bar for 10 October 2025.",
        (counted("coverage", Metric.COVERAGE, "1", None),),
    ),
    Case("stale", "The last price of 1inch is from 7 October 2025.", (STALE,)),
    Case("missing", "No TM grade is available for Dogecoin.", (NO_GRADE,)),
    Case("missing", "No 90-day history is available for Pump.fun.", (NO_HISTORY,)),
    Case("source_failed", "Collecting daily bars from Token Metrics failed: rate limited.", (FAILED,)),
    Case("source_empty", "Token Metrics gave no grades.", (EMPTY,)),
    Case("left_out", "The month's credits for Token Metrics leave out daily bars of other coins.", (LEFT_OUT,)),
    Case(
        "price_elsewhere",
        "The price of Dogecoin is from Binance, as Token Metrics has none for the day.",
        (ELSEWHERE,),
    ),
    Case(
        "disputed",
        "Sources disagree about the price of Dogecoin: Binance has $0.1875 and Token Metrics has $0.1934.",
        DISPUTED,
    ),
)


def _without_contradictions() -> tuple[Fact, ...]:
    first: dict[tuple[object, ...], Fact] = {}
    for case in CASES:
        for stated in case.facts:
            what = (stated.subject, stated.metric, stated.window, stated.as_of, stated.qualifier, stated.unit)
            first.setdefault(what, stated)
    return tuple(first.values())


EVERY_FACT = _without_contradictions()
"""The facts of all cases; where cases disagree (a coverage of 46 and of 1) only the first stays."""

TRUE_TEXTS = frozenset(case.text for case in CASES if set(case.facts) <= set(EVERY_FACT))
"""The cases that are true of `EVERY_FACT`."""
