"""What may be said of the portfolio and its holdings, the most telling first."""

from collections import Counter
from collections.abc import Iterator

from agent.briefing.drafts.structure import shock_draft, structure_drafts
from agent.briefing.drafts.weighing import Facts
from agent.briefing.facts.asset import asset_key
from agent.briefing.facts.onchain import ONCHAIN_KEYS
from agent.briefing.facts.own_grade import own_grade_key
from agent.briefing.facts.portfolio import portfolio_key
from agent.briefing.gather_holdings import HORIZONS
from agent.briefing.salience import Weighing
from agent.briefing.snapshot import Snapshot
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.figures import direction, shown_value

MOST_BEYOND = 5  # so many must be told on a day on which everything moves
OWN_GRADES_TOLD = 3  # holdings whose grades are told although they did not move
ONCHAIN_TOLD = 3  # holdings, and figures of each


def portfolio_drafts(snapshot: Snapshot, facts: Facts, weighing: Weighing) -> Iterator[Draft]:
    """What may be said of the portfolio: its day, its holdings, how it is spread and what it risks."""
    section, key = SectionKey.PORTFOLIO, portfolio_key
    change, money, worth = key("change_1d"), key("value_change_1d"), key("value")
    if is_worded(facts, change, money):
        yield Draft("value_change", ClaimKind.CHANGE, section, (change, money, worth), 1.0, mandatory=True)
    else:
        yield Draft("value", ClaimKind.LEVEL, section, (worth,), 1.0, mandatory=True)
        yield Draft("change", ClaimKind.CHANGE, section, (change,), 0.9)
    if snapshot.bitcoin is not None:
        bitcoin = asset_key(snapshot.bitcoin, "change_1d")
        yield Draft("versus", ClaimKind.COMPARISON, section, (key("change_1d"), bitcoin), 0.8)
    for name in _first_alone(weighing, facts, "contribution"):
        if direction(facts[name]):
            yield Draft("contribution", ClaimKind.RANK, section, (name,), 0.75, mandatory=True)
    for name in _first_alone(weighing, facts, "weight"):
        yield Draft("largest_holding", ClaimKind.RANK, section, (name,), 0.6)
    yield from _beyond_noise(snapshot, weighing)
    yield from _structure(facts)
    yield from _risk(facts, weighing)
    yield from structure_drafts(facts)
    yield from _own_grades(weighing)
    yield from _onchain(facts, weighing)


def is_worded(facts: Facts, change: str, money: str) -> bool:
    """Whether a change of value can be told in money: not if only the cents that are shown stood still."""
    if change not in facts or money not in facts:
        return False
    return direction(facts[change]) == 0 or direction(facts[money]) != 0


def _first_alone(weighing: Weighing, facts: Facts, what: str) -> list[str]:
    """The holdings in first place from the top and from the bottom, where they share it with no other holding."""
    keys = [asset_key(asset_id, what) for asset_id in weighing.weights]
    first = [key for key in keys if key in facts and facts[key].rank == 1 and facts[key].universe_size != 1]
    ends = Counter(facts[key].rank_from_bottom for key in first)
    return [key for key in first if ends[facts[key].rank_from_bottom] == 1]


def _structure(facts: Facts) -> Iterator[Draft]:
    section, key = SectionKey.PORTFOLIO, portfolio_key
    concentration = (key("holding_count"), key("effective_number"), key("hhi"))
    spread = (key("volatility_90d"), key("weighted_volatility_90d"), key("diversification_ratio"))
    if key("holding_count") in facts and facts[key("holding_count")].value != 1:
        yield Draft("concentration", ClaimKind.DIVERSIFICATION, section, concentration, 0.6)
    yield Draft("diversification", ClaimKind.DIVERSIFICATION, section, spread, 0.7)
    yield Draft("average_correlation", ClaimKind.CORRELATION, section, (key("average_correlation_90d"),), 0.55)
    yield Draft("bitcoin_link", ClaimKind.CORRELATION, section, (key("correlation"), key("beta")), 0.55)
    yield Draft("sharpe", ClaimKind.LEVEL, section, (key("sharpe_365d"),), 0.4)
    yield Draft("max_drawdown", ClaimKind.LEVEL, section, (key("maximum_drawdown_365d"),), 0.45)


def _beyond_noise(snapshot: Snapshot, weighing: Weighing) -> Iterator[Draft]:
    """The holdings whose move is beyond their noise; Bitcoin's day is told with the market's."""
    moved = [asset_id for asset_id in weighing.beyond_noise() if asset_id != snapshot.bitcoin]
    for place, asset_id in enumerate(moved):
        keys, value = (asset_key(asset_id, "change_1d"), asset_key(asset_id, "close")), weighing.of_asset(0.6, asset_id)
        must = place < MOST_BEYOND
        yield Draft("change_to_close", ClaimKind.CHANGE, SectionKey.PORTFOLIO, keys, value, mandatory=must)


def _risk(facts: Facts, weighing: Weighing) -> Iterator[Draft]:
    section, key = SectionKey.PORTFOLIO, portfolio_key
    yield Draft("figure", ClaimKind.DIVERSIFICATION, section, (key("independent_bets"),), 0.5)
    yield Draft("figure", ClaimKind.DIVERSIFICATION, section, (key("top_share_3"),), 0.35)
    for name, value in (("most_alike", 0.5), ("least_alike", 0.4)):
        yield Draft("most_alike", ClaimKind.CORRELATION, section, (key(name),), value)
    for place, asset_id in enumerate(_by_risk(facts, weighing)):
        keys = (asset_key(asset_id, "risk_share"), asset_key(asset_id, "weight"))
        yield Draft("risk_against_weight", ClaimKind.DIVERSIFICATION, section, keys, 0.55 if place == 0 else 0.3)
    losses = (key("value_at_risk"), key("value_at_risk_usd"))
    yield Draft("value_at_risk", ClaimKind.LEVEL, section, losses, 0.5)
    yield shock_draft(0.45)
    for asset_id in list(weighing.weights)[:1]:
        extremes = (asset_key(asset_id, "highest_close"), asset_key(asset_id, "lowest_close"))
        for extreme in extremes:
            yield Draft("extreme", ClaimKind.EXTREME, section, (extreme,), 0.2)


def _by_risk(facts: Facts, weighing: Weighing) -> list[int]:
    """The three holdings that carry the most risk, the first one first."""
    shares = {asset_id: facts.get(asset_key(asset_id, "risk_share")) for asset_id in weighing.weights}
    known = {asset_id: fact.value for asset_id, fact in shares.items() if fact is not None and fact.value is not None}
    return sorted(known, key=lambda asset_id: (-known[asset_id], asset_id))[:3]


def _own_grades(weighing: Weighing) -> Iterator[Draft]:
    """Our own grades of the heaviest holdings; those that moved are told among the signals."""
    for asset_id in list(weighing.weights)[:OWN_GRADES_TOLD]:
        for horizon in HORIZONS:
            value = weighing.of_asset(0.25, asset_id, days=30)
            keys = (own_grade_key(asset_id, horizon),)
            yield Draft("own_grade", ClaimKind.LEVEL, SectionKey.PORTFOLIO, keys, value)


def _onchain(facts: Facts, weighing: Weighing) -> Iterator[Draft]:
    """A few figures of the chains of the heaviest holdings that have any."""
    having = [asset_id for asset_id in weighing.weights if _onchain_keys(facts, asset_id)]
    for asset_id in having[:ONCHAIN_TOLD]:
        for key in _onchain_keys(facts, asset_id)[:ONCHAIN_TOLD]:
            value = weighing.of_asset(0.25, asset_id, days=30)
            yield Draft("figure", ClaimKind.ON_CHAIN, SectionKey.PORTFOLIO, (key,), value)


def _onchain_keys(facts: Facts, asset_id: int) -> list[str]:
    keys = (asset_key(asset_id, name) for name in ONCHAIN_KEYS)
    return [key for key in keys if key in facts and shown_value(facts[key]) != 0]
