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
from agent.analytics.increments import NewRows, Scanned, advance, measure_with_state, old_rows
from agent.analytics.measures import PanelArrays
from agent.analytics.scan_state import ScanState
from agent.analytics.signals.ground import Ground, day_of
from agent.analytics.signals.levels import (
    LISTED_DAYS,
    Levels,
    provided_levels,
    provided_or_derived,
)
from agent.analytics.signals.market import MARKET_DAYS, MarketFigures, measure_market
from agent.analytics.signals.onchain import ONCHAIN_DAYS, OnchainFigures, measure_onchain
from agent.analytics.signals.opinions import Opinions, measure_opinions
from agent.analytics.signals.sectors import SECTOR_DAYS, SectorFigures, measure_sectors
from agent.briefing.trait_columns import TraitColumns
from agent.briefing.wanted import Wanted
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
# What of the closes is looked at besides what indicators need.
CLOSE_DAYS = max(OPINION_DAYS, COVERED_DAYS, SECTOR_DAYS, MARKET_DAYS)
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


def scope_of(wanted: Wanted, day: date) -> Scope:
    """What is looked at of a day for a briefing, an answer or an analysis."""
    return Scope(wanted.source, day, wanted.other_sources, wanted.price_chain, wanted.tolerance_pct)


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
    today = load_panel(session, scope.source, scope.day, scope.day)
    if not len(today.asset_ids):
        return None
    found = _from_the_day_before(session, scope, today) or _from_the_beginning(session, scope)
    close = found.close
    traits = TraitColumns.of(found.asset_ids, asset_traits(session, scope.source))
    sectors, membership = traits.sectors()
    ground = Ground(
        measures=found.scanned.measures,
        opinions=_opinions(session, scope, found),
        levels=_levels(session, scope, found),
        onchain=_onchain(session, scope, found.asset_ids),
        sectors=_sectors(close, membership),
        market=_market(session, scope, close, traits),
    )
    present = np.isfinite(close[-1])
    return DayGround(
        asset_ids=found.asset_ids,
        sectors=sectors,
        ground=ground,
        present=present,
        coins=present & traits.coins,
        coverage=np.isfinite(close[-COVERED_DAYS:]).mean(axis=0),
        disputed=_disputed(session, scope, found.asset_ids),
        state=ScanStateRow(scope.day, scope.first, found.scanned.state.to_bytes(), computed_at),
    )


@dataclass(frozen=True, slots=True)
class _Measured:
    """What was measured of a day, with the last rows of the closes it was measured from."""

    asset_ids: Ids
    scanned: Scanned
    close: Floats


def _from_the_day_before(session: Session, scope: Scope, today: Panel) -> _Measured | None:
    """Measure a day from the state of the day before; None if there is none, or none of use."""
    state = _state_before(session, scope)
    if state is None:
        return None
    ids, old = np.union1d(state.asset_ids, today.asset_ids), old_rows(state)
    read = _Reading(session, scope, ids)
    (close,) = read.last(max(state.close_days, CLOSE_DAYS), "close")
    high, low, volume = read.last(state.tail_days, "high", "low", "volume")
    tail = PanelArrays(high, low, close[-state.tail_days :], volume)
    rows = NewRows((scope.day - scope.first).days, tail, close, read.rows(old.start, old.stop, "close")[0])
    scanned = advance(state, rows, ids)
    return None if scanned is None else _Measured(ids, scanned, close)


def _from_the_beginning(session: Session, scope: Scope) -> _Measured:
    closes = load_panel(session, scope.source, scope.first, scope.day, ("close",))
    ids, close = closes.asset_ids, closes.values["close"]
    high, low, volume = _Reading(session, scope, ids).last(len(close), "high", "low", "volume")
    return _Measured(ids, measure_with_state(PanelArrays(high, low, close, volume), ids), close)


def _state_before(session: Session, scope: Scope) -> ScanState | None:
    """The state of the day before, if it began where this scan does; that of another version is of no use."""
    stored = scan_state_of(session, scope.source, scope.day - timedelta(days=1))
    if stored is None or stored.anchor_day != scope.first:
        return None
    try:
        return ScanState.from_bytes(stored.payload)
    except AnalyticsError:
        return None


@dataclass(frozen=True, slots=True)
class _Reading:
    """Bars of these assets, by rows counted from the first bar that is read; arrays are days x assets."""

    session: Session
    scope: Scope
    asset_ids: Ids

    def last(self, days: int, *fields: str) -> tuple[Floats, ...]:
        """The last rows, up to the day."""
        end = (self.scope.day - self.scope.first).days + 1
        return self.rows(max(end - days, 0), end, *fields)

    def rows(self, start: int, stop: int, *fields: str) -> tuple[Floats, ...]:
        """The rows from `start` to before `stop`, possibly none."""
        if stop <= start:
            return (np.empty((0, len(self.asset_ids))),) * len(fields)
        first, last = (self.scope.first + timedelta(days=row) for row in (start, stop - 1))
        panel = load_panel(self.session, self.scope.source, first, last, fields, self.asset_ids)
        return tuple(panel.values[field] for field in fields)


def _disputed(session: Session, scope: Scope, ids: Ids) -> Flags:
    if len(scope.price_chain) < 2:
        return np.zeros(len(ids), dtype=np.bool_)
    found = price_disputes(session, scope.price_chain, scope.day, scope.tolerance_pct)
    return np.isin(ids, [item.asset_id for item in found])


def _opinions(session: Session, scope: Scope, found: _Measured) -> Opinions | None:
    span = Span(scope.back(OPINION_DAYS), scope.day, found.asset_ids)
    opinions = (
        grade_panel(session, scope.source, GradeKind.TRADER, span),
        grade_panel(session, scope.source, GradeKind.INVESTOR, span),
        trading_signal_panel(session, scope.source, span),
    )
    if not any(np.isfinite(panel).any() for panel in opinions):
        return None
    return day_of(measure_opinions(*opinions, found.close[-len(opinions[0]) :]), -1)


def _levels(session: Session, scope: Scope, found: _Measured) -> Levels:
    """What the provider lists, and where it lists nothing what the bars show."""
    measures, derived = found.scanned.measures, found.scanned.levels
    listed = levels_listed(session, scope.source, scope.day, since=scope.day - timedelta(days=LISTED_DAYS))
    if not listed:
        return derived
    prices = [listed.get(asset_id, ()) for asset_id in found.asset_ids.tolist()]
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
    recent, largest, coins = close[-MARKET_DAYS:], traits.largest, traits.coins
    return day_of(measure_market(recent, series, traits.bitcoin, largest, counted=coins, last_day=True), -1)
