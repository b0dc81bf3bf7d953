"""Signals in words: what is said of a coin, a sector or the market when a registered signal fired."""

from collections.abc import Iterator
from dataclasses import replace

from agent.claims.fact import MARKET, Metric, Unit
from agent.claims.grammar.assertions import Assertion
from agent.claims.grammar.patterns import Build, Rule, Seen, rule, stated

_GRADES = {"trader_grade": "TM trader grade", "investor_grade": "TM investor grade"}
_SIGMAS = "2 or more standard deviations {} the 90 days before"
_SURGES = (
    ("active_addresses_surge", "had active addresses", "above"),
    ("active_addresses_drop", "had active addresses", "below"),
    ("transfer_value_surge", "had an on-chain transfer value", "above"),
    ("transfer_value_drop", "had an on-chain transfer value", "below"),
    ("fees_surge", "had on-chain fees", "above"),
)
_PREDICATES: dict[str, str] = {
    "bullish_divergence": "closed below its last swing low while its 14-day RSI stayed above that of the low"
    " (bullish divergence)",
    "bearish_divergence": "closed above its last swing high while its 14-day RSI stayed below that of the high"
    " (bearish divergence)",
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
    **{
        f"{grade}_{side}_{bound}": f"saw its {noun} {verb.format(bound)}"
        for grade, noun in _GRADES.items()
        for bound in (80, 30)
        for side, verb in (("above", "rise to {} or above"), ("below", "fall below {}"))
    },
    "trader_grade_rise": "saw its TM trader grade rise by 10 points or more",
    "trader_grade_fall": "saw its TM trader grade fall by 10 points or more",
    "investor_grade_rise": "saw its TM investor grade rise by 10 points or more over 7 days",
    "investor_grade_fall": "saw its TM investor grade fall by 10 points or more over 7 days",
    **{name: f"{had} {_SIGMAS.format(side)}" for name, had, side in _SURGES},
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
_OF_SECTORS: dict[str, str] = {
    "sector_rotation_in": "the sector {sector} came among the strongest by 30-day return",
    "sector_rotation_out": "the sector {sector} came among the weakest by 30-day return",
    "sector_breadth_surge": "at least 80% of the sector {sector} rose, well above the share of all coins",
}
_OF_THE_MARKET: dict[str, str] = {
    "breadth_thrust_up": "the share of coins that rise swung from weak to strong within 10 days (breadth thrust)",
    "breadth_thrust_down": "the share of coins that rise swung from strong to weak within 10 days (breadth thrust)",
    "breadth_washed_out": "fewer than 10% of coins were left above their 50-day mean",
    "breadth_broad": "more than 90% of coins came to be above their 50-day mean",
    "altcoin_season": "at least 75% of the largest coins came to beat Bitcoin over 90 days (altcoin season)",
    "bitcoin_season": "no more than 25% of the largest coins were left beating Bitcoin over 90 days (Bitcoin season)",
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
    "regime_risk_on": "Bitcoin came to be above its 200-day mean with most coins above their 50-day mean (risk on)",
    "regime_risk_off": "Bitcoin came to be below its 200-day mean with most coins below their 50-day mean (risk off)",
}


def _fired(name: str, slot: str | None) -> Build:
    def build(seen: Seen) -> tuple[Assertion, ...]:
        subject = MARKET if slot is None else seen.subject(slot)
        return (Assertion(Metric.SIGNAL, Unit.TEXT, subject, label=name),)

    return build


def _record(seen: Seen) -> tuple[Assertion, ...]:
    confidence = stated(Metric.SIGNAL_CONFIDENCE, seen.figure("level%"), None, seen.window())
    cases = stated(Metric.SIGNAL_CASES, seen.figure("count"), None, seen.window())
    name = seen.word("signal name")
    return replace(confidence, qualifier=name), replace(cases, qualifier=name)


def _rules() -> Iterator[Rule]:
    for name, predicate in _PREDICATES.items():
        yield rule(f"{{subject:asset}} {predicate}", _fired(name, "subject"))
        yield rule(f"on the day, {{subject:asset}} {predicate}", _fired(name, "subject"))
    for name, sentence in _OF_SECTORS.items():
        yield rule(sentence, _fired(name, "sector"))
    for name, sentence in _OF_THE_MARKET.items():
        yield rule(sentence, _fired(name, None))


RULES: tuple[Rule, ...] = (
    *_rules(),
    rule(
        "coinbrief's confidence in the signal {signal name} {window} is {level%}, learned from {count} past cases",
        _record,
    ),
)
