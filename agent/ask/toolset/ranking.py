"""Ranks and screens over a whole universe: every member is looked at, and what could not be known is counted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from agent.analytics.bars import Flags, Floats
from agent.ask.arguments import Filter, Rank, Screen
from agent.ask.toolset import bar_figures
from agent.ask.toolset.catalogue import Measured, Origin
from agent.ask.toolset.figures import universe_of, universe_vector
from agent.ask.toolset.ledger import Ledger
from agent.ask.toolset.market_read import MarketRead
from agent.ask.toolset.result import Finding
from agent.ask.toolset.rows import cross_section
from agent.ask.toolset.vector import Vector
from agent.briefing.tracing import derivation
from agent.claims.build import Draft
from agent.claims.claim import ClaimKind, SectionKey
from agent.claims.fact import MARKET, FactRef, Metric, RowRange, Unit
from agent.claims.figures import direction, shown_value, threshold_text
from agent.claims.naming import subject_of
from agent.store.figure_panels import Ids

WORDED_RANKS = 3  # of the template `top`
_SECTION = SectionKey.MOVERS


def rank(ledger: Ledger, wish: Rank) -> Finding:
    """The first or last of a universe by a metric; equal ones have no place of their own and are stated plainly."""
    read = ledger.read
    vector = universe_vector(read, wish.metric, wish.window, wish.universe)
    members = len(universe_of(read, wish.universe))
    known = np.flatnonzero(np.isfinite(vector.values))
    size = {"universe": wish.universe, "universe_size": len(known)}
    shown = _shown(vector)[known]
    better = shown if wish.end == "bottom" else -shown
    # of a magnitude the largest is the lowest of the stored values, which are negative
    from_bottom = (wish.end == "bottom") is not vector.measure.magnitude
    order = np.lexsort((vector.asset_ids[known], better))[: wish.count]
    keys, tied = [], []
    for place in order.tolist():
        alone = int((better == better[place]).sum()) == 1 and len(known) > 1
        first = 1 + int((better < better[place]).sum())
        own = {**size, "rank": first, "rank_from_bottom": from_bottom or None} if alone else {}
        key = vector.draft(ledger, int(vector.asset_ids[known[place]]), **own)
        keys.append(key or "")
        tied.append(not alone and len(known) > 1)
    ledger.seal()
    drafts = [_rank_draft(ledger, vector.measure, key, place) for place, key in enumerate(keys)]
    notes = (*_unknown_note(members - len(known), members, vector.measure, wish.universe), *_tied_note(tied))
    return Finding(ledger.claims(drafts), vector.day, len(known), universe_text(wish.universe, len(known)), notes=notes)


def _rank_draft(ledger: Ledger, measure: Measured, key: str, place: int) -> Draft:
    fact, salience = ledger.fact(key), 0.9 - place / 100
    if fact.rank is None:
        plain = "change" if measure.metric is Metric.CHANGE else "figure"
        return Draft(plain, measure.kind, _SECTION, (key,), salience)
    sign = direction(fact)
    natural = (sign > 0) is not fact.rank_from_bottom
    worded = measure.metric is Metric.CHANGE and sign and fact.rank <= WORDED_RANKS
    template = "top" if worded and (fact.rank == 1 or natural) else "figure_rank"
    return Draft(template, ClaimKind.RANK, _SECTION, (key,), salience)


def screen(ledger: Ledger, wish: Screen) -> Finding:
    """How many of a universe meet every condition, and the first of them by the first condition."""
    read = ledger.read
    conditions = [_condition(read, item, wish.universe) for item in wish.filters]
    members = np.array(sorted(universe_of(read, wish.universe)), dtype=np.int64)
    met, decided = _outcome(conditions, members)
    hits = members[met]
    ordered = _by_first(conditions[0], hits)[: wish.count]
    listed = [
        (condition.draft(ledger, asset_id) or "", place)
        for place, asset_id in enumerate(ordered)
        for condition in conditions
    ]
    count = _count(ledger, wish.universe, conditions, int(met.sum()), int(decided.sum()), [key for key, _ in listed])
    ledger.seal()
    template = "figure_count" if len(conditions) == 1 else "screen"
    drafts = [
        Draft(template, ClaimKind.COUNT, _SECTION, (count,), 1.0),
        *(_bound_draft(ledger, key, 0.8 - place / 100) for key, place in listed),
    ]
    unknown = len(members) - int(decided.sum())
    plural = "" if unknown == 1 else "s"
    notes = (f"not known of {unknown:,} more asset{plural} of the universe",) if unknown else ()
    return Finding(
        ledger.claims(drafts),
        conditions[0].vector.day,
        int(decided.sum()),
        universe_text(wish.universe, int(decided.sum())),
        truncated=len(hits) > len(ordered),
        notes=notes,
    )


def _bound_draft(ledger: Ledger, key: str, salience: float) -> Draft:
    """A figure beside its bound, or alone where it is shown as equal to it."""
    fact = ledger.fact(key)
    equal = fact.threshold is not None and abs(shown_value(fact)) == abs(fact.threshold)
    return Draft("figure" if equal else "figure_bound", ClaimKind.THRESHOLD, _SECTION, (key,), salience)


@dataclass(frozen=True, slots=True)
class _Condition:
    """A filter and the values that it looks at."""

    wish: Filter
    vector: Vector

    @property
    def words(self) -> str:
        """The condition as a claim says it."""
        measure = self.vector.measure
        return (
            f"{measure.spoken} {self.wish.side} {threshold_text(_exact(self.wish.bound), measure.unit, measure.metric)}"
        )

    def draft(self, ledger: Ledger, asset_id: int) -> str | None:
        """The fact of an asset beside the bound."""
        return self.vector.draft(ledger, asset_id, threshold=_exact(self.wish.bound))

    def values(self, members: Ids) -> Floats:
        """The shown values of all members, NaN where unknown."""
        found = dict(zip(self.vector.asset_ids.tolist(), _shown(self.vector).tolist(), strict=True))
        return np.array([found.get(asset_id, np.nan) for asset_id in members.tolist()], dtype=np.float64)


def _condition(read: MarketRead, wish: Filter, universe: str) -> _Condition:
    return _Condition(wish, universe_vector(read, wish.metric, wish.window, universe))


def _outcome(conditions: Sequence[_Condition], members: Ids) -> tuple[Flags, Flags]:
    """Which members meet all conditions, and of which that can be told: one known miss is enough."""
    met, missed = np.ones(len(members), dtype=np.bool_), np.zeros(len(members), dtype=np.bool_)
    for condition in conditions:
        values, bound = condition.values(members), condition.wish.bound
        holds = values > bound if condition.wish.side == "above" else values < bound
        met &= holds
        missed |= np.isfinite(values) & ~holds
    return met, met | missed


def _by_first(condition: _Condition, hits: Ids) -> list[int]:
    values = condition.values(hits)
    order = np.lexsort((hits, -values if condition.wish.side == "above" else values))
    found: list[int] = hits[order].tolist()
    return found


def _count(
    ledger: Ledger, universe: str, conditions: Sequence[_Condition], met: int, decided: int, listed: Sequence[str]
) -> str:
    first = conditions[0]
    words = " and ".join(condition.words for condition in conditions)
    inputs = [source for condition in conditions for source in _sources(ledger.read, condition.vector.measure)]
    origin = derivation(
        "count",
        f"members of the universe with a {words}, of the {decided} of which that is known",
        *dict.fromkeys(inputs),
        *(FactRef(key) for key in listed),
    )
    details: dict[str, object] = {"universe": universe, "universe_size": decided, "as_of": first.vector.day}
    if len(conditions) == 1:
        measure = first.vector.measure
        bitcoin = ledger.read.bitcoin if measure.with_bitcoin else None
        details |= {
            "qualifier": measure.named,
            "window": measure.window,
            "threshold": _exact(first.wish.bound),
            "label": first.wish.side,
            "other": None if bitcoin is None else subject_of(bitcoin),
        }
    else:
        details["label"] = _joined([condition.words for condition in conditions])
    return ledger.add(MARKET, Metric.MATCHES, Unit.COUNT, Decimal(met), origin, **details)


def _sources(read: MarketRead, measure: Measured) -> tuple[RowRange, ...]:
    """The closes of the last day, and of the first for a change; what lies between is part of the formula."""
    if measure.origin is not Origin.BARS or measure.metric is Metric.VOLUME:
        return ()
    closes = read.market(read.market_day, bar_figures.days_needed(measure))
    rows = (-1, -1 - measure.days) if measure.metric is Metric.CHANGE else (-1,)
    return tuple(cross_section(closes, row) for row in rows)


def _shown(vector: Vector) -> Floats:
    return np.abs(vector.values) if vector.measure.magnitude else vector.values


def _exact(bound: float) -> Decimal:
    return Decimal(repr(float(bound))).normalize() + 0


def _joined(parts: Collection[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def universe_text(universe: str, count: int) -> str:
    """A universe of this many in words."""
    plural = "" if count == 1 else "s"
    return f"your {count:,} holding{plural}" if universe == "holdings" else f"{count:,} tracked coin{plural}"


def _unknown_note(unknown: int, members: int, measure: Measured, universe: str) -> tuple[str, ...]:
    if not unknown:
        return ()
    verbs = ("has", "is") if unknown == 1 else ("have", "are")
    whole = universe_text(universe, members)
    return (f"of {whole}, {unknown:,} {verbs[0]} no known {measure.spoken} and {verbs[1]} left out",)


def _tied_note(tied: Sequence[bool]) -> tuple[str, ...]:
    return ("some share a value with others and have no place of their own",) if any(tied) else ()
