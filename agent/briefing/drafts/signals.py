"""What may be said of grades and signals: of holdings first, then of what is rare."""

from collections.abc import Iterator
from decimal import Decimal

from agent.briefing.drafts.weighing import Facts
from agent.briefing.facts.asset import asset_key
from agent.briefing.facts.own_grade import own_grade_key
from agent.briefing.facts.signals import confidence_key, hit_keys
from agent.briefing.gather_holdings import HORIZONS
from agent.briefing.salience import Weighing
from agent.briefing.snapshot import Snapshot
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import Fact, Metric
from agent.claims.figures import shown_value
from agent.claims.naming import asset_id_of

STREAK_WORTH_SAYING = 5
GRADE_MOVE_WORTH_SAYING = 5
_OVER_A_WEEK = frozenset({"investor_grade_rise", "investor_grade_fall"})
# What goes without saying where the stronger signal fired too, or would seem to contradict it.
_WEAKER = {
    "breakout_up": "breakout_up_55",
    "breakout_down": "breakdown_55",
    "nearing_support": "lost_support",
    "nearing_resistance": "broke_resistance",
    "drawdown_correction": "drawdown_deep",
    "drawdown_deep": "drawdown_severe",
}
_OF_HOLDINGS, _OF_OTHERS, _OF_ALL = 0.55, 0.3, 0.45  # what a signal of the kind is worth to any reader


def signal_drafts(snapshot: Snapshot, facts: Facts, weighing: Weighing) -> Iterator[Draft]:
    """All that fired, crossed or turned, the most salient first, each proven signal followed by its record."""
    fired = {(signal.asset_id, signal.name) for signal in snapshot.signals}
    untold = {
        (asset_id, weaker) for weaker, stronger in _WEAKER.items() for asset_id, name in fired if name == stronger
    }
    found: list[Draft] = [*_own_grade_moves(facts, weighing), *_near_levels(facts, weighing)]
    for fact_key, fact in facts.items():
        if _is_told_by_grade(fact, facts) or _named(fact_key, fact) in untold:
            continue
        salience = _salience(fact_key, fact, weighing, fired)
        if salience is not None and (draft := _signal_draft(fact_key, fact, facts, salience)) is not None:
            found.append(draft)
    yield from sorted(found, key=lambda draft: -draft.salience)
    names = {signal.name for signal in snapshot.signals if signal.proven and signal.asset_id in weighing.weights}
    for name in sorted(names):
        keys = (confidence_key(name, "confidence"), confidence_key(name, "cases"))
        yield Draft("signal_record", ClaimKind.SIGNAL, SectionKey.SIGNALS, keys, _OF_HOLDINGS)
        yield Draft("signal_hits", ClaimKind.SIGNAL, SectionKey.SIGNALS, hit_keys(name), _OF_HOLDINGS - 0.15)


def _named(key: str, fact: Fact) -> tuple[int, str]:
    """The asset of a fact and the signal that it may be of; 0 for a sector or the market."""
    asset_id = asset_id_of(fact.subject) if fact.subject.startswith("asset:") else 0
    return asset_id, (fact.label or "") if fact.metric is Metric.SIGNAL else key.rpartition("/")[2]


def _is_told_by_grade(fact: Fact, facts: Facts) -> bool:
    """Whether a signal of a provider's grade says what the change of that grade on the day says with its figures."""
    if fact.metric is not Metric.SIGNAL or fact.label in _OVER_A_WEEK:
        return False
    key = f"{fact.subject}/grade_{(fact.label or '').partition('_grade_')[0]}"
    grade = facts.get(key)
    return grade is not None and grade.as_of == fact.as_of and _grade_draft(key, grade, facts, 0.0) is not None


def _salience(key: str, fact: Fact, weighing: Weighing, fired: set[tuple[int, str]]) -> float | None:
    """How much a fact matters as a signal; None for one that is about no asset and is no signal."""
    if not fact.subject.startswith("asset:"):
        return _OF_ALL if fact.metric is Metric.SIGNAL else None
    asset_id, name = _named(key, fact)
    base = _OF_HOLDINGS if asset_id in weighing.weights else _OF_OTHERS
    return weighing.of_asset(base, asset_id, name if (asset_id, name) in fired else None)


_SIGNAL_TEMPLATES = {
    Metric.BREAKOUT: "breakout",
    Metric.VOLUME_Z: "volume_spike",
    Metric.MACD_CROSS: "macd_cross",
    Metric.SIGNAL: "signal",
}


def _signal_draft(key: str, fact: Fact, facts: Facts, salience: float) -> Draft | None:
    if fact.metric is Metric.GRADE:
        return _grade_draft(key, fact, facts, salience)
    template, kind, more = _SIGNAL_TEMPLATES.get(fact.metric), ClaimKind.SIGNAL, 0.0
    if fact.metric is Metric.RSI and fact.threshold is not None:
        template, kind, more = "rsi_extreme", ClaimKind.THRESHOLD, 0.05
    elif fact.metric is Metric.STREAK and fact.value is not None and abs(fact.value) >= STREAK_WORTH_SAYING:
        template, kind = "streak", ClaimKind.STREAK
    elif fact.metric is Metric.TRADING_SIGNAL and fact.qualifier is not None:
        template, more = "trading_signal_flip", 0.1
    return None if template is None else Draft(template, kind, SectionKey.SIGNALS, (key,), salience + more)


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


def _own_grade_moves(facts: Facts, weighing: Weighing) -> Iterator[Draft]:
    """Our own grades of holdings that moved by five points or more on the day."""
    for asset_id in weighing.weights:
        for horizon in HORIZONS:
            key = own_grade_key(asset_id, horizon)
            now, before = facts.get(key), facts.get(f"{key}_before")
            if now is None or before is None:
                continue
            if abs(shown_value(now) - shown_value(before)) >= GRADE_MOVE_WORTH_SAYING:
                keys = (f"{key}_before", key)
                salience = weighing.of_asset(0.45, asset_id)
                yield Draft("own_grade_change", ClaimKind.GRADE_CHANGE, SectionKey.SIGNALS, keys, salience)


def _near_levels(facts: Facts, weighing: Weighing) -> Iterator[Draft]:
    """The level of each holding that its close is nearer to."""
    for asset_id in weighing.weights:
        keys = [key for name in ("support", "resistance") if (key := asset_key(asset_id, name)) in facts]
        if keys:
            close = _value(facts, asset_key(asset_id, "close"))
            _, nearer = min((abs(_value(facts, key) - close), key) for key in keys)
            yield Draft("figure", ClaimKind.LEVEL, SectionKey.SIGNALS, (nearer,), weighing.of_asset(0.15, asset_id))


def _value(facts: Facts, key: str) -> Decimal:
    return facts[key].value or Decimal(0)
