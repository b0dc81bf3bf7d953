"""Which figures of a broad answer are the ones asked about, so that they can be told first. Pure."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from agent.ask.arguments import AskMetric
from agent.ask.intents import Call
from agent.ask.intents_topics import FALL_OF
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
    (any_of(r"alike / groups? / clusters?"), (Metric.ALIKE_GROUPS, Metric.AVERAGE_CORRELATION)),
    (any_of(r"sectors? / categor(?:y|ies) / chains? / consensus / regions? / tiers?"), (Metric.TRAIT_SHARE,)),
    (any_of(r"(?:bad|worst|down|red) days"), (Metric.STRESS_CORRELATION,)),
    (any_of(r"redundant / too many / how many (?:coins|holdings)"), (Metric.ENOUGH_HOLDINGS, Metric.ALIKE_GROUPS)),
)  # fmt: skip
_WAYS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (any_of(r"equal(?:ly)? / even(?:ly)? / equal[- ]weight\w*"), "equally"),
    (any_of(r"(?:min|minimum|minimal|least|lowest|smallest)[- ](?:variance|volatility|vol|risk) / markowitz"),
     "for the least variance"),
    (any_of(r"sharpe(?: ratio)? / ~sharpe~"), "for the highest Sharpe ratio"),
    (any_of(r"equal risk / equal shares of risk / risk[- ]parity"), "for equal shares of risk"),
    (any_of(r"hrp / hierarchical"), "by hierarchical risk parity"),
    (any_of(r"caps?[- ]weight\w* / by (?:market )?(?:caps?|value) / ~market_value~"), "by market value"),
)  # fmt: skip
"""What the ways of weighting are called in facts."""


def focus_of(clause: Clause, calls: Iterable[Call]) -> tuple[str, ...]:
    """What a question about the portfolio or the market names: metrics and labels of facts; nothing for other calls."""
    broad = [call.arguments for call in calls if call.tool in _BROAD]
    if not broad:
        return ()
    found: list[str] = [metric for asked in clause.metrics for metric in _BY_METRIC.get(asked, ())]
    found += [metric for pattern, metrics in _BY_WORDS if pattern.search(clause.plain) for metric in metrics]
    found += [Metric.SHOCK_CHANGE] * bool(FALL_OF.search(clause.plain))
    if any(getattr(asked, "view", None) == "weights" for asked in broad):
        found += [way for pattern, way in _WAYS if pattern.search(clause.plain)]
    found += [sector for asked in broad if (sector := getattr(asked, "sector", None))]
    return tuple(dict.fromkeys(found))
