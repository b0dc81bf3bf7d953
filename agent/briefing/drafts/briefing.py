"""What a briefing may say, section by section, in the order in which it matters."""

from collections.abc import Iterator

from agent.briefing.drafts.gaps import gap_drafts
from agent.briefing.drafts.indices import index_drafts
from agent.briefing.drafts.portfolio import is_worded, portfolio_drafts
from agent.briefing.drafts.signals import signal_drafts
from agent.briefing.drafts.stress import stress_drafts
from agent.briefing.drafts.weighing import Facts, weighing_of
from agent.briefing.facts.asset import asset_key
from agent.briefing.facts.market import market_key
from agent.briefing.facts.portfolio import portfolio_key
from agent.briefing.gather_market import CHANGE_DAYS
from agent.briefing.salience import Weighing
from agent.briefing.snapshot import Snapshot
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Metric
from agent.claims.figures import direction
from agent.claims.naming import asset_id_of, subject_of


def briefing_drafts(snapshot: Snapshot, facts: Facts) -> Iterator[Draft]:
    """All drafts of a briefing."""
    weighing = weighing_of(snapshot, facts)
    yield from _since(facts, weighing)
    yield from portfolio_drafts(snapshot, facts, weighing)
    yield from stress_drafts(snapshot, facts)
    yield from _market(snapshot, facts)
    yield from index_drafts(snapshot, facts)
    yield from _movers(facts)
    yield from signal_drafts(snapshot, facts, weighing)
    yield from gap_drafts(facts)


def _since(facts: Facts, weighing: Weighing) -> Iterator[Draft]:
    section = SectionKey.SINCE_LAST
    change, money = portfolio_key("change_since"), portfolio_key("value_change_since")
    if is_worded(facts, change, money):
        yield Draft("since_value_change", ClaimKind.CHANGE, section, (change, money), 0.9)
    else:
        yield Draft("since_change", ClaimKind.CHANGE, section, (change,), 0.9)
    moves = [
        (abs(facts[key].value or 0), key)
        for asset_id in weighing.weights
        if (key := asset_key(asset_id, "since")) in facts
    ]
    if moves:
        yield Draft("since_change", ClaimKind.CHANGE, section, (max(moves)[1],), 0.6)
    yield Draft("new_signals", ClaimKind.COUNT, section, ("since/new_signals",), 0.4)


def _market(snapshot: Snapshot, facts: Facts) -> Iterator[Draft]:
    section = SectionKey.MARKET
    if snapshot.bitcoin is not None:
        key = f"{subject_of(snapshot.bitcoin)}/{{}}".format
        yield Draft("change_to_close", ClaimKind.CHANGE, section, (key("change_1d"), key("close")), 0.9, mandatory=True)
    breadth = tuple(f"market/{metric}" for metric in (Metric.RISERS, Metric.FALLERS, Metric.UNCHANGED))
    yield Draft("breadth", ClaimKind.COUNT, section, breadth, 0.8, mandatory=True)
    yield Draft("median", ClaimKind.CHANGE, section, ("market/median",), 0.6)
    if snapshot.bitcoin is not None:
        yield Draft("change", ClaimKind.CHANGE, section, (key("change_7d"),), 0.5)
        yield Draft("drawdown", ClaimKind.LEVEL, section, (key("drawdown"),), 0.45)
        yield Draft("figure", ClaimKind.LEVEL, section, (key("distance_50d"),), 0.3)
    yield from _breadth(snapshot, facts)
    yield from _reported(facts)
    mood = ("market/fear_greed", "market/fear_greed_before")
    if mood[1] in facts:
        yield Draft("fear_greed_change", ClaimKind.CHANGE, section, mood, 0.6)
    else:
        yield Draft("fear_greed", ClaimKind.LEVEL, section, mood[:1], 0.6)


def _breadth(snapshot: Snapshot, facts: Facts) -> Iterator[Draft]:
    """How broad the market is, what regime that makes, how much of it Bitcoin is, and which sectors lead."""
    section = SectionKey.MARKET
    yield Draft("regime", ClaimKind.LEVEL, section, (market_key(Metric.REGIME),), 0.45)
    for metric, salience in (
        (Metric.ABOVE_50D_SHARE, 0.4),
        (Metric.BEAT_BITCOIN_SHARE, 0.3),
        (Metric.ABOVE_200D_SHARE, 0.25),
        (Metric.HIGHS_SHARE, 0.2),
        (Metric.LOWS_SHARE, 0.2),
    ):
        yield Draft("figure", ClaimKind.LEVEL, section, (market_key(metric),), salience)
    if snapshot.bitcoin is not None:
        yield Draft("figure", ClaimKind.LEVEL, section, (asset_key(snapshot.bitcoin, "dominance"),), 0.35)
    for key, fact in facts.items():
        if fact.metric is Metric.SECTOR_CHANGE:
            yield Draft("sector_rank", ClaimKind.RANK, section, (key,), 0.45)


def _reported(facts: Facts) -> Iterator[Draft]:
    """What sources report of the whole market, beside the same of a month before where that is known."""
    for metric, template, salience in (
        (Metric.TOTAL_MARKET_CAP, "total_market_cap", 0.5),
        (Metric.HIGH_GRADE_SHARE, "high_grade_share", 0.4),
        (Metric.STABLECOIN_SUPPLY, "figure", 0.3),
        (Metric.TOTAL_VALUE_LOCKED, "figure", 0.3),
    ):
        before, now = market_key(metric, CHANGE_DAYS), market_key(metric)
        if before in facts:
            yield Draft("figure_change", ClaimKind.CHANGE, SectionKey.MARKET, (before, now), salience)
        else:
            yield Draft(template, ClaimKind.LEVEL, SectionKey.MARKET, (now,), salience)


def _movers(facts: Facts) -> Iterator[Draft]:
    for end in ("rank_top", "rank_bottom"):
        ranked = [fact for key, fact in facts.items() if key.endswith(f"/{end}") and direction(fact)]
        leaders = [fact for fact in ranked if fact.rank == 1]
        if len(leaders) == 1:
            key = asset_key(asset_id_of(leaders[0].subject), end)
            yield Draft("top", ClaimKind.RANK, SectionKey.MOVERS, (key,), 0.8, mandatory=True)
