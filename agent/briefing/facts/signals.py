"""Facts about signals that are told in their own words, and how far a proven one is to be trusted."""

from collections.abc import Mapping
from decimal import Decimal

from agent.briefing.facts.asset import asset_key
from agent.briefing.facts.scores import LEAST_CASES, StoredScore, signal_hits
from agent.briefing.facts.sectors import sector_print_name
from agent.briefing.snapshot import SignalSeen, Snapshot
from agent.briefing.tracing import derivation
from agent.claims.book import FactBook
from agent.claims.fact import MARKET, Entity, Metric, RowRef, Unit
from agent.claims.naming import subject_of
from agent.claims.wordings_signals import WORDED_HERE


def signal_subject(seen: SignalSeen) -> str:
    """The fact subject of a signal: an asset, a sector or the market."""
    if seen.asset_id:
        return subject_of(seen.asset_id)
    return f"sector:{seen.sector}" if seen.sector else MARKET


def sector_entities(snapshot: Snapshot, taken: Mapping[str, Entity]) -> dict[str, Entity]:
    """What the sectors that have signals are called; one without a safe name of its own is left out."""
    names = {entity.name for entity in taken.values()}
    found: dict[str, Entity] = {}
    for sector in sorted({seen.sector for seen in snapshot.wider_signals if seen.sector}):
        name = sector_print_name(sector)
        if name is not None and name not in names:
            names.add(name)
            found[f"sector:{sector}"] = Entity(f"sector:{sector}", name)
    return found


def confidence_key(name: str, what: str) -> str:
    """The draft key of a figure of how a signal did; `what` is confidence, cases or a metric."""
    return f"market/{what}_{name}"


def add_worded_signal(book: FactBook, snapshot: Snapshot, seen: SignalSeen) -> None:
    """Draft that a signal fired; one that an older template words is a fact of another kind."""
    if seen.name not in WORDED_HERE or (seen.asset_id and snapshot.prices.column(seen.asset_id) is None):
        return
    subject = signal_subject(seen)
    origin = derivation(seen.name, "as the scan found it", _row(snapshot, seen, "name", seen.name))
    key = f"{subject}/signal_{seen.name}"
    book.add(key, subject, Metric.SIGNAL, Unit.TEXT, None, origin, label=seen.name)


def add_signal_records(book: FactBook, snapshot: Snapshot) -> None:
    """Draft how far each proven signal of a holding is to be trusted, by the heaviest holding that has it."""
    weights = {holding.asset_id: holding_weight(book, holding.asset_id) for holding in snapshot.holdings}
    proven = [seen for seen in snapshot.signals if seen.proven and seen.asset_id in weights and seen.horizon_days]
    for seen in sorted(proven, key=lambda seen: (-weights[seen.asset_id], seen.asset_id)):
        key = confidence_key(seen.name, "confidence")
        if key in book or seen.confidence is None or seen.sample_size < LEAST_CASES:
            continue
        details = {"qualifier": seen.name, "window": f"{seen.horizon_days}d"}
        rows = (_row(snapshot, seen, "confidence", repr(seen.confidence)),)
        origin = derivation("reported", "the signal's hit rate, pulled towards the base rate, x 100", *rows)
        share = Decimal(repr(seen.confidence)) * 100
        book.add(key, MARKET, Metric.SIGNAL_CONFIDENCE, Unit.PCT, share, origin, **details)
        rows = (_row(snapshot, seen, "sample_size", str(seen.sample_size)),)
        origin = derivation("count", "past firings whose outcome is known", *rows)
        cases, key = Decimal(seen.sample_size), confidence_key(seen.name, "cases")
        book.add(key, MARKET, Metric.SIGNAL_CASES, Unit.COUNT, cases, origin, **details)
        _add_hits(book, snapshot, seen.name)


def hit_keys(name: str) -> tuple[str, ...]:
    """The draft keys of how often a signal was right: the share, of how many firings, and the share at all times."""
    return tuple(confidence_key(name, metric) for metric in (Metric.HIT_RATE, Metric.FIRINGS, Metric.BASE_RATE))


def _add_hits(book: FactBook, snapshot: Snapshot, name: str) -> None:
    """Draft how often a signal was right before, where that is stored."""
    seen = snapshot.scores.get(name)
    if seen is None:
        return
    stored = StoredScore(seen.score, snapshot.source, seen.day, seen.computed_at)
    for key, figure in zip(hit_keys(name), signal_hits(seen.score, stored), strict=False):  # none, or all three
        book.add(key, MARKET, figure.metric, figure.unit, figure.value, figure.derivation, **figure.details)


def holding_weight(book: FactBook, asset_id: int) -> float:
    """The weight of a holding that has been drafted, in per cent; 0 where it is not known."""
    fact = book.draft(asset_key(asset_id, "weight"))
    return 0.0 if fact is None or fact.value is None else float(fact.value)


def _row(snapshot: Snapshot, seen: SignalSeen, column: str, value: str) -> RowRef:
    key = (
        ("day", snapshot.as_of.isoformat()),
        ("source", snapshot.source),
        ("asset_id", str(seen.asset_id)),
        ("sector", seen.sector),
        ("name", seen.name),
    )
    return RowRef("signal", key, column, value)
