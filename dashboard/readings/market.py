"""The market at its last close: every tracked asset with its changes, indicators, grade and signals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlmodel import Session

from agent.analytics import measures, returns, risk
from agent.analytics.bars import Floats
from agent.briefing.gather import SEEN_DAYS, last_day_with_bars
from agent.briefing.prices import PANEL_DAYS
from agent.briefing.snapshot import BITCOIN_SLUGS, TRACKED_DAYS
from agent.claims.naming import NamedAsset, entity_names, subject_of
from agent.store.assets import AssetRow, get_assets
from agent.store.market_rows import newest_per_asset
from agent.store.metrics import MetricRow, metric_on
from agent.store.panel import Panel, load_panel
from agent.store.signals import SignalRow, signals_on
from agent.store.sources import stored_source_id
from agent.store.tables import grade
from agent.store.trading_signals import trading_signals_on

FLAT_PCT = 0.05  # what is shown as 0.0% counts as unchanged, as in briefings
SPARKLINE_DAYS = 30
VOLATILITY_DAYS = 30
MARKET_CAP = "market.total_market_cap_usd"
FEAR_GREED = "sentiment.fear_greed_index"


@dataclass(frozen=True, slots=True)
class MarketAsset:
    """A tracked asset at the last close; what is not known is None. Drawdown and volatility are fractions."""

    asset_id: int
    name: str
    symbol: str
    rank: int | None
    close_usd: float | None
    change_1d_pct: float | None
    change_7d_pct: float | None
    change_30d_pct: float | None
    rsi: float | None
    drawdown_365d: float | None
    volatility_30d: float | None
    trader_grade: float | None
    trading_signal: int | None
    closes: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Market:
    """All tracked assets, best rank first, and figures of the market as a whole."""

    as_of: date
    assets: tuple[MarketAsset, ...]
    breadth: returns.Breadth
    median_change_pct: float | None
    bitcoin: MarketAsset | None
    market_cap: MetricRow | None
    fear_greed: MetricRow | None
    signals: tuple[SignalRow, ...]
    universe: int

    def asset(self, asset_id: int) -> MarketAsset | None:
        """The asset with this id; None if it is not tracked."""
        return next((asset for asset in self.assets if asset.asset_id == asset_id), None)


@dataclass(frozen=True, slots=True)
class _Figures:
    """Arrays of the tracked assets: one value per asset, closes as days x assets."""

    close: Floats
    changes_pct: Mapping[int, Floats]
    rsi: Floats
    drawdown: Floats
    volatility: Floats


def read_market(session: Session, source: str, others: Sequence[str], today: date) -> Market | None:
    """Read and measure the market at its last close before `today`; None if there is no price."""
    as_of = last_day_with_bars(session, source, today)
    if as_of is None:
        return None
    start = as_of - timedelta(days=PANEL_DAYS - 1)
    panel = _tracked(load_panel(session, source, start, as_of, ("close", "high", "low", "volume")))
    figures = _figures(panel)
    ids = panel.asset_ids.tolist()
    rows = get_assets(session, ids)
    assets = _assets(session, source, today, ids, rows, figures)
    change = figures.changes_pct[1]
    bitcoin = next((row.asset_id for row in rows.values() if row.slug in BITCOIN_SLUGS), None)
    return Market(
        as_of=as_of,
        assets=assets,
        breadth=returns.breadth(change, flat=FLAT_PCT),
        median_change_pct=known(returns.median_change(change)),
        bitcoin=next((asset for asset in assets if asset.asset_id == bitcoin), None),
        market_cap=_metric(session, (source, *others), MARKET_CAP, as_of),
        fear_greed=_metric(session, (source, *others), FEAR_GREED, today),
        signals=signals_on(session, source, as_of),
        universe=int(np.isfinite(change).sum()),
    )


def known(value: float) -> float | None:
    """The value, None for NaN."""
    return float(value) if np.isfinite(value) else None


def display_names(rows: Mapping[int, AssetRow]) -> dict[int, str]:
    """Names that are safe to print and differ from each other, by asset id."""
    entities = entity_names(NamedAsset(row.asset_id, row.name, row.symbol) for row in rows.values())
    return {asset_id: entities[subject_of(asset_id)].name for asset_id in rows}


def _tracked(panel: Panel) -> Panel:
    """The assets with a close in the last thirty days."""
    places = np.flatnonzero(np.isfinite(panel.values["close"][-TRACKED_DAYS:]).any(axis=0))
    values = {name: array[:, places] for name, array in panel.values.items()}
    return Panel(panel.days, panel.asset_ids[places], values)


def _figures(panel: Panel) -> _Figures:
    values = panel.values
    close = values["close"]
    measured = measures.measure(measures.PanelArrays(values["high"], values["low"], close, values["volume"]))
    return _Figures(
        close=close,
        changes_pct={days: returns.change_pct(close, days) for days in (1, 7, 30)},
        rsi=measured.rsi,
        drawdown=measured.drawdown,
        volatility=risk.realized_volatility(returns.simple_returns(close), VOLATILITY_DAYS),
    )


def _assets(
    session: Session, source: str, today: date, ids: Sequence[int], rows: Mapping[int, AssetRow], figures: _Figures
) -> tuple[MarketAsset, ...]:
    since = today - timedelta(days=SEEN_DAYS)
    trader = (grade.c.source_id == stored_source_id(session, source), grade.c.kind == "trader")
    grades = {row.asset_id: float(row.value) for row in newest_per_asset(session, grade, trader, today, since)}
    signals = {key: row.signal for key, row in trading_signals_on(session, source, today, since=since).items()}
    names = display_names(rows)
    made = [
        MarketAsset(
            asset_id=asset_id,
            name=names[asset_id],
            symbol=rows[asset_id].symbol,
            rank=rows[asset_id].rank,
            close_usd=known(figures.close[-1, place]),
            change_1d_pct=known(figures.changes_pct[1][place]),
            change_7d_pct=known(figures.changes_pct[7][place]),
            change_30d_pct=known(figures.changes_pct[30][place]),
            rsi=known(figures.rsi[place]),
            drawdown_365d=known(figures.drawdown[place]),
            volatility_30d=known(figures.volatility[place]),
            trader_grade=grades.get(asset_id),
            trading_signal=signals.get(asset_id),
            # the line of a young coin starts where its closes do; a hole would turn the cell into text
            closes=tuple(
                value for value in figures.close[-SPARKLINE_DAYS:, place].tolist() if known(value) is not None
            ),
        )
        for place, asset_id in enumerate(ids)
        if asset_id in rows
    ]
    return tuple(sorted(made, key=lambda asset: (asset.rank is None, asset.rank or 0, asset.name)))


def _metric(session: Session, sources: Sequence[str], name: str, day: date) -> MetricRow | None:
    found = (metric_on(session, source, name, None, day) for source in sources)
    return max((row for row in found if row is not None), key=lambda row: row.day, default=None)
