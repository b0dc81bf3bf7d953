"""Indices of our own: made, tracked up to the last close, and forgotten. What is tracked stands beside providers'."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from agent.analytics.figure import Figure
from agent.analytics.index_rules import BASE_LEVEL, IndexRule
from agent.analytics.returns import change_pct
from agent.measuring.ground import Scope
from agent.measuring.index_wishes import IndexWish, parse_rule, rule_json, rule_of
from agent.measuring.indices import TrackedIndex, tracked_index
from agent.store.engine import Store
from agent.store.own_indices import (
    IndexRuleRow,
    OwnIndex,
    create_index_rule,
    delete_index,
    index_rules,
    put_own_index,
    require_index_rule,
)


@dataclass(frozen=True, slots=True)
class TrackReport:
    """How an index stands after it was tracked up to the close of `day`; it is `stored` if it has any level."""

    name: str
    day: date
    level: Figure
    change_1d_pct: Figure
    rebalances: int
    stored: bool


def create_index(store: Store, scope: Scope, clock: Callable[[], datetime], wish: IndexWish) -> TrackReport:
    """Store the rule of a wish and track it. Raises WrongArgument, AssetNotFound, NoPrices and NameTaken."""
    with store.reader() as session:
        rule = rule_of(session, scope, wish)
    with store.writer() as session:
        create_index_rule(session, IndexRuleRow(rule.name, rule_json(rule), clock()))
    (report,) = track_indices(store, scope, clock, [rule.name])
    return report


def track_indices(
    store: Store, scope: Scope, clock: Callable[[], datetime], names: Sequence[str] = ()
) -> tuple[TrackReport, ...]:
    """Track these indices of our own, or all, from their start to the scope's day, in place of what was stored.

    Raises UnknownRow for a name.
    """
    with store.reader() as session:
        rows = [require_index_rule(session, name) for name in names] if names else index_rules(session)
    return tuple(_tracked(store, scope, clock, parse_rule(row.rule)) for row in rows)


def remove_index(store: Store, name: str) -> None:
    """Forget an index of our own and all that was stored of it; raises UnknownRow."""
    with store.writer() as session:
        delete_index(session, name)


def _tracked(store: Store, scope: Scope, clock: Callable[[], datetime], rule: IndexRule) -> TrackReport:
    with store.reader() as session:
        found = tracked_index(session, scope, rule)
    index = own_index(found)
    if index.returns:
        with store.writer() as session:
            put_own_index(session, index, clock())
    level = found.track.level
    return TrackReport(
        name=rule.name,
        day=scope.day,
        level=found.level,
        change_1d_pct=Figure.of(
            float(change_pct(level, 1)), found.level.reason or "there is no level on the day before"
        ),
        rebalances=len(found.track.rebalances),
        stored=bool(index.returns),
    )


def own_index(found: TrackedIndex) -> OwnIndex:
    """What is stored of an index: its return since its start on each day with a level, its weights per rebalance."""
    track = found.track
    known = np.isfinite(track.level)
    days: list[date] = track.days[known].astype("datetime64[D]").tolist()
    returns = (track.level[known] / BASE_LEVEL - 1).tolist()
    held = [
        (each.day, asset_id, 100 * weight)
        for each in track.rebalances
        for asset_id, weight in zip(each.asset_ids, each.weights, strict=True)
    ]
    return OwnIndex(found.rule.name, list(zip(days, returns, strict=True)), held)
