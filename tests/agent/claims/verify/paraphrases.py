"""The wordings of docs/claims.md under "More wordings", typed out by hand, with facts that make them true."""

from dataclasses import replace
from datetime import date
from typing import Any

from agent.claims.fact import Metric, State, Unit
from tests.agent.claims.verify.wordings import (
    BELOW_HIGH,
    BREAKDOWN,
    BREAKOUT,
    BTC_CLOSE,
    BTC_DAY,
    ETH_SINCE,
    FALLERS,
    FEAR,
    GREED_BEFORE,
    MEDIAN,
    NO_GRADE,
    NO_HISTORY,
    NO_RISERS,
    P_AVERAGE_VOL,
    P_BETA,
    P_CORRELATION,
    P_COUNT,
    P_DAY,
    P_EFFECTIVE,
    P_GAIN,
    P_HHI,
    P_PAIRS,
    P_RATIO,
    P_VALUE,
    P_VOL,
    RESTING,
    RISERS,
    RSI_HIGH,
    RSI_LOW,
    SPIKE,
    STALE,
    TOP_GAIN,
    TOP_LOSS,
    VOLATILITY,
    WEIGHT,
)
from tests.agent.claims.verify.world import BRIEFED, Case, called, fact, graded, owned

_PAIRS: dict[str, Any] = {"universe": "pairs", "universe_size": 15, "window": "90d", "other": "asset:sol"}
ALIKE = fact("alike", "asset:eth", Metric.CORRELATION, Unit.RATIO, "0.921", rank=1, **_PAIRS)
UNLIKE = fact("unlike", "asset:atom", Metric.CORRELATION, Unit.RATIO, "-0.104", rank=1, rank_from_bottom=True, **_PAIRS)
RISK = fact("risk", "asset:btc", Metric.RISK_SHARE, Unit.PCT, "54.2", window="90d")
RISK_WEIGHT = fact("risk-weight", "asset:btc", Metric.WEIGHT, Unit.PCT, "31.02")
VAR_PCT = owned("var-pct", Metric.VALUE_AT_RISK, Unit.PCT, "4.06", "365d")
VAR_USD = owned("var-usd", Metric.VALUE_AT_RISK, Unit.USD, "2130", "365d")
_SHOCKED: dict[str, Any] = {"other": "asset:btc"}
SHOCK = owned("shock", Metric.SHOCK, Unit.PCT, "-30", "90d", **_SHOCKED)
SHOCK_PCT = owned("shock-pct", Metric.SHOCK_CHANGE, Unit.PCT, "-33.6", "90d", **_SHOCKED)
SHOCK_USD = owned("shock-usd", Metric.SHOCK_CHANGE, Unit.USD, "-17600", "90d", **_SHOCKED)
CHANGED = "5.0% of Solana added and Dogecoin sold"
WHAT_IF = owned("what-if", Metric.WHAT_IF, Unit.PCT, "45.06", "90d", qualifier="volatility", label=CHANGED)
BETS_IF = owned("bets-if", Metric.WHAT_IF, Unit.RATIO, "3.05", "90d", qualifier="independent_bets",
                label="Dogecoin sold")  # fmt: skip
BETS = owned("bets", Metric.INDEPENDENT_BETS, Unit.RATIO, "2.45", "90d")
OWN_BEFORE, OWN_NOW = (
    fact("own-0", "asset:sol", Metric.OWN_GRADE_PREVIOUS, Unit.SCORE, "60.1", qualifier="short_term", start=BRIEFED),
    fact("own-1", "asset:sol", Metric.OWN_GRADE, Unit.SCORE, "63.2", qualifier="short_term"),
)
CONFIDENCE = fact("confidence", "market", Metric.SIGNAL_CONFIDENCE, Unit.PCT, "54.24", window="7d",
                  qualifier="golden_cross")  # fmt: skip
PAST_CASES = fact("past-cases", "market", Metric.SIGNAL_CASES, Unit.COUNT, "1203", window="7d",
                  qualifier="golden_cross")  # fmt: skip
COLLECTED = fact("collected", "source:binance", Metric.LAST_COLLECTED, Unit.DATE, label="2025-10-08",
                 qualifier="daily_bars", source="binance", as_of=date(2025, 10, 8), state=State.STALE)  # fmt: skip

NEW: tuple[Case, ...] = (
    Case("correlation", "Ethereum's correlation with Solana over 90 days was 0.92.", (ALIKE,)),
    Case("correlation", "Ethereum and Solana had a correlation of 0.92 over 90 days.", (ALIKE,)),
    Case("correlation", "Your portfolio and Bitcoin had a correlation of 0.86 over 90 days.", (P_CORRELATION,)),
    Case("most_alike", "Of the 15 pairs of your holdings, Ethereum and Solana moved most alike over 90 days, with a"
         " correlation of 0.92.", (ALIKE,)),
    Case("most_alike", "Of the 15 pairs of your holdings, Cosmos and Solana moved least alike over 90 days, with a"
         " correlation of -0.10.", (UNLIKE,)),
    Case("risk_share", "Bitcoin carried 54.2% of the portfolio's risk over 90 days.", (RISK,)),
    Case("risk_against_weight", "Bitcoin carried 54.2% of the portfolio's risk over 90 days with 31.0% of its value.",
         (RISK, RISK_WEIGHT)),
    Case("value_at_risk", "On all but the worst twentieth of days over 365 days, your portfolio's loss stayed within"
         " 4.1%, or $2,130.00.", (VAR_PCT, VAR_USD)),
    Case("shock", "A fall of 30.0% in Bitcoin goes with a loss of 33.6%, or $17,600.00, of your portfolio by its beta"
         " over 90 days.", (SHOCK, SHOCK_PCT, SHOCK_USD)),
    Case("what_if", f"With {CHANGED}, your portfolio's annualised volatility over 90 days would be 45.1% instead of"
         " 48.2%.", (WHAT_IF, P_VOL)),
    Case("what_if", "With Dogecoin sold, your portfolio's number of independent bets over 90 days would be 3.0 instead"
         " of 2.4.", (BETS_IF, BETS)),
    Case("own_grade", "Coinbrief's short-term grade for Solana was 63.2 of 100.", (OWN_NOW,)),
    Case("own_grade_change", "Coinbrief's short-term grade for Solana rose from 60.1 to 63.2 on the day.",
         (OWN_BEFORE, OWN_NOW)),
    Case("signal_record", 'Coinbrief\'s confidence in the signal "golden cross" over 7 days is 54.2%, learned from'
         " 1,203 past cases.", (CONFIDENCE, PAST_CASES)),
    Case("last_collected", "Daily bars from Binance last came in on 8 October 2025.", (COLLECTED,)),
)  # fmt: skip
FURTHER: tuple[Case, ...] = (
    Case("close", "The close of Bitcoin was $113,214.", (BTC_CLOSE,)),
    Case("change_to_close", "On the day, Bitcoin fell 7.3% to $113,214.", (BTC_DAY, BTC_CLOSE)),
    Case("since_change", "Since the briefing of 9 October 2025, Ethereum has gained 4.5%.", (ETH_SINCE,)),
    Case("versus", "Your portfolio did worse than Bitcoin on the day, -9.8% against -7.3%.", (P_DAY, BTC_DAY)),
    Case("versus", "Bitcoin did better than Solana over 7 days, -7.3% against -9.8%.",
         (replace(BTC_DAY, fact_id="btc-7d", window="7d"),
          replace(P_DAY, fact_id="sol-7d", subject="asset:sol", window="7d"))),
    Case("value", "At the close, your portfolio was worth $52,310.22.", (P_VALUE,)),
    Case("value_change", "Your portfolio lost $5,670.11 on the day, a fall of 9.8%, and was worth $52,310.22 at the"
         " close.", (P_DAY, P_GAIN, P_VALUE)),
    Case("contribution", "Solana brought your 6 holdings their largest gain on the day: $1,203.40.", (TOP_GAIN,)),
    Case("contribution", "Cosmos brought your 6 holdings their largest loss on the day: $88.00.", (TOP_LOSS,)),
    Case("largest_holding", "At 45.2% of the portfolio, Bitcoin is the largest of your 6 holdings.", (WEIGHT,)),
    Case("breadth", "Of 48 tracked coins, 3 rose on the day, 44 fell and 1 was flat.", (RISERS, FALLERS, RESTING)),
    Case("breadth", "Of 48 tracked coins, none rose on the day, 44 fell and 4 were flat.",
         (NO_RISERS, FALLERS, replace(RESTING, fact_id="resting-4", value=RESTING.value and RESTING.value * 4))),
    Case("median", "The typical tracked coin of 48 changed by -11.2% on the day (the median).", (MEDIAN,)),
    Case("total_market_cap", "Crypto as a whole was worth $3.52 trillion.",
         (fact("cap", "market", Metric.TOTAL_MARKET_CAP, Unit.USD, "3515400000000"),)),
    Case("fear_greed", "The mood of the market, by the fear and greed index, was 27 (Fear).", (FEAR,)),
    Case("fear_greed_change", "At 27 (Fear), the fear and greed index was down from 64 (Greed) the day before.",
         (FEAR, GREED_BEFORE)),
    Case("streak", "Solana has now had 4 higher closes in a row.",
         (fact("streak", "asset:sol", Metric.STREAK, Unit.COUNT, "4"),)),
    Case("rsi_extreme", "At 28, Bitcoin's 14-day RSI was below 30 (oversold).", (RSI_LOW,)),
    Case("rsi_extreme", "At 74, 1inch's 14-day RSI was above 70 (overbought).", (RSI_HIGH,)),
    Case("breakout", "Solana's close passed its previous 20-day high of $230.10.", (BREAKOUT,)),
    Case("breakout", "Cosmos's close fell through its previous 20-day low of $3.50.", (BREAKDOWN,)),
    Case("volume_spike", "Pump.fun traded 4.2 standard deviations more than its 20-day mean.", (SPIKE,)),
    Case("drawdown", "Ethereum was 21.3% below its 365-day high at the close.", (BELOW_HIGH,)),
    Case("volatility", "Bonk x1000 had an annualised volatility of 148.2% over 30 days.", (VOLATILITY,)),
    Case("grade", "Cosmos had a TM trader grade of 72.5 of 100.", (graded("g", "atom", "72.46", "trader"),)),
    Case("grade_change", "Solana's TM trader grade went up to 82.1 from 64.0 on the day.",
         (graded("g0", "sol", "64", "trader", previous=True), graded("g1", "sol", "82.1", "trader"))),
    Case("grade_change", "Solana's TM trader grade went up to 82.1 from 64.0 on the day, crossing 80.",
         (graded("g0", "sol", "64", "trader", previous=True), graded("g1", "sol", "82.1", "trader", threshold="80"))),
    Case("trading_signal", "Token Metrics was bearish on Ethereum in its trading signal.",
         (called("t", "eth", "bearish"),)),
    Case("concentration", "Your 6 holdings weigh like 2.4 equal ones (HHI 0.42).", (P_COUNT, P_EFFECTIVE, P_HHI)),
    Case("diversification", "Over 90 days, your portfolio's annualised volatility was 48.2% where its holdings averaged"
         " 61.0% (diversification ratio 1.27).", (P_VOL, P_AVERAGE_VOL, P_RATIO)),
    Case("average_correlation", "Over 90 days, your 6 holdings had an average correlation of 0.70.", (P_PAIRS,)),
    Case("bitcoin_link", "Against Bitcoin, your portfolio's correlation over 90 days was 0.86 and its beta 1.12.",
         (P_CORRELATION, P_BETA)),
    Case("stale", "1inch's last price is from 7 October 2025.", (STALE,)),
    Case("missing", "Dogecoin has no TM grade.", (NO_GRADE,)),
    Case("missing", "Pump.fun has no 90-day history.", (NO_HISTORY,)),
)  # fmt: skip

PARAPHRASES: tuple[Case, ...] = (*NEW, *FURTHER)
