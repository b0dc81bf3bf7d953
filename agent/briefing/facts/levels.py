"""Facts about the levels around the prices of the holdings: those that are near, and the extremes of the closes."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from agent.analytics.bars import required_days
from agent.analytics.signals.levels import LEVEL_DAYS, WINDOW_DAYS, derived_levels, provided_levels
from agent.briefing.facts.asset import AssetFigures, asset_key
from agent.briefing.snapshot import LevelsSeen, Snapshot
from agent.briefing.tracing import bar_range, bar_ref, derivation
from agent.claims.book import FactBook
from agent.claims.fact import Derivation, Metric, RowRef, Unit
from agent.claims.naming import subject_of

EXTREME_DAYS = 90


@dataclass(frozen=True, slots=True)
class _Around:
    """The nearest levels of a holding, NaN where there is none, and what a price moves on an average day."""

    support: float
    resistance: float
    close: float
    day_range: float
    listed: LevelsSeen | None


def add_near_levels(book: FactBook, snapshot: Snapshot, figures: AssetFigures) -> None:
    """Draft the support and the resistance of every holding that are within one average daily range of its close."""
    held = [holding.asset_id for holding in snapshot.holdings if asset_key(holding.asset_id, "close") in book]
    for asset_id, around in _levels(snapshot, figures, held):
        for name, metric, level in (
            ("support", Metric.SUPPORT, around.support),
            ("resistance", Metric.RESISTANCE, around.resistance),
        ):
            if np.isfinite(level) and abs(level - around.close) <= around.day_range:
                origin = _origin(snapshot, asset_id, name, level, around.listed)
                value = Decimal(repr(level))
                book.add(asset_key(asset_id, name), subject_of(asset_id), metric, Unit.USD, value, origin)


def _levels(snapshot: Snapshot, figures: AssetFigures, held: list[int]) -> list[tuple[int, _Around]]:
    """The provider's levels of each holding where it listed any, else those of its bars."""
    columns = [column for asset_id in held if (column := snapshot.prices.column(asset_id)) is not None]
    if not columns:
        return []
    prices, tail = snapshot.prices, slice(-LEVEL_DAYS, None)
    high, low, close = (values[tail, columns] for values in (prices.high, prices.low, prices.close))
    day_range = figures.day_range_usd[columns]
    derived = derived_levels(high, low, close, day_range)
    listed = {seen.asset_id: seen for seen in snapshot.levels}
    found = []
    for place, asset_id in enumerate(held):
        levels, own, seen = derived, place, listed.get(asset_id)
        if seen is not None:
            last = close[-1:, place]
            levels, own = provided_levels([seen.levels_usd], last, last, day_range[place : place + 1]), 0
        support, resistance = float(levels.support[own]), float(levels.resistance[own])
        found.append((asset_id, _Around(support, resistance, close[-1, place], float(day_range[place]), seen)))
    return found


def _origin(snapshot: Snapshot, asset_id: int, name: str, level: float, seen: LevelsSeen | None) -> Derivation:
    if seen is None:
        field = "low" if name == "support" else "high"
        extreme = "highest swing low at or below" if name == "support" else "lowest swing high at or above"
        formula = f"{extreme} the close, of {WINDOW_DAYS} days"
        return derivation(name, formula, bar_range(snapshot, asset_id, WINDOW_DAYS, field))
    key = (
        ("day", seen.day.isoformat()),
        ("source", snapshot.source),
        ("asset_id", str(asset_id)),
        ("level_usd", repr(level)),
    )
    return derivation(
        name, "the nearest of the levels that the source listed", RowRef("level", key, "level_usd", repr(level))
    )


def add_extremes(book: FactBook, snapshot: Snapshot, asset_id: int) -> None:
    """Draft the highest and the lowest close of 90 days with their days; nothing where too many closes are missing."""
    column = snapshot.prices.column(asset_id)
    if column is None or asset_key(asset_id, "close") not in book:
        return
    closes = snapshot.prices.close[-EXTREME_DAYS:, column]
    if np.isfinite(closes).sum() < required_days(EXTREME_DAYS):
        return
    for name, metric, place in (
        ("highest_close", Metric.HIGHEST_CLOSE, int(np.nanargmax(closes))),
        ("lowest_close", Metric.LOWEST_CLOSE, int(np.nanargmin(closes))),
    ):
        row = place - len(closes)
        origin = derivation(
            name,
            f"the {name.partition('_')[0]} close of {EXTREME_DAYS} days",
            bar_ref(snapshot, asset_id, row),
            bar_range(snapshot, asset_id, EXTREME_DAYS),
        )
        book.add(
            asset_key(asset_id, name),
            subject_of(asset_id),
            metric,
            Unit.USD,
            float(closes[place]),
            origin,
            as_of=snapshot.prices.day(row),
            window=f"{EXTREME_DAYS}d",
        )
