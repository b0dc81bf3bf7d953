"""Which figures of a broad answer are the ones asked about, so that they can be told first. Pure."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from agent.ask.arguments import AskMetric
from agent.ask.intents import Call
from agent.ask.intents_words import any_of
from agent.ask.planning_clause import Clause
from agent.claims.fact import Metric

_BROAD = frozenset(("portfolio", "market"))
_BY_METRIC: Final[Mapping[AskMetric, tuple[Metric, ...]]] = MappingProxyType(
    {
        AskMetric.SHARPE: (Metric.SHARPE, Metric.REWEIGHTED),
        AskMetric.SORTINO: (Metric.SORTINO,),
        AskMetric.MAX_DRAWDOWN: (Metric.MAX_DRAWDOWN, Metric.DEEPEST_FALL),
        AskMetric.DRAWDOWN: (Metric.MAX_DRAWDOWN, Metric.DEEPEST_FALL),
        AskMetric.WORST_DAYS: (Metric.EXPECTED_SHORTFALL,),
        AskMetric.VOLATILITY: (Metric.VOLATILITY,),
        AskMetric.BETA_BITCOIN: (Metric.BETA, Metric.MARKET_BETA),
        AskMetric.MARKET_VALUE: (Metric.TOTAL_MARKET_CAP,),
        AskMetric.DOMINANCE: (Metric.DOMINANCE,),
        AskMetric.VALUE_LOCKED: (Metric.TOTAL_VALUE_LOCKED,),
        AskMetric.DISTANCE_50D: (Metric.ABOVE_50D_SHARE,),
        AskMetric.DISTANCE_200D: (Metric.ABOVE_200D_SHARE,),
    }
)
_BY_WORDS: Final[tuple[tuple[re.Pattern[str], tuple[Metric, ...]], ...]] = (
    (any_of(r"stablecoins? / cash / fiat"), (Metric.CASH_SHARE, Metric.STABLECOIN_SUPPLY)),
    (any_of(r"staked / wrapped / other forms? / counted / look-through / twice"),
     (Metric.END_SHARE, Metric.HELD_AGAIN, Metric.END_NUMBER)),
    (any_of(r"alt(?:coin)?[- ]?season / bitcoin season / @\d season / beat\w* @\d"), (Metric.BEAT_BITCOIN_SHARE,)),
    (any_of(r"(?:new )?highs?"), (Metric.HIGHS_SHARE,)),
    (any_of(r"(?:new )?lows?"), (Metric.LOWS_SHARE,)),
    (any_of(r"regimes? / risk[- ]?(?:on|off) / bull / bear"), (Metric.REGIME,)),
    (any_of(r"breadth / how broad(?:ly)?"), (Metric.RISERS, Metric.ABOVE_50D_SHARE, Metric.ABOVE_200D_SHARE)),
    (any_of(r"fear / greed / mood / sentiment"), (Metric.FEAR_GREED,)),
    (any_of(r"trades? / sell / buy / get(?:ting)? back / rebalanc\w*"), (Metric.TARGET_DISTANCE, Metric.TARGET_TRADE)),
    (any_of(r"frontier"), (Metric.EXCESS_VOLATILITY, Metric.FORGONE_RETURN)),
    (any_of(r"var / value at risk"), (Metric.VALUE_AT_RISK,)),
    (any_of(r"if @\d (?:falls|drops|crashes)"), (Metric.SHOCK_CHANGE,)),
    (any_of(r"alike / groups? / clusters?"), (Metric.ALIKE_GROUPS, Metric.AVERAGE_CORRELATION)),
    (any_of(r"too many / how many (?:coins|holdings)"), (Metric.ENOUGH_HOLDINGS,)),
)  # fmt: skip


def focus_of(clause: Clause, calls: Iterable[Call]) -> tuple[Metric, ...]:
    """The metrics of facts that a question about the portfolio or the market names; none for other calls."""
    if not any(call.tool in _BROAD for call in calls):
        return ()
    found = [metric for asked in clause.metrics for metric in _BY_METRIC.get(asked, ())]
    found += [metric for pattern, metrics in _BY_WORDS if pattern.search(clause.plain) for metric in metrics]
    return tuple(dict.fromkeys(found))
