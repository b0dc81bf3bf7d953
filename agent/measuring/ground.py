"""The ground of a day's scan: every figure that signals and grades are read from, from one short read of the store.

A scan begins with the bars of the first of a month, a good 400 days back, so that all scans of a month that start from
the beginning agree with those that go on from the state of the day before.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from sqlmodel import Session

from agent.analytics.bars import Flags, Floats
from agent.analytics.errors import AnalyticsError
from agent.analytics.increments import advance, measure_with_state
from agent.analytics.measures import Measures, PanelArrays
from agent.analytics.scan_state import ScanState
from agent.analytics.signals.ground import Ground, day_of
from agent.analytics.signals.levels import (
    LEVEL_DAYS,
    LISTED_DAYS,
    Levels,
    derived_levels,
    provided_levels,
    provided_or_derived,
)
from agent.analytics.signals.market import MARKET_DAYS, MarketFigures, measure_market
from agent.analytics.signals.onchain import ONCHAIN_DAYS, OnchainFigures, measure_onchain
from agent.analytics.signals.opinions import Opinions, measure_opinions
from agent.analytics.signals.sectors import SECTOR_DAYS, SectorFigures, measure_sectors
from agent.measuring.columns import TraitColumns
from agent.measuring.figures import MARKET_NAMES, ONCHAIN_NAMES, first_series, joined_metrics, spread_figures
from agent.store.disputes import price_disputes
from agent.store.figure_panels import Ids, Span, grade_panel, trading_signal_panel
from agent.store.levels import levels_listed
from agent.store.panel import Panel, load_panel
from agent.store.scan_states import ScanStateRow, scan_state_of
from agent.store.traits import asset_traits
from datasources.records import GradeKind

SCAN_DAYS = 400  # 365 days of drawdown, and room for indicators to settle
OPINION_DAYS = 100  # how far back the beginning of a trading signal is looked for
COVERED_DAYS = 30
FIELDS = ("high", "low", "close", "volume")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which day of which market: bars, grades and signals of `source`, on-chain figures and moods of the others too.

    `price_chain` are the sources of daily prices, which may differ by `tolerance_pct` before a price is disputed.
    """

    source: str
    day: date
    others: tuple[str, ...] = ()
    price_chain: tuple[str, ...] = ()
    tolerance_pct: float = 2.0

    @property
    def sources(self) -> tuple[str, ...]:
        """All sources, the market's own first."""
        return (self.source, *self.others)

    @property
    def first(self) -> date:
        """The day of the first bar that is read: always the same within a month."""
        return (self.day - timedelta(days=SCAN_DAYS)).replace(day=1)

    def back(self, days: int) -> date:
        """The first of the last `days` days, never before the first bar that is read."""
        return max(self.first, self.day - timedelta(days=days - 1))


@dataclass(frozen=True, slots=True)
class DayGround:
    """What a day's scan looks at, the assets and sectors that are its columns, and the state to go on from.

    `present` are the assets with a bar on the day; `coins` those of them that are compared with each other: neither
    stablecoins nor assets that follow another one. `coverage` is the share of the last 30 days that have a bar;
    `disputed` are the assets of whose close sources disagree.
    """

    asset_ids: Ids
    sectors: tuple[str, ...]
    ground: Ground
    present: Flags
    coins: Flags
    coverage: Floats
    disputed: Flags
    state: ScanStateRow


def read_day_ground(session: Session, scope: Scope, computed_at: datetime) -> DayGround | None:
    """Read and measure a day; None without a single bar on it."""
    stored = scan_state_of(session, scope.source, scope.day - timedelta(days=1))
    closes = load_panel(session, scope.source, scope.first, scope.day, ("close",))
    close = closes.values["close"]
    if not close.size or not np.isfinite(close[-1]).any():
        return None
    measures, state, bars = _measured(session, scope, closes, stored)
    traits = TraitColumns.of(closes.asset_ids, asset_traits(session, scope.source))
    sectors, membership = traits.sectors()
    ground = Ground(
        measures=measures,
        opinions=_opinions(session, scope, closes),
        levels=_levels(session, scope, closes.asset_ids, bars, measures),
        onchain=_onchain(session, scope, closes.asset_ids),
        sectors=_sectors(close, membership),
        market=_market(session, scope, close, traits),
    )
    present = np.isfinite(close[-1])
    return DayGround(
        asset_ids=closes.asset_ids,
        sectors=sectors,
        ground=ground,
        present=present,
        coins=present & traits.coins,
        coverage=np.isfinite(close[-COVERED_DAYS:]).mean(axis=0),
        disputed=_disputed(session, scope, closes.asset_ids),
        state=ScanStateRow(scope.day, scope.first, state.to_bytes(), computed_at),
    )


def _measured(
    session: Session, scope: Scope, closes: Panel, stored: ScanStateRow | None
) -> tuple[Measures, ScanState, PanelArrays]:
    """The measures of the day, on from the day before where its state is there, else from the beginning."""
    ids, state = closes.asset_ids, _usable(scope, stored)
    if state is not None:
        tail = _arrays(session, scope, scope.back(max(state.tail_days, LEVEL_DAYS)), closes)
        advanced = advance(state, tail, ids, closes.values["close"])
        if advanced is not None:
            return *advanced, tail
    panel = _arrays(session, scope, scope.first, closes)
    return *measure_with_state(panel, ids), panel


def _usable(scope: Scope, stored: ScanStateRow | None) -> ScanState | None:
    """The state of the day before, if it began where this scan does; that of another version is of no use."""
    if stored is None or stored.anchor_day != scope.first:
        return None
    try:
        return ScanState.from_bytes(stored.payload)
    except AnalyticsError:
        return None


def _arrays(session: Session, scope: Scope, first: date, closes: Panel) -> PanelArrays:
    panel = load_panel(session, scope.source, first, scope.day, ("high", "low", "volume"), closes.asset_ids.tolist())
    return PanelArrays(close=closes.values["close"][(first - scope.first).days :], **panel.values)


def _disputed(session: Session, scope: Scope, ids: Ids) -> Flags:
    if len(scope.price_chain) < 2:
        return np.zeros(len(ids), dtype=np.bool_)
    found = price_disputes(session, scope.price_chain, scope.day, scope.tolerance_pct)
    return np.isin(ids, [item.asset_id for item in found])


def _opinions(session: Session, scope: Scope, closes: Panel) -> Opinions | None:
    start = scope.back(OPINION_DAYS)
    span = Span(start, scope.day, closes.asset_ids)
    opinions = (
        grade_panel(session, scope.source, GradeKind.TRADER, span),
        grade_panel(session, scope.source, GradeKind.INVESTOR, span),
        trading_signal_panel(session, scope.source, span),
    )
    if not any(np.isfinite(panel).any() for panel in opinions):
        return None
    return day_of(measure_opinions(*opinions, closes.values["close"][(start - scope.first).days :]), -1)


def _levels(session: Session, scope: Scope, ids: Ids, bars: PanelArrays, measures: Measures) -> Levels:
    """What the provider lists, and where it lists nothing what the bars show."""
    listed = levels_listed(session, scope.source, scope.day, since=scope.day - timedelta(days=LISTED_DAYS))
    tail = slice(-LEVEL_DAYS, None)
    derived = derived_levels(bars.high[tail], bars.low[tail], bars.close[tail], measures.atr)
    if not listed:
        return derived
    prices = [listed.get(asset_id, ()) for asset_id in ids.tolist()]
    provided = provided_levels(prices, measures.close, measures.close_previous, measures.atr)
    return provided_or_derived(provided, derived)


def _onchain(session: Session, scope: Scope, ids: Ids) -> OnchainFigures | None:
    joined = joined_metrics(session, scope.sources, ONCHAIN_NAMES, scope.back(ONCHAIN_DAYS), scope.day)
    if joined is None:
        return None
    assets, series = joined
    return spread_figures(day_of(measure_onchain(series), -1), assets, ids)


def _sectors(close: Floats, membership: Flags) -> SectorFigures | None:
    return day_of(measure_sectors(close[-SECTOR_DAYS:], membership, last_day=True), -1) if len(membership) else None


def _market(session: Session, scope: Scope, close: Floats, traits: TraitColumns) -> MarketFigures:
    start = scope.back(MARKET_DAYS)
    series = {name: first_series(session, scope.sources, name, start, scope.day) for name in MARKET_NAMES}
    coins = np.flatnonzero(traits.coins)
    bitcoin = None if traits.bitcoin is None else int(np.searchsorted(coins, traits.bitcoin))
    recent = close[-MARKET_DAYS:, coins]
    return day_of(measure_market(recent, series, bitcoin, traits.largest[coins], last_day=True), -1)
