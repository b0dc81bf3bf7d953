"""Indices of our own, tracked on what is stored, and providers' indices as they were received."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlmodel import Session

from agent.analytics.bars import Floats
from agent.analytics.figure import Figure
from agent.analytics.index_records import IndexTrack, Rebalance
from agent.analytics.index_rules import IndexRule, Largest, Weighting
from agent.analytics.index_track import IndexPerformance, index_performance, track_index
from agent.briefing.gather import last_day_with_bars
from agent.briefing.wanted import Wanted
from agent.measuring.assets import display_names
from agent.measuring.errors import NoPrices
from agent.measuring.ground import Scope, scope_of
from agent.measuring.index_market import MARKET_VALUE, IndexGround, read_index_ground
from agent.measuring.index_wishes import parse_rule, rule_json
from agent.store.assets import AssetRow, get_assets
from agent.store.columns import JsonValue
from agent.store.engine import Store
from agent.store.indices import index_values_between
from agent.store.own_indices import OWN_SOURCE, require_index_rule

LISTED = "as listed"


@dataclass(frozen=True, slots=True)
class TrackedIndex:
    """A rule, what it was tracked on, and how that went."""

    rule: IndexRule
    ground: IndexGround
    track: IndexTrack

    @property
    def level(self) -> Figure:
        """The level on the last day, or why there is none."""
        last = float(self.track.level[-1]) if self.track.level.size else float("nan")
        return Figure.of(last, self._reason())

    def _reason(self) -> str:
        if not self.track.rebalances and self.rule.weighting in {Weighting.CAP, Weighting.SQRT_CAP}:
            first = self.ground.first_values
            when = f"the first day with them is {first}" if first else "none are stored yet"
            return f"weights by market value need the metric {MARKET_VALUE} of enough of the universe: {when}"
        remarks = self.track.without_level
        return remarks[-1].reason if remarks else f"the index starts on {self.rule.start}"


@dataclass(frozen=True, slots=True)
class IndexHolding:
    """An asset of an index: its weight at the last close and after the last rebalance (fractions), held since when.

    `missing_days` counts the days since its last close, 0 if that is of the last day.
    """

    asset_id: int
    name: str
    symbol: str
    weight: float
    target_weight: float
    since: date
    missing_days: int


@dataclass(frozen=True, slots=True)
class LastRebalance:
    """The last time an index was rebalanced: turnover and cost as fractions, 0 when it was first bought.

    `chosen_by` is what the largest assets were found by; `left_out` could not be weighed or had no price.
    """

    day: date
    turnover: float
    cost: float
    chosen_by: str
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SoldAsset:
    """An asset that was sold at its last close because its price had ended; `weight` is a fraction."""

    day: date
    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class OwnIndexReport:
    """An index of our own up to the close of `as_of`, with Bitcoin over the same days.

    `since_start_pct` are changes since `first_level`, the first day with a level. `stored_to` is the last day stored by
    the last tracking, None if there was none. `chosen_by` counts the rebalances by what the largest were found by.
    """

    name: str
    source: str
    as_of: date
    rule: Mapping[str, JsonValue]
    level: Figure
    first_level: date | None
    since_start_pct: Figure
    performance: IndexPerformance
    bitcoin: IndexPerformance | None
    bitcoin_since_start_pct: Figure
    holdings: tuple[IndexHolding, ...]
    rebalances: int
    chosen_by: Mapping[str, int]
    last_rebalance: LastRebalance | None
    sold: tuple[SoldAsset, ...]
    days_without_level: int
    stored_to: date | None


def index_scope(session: Session, wanted: Wanted) -> Scope:
    """The market up to the last day with bars; raises NoPrices without any."""
    day = last_day_with_bars(session, wanted.source, wanted.first_open_day)
    if day is None:
        raise NoPrices("there are no prices yet: run `coinbrief collect` first")
    return scope_of(wanted, day)


def tracked_index(session: Session, scope: Scope, rule: IndexRule) -> TrackedIndex:
    """Track a rule from its start to the scope's day."""
    ground = read_index_ground(session, scope, rule)
    return TrackedIndex(rule, ground, track_index(rule, ground.market))


def own_index_report(store: Store, scope: Scope, name: str) -> OwnIndexReport:
    """Track an index of our own and measure it; stores nothing. Raises UnknownRow for the name."""
    with store.reader() as session:
        rule = parse_rule(require_index_rule(session, name).rule)
        found = tracked_index(session, scope, rule)
        assets = get_assets(session, _mentioned(found.track))
        stored = index_values_between(session, OWN_SOURCE, name, rule.start, scope.day)
    return _report(found, scope, assets, stored[-1].day if stored else None)


def _mentioned(track: IndexTrack) -> set[int]:
    last = track.rebalances[-1].left_out if track.rebalances else ()
    return {*(held.asset_id for held in track.state.constituents), *last, *(exit_.asset_id for exit_ in track.exits)}


def _report(
    found: TrackedIndex, scope: Scope, assets: Mapping[int, AssetRow], stored_to: date | None
) -> OwnIndexReport:
    track, names = found.track, display_names(assets.values())
    level, bitcoin = _since_first(track, found.ground)
    return OwnIndexReport(
        name=found.rule.name,
        source=scope.source,
        as_of=scope.day,
        rule=rule_json(found.rule),
        level=found.level,
        first_level=scope.day - timedelta(days=len(level) - 1) if level.size else None,
        since_start_pct=_whole_change(level, found.level.reason or ""),
        performance=index_performance(level),
        bitcoin=None if bitcoin is None else index_performance(bitcoin),
        bitcoin_since_start_pct=_whole_change(
            np.empty(0) if bitcoin is None else bitcoin, "there is no close of Bitcoin on the first or the last day"
        ),
        holdings=_holdings(track, assets, names),
        rebalances=len(track.rebalances),
        chosen_by=_chosen(found),
        last_rebalance=_last_rebalance(found, names),
        sold=tuple(SoldAsset(each.day, names[each.asset_id], each.weight) for each in track.exits),
        days_without_level=int(np.isnan(level).sum()),
        stored_to=stored_to,
    )


def _since_first(track: IndexTrack, ground: IndexGround) -> tuple[Floats, Floats | None]:
    """Levels, and Bitcoin's closes, from the first day with a level on."""
    known = np.flatnonzero(np.isfinite(track.level))
    level = track.level[known[0] :] if known.size else np.empty(0)
    if ground.bitcoin is None:
        return level, None
    return level, ground.bitcoin[len(ground.bitcoin) - len(level) :]


def _whole_change(values: Floats, otherwise: str) -> Figure:
    change = (values[-1] / values[0] - 1) * 100 if values.size and values[0] > 0 else np.nan
    return Figure.of(float(change), otherwise or "there is no level on the last day")


def _holdings(track: IndexTrack, assets: Mapping[int, AssetRow], names: Mapping[int, str]) -> tuple[IndexHolding, ...]:
    total = sum(held.units * held.price_usd for held in track.state.constituents)
    targets = _targets(track.rebalances[-1]) if track.rebalances else {}
    found = [
        IndexHolding(
            asset_id=held.asset_id,
            name=names[held.asset_id],
            symbol=assets[held.asset_id].symbol,
            weight=held.units * held.price_usd / total if total else 0.0,
            target_weight=targets.get(held.asset_id, 0.0),
            since=_since(track.rebalances, held.asset_id),
            missing_days=held.missing_days,
        )
        for held in track.state.constituents
    ]
    return tuple(sorted(found, key=lambda each: (-each.weight, each.asset_id)))


def _targets(rebalance: Rebalance) -> dict[int, float]:
    return dict(zip(rebalance.asset_ids, rebalance.weights, strict=True))


def _since(rebalances: Iterable[Rebalance], asset_id: int) -> date:
    """The day from which an asset was held without a break."""
    since = None
    for each in rebalances:
        since = (since or each.day) if asset_id in each.asset_ids else None
    assert since is not None  # noqa: S101 - whatever is held was bought at the last rebalance
    return since


def _chosen(found: TrackedIndex) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for each in found.track.rebalances:
        by = _chosen_by(found, each)
        counts[by] = counts.get(by, 0) + 1
    return counts


def _chosen_by(found: TrackedIndex, rebalance: Rebalance) -> str:
    return found.ground.ordered_by(rebalance.day) if isinstance(found.rule.universe, Largest) else LISTED


def _last_rebalance(found: TrackedIndex, names: Mapping[int, str]) -> LastRebalance | None:
    if not found.track.rebalances:
        return None
    last = found.track.rebalances[-1]
    return LastRebalance(
        day=last.day,
        turnover=last.turnover,
        cost=last.cost,
        chosen_by=_chosen_by(found, last),
        left_out=tuple(names[each] for each in last.left_out),
    )
