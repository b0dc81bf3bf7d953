"""Figures by name: the nouns of docs/claims.md, each with what it names and how its values are shown."""

import re

from agent.claims.fact import Metric, Unit
from agent.claims.grammar.assertions import Style
from agent.claims.grammar.page import Page
from agent.claims.grammar.values import Noun, Reader, Value, Window

_USD, _PCT, _RATIO, _SCORE, _COUNT, _EHS = (
    *((Unit.USD,), (Unit.PCT,), (Unit.RATIO,)),
    *((Unit.SCORE,), (Unit.COUNT,), (Unit.EHS,)),
)
_LOSS = (Unit.PCT, Unit.USD)
_SIZE, _SIGNED = Style.MAGNITUDE, Style.SIGNED

_OF_ASSETS_AND_PORTFOLIOS: tuple[Noun, ...] = (
    Noun(Metric.CLOSE, _USD, Style.PLAIN, "closing price"),
    Noun(Metric.CHANGE, _PCT, _SIGNED, "change W"),
    Noun(Metric.VOLUME, _USD, Style.PLAIN, "trading volume"),
    Noun(Metric.MARKET_CAP, _USD, Style.PLAIN, "market value"),
    Noun(Metric.VOLATILITY, _PCT, Style.PLAIN, "annualised volatility W"),
    Noun(Metric.DRAWDOWN, _PCT, _SIZE, "distance below its 365-day high", window=Window("365d")),
    Noun(Metric.RSI, _SCORE, Style.PLAIN, "14-day RSI"),
    Noun(Metric.DISTANCE, _PCT, _SIGNED, "distance from its 50-day mean", window=Window("50d")),
    Noun(Metric.DISTANCE, _PCT, _SIGNED, "distance from its 200-day mean", window=Window("200d")),
    Noun(Metric.SUPPORT, _USD, Style.PLAIN, "nearest support"),
    Noun(Metric.RESISTANCE, _USD, Style.PLAIN, "nearest resistance"),
    Noun(Metric.GRADE, _SCORE, Style.PLAIN, "TM grade", "tm"),
    Noun(Metric.GRADE, _SCORE, Style.PLAIN, "TM trader grade", "trader"),
    Noun(Metric.GRADE, _SCORE, Style.PLAIN, "TM investor grade", "investor"),
    Noun(Metric.OWN_GRADE, _SCORE, Style.PLAIN, "coinbrief short-term grade", "short_term"),
    Noun(Metric.OWN_GRADE, _SCORE, Style.PLAIN, "coinbrief long-term grade", "long_term"),
    Noun(Metric.CORRELATION, _RATIO, Style.PLAIN, "correlation with B W"),
    Noun(Metric.BETA, _RATIO, Style.PLAIN, "beta to B W"),
    Noun(Metric.SHARPE, _RATIO, Style.PLAIN, "Sharpe ratio W"),
    Noun(Metric.MIX_SHARPE, _RATIO, Style.PLAIN, "Sharpe ratio at constant weights W"),
    Noun(Metric.SORTINO, _RATIO, Style.PLAIN, "Sortino ratio W"),
    Noun(Metric.MAX_DRAWDOWN, _PCT, _SIZE, "maximum drawdown W"),
    Noun(Metric.WEIGHT, _PCT, Style.PLAIN, "share of your portfolio"),
    Noun(Metric.VALUE, _USD, Style.PLAIN, "value"),
    Noun(Metric.INDEPENDENT_BETS, _RATIO, Style.PLAIN, "number of independent bets W"),
    Noun(Metric.EFFECTIVE_NUMBER, _RATIO, Style.PLAIN, "effective number of holdings by weight"),
    Noun(Metric.DIVERSIFICATION_RATIO, _RATIO, Style.PLAIN, "diversification ratio W"),
    Noun(Metric.AVERAGE_CORRELATION, _RATIO, Style.PLAIN, "average correlation between holdings W"),
    Noun(Metric.TOP_SHARE, _PCT, Style.PLAIN, "share of its 3 largest holdings", "3"),
    Noun(Metric.TOP_SHARE, _PCT, Style.PLAIN, "share of its 5 largest holdings", "5"),
    Noun(Metric.RISK_SHARE, _PCT, Style.PLAIN, "share of the portfolio's risk W"),
    Noun(Metric.VALUE_AT_RISK, _LOSS, Style.PLAIN, "one-day value at risk at 95%"),
    Noun(Metric.EXPECTED_SHORTFALL, _LOSS, Style.PLAIN, "mean loss on the worst twentieth of days"),
    Noun(Metric.ACTIVE_ADDRESSES, _COUNT, Style.PLAIN, "number of active addresses"),
    Noun(Metric.TRANSFER_VALUE, _USD, Style.PLAIN, "on-chain transfer value"),
    Noun(Metric.FEES, _USD, Style.PLAIN, "total of fees paid on chain"),
    Noun(Metric.EXCHANGE_NET_FLOW, _USD, _SIGNED, "net flow to exchanges W"),
    Noun(Metric.MVRV, _RATIO, Style.PLAIN, "ratio of market value to realized value"),
    Noun(Metric.HASH_RATE, _EHS, Style.PLAIN, "hash rate"),
    Noun(Metric.VALUE_LOCKED, _USD, Style.PLAIN, "value locked in its protocols", "protocol"),
    Noun(Metric.VALUE_LOCKED, _USD, Style.PLAIN, "value locked on its chains", "chain"),
    Noun(Metric.DOMINANCE, _PCT, Style.PLAIN, "share of the total market value"),
    Noun(Metric.DOWNSIDE_VOLATILITY, _PCT, Style.PLAIN, "downside volatility W"),
    Noun(Metric.ADX, _SCORE, Style.PLAIN, "14-day ADX"),
    Noun(Metric.DAILY_RANGE, _PCT, Style.PLAIN, "average daily range over 14 days"),
    Noun(Metric.MEAN_PRICE, _USD, Style.PLAIN, "20-day mean", window=Window("20d")),
    Noun(Metric.MEAN_PRICE, _USD, Style.PLAIN, "50-day mean", window=Window("50d")),
    Noun(Metric.MEAN_PRICE, _USD, Style.PLAIN, "200-day mean", window=Window("200d")),
    Noun(Metric.NVT, _RATIO, Style.PLAIN, "ratio of market value to daily transfers"),
    Noun(Metric.ISSUANCE, _PCT, Style.PLAIN, "yearly issuance as a share of its market value"),
    Noun(Metric.TARGET_WEIGHT, _PCT, Style.PLAIN, "target share of your portfolio"),
    Noun(Metric.WEIGHTED_CORRELATION, _RATIO, Style.PLAIN, "average correlation between holdings weighted by value W"),
    Noun(Metric.MARKET_CORRELATION, _RATIO, Style.PLAIN, "correlation with the average coin W"),
    Noun(Metric.MARKET_BETA, _RATIO, Style.PLAIN, "beta to the average coin W"),
    Noun(Metric.TORSION_BETS, _RATIO, Style.PLAIN, "number of independent bets by minimum torsion W"),
    Noun(Metric.COMPONENT_BETS, _RATIO, Style.PLAIN, "number of independent bets by principal components W"),
    Noun(Metric.END_NUMBER, _RATIO, Style.PLAIN, "effective number of holdings with other forms counted as one"),
)
_OF_THE_MARKET: tuple[Noun, ...] = (
    Noun(Metric.STABLECOIN_SUPPLY, _USD, Style.PLAIN, "supply of stablecoins"),
    Noun(Metric.TOTAL_VALUE_LOCKED, _USD, Style.PLAIN, "value locked on all chains"),
    Noun(Metric.ABOVE_50D_SHARE, _PCT, Style.PLAIN, "share of coins above their 50-day mean"),
    Noun(Metric.ABOVE_200D_SHARE, _PCT, Style.PLAIN, "share of coins above their 200-day mean"),
    Noun(Metric.HIGHS_SHARE, _PCT, Style.PLAIN, "share of coins above all closes of the 20 days before"),
    Noun(Metric.LOWS_SHARE, _PCT, Style.PLAIN, "share of coins below all closes of the 20 days before"),
    Noun(Metric.BEAT_BITCOIN_SHARE, _PCT, Style.PLAIN, "share of the largest coins that beat Bitcoin over 90 days"),
    Noun(Metric.TOTAL_MARKET_CAP, _USD, Style.PLAIN, "total market value of crypto"),
    Noun(Metric.FEAR_GREED, _SCORE, Style.PLAIN, "fear and greed index"),
)


def noun(window: Reader, asset: Reader, *, market: bool) -> Reader:
    """Reads a noun of assets and portfolios, or of the market, with the window and the other asset it asks for."""
    nouns = _OF_THE_MARKET if market else _OF_ASSETS_AND_PORTFOLIOS
    table = {made.said.removesuffix(" W").removesuffix(" B"): made for made in nouns}
    heads = re.compile("|".join(re.escape(head) for head in sorted(table, key=len, reverse=True)), re.ASCII)

    def read(page: Page, at: int) -> tuple[Value, int] | None:
        found = page.match(heads, at)
        if found is None:
            return None
        made, end = table[found.group()], found.end()
        other: str | None = None
        span = made.window
        if made.said.endswith(" B W"):
            named = _after_space(asset, page, end)
            if named is None or not isinstance(named[0], str):
                return None
            other, end = named[0], named[1]
        if made.said.endswith(" W"):
            over = _after_space(window, page, end)
            if over is None or not isinstance(over[0], Window):
                return None
            span, end = over[0], over[1]
        filled = Noun(made.metric, made.units, made.style, page.text[at:end], made.qualifier, span, other)
        return filled, end

    return read


def _after_space(reader: Reader, page: Page, at: int) -> tuple[Value, int] | None:
    end = page.literal(" ", at)
    return None if end is None else reader(page, end)
