"""What a figure is called: the nouns of docs/claims.md, and how the figure of each is shown."""

from decimal import Decimal

from agent.claims.claim import Segment
from agent.claims.fact import Fact, Metric, Unit
from agent.claims.figures import figure_metric, shown_value
from agent.claims.wording import Speaker, figure, plain_figure, signed_figure

_QUALIFIED = {
    Metric.GRADE: {"tm": "TM grade", "trader": "TM trader grade", "investor": "TM investor grade"},
    Metric.OWN_GRADE: {"short_term": "coinbrief short-term grade", "long_term": "coinbrief long-term grade"},
    Metric.VALUE_LOCKED: {"protocol": "value locked in its protocols", "chain": "value locked on its chains"},
    Metric.TOP_SHARE: {"3": "share of its 3 largest holdings", "5": "share of its 5 largest holdings"},
}
_FIXED = {
    Metric.CLOSE: "closing price",
    Metric.VOLUME: "trading volume",
    Metric.MARKET_CAP: "market value",
    Metric.DRAWDOWN: "distance below its 365-day high",
    Metric.RSI: "14-day RSI",
    Metric.SUPPORT: "nearest support",
    Metric.RESISTANCE: "nearest resistance",
    Metric.WEIGHT: "share of your portfolio",
    Metric.VALUE: "value",
    Metric.EFFECTIVE_NUMBER: "effective number of holdings by weight",
    Metric.VALUE_AT_RISK: "one-day value at risk at 95%",
    Metric.EXPECTED_SHORTFALL: "mean loss on the worst twentieth of days",
    Metric.ACTIVE_ADDRESSES: "number of active addresses",
    Metric.TRANSFER_VALUE: "on-chain transfer value",
    Metric.FEES: "total of fees paid on chain",
    Metric.MVRV: "ratio of market value to realized value",
    Metric.HASH_RATE: "hash rate",
    Metric.DOMINANCE: "share of the total market value",
    Metric.STABLECOIN_SUPPLY: "supply of stablecoins",
    Metric.TOTAL_VALUE_LOCKED: "value locked on all chains",
    Metric.ABOVE_50D_SHARE: "share of coins above their 50-day mean",
    Metric.BEAT_BITCOIN_SHARE: "share of the largest coins that beat Bitcoin over 90 days",
    Metric.TOTAL_MARKET_CAP: "total market value of crypto",
    Metric.FEAR_GREED: "fear and greed index",
    Metric.ADX: "14-day ADX",
    Metric.DAILY_RANGE: "average daily range over 14 days",
    Metric.NVT: "ratio of market value to daily transfers",
    Metric.ISSUANCE: "yearly issuance as a share of its market value",
    Metric.TARGET_WEIGHT: "target share of your portfolio",
    Metric.END_NUMBER: "effective number of holdings with other forms counted as one",
    Metric.ABOVE_200D_SHARE: "share of coins above their 200-day mean",
    Metric.HIGHS_SHARE: "share of coins above all closes of the 20 days before",
    Metric.LOWS_SHARE: "share of coins below all closes of the 20 days before",
}
_WINDOWED = {
    Metric.CHANGE: "change",
    Metric.VOLATILITY: "annualised volatility",
    Metric.SHARPE: "Sharpe ratio",
    Metric.MIX_SHARPE: "Sharpe ratio at constant weights",
    Metric.SORTINO: "Sortino ratio",
    Metric.MAX_DRAWDOWN: "maximum drawdown",
    Metric.INDEPENDENT_BETS: "number of independent bets",
    Metric.DIVERSIFICATION_RATIO: "diversification ratio",
    Metric.AVERAGE_CORRELATION: "average correlation between holdings",
    Metric.RISK_SHARE: "share of the portfolio's risk",
    Metric.EXCHANGE_NET_FLOW: "net flow to exchanges",
    Metric.DOWNSIDE_VOLATILITY: "downside volatility",
    Metric.WEIGHTED_CORRELATION: "average correlation between holdings weighted by value",
    Metric.MARKET_CORRELATION: "correlation with the average coin",
    Metric.MARKET_BETA: "beta to the average coin",
    Metric.TORSION_BETS: "number of independent bets by minimum torsion",
    Metric.COMPONENT_BETS: "number of independent bets by principal components",
}
# `{}` is the number of days of the mean.
_OF_A_MEAN = {Metric.DISTANCE: "distance from its {}-day mean", Metric.MEAN_PRICE: "{}-day mean"}
_LINKED = {Metric.CORRELATION: "correlation with", Metric.BETA: "beta to"}
_SIGNED = frozenset({Metric.CHANGE, Metric.DISTANCE, Metric.EXCHANGE_NET_FLOW})
MAGNITUDES = frozenset({Metric.DRAWDOWN, Metric.MAX_DRAWDOWN})
_MEASURED = frozenset(
    {
        *(Metric.MEAN, Metric.DIFFERENCE, Metric.TIMES, Metric.SUM),
        *(Metric.WHAT_IF, Metric.REWEIGHTED, Metric.MATCHES),
    }
)
_PCT = frozenset(
    {
        *(Metric.CHANGE, Metric.VOLATILITY, Metric.DRAWDOWN, Metric.DISTANCE, Metric.MAX_DRAWDOWN, Metric.WEIGHT),
        *(Metric.TOP_SHARE, Metric.RISK_SHARE, Metric.DOMINANCE, Metric.ABOVE_50D_SHARE, Metric.BEAT_BITCOIN_SHARE),
        *(Metric.VALUE_AT_RISK, Metric.EXPECTED_SHORTFALL, Metric.DOWNSIDE_VOLATILITY, Metric.DAILY_RANGE),
        *(Metric.ISSUANCE, Metric.TARGET_WEIGHT, Metric.ABOVE_200D_SHARE, Metric.HIGHS_SHARE, Metric.LOWS_SHARE),
    }
)
_USD = frozenset(
    {
        *(Metric.CLOSE, Metric.VOLUME, Metric.MARKET_CAP, Metric.SUPPORT, Metric.RESISTANCE, Metric.VALUE),
        Metric.MEAN_PRICE,
        *(Metric.TRANSFER_VALUE, Metric.FEES, Metric.EXCHANGE_NET_FLOW, Metric.VALUE_LOCKED),
        *(Metric.STABLECOIN_SUPPLY, Metric.TOTAL_VALUE_LOCKED, Metric.TOTAL_MARKET_CAP),
    }
)
_SCORES = frozenset({Metric.RSI, Metric.ADX, Metric.GRADE, Metric.OWN_GRADE, Metric.FEAR_GREED})


def metric_of(fact: Fact) -> tuple[Metric, str | None]:
    """The metric that a figure is of and its own qualifier, also of a mean, a difference or a count of matches.

    Raises ValueError if the fact names no metric.
    """
    if fact.metric not in _MEASURED:
        return fact.metric, fact.qualifier
    name, _, own = (fact.qualifier or "").partition(":")
    return Metric(name), own or None


def noun(fact: Fact, say: Speaker) -> str:
    """The noun of a fact's figure, without an article; raises KeyError or ValueError for a figure without one."""
    metric, own = metric_of(fact)
    if metric in _WINDOWED:
        return f"{_WINDOWED[metric]} {say.window(fact)}"
    if metric in _LINKED:
        return f"{_LINKED[metric]} {say.name(fact.other or '')} {say.window(fact)}"
    if metric in _QUALIFIED:
        return _QUALIFIED[metric][own or ""]
    if metric in _OF_A_MEAN:
        return _OF_A_MEAN[metric].format(int((fact.window or "").removesuffix("d")))
    return _FIXED[metric]


def grade_noun(fact: Fact) -> str:
    """The noun of the grade that a record is of, ours or a provider's; raises ValueError if it names none."""
    for names in (_QUALIFIED[Metric.GRADE], _QUALIFIED[Metric.OWN_GRADE]):
        if fact.qualifier in names:
            return names[fact.qualifier]
    raise ValueError(f"fact {fact.fact_id} ({fact.metric}) names no grade: {fact.qualifier!r}")


def spoken(name: str) -> str | None:
    """What the figures of a metric are called, without a window; None for one without such a name."""
    try:
        metric = Metric(name)
    except ValueError:
        return None
    return _FIXED.get(metric) or _WINDOWED.get(metric)


def unit_of(metric: Metric) -> Unit:
    """The unit in which a metric is compared with a threshold."""
    if metric is Metric.HASH_RATE:
        return Unit.EHS
    if metric is Metric.ACTIVE_ADDRESSES:
        return Unit.COUNT
    for unit, metrics in ((Unit.PCT, _PCT), (Unit.USD, _USD), (Unit.SCORE, _SCORES)):
        if metric in metrics:
            return unit
    return Unit.RATIO


def is_grade(fact: Fact) -> bool:
    """Whether the figure is a grade, which is said to be of 100."""
    return metric_of(fact)[0] in (Metric.GRADE, Metric.OWN_GRADE)


def measured_figure(fact: Fact) -> Segment:
    """The figure as its noun has it: a magnitude without a sign, a signed one with its sign, others with a minus."""
    metric = figure_metric(fact)
    if metric in MAGNITUDES:
        return figure(fact)
    return signed_figure(fact) if metric in _SIGNED else plain_figure(fact)


def measured(fact: Fact) -> Decimal:
    """What the shown figure is compared by: its rounded value, or the size of it for a magnitude."""
    return abs(shown_value(fact)) if figure_metric(fact) in MAGNITUDES else shown_value(fact)
