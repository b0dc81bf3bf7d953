"""What a briefing may say, section by section, in the order in which it matters."""

from collections import Counter
from collections.abc import Iterator, Mapping

from agent.briefing.facts_asset import asset_key
from agent.briefing.facts_portfolio import portfolio_key
from agent.briefing.snapshot import Snapshot
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Fact, Metric
from agent.claims.figures import direction
from agent.claims.naming import asset_id_of, subject_of

STREAK_WORTH_SAYING = 5
GRADE_MOVE_WORTH_SAYING = 5

Facts = Mapping[str, Fact]


def briefing_drafts(snapshot: Snapshot, facts: Facts) -> Iterator[Draft]:
    """All drafts of a briefing."""
    yield from _since(snapshot, facts)
    yield from _portfolio(snapshot, facts)
    yield from _market(snapshot, facts)
    yield from _movers(facts)
    yield from _signals(snapshot, facts)
    yield from _gaps(facts)


def _weights(snapshot: Snapshot, facts: Facts) -> list[tuple[int, float]]:
    """Holdings by weight, heaviest first, as fractions; a holding without a known weight counts as nothing."""
    known = {}
    for holding in snapshot.holdings:
        fact = facts.get(asset_key(holding.asset_id, "weight"))
        known[holding.asset_id] = float(fact.value) / 100 if fact is not None and fact.value is not None else 0.0
    return sorted(known.items(), key=lambda item: (-item[1], item[0]))


def _since(snapshot: Snapshot, facts: Facts) -> Iterator[Draft]:
    section = SectionKey.SINCE_LAST
    change, money = portfolio_key("change_since"), portfolio_key("value_change_since")
    if _is_worded(facts, change, money):
        yield Draft("since_value_change", ClaimKind.CHANGE, section, (change, money), 0.9)
    else:
        yield Draft("since_change", ClaimKind.CHANGE, section, (change,), 0.9)
    moves = [
        (abs(facts[key].value or 0), key)
        for asset_id, _ in _weights(snapshot, facts)
        if (key := asset_key(asset_id, "since")) in facts
    ]
    if moves:
        yield Draft("since_change", ClaimKind.CHANGE, section, (max(moves)[1],), 0.6)
    yield Draft("new_signals", ClaimKind.COUNT, section, ("since/new_signals",), 0.4)


def _portfolio(snapshot: Snapshot, facts: Facts) -> Iterator[Draft]:
    section, key = SectionKey.PORTFOLIO, portfolio_key
    change, money, worth = key("change_1d"), key("value_change_1d"), key("value")
    if _is_worded(facts, change, money):
        yield Draft("value_change", ClaimKind.CHANGE, section, (change, money, worth), 1.0, mandatory=True)
    else:
        yield Draft("value", ClaimKind.LEVEL, section, (worth,), 1.0, mandatory=True)
        yield Draft("change", ClaimKind.CHANGE, section, (change,), 0.9)
    if snapshot.bitcoin is not None:
        bitcoin = asset_key(snapshot.bitcoin, "change_1d")
        yield Draft("versus", ClaimKind.COMPARISON, section, (key("change_1d"), bitcoin), 0.8)
    for name in _first_alone(snapshot, facts, "contribution"):
        if direction(facts[name]):
            yield Draft("contribution", ClaimKind.RANK, section, (name,), 0.75, mandatory=True)
    for name in _first_alone(snapshot, facts, "weight"):
        yield Draft("largest_holding", ClaimKind.RANK, section, (name,), 0.6)
    yield from _structure(facts)


def _is_worded(facts: Facts, change: str, money: str) -> bool:
    """Whether a change of value can be told in money: not if only the cents that are shown stood still."""
    if change not in facts or money not in facts:
        return False
    return direction(facts[change]) == 0 or direction(facts[money]) != 0


def _first_alone(snapshot: Snapshot, facts: Facts, what: str) -> list[str]:
    """The holdings in first place from the top and from the bottom, where they share it with no other holding."""
    keys = [asset_key(asset_id, what) for asset_id, _ in _weights(snapshot, facts)]
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
    yield Draft("total_market_cap", ClaimKind.LEVEL, section, (f"market/{Metric.TOTAL_MARKET_CAP}",), 0.5)
    yield Draft("high_grade_share", ClaimKind.LEVEL, section, (f"market/{Metric.HIGH_GRADE_SHARE}",), 0.4)
    mood = ("market/fear_greed", "market/fear_greed_before")
    if mood[1] in facts:
        yield Draft("fear_greed_change", ClaimKind.CHANGE, section, mood, 0.6)
    else:
        yield Draft("fear_greed", ClaimKind.LEVEL, section, mood[:1], 0.6)


def _movers(facts: Facts) -> Iterator[Draft]:
    for end in ("rank_top", "rank_bottom"):
        ranked = [fact for key, fact in facts.items() if key.endswith(f"/{end}") and direction(fact)]
        leaders = [fact for fact in ranked if fact.rank == 1]
        if len(leaders) == 1:
            key = asset_key(asset_id_of(leaders[0].subject), end)
            yield Draft("top", ClaimKind.RANK, SectionKey.MOVERS, (key,), 0.8, mandatory=True)


def _signals(snapshot: Snapshot, facts: Facts) -> Iterator[Draft]:
    weights = dict(_weights(snapshot, facts))
    found: list[Draft] = []
    for fact_key, fact in facts.items():
        if not fact.subject.startswith("asset:"):
            continue
        weight = weights.get(asset_id_of(fact.subject))
        draft = _signal_draft(fact_key, fact, facts, 0.4 if weight is None else 0.6 + weight / 3)
        if draft is not None:
            found.append(draft)
    yield from sorted(found, key=lambda draft: -draft.salience)


_SIGNAL_TEMPLATES = {Metric.BREAKOUT: "breakout", Metric.VOLUME_Z: "volume_spike", Metric.MACD_CROSS: "macd_cross"}


def _signal_draft(key: str, fact: Fact, facts: Facts, salience: float) -> Draft | None:
    section = SectionKey.SIGNALS
    if fact.metric in _SIGNAL_TEMPLATES:
        return Draft(_SIGNAL_TEMPLATES[fact.metric], ClaimKind.SIGNAL, section, (key,), salience)
    if fact.metric is Metric.RSI and fact.threshold is not None:
        return Draft("rsi_extreme", ClaimKind.THRESHOLD, section, (key,), salience + 0.05)
    if fact.metric is Metric.STREAK and fact.value is not None and abs(fact.value) >= STREAK_WORTH_SAYING:
        return Draft("streak", ClaimKind.STREAK, section, (key,), salience)
    if fact.metric is Metric.TRADING_SIGNAL and fact.qualifier is not None:
        return Draft("trading_signal_flip", ClaimKind.SIGNAL, section, (key,), salience + 0.1)
    if fact.metric is Metric.GRADE:
        return _grade_draft(key, fact, facts, salience)
    return None


def _grade_draft(key: str, fact: Fact, facts: Facts, salience: float) -> Draft | None:
    before = facts.get(f"{key}_before")
    if before is None or before.value is None or fact.value is None:
        return None
    moved = abs(fact.value - before.value)
    if fact.threshold is None and moved < GRADE_MOVE_WORTH_SAYING:
        return None
    crossing = 0.15 if fact.threshold is not None else 0.0
    return Draft(
        "grade_change", ClaimKind.GRADE_CHANGE, SectionKey.SIGNALS, (f"{key}_before", key), salience + crossing
    )


# What is wrong with prices comes before what could not be collected, and that before what was not meant to be.
_GAP_ORDER = ("disputed", "price_elsewhere", "stale", "missing", "source_failed", "source_empty", "left_out")


def _gaps(facts: Facts) -> Iterator[Draft]:
    section = SectionKey.GAPS
    yield Draft("coverage", ClaimKind.MISSING, section, ("data/coverage",), 1.0, mandatory=True)
    found = ((template, key) for key, fact in facts.items() if (template := _gap_template(key, fact)) is not None)
    for template, key in sorted(found, key=lambda gap: _GAP_ORDER.index(gap[0])):
        keys = (key, f"{key.removesuffix('_low')}_high") if template == "disputed" else (key,)
        salience = 1.0 if template == "disputed" else 0.9
        yield Draft(template, ClaimKind.MISSING, section, keys, salience, mandatory=True)


_GAP_STARTS = {"data/failed": "source_failed", "data/empty": "source_empty", "data/left_out": "left_out"}
_GAP_ENDS = {"/price_elsewhere": "price_elsewhere", "/stale": "stale"}


def _gap_template(key: str, fact: Fact) -> str | None:
    """Which template tells the gap that a fact is; None if it is none, or the second half of one."""
    if key.endswith("/disputed_low"):
        return "disputed"
    if fact.metric is not Metric.AVAILABILITY:
        return None
    for start, template in _GAP_STARTS.items():
        if key.startswith(start):
            return template
    return next((template for end, template in _GAP_ENDS.items() if key.endswith(end)), "missing")
