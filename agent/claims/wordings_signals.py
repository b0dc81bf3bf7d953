"""Wordings of signals: what each says of an asset, a sector or the market, and how far it is to be trusted."""

from collections.abc import Callable

from agent.claims.claim import Claim
from agent.claims.fact import MARKET
from agent.claims.wording import Clause, Speaker, clause, counted, figure

_ABOVE_BELOW = (("above_80", "rise to 80 or above"), ("below_80", "fall below 80"))
_ABOVE_BELOW_30 = (("above_30", "rise to 30 or above"), ("below_30", "fall below 30"))
_GRADE_PREDICATES = {
    f"{kind}_grade_{name}": f"saw its TM {kind} grade {words}"
    for kind in ("trader", "investor")
    for name, words in (*_ABOVE_BELOW, *_ABOVE_BELOW_30)
}
_SAME_SIDE = "while its 14-day RSI stayed"
PREDICATES: dict[str, str] = {
    "bullish_divergence": f"closed below its last swing low {_SAME_SIDE} above that of the low (bullish divergence)",
    "bearish_divergence": f"closed above its last swing high {_SAME_SIDE} below that of the high (bearish divergence)",
    "breakout_up_55": "closed above its previous 55-day high",
    "breakdown_55": "closed below its previous 55-day low",
    "golden_cross": "saw its 50-day mean cross above its 200-day mean (golden cross)",
    "death_cross": "saw its 50-day mean cross below its 200-day mean (death cross)",
    "volume_drying_up": "saw its 5-day trading volume halve against the 20 days before, near an unmoved price",
    "drawdown_correction": "came to be 20% or more below its 365-day high",
    "drawdown_deep": "came to be 50% or more below its 365-day high",
    "drawdown_severe": "came to be 80% or more below its 365-day high",
    "recovered": "came back to within 20% of its 365-day high",
    "new_high_365": "made its highest close of 365 days",
    "nearing_support": "came down to within one average daily range of its support",
    "lost_support": "closed below its support",
    "nearing_resistance": "came up to within one average daily range of its resistance",
    "broke_resistance": "closed above its resistance",
    **_GRADE_PREDICATES,
    "trader_grade_rise": "saw its TM trader grade rise by 10 points or more",
    "trader_grade_fall": "saw its TM trader grade fall by 10 points or more",
    "investor_grade_rise": "saw its TM investor grade rise by 10 points or more over 7 days",
    "investor_grade_fall": "saw its TM investor grade fall by 10 points or more over 7 days",
    "active_addresses_surge": "had active addresses 2 or more standard deviations above the 90 days before",
    "active_addresses_drop": "had active addresses 2 or more standard deviations below the 90 days before",
    "transfer_value_surge": "had an on-chain transfer value 2 or more standard deviations above the 90 days before",
    "transfer_value_drop": "had an on-chain transfer value 2 or more standard deviations below the 90 days before",
    "fees_surge": "had on-chain fees 2 or more standard deviations above the 90 days before",
    "exchange_net_inflow": "saw unusually large net flows to exchanges over 7 days",
    "exchange_net_outflow": "saw unusually large net flows from exchanges over 7 days",
    "mvrv_hot": "came to be worth 3.5 times its realized value or more",
    "mvrv_cold": "came to be worth less than its realized value",
    "nvt_proxy_high": "had a market value unusually high against its transfer value",
    "nvt_proxy_low": "had a market value unusually low against its transfer value",
    "hash_rate_recovery": "saw the 30-day mean of its hash rate cross above the 60-day mean",
    "hash_rate_capitulation": "saw the 30-day mean of its hash rate cross below the 60-day mean",
    "issuance_up": "saw its issuance rise by 10% or more against the 90 days before",
    "issuance_down": "saw its issuance fall by 10% or more against the 90 days before",
    "protocol_tvl_up": "saw the value locked in its protocols grow by 15% or more over 7 days",
    "protocol_tvl_down": "saw the value locked in its protocols shrink by 15% or more over 7 days",
    "chain_tvl_up": "saw the value locked on its chains grow by 15% or more over 7 days",
    "chain_tvl_down": "saw the value locked on its chains shrink by 15% or more over 7 days",
}
# `{}` is the sector's name; a sector is said to be one.
_SECTOR_SENTENCES = {
    "sector_rotation_in": "the sector {} came among the strongest by 30-day return",
    "sector_rotation_out": "the sector {} came among the weakest by 30-day return",
    "sector_breadth_surge": "at least 80% of the sector {} rose, well above the share of all coins",
}
_BITCOIN_REGIME = "Bitcoin came to be {0} its 200-day mean with most coins {0} their 50-day mean ({1})".format
_MARKET_SENTENCES = {
    "breadth_thrust_up": "the share of coins that rise swung from weak to strong within 10 days (breadth thrust)",
    "breadth_thrust_down": "the share of coins that rise swung from strong to weak within 10 days (breadth thrust)",
    "breadth_washed_out": "fewer than 10% of coins were left above their 50-day mean",
    "breadth_broad": "more than 90% of coins came to be above their 50-day mean",
    "altcoin_season": "at least 75% of the largest coins came to beat Bitcoin over 90 days (altcoin season)",
    "bitcoin_season": ("no more than 25% of the largest coins were left beating Bitcoin over 90 days (Bitcoin season)"),
    "extreme_fear": "the fear and greed index fell to 25 or less (extreme fear)",
    "extreme_fear_left": "the fear and greed index left extreme fear, rising above 25",
    "extreme_greed": "the fear and greed index rose to 76 or more (extreme greed)",
    "extreme_greed_left": "the fear and greed index left extreme greed, falling below 76",
    "stablecoin_supply_growing": "the supply of stablecoins came to have grown by 3% or more over 30 days",
    "stablecoin_supply_shrinking": "the supply of stablecoins came to have shrunk by 3% or more over 30 days",
    "total_tvl_up": "the value locked on all chains came to have grown by 10% or more over 7 days",
    "total_tvl_down": "the value locked on all chains came to have shrunk by 10% or more over 7 days",
    "market_signal_bullish": "Token Metrics' signal for the whole market turned bullish",
    "market_signal_bearish": "Token Metrics' signal for the whole market turned bearish",
    "regime_risk_on": _BITCOIN_REGIME("above", "risk on"),
    "regime_risk_off": _BITCOIN_REGIME("below", "risk off"),
}
# Signals that older templates word: `rsi_extreme`, `macd_cross`, `breakout`, `volume_spike`, `trading_signal_flip`.
WORDED_ELSEWHERE = frozenset(
    {
        *("rsi_oversold", "rsi_overbought", "macd_bullish_cross", "macd_bearish_cross", "breakout_up"),
        *("breakout_down", "volume_spike", "trading_signal_bullish", "trading_signal_bearish"),
    }
)
WORDED_HERE = frozenset({*PREDICATES, *_SECTOR_SENTENCES, *_MARKET_SENTENCES})


def signal(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A signal that fired on the day; raises KeyError for one without words."""
    (fact,) = claim.facts
    name = fact.label or ""
    if fact.subject == MARKET:
        return (clause(_MARKET_SENTENCES[name]),)
    subject = say.name(fact.subject)
    if name in _SECTOR_SENTENCES:
        return (clause(_SECTOR_SENTENCES[name].format(subject)),)
    said = f"{subject} {PREDICATES[name]}"
    return (clause(said), clause(f"on the day, {said}"))


def signal_record(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How far a signal is to be trusted, from how it did before; raises ValueError for less than two cases."""
    confidence, cases = claim.facts
    name = (confidence.qualifier or "").replace("_", " ")
    start = f'coinbrief\'s confidence in the signal "{name}" {say.window(confidence)} is '
    return (clause(start, figure(confidence), ", learned from ", counted(cases), " past cases"),)


SIGNAL_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "signal": signal,
    "signal_record": signal_record,
}
