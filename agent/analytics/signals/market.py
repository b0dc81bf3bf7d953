"""Signals of the whole market: breadth, season, mood, money, the provider's market-wide signal and our own regime."""

from collections.abc import Callable, Sequence
from operator import eq, ge, gt, le, lt

from agent.analytics.bars import Floats
from agent.analytics.signals.entries import Inside, entering, holds
from agent.analytics.signals.market_figures import COUNTED_DAYS, MARKET_DAYS, MarketFigures, measure_market
from agent.analytics.signals.signal import Family, Signal, Subject

__all__ = ["COUNTED_DAYS", "MARKET_DAYS", "MARKET_SIGNALS", "MarketFigures", "measure_market"]

WASHED_OUT = 0.10
BROAD = 0.90
THRUST_FROM = 0.40  # Zweig's, and their mirror images for a thrust down
THRUST_TO = 0.615
ALTCOIN_SEASON = 0.75
BITCOIN_SEASON = 0.25
EXTREME_FEAR = 25.0  # the highest value that the index's provider labels so
EXTREME_GREED = 76.0  # the lowest
SUPPLY_CHANGE = 0.03
TVL_CHANGE = 0.10
SLOW_DAYS = 30  # how long what is read from months counts as live


def _signal(
    name: str,
    definition: str,
    direction: int,
    family: Family,
    figure: str,
    entered: tuple[Inside, float],
    parameters: tuple[tuple[str, float], ...] = (),
    evidence: Sequence[str] = (),
    given: Callable[[MarketFigures], Floats] | None = None,
    *,
    live_days: int = 7,
) -> Signal:
    inside, level = entered
    return Signal(
        name,
        definition,
        direction,
        (("threshold", level), *parameters),
        entering("market", figure, inside, level, evidence=evidence, given=given),
        family,
        Subject.MARKET,
        live_days,
    )


def _was_weak(market: MarketFigures) -> Floats:
    return holds(market.advancers_10d_low < THRUST_FROM, market.advancers_10d_low)


def _was_strong(market: MarketFigures) -> Floats:
    return holds(market.advancers_10d_high > 1.0 - THRUST_FROM, market.advancers_10d_high)


_BREADTH = ("breadth_assets", "above_sma_200", "new_highs", "new_lows")
_SEASON = ("altcoin_assets", "bitcoin_change_90d")
_REGIME = ("bitcoin_close_usd", "bitcoin_sma_200_usd", "above_sma_50", "breadth_assets")
_REGIME_PARAMETERS = (("sma", 200.0), ("breadth_sma", 50.0), ("breadth", 0.5))

MARKET_SIGNALS: tuple[Signal, ...] = (
    _signal(
        "breadth_thrust_up",
        "The 10-day mean of the share of assets that rose passed 61.5 %, within 10 days of being below 40 %.",
        1,
        Family.BREADTH,
        "advancers_10d",
        (gt, THRUST_TO),
        (("from", THRUST_FROM), ("window", 10.0)),
        ("advancers", "advancers_10d_low", "breadth_assets"),
        _was_weak,
        live_days=SLOW_DAYS,
    ),
    _signal(
        "breadth_thrust_down",
        "The 10-day mean of the share of assets that rose fell below 38.5 %, within 10 days of being above 60 %.",
        -1,
        Family.BREADTH,
        "advancers_10d",
        (lt, 1.0 - THRUST_TO),
        (("from", 1.0 - THRUST_FROM), ("window", 10.0)),
        ("advancers", "advancers_10d_high", "breadth_assets"),
        _was_strong,
        live_days=SLOW_DAYS,
    ),
    _signal(
        "breadth_washed_out",
        "The share of assets above their 50-day mean fell below 10 %, from 10 % or more.",
        -1,
        Family.BREADTH,
        "above_sma_50",
        (lt, WASHED_OUT),
        (("window", 50.0),),
        _BREADTH,
    ),
    _signal(
        "breadth_broad",
        "The share of assets above their 50-day mean rose above 90 %, from 90 % or less.",
        1,
        Family.BREADTH,
        "above_sma_50",
        (gt, BROAD),
        (("window", 50.0),),
        _BREADTH,
    ),
    _signal(
        "altcoin_season",
        "The share of the largest assets that beat Bitcoin over 90 days rose to 75 % or more, from below.",
        1,
        Family.ROTATION,
        "altcoin_share",
        (ge, ALTCOIN_SEASON),
        (("window", 90.0),),
        _SEASON,
        live_days=SLOW_DAYS,
    ),
    _signal(
        "bitcoin_season",
        "The share of the largest assets that beat Bitcoin over 90 days fell to 25 % or less, from above.",
        -1,
        Family.ROTATION,
        "altcoin_share",
        (le, BITCOIN_SEASON),
        (("window", 90.0),),
        _SEASON,
        live_days=SLOW_DAYS,
    ),
    _signal(
        "extreme_fear",
        "The fear and greed index fell to 25 or less, from above.",
        -1,
        Family.SENTIMENT,
        "fear_greed",
        (le, EXTREME_FEAR),
    ),
    _signal(
        "extreme_fear_left",
        "The fear and greed index rose above 25, from 25 or less.",
        1,
        Family.SENTIMENT,
        "fear_greed",
        (gt, EXTREME_FEAR),
    ),
    _signal(
        "extreme_greed",
        "The fear and greed index rose to 76 or more, from below.",
        1,
        Family.SENTIMENT,
        "fear_greed",
        (ge, EXTREME_GREED),
    ),
    _signal(
        "extreme_greed_left",
        "The fear and greed index fell below 76, from 76 or more.",
        -1,
        Family.SENTIMENT,
        "fear_greed",
        (lt, EXTREME_GREED),
    ),
    _signal(
        "stablecoin_supply_growing",
        "The supply of stablecoins in USD came to have grown by 3 % or more in 30 days.",
        1,
        Family.DEFI,
        "stablecoin_supply_change_30d",
        (ge, SUPPLY_CHANGE),
        (("window", 30.0),),
        ("stablecoin_supply_usd",),
        live_days=SLOW_DAYS,
    ),
    _signal(
        "stablecoin_supply_shrinking",
        "The supply of stablecoins in USD came to have shrunk by 3 % or more in 30 days.",
        -1,
        Family.DEFI,
        "stablecoin_supply_change_30d",
        (le, -SUPPLY_CHANGE),
        (("window", 30.0),),
        ("stablecoin_supply_usd",),
        live_days=SLOW_DAYS,
    ),
    _signal(
        "total_tvl_up",
        "The value locked on all chains in USD came to have grown by 10 % or more in 7 days.",
        1,
        Family.DEFI,
        "total_tvl_change_7d",
        (ge, TVL_CHANGE),
        (("window", 7.0),),
        ("total_tvl_usd",),
    ),
    _signal(
        "total_tvl_down",
        "The value locked on all chains in USD came to have shrunk by 10 % or more in 7 days.",
        -1,
        Family.DEFI,
        "total_tvl_change_7d",
        (le, -TVL_CHANGE),
        (("window", 7.0),),
        ("total_tvl_usd",),
    ),
    _signal(
        "market_signal_bullish",
        "The provider's signal for the whole market turned to 1 (bullish).",
        1,
        Family.PROVIDER,
        "provider_signal",
        (eq, 1.0),
    ),
    _signal(
        "market_signal_bearish",
        "The provider's signal for the whole market turned to -1 (bearish).",
        -1,
        Family.PROVIDER,
        "provider_signal",
        (eq, -1.0),
    ),
    _signal(
        "regime_risk_on",
        "Bitcoin is above its 200-day mean and more than 50 % of assets are above their 50-day mean, not so before.",
        1,
        Family.TREND,
        "regime",
        (eq, 1.0),
        _REGIME_PARAMETERS,
        _REGIME,
        live_days=SLOW_DAYS,
    ),
    _signal(
        "regime_risk_off",
        "Bitcoin is below its 200-day mean and less than 50 % of assets are above their 50-day mean, not so before.",
        -1,
        Family.TREND,
        "regime",
        (eq, -1.0),
        _REGIME_PARAMETERS,
        _REGIME,
        live_days=SLOW_DAYS,
    ),
)
