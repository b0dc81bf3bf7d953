"""The ground of many days at once, as it was known on each of them: what signals and grades are scored on.

Bars are read as they are stored: prices of the past are seldom changed, and a change keeps what was there. What
providers may fill in or restate later (grades, signals, on-chain figures) counts only if it was learned within two days
of its own; `filled_in` takes the rest too, and the result must then be called back-filled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from sqlmodel import Session

from agent.analytics.bars import Flags, Floats
from agent.analytics.measures import PanelArrays, measure_history
from agent.analytics.returns import simple_returns
from agent.analytics.signals.ground import Ground
from agent.analytics.signals.levels import derived_level_history
from agent.analytics.signals.market import measure_market
from agent.analytics.signals.onchain import OnchainFigures, measure_onchain
from agent.analytics.signals.opinions import measure_opinions
from agent.analytics.signals.sectors import measure_sectors
from agent.analytics.signals.windows import window_mean
from agent.briefing.trait_columns import LARGEST, TraitColumns
from agent.measuring.figures import MARKET_NAMES, ONCHAIN_NAMES, first_series, joined_metrics, spread_figures
from agent.measuring.ground import FIELDS, Scope
from agent.store.figure_panels import Ids, Span, grade_panel, trading_signal_panel
from agent.store.panel import Panel, load_panel
from agent.store.traits import asset_traits
from datasources.records import GradeKind

HISTORY_DAYS = 1100
COMPARED = 200  # how many of the most traded coins of a day are scored
TRADED_DAYS = 30
LEARNED_WITHIN_DAYS = 2


@dataclass(frozen=True, slots=True)
class HistoryRows:
    """What is stored of many days, days x assets; `compared` and `large` are each day's most traded coins."""

    days: np.ndarray
    columns: TraitColumns
    asset_ids: Ids
    bars: PanelArrays
    compared: Flags
    large: Flags
    grades: Mapping[GradeKind, Floats]
    trading_signals: Floats
    onchain: tuple[Ids, Mapping[str, Floats]] | None
    market: Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class HistoryGround:
    """Days x assets of what was known; `compared` are each day's most traded coins, by the volume known then.

    `sector_close` and `market_close` are indices of equal weight, rebalanced daily, that start at 1. `grades` are the
    provider's, by kind.
    """

    days: np.ndarray
    asset_ids: Ids
    sectors: tuple[str, ...]
    ground: Ground
    close: Floats
    bitcoin: Floats | None
    compared: Flags
    sector_close: Floats
    market_close: Floats
    grades: Mapping[GradeKind, Floats]


def read_history(
    session: Session, scope: Scope, *, days: int = HISTORY_DAYS, filled_in: bool = False
) -> HistoryRows | None:
    """Read the last `days` days up to a day; None without a single volume in them, for then nothing can be compared."""
    traits = asset_traits(session, scope.source)
    volumes = _trimmed(load_panel(session, scope.source, scope.day - timedelta(days=days - 1), scope.day, ("volume",)))
    if not len(volumes.days):
        return None
    first, volume = scope.day - timedelta(days=len(volumes.days) - 1), volumes.values["volume"]
    coins = TraitColumns.of(volumes.asset_ids, traits).coins
    compared = _most_traded(np.where(coins, volume, np.nan), COMPARED)
    kept = np.flatnonzero(compared.any(axis=0))
    ids = volumes.asset_ids[kept]
    within, span = None if filled_in else LEARNED_WITHIN_DAYS, Span(first, scope.day, ids)
    return HistoryRows(
        days=volumes.days,
        columns=TraitColumns.of(ids, traits),
        asset_ids=ids,
        bars=PanelArrays(**load_panel(session, scope.source, first, scope.day, FIELDS, ids.tolist()).values),
        compared=compared[:, kept],
        large=_most_traded(volume[:, kept], LARGEST),
        grades={
            kind: grade_panel(session, scope.source, kind, span, learned_within_days=within)
            for kind in (GradeKind.TRADER, GradeKind.INVESTOR)
        },
        trading_signals=trading_signal_panel(session, scope.source, span, learned_within_days=within),
        onchain=joined_metrics(session, scope.sources, ONCHAIN_NAMES, first, scope.day, within),
        market={name: first_series(session, scope.sources, name, first, scope.day, within) for name in MARKET_NAMES},
    )


def history_ground(rows: HistoryRows) -> HistoryGround:
    """Measure what was read; nothing is read any more."""
    bars, columns = rows.bars, rows.columns
    measures = measure_history(bars)
    sectors, membership = columns.sectors()
    returns = np.where(rows.compared, simple_returns(bars.close), np.nan)
    trader, investor = rows.grades[GradeKind.TRADER], rows.grades[GradeKind.INVESTOR]
    ground = Ground(
        measures=measures,
        opinions=measure_opinions(trader, investor, rows.trading_signals, bars.close),
        levels=derived_level_history(bars.high, bars.low, bars.close, measures.atr),
        onchain=_onchain(rows),
        sectors=measure_sectors(bars.close, membership) if len(membership) else None,
        market=measure_market(bars.close, rows.market, columns.bitcoin, rows.large),
    )
    by_sector = [equal_weight_index(returns[:, members]) for members in membership]
    return HistoryGround(
        days=rows.days,
        asset_ids=rows.asset_ids,
        sectors=sectors,
        ground=ground,
        close=bars.close,
        bitcoin=None if columns.bitcoin is None else bars.close[:, columns.bitcoin],
        compared=rows.compared,
        sector_close=np.stack(by_sector, axis=1) if by_sector else np.empty((len(returns), 0)),
        market_close=equal_weight_index(returns)[:, np.newaxis],
        grades=rows.grades,
    )


def _trimmed(panel: Panel) -> Panel:
    """The panel from its first day with a figure on; no days at all without one."""
    known = np.flatnonzero(np.isfinite(panel.values["volume"]).any(axis=1))
    first = int(known[0]) if len(known) else len(panel.days)
    return Panel(panel.days[first:], panel.asset_ids, {name: array[first:] for name, array in panel.values.items()})


def equal_weight_index(returns: Floats) -> Floats:
    """The value of equal amounts of all assets with a return, rebalanced daily: (days,), starting at 1.

    NaN up to the day before the first return; a day without any return keeps the value.
    """
    known = np.isfinite(returns)
    count = known.sum(axis=1)
    total = np.where(known, returns, 0.0).sum(axis=1)
    mean = np.divide(total, count, out=np.zeros(len(returns)), where=count > 0)
    index = np.cumprod(1.0 + mean)
    first = int(np.argmax(count > 0)) if (count > 0).any() else len(index)
    index[: max(first - 1, 0)] = np.nan
    return np.asarray(index)


def _most_traded(volume: Floats, count: int) -> Flags:
    """Which assets have the largest mean volume of the last thirty days, on each day; none whose volume is unknown."""
    mean = window_mean(volume, TRADED_DAYS)
    known = np.isfinite(mean)
    ranked = np.where(known, -mean, np.inf)
    if volume.shape[1] <= count:
        return known
    limit = np.partition(ranked, count - 1, axis=1)[:, count - 1 : count]
    return np.asarray(known & (ranked <= limit))


def _onchain(rows: HistoryRows) -> OnchainFigures | None:
    if rows.onchain is None:
        return None
    assets, series = rows.onchain
    return spread_figures(measure_onchain(series), assets, rows.asset_ids)
