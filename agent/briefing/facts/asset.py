"""Facts about single assets: price, changes and indicators, each traced to stored bars."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from agent.analytics import measures, returns, risk
from agent.analytics.bars import divided
from agent.briefing.snapshot import Floats, Snapshot
from agent.briefing.tracing import bar_range, bar_ref, derivation
from agent.claims.book import FactBook
from agent.claims.fact import Metric, Unit
from agent.claims.naming import subject_of

CHANGE_DAYS = (1, 7, 30)
VOLATILITY_DAYS = 30
DRAWDOWN_DAYS = 365
MEAN_DAYS = 50
_VOLATILITY_FORMULA = "standard deviation of 30 daily returns x sqrt(365) x 100"
RSI_BARS = 250  # Wilder's average of older bars adds less than one part in ten million


@dataclass(frozen=True, slots=True)
class AssetFigures:
    """Per-asset figures of the last day, one value per column of the panel, NaN where unknown."""

    changes_pct: dict[int, Floats]
    rsi: Floats
    drawdown: Floats
    volatility: Floats
    streak: Floats
    previous_high: Floats
    previous_low: Floats
    volume_z: Floats
    day_range_usd: Floats  # average true range of 14 bars
    distance_50d: Floats  # of the close from its 50-day mean, a fraction


def asset_figures(snapshot: Snapshot) -> AssetFigures:
    """Measure every asset of the panel once."""
    prices = snapshot.prices
    measured = measures.measure(measures.PanelArrays(prices.high, prices.low, prices.close, prices.volume))
    return AssetFigures(
        changes_pct={days: returns.change_pct(prices.close, days) for days in CHANGE_DAYS},
        rsi=measured.rsi,
        drawdown=measured.drawdown,
        volatility=risk.realized_volatility(returns.simple_returns(prices.close), VOLATILITY_DAYS),
        streak=returns.streak(prices.close).astype(np.float64),
        previous_high=measured.previous_high,
        previous_low=measured.previous_low,
        volume_z=measured.volume_z,
        day_range_usd=measured.atr,
        distance_50d=divided(measured.close, measured.sma_50, measured.sma_50 > 0) - 1,
    )


def asset_key(asset_id: int, what: str) -> str:
    """The draft key of an asset's fact."""
    return f"{subject_of(asset_id)}/{what}"


def add_asset_facts(book: FactBook, snapshot: Snapshot, figures: AssetFigures, asset_id: int) -> None:
    """Draft all that is known of an asset at the last close; what is not known is not drafted."""
    column = snapshot.prices.column(asset_id)
    if column is None or not np.isfinite(snapshot.prices.close[-1, column]):
        return
    _add_close(book, snapshot, asset_id, column)
    for days in CHANGE_DAYS:
        add_change(book, snapshot, figures, asset_id, days)
    _add_indicators(book, snapshot, figures, asset_id, column)


def _add_close(book: FactBook, snapshot: Snapshot, asset_id: int, column: int) -> None:
    close = float(snapshot.prices.close[-1, column])
    origin = derivation("close", "the close of the day's bar", bar_ref(snapshot, asset_id, -1))
    book.add(asset_key(asset_id, "close"), subject_of(asset_id), Metric.CLOSE, Unit.USD, close, origin)


def change_formula(days: int) -> str:
    """How a change over calendar days is computed."""
    return f"(close / close {days} day{'s' if days > 1 else ''} before - 1) x 100"


def add_change(book: FactBook, snapshot: Snapshot, figures: AssetFigures, asset_id: int, days: int) -> str | None:
    """Draft a change over `days` calendar days and return its key; None if either close is missing."""
    column = snapshot.prices.column(asset_id)
    value = figures.changes_pct[days][column] if column is not None else np.nan
    if not np.isfinite(value):
        return None
    origin = derivation(
        "change_pct",
        change_formula(days),
        bar_ref(snapshot, asset_id, -1),
        bar_ref(snapshot, asset_id, -1 - days),
    )
    return book.add(
        asset_key(asset_id, f"change_{days}d"),
        subject_of(asset_id),
        Metric.CHANGE,
        Unit.PCT,
        float(value),
        origin,
        window=f"{days}d",
        start=snapshot.prices.day(-1 - days),
    )


def _add_indicators(book: FactBook, snapshot: Snapshot, figures: AssetFigures, asset_id: int, column: int) -> None:
    _add_rsi(book, snapshot, asset_id, float(figures.rsi[column]))
    for key, metric, fraction, days, formula in (
        (
            "drawdown",
            Metric.DRAWDOWN,
            figures.drawdown[column],
            DRAWDOWN_DAYS,
            "(close / highest close of 365 days - 1) x 100",
        ),
        ("volatility", Metric.VOLATILITY, figures.volatility[column], VOLATILITY_DAYS, _VOLATILITY_FORMULA),
        (
            "distance_50d",
            Metric.DISTANCE,
            figures.distance_50d[column],
            MEAN_DAYS,
            "(close / mean of 50 closes - 1) x 100",
        ),
    ):
        if np.isfinite(fraction):
            bars = days + 1 if metric is Metric.VOLATILITY else days
            origin = derivation(metric, formula, bar_range(snapshot, asset_id, bars))
            per_cent = float(fraction) * 100
            book.add(
                asset_key(asset_id, key), subject_of(asset_id), metric, Unit.PCT, per_cent, origin, window=f"{days}d"
            )
    if abs(run := figures.streak[column]) >= 2:
        formula = "days in a row with a close on the same side of the day before"
        origin = derivation("streak", formula, bar_range(snapshot, asset_id, int(abs(run)) + 1))
        book.add(asset_key(asset_id, "streak"), subject_of(asset_id), Metric.STREAK, Unit.COUNT, float(run), origin)


def _add_rsi(book: FactBook, snapshot: Snapshot, asset_id: int, value: float) -> None:
    if not np.isfinite(value):
        return
    shown = round(value)  # "30, below 30" would contradict itself
    threshold = 30 if shown < 30 else 70 if shown > 70 else None
    origin = derivation("rsi", "Wilder's RSI of 14 days", bar_range(snapshot, asset_id, RSI_BARS))
    limit = None if threshold is None else Decimal(threshold)
    book.add(asset_key(asset_id, "rsi"), subject_of(asset_id), Metric.RSI, Unit.SCORE, value, origin, threshold=limit)
