"""Figures of the bars of assets: prices, changes and indicators of the last row of some closes, each traced."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from agent.analytics import correlation, returns, risk
from agent.analytics.bars import Floats, recent_bars, required_days
from agent.analytics.indicators import rsi
from agent.ask.toolset.catalogue import Measured
from agent.ask.toolset.market_read import PANEL_DAYS, Closes, MarketRead
from agent.ask.toolset.rows import bar_range, bar_ref, close_ref
from agent.ask.toolset.vector import Traced, Vector, merged
from agent.briefing.tracing import derivation
from agent.claims.fact import Metric, RowRange, RowRef, State
from agent.claims.naming import subject_of
from agent.store.figure_panels import Ids
from agent.store.panel import load_panel

RSI_DAYS = 250  # Wilder's average of older bars adds less than one part in ten million


def days_needed(measure: Measured) -> int:
    """How many rows of closes a figure looks at."""
    if measure.metric is Metric.RSI:
        return RSI_DAYS
    if measure.metric is Metric.DRAWDOWN:
        return measure.days
    if measure.metric is Metric.DISTANCE:  # bars, between which days may be missing
        return min(2 * measure.days, PANEL_DAYS)
    return measure.days + 1 if measure.window else 1


def market_vector(read: MarketRead, measure: Measured, day: date) -> Vector:
    """The figure of every asset of the market's source on a day."""
    if measure.metric is Metric.VOLUME:
        return _volumes(read, measure, read.source, day, None)
    return _vector(read, measure, read.market(day, days_needed(measure)))


def assets_vector(read: MarketRead, measure: Measured, asset_ids: Sequence[int], day: date) -> Vector:
    """The figure of some assets on a day, each from the source that has its price of that day."""
    if len(asset_ids) == 1:
        found: tuple[Closes, ...] = (read.series(asset_ids[0], day),)
    else:
        found = read.several(asset_ids, day)
    if measure.metric is Metric.VOLUME:
        return merged([_volumes(read, measure, closes.source, day, closes.asset_ids) for closes in found])
    return merged([_vector(read, measure, closes) for closes in found])


def _vector(read: MarketRead, measure: Measured, closes: Closes) -> Vector:
    values = _values(read, measure, closes)

    def trace(place: int) -> Traced:
        origin = derivation(_operation(measure), formula_of(measure), *_inputs(read, measure, closes, place))
        details: dict[str, object] = {"as_of": closes.last, **standing(read, closes, int(closes.asset_ids[place]))}
        if measure.metric is Metric.CHANGE:
            details["start"] = closes.last - timedelta(days=measure.days)
        if measure.with_bitcoin and read.bitcoin is not None:
            details["other"] = subject_of(read.bitcoin)
        return Traced(origin, details)

    return Vector(measure, closes.last, closes.asset_ids, values, trace)


def _values(read: MarketRead, measure: Measured, closes: Closes) -> Floats:
    if measure.with_bitcoin:
        return _with_bitcoin(read, measure, closes)
    return np.asarray(_OF_CLOSES[measure.metric](closes.close, measure.days))


def _distance(close: Floats, bars: int) -> Floats:
    mean = recent_bars(close, bars, np.isfinite(close)).mean(axis=0)
    return np.asarray((close[-1] / mean - 1) * 100)


# The figures of the last row of closes, each over a number of days, in the unit of the metric.
_OF_CLOSES: Mapping[Metric, Callable[[Floats, int], Floats]] = {
    Metric.CLOSE: lambda close, _: close[-1],
    Metric.CHANGE: returns.change_pct,
    Metric.VOLATILITY: lambda close, days: (
        risk.realized_volatility(returns.simple_returns(close[-days - 1 :]), days) * 100
    ),
    Metric.DRAWDOWN: lambda close, days: risk.drawdown(close, days) * 100,
    Metric.RSI: lambda close, _: rsi(close[-RSI_DAYS:])[-1],
    Metric.DISTANCE: _distance,
}


def _with_bitcoin(read: MarketRead, measure: Measured, closes: Closes) -> Floats:
    """Correlation or beta of the last days; Bitcoin's own with itself says nothing and is left out."""
    if read.bitcoin is None:
        return np.full(len(closes.asset_ids), np.nan)
    own = returns.simple_returns(closes.close[-measure.days - 1 :])[1:]
    other = returns.simple_returns(read.series(read.bitcoin, closes.last).close[-measure.days - 1 :, 0])[1:]
    function = correlation.correlation if measure.metric is Metric.CORRELATION else correlation.beta
    found = function(own, other, required_days(measure.days))
    return np.where(closes.asset_ids == read.bitcoin, np.nan, found)


def _volumes(read: MarketRead, measure: Measured, source: str, day: date, ids: Ids | None) -> Vector:
    with read.store.reader() as session:
        panel = load_panel(session, source, day, day, ("volume",), ids)
    values = panel.values["volume"][-1]
    closes = Closes(source, day, panel.asset_ids, panel.values["volume"])

    def trace(place: int) -> Traced:
        asset_id = int(panel.asset_ids[place])
        row = bar_ref(source, asset_id, day, values[place], "volume")
        origin = derivation("volume", "the volume of the day's bar", row)
        return Traced(origin, {"as_of": day, **standing(read, closes, asset_id)})

    return Vector(measure, day, panel.asset_ids, values, trace)


def standing(read: MarketRead, closes: Closes, asset_id: int) -> Mapping[str, object]:
    """Who gave the prices of an asset, and how good they are."""
    if closes.last == read.market_day and asset_id in read.disputes:
        return {"source": closes.source, "state": State.DISPUTED}
    return {"source": closes.source}


def _operation(measure: Measured) -> str:
    return "change_pct" if measure.metric is Metric.CHANGE else str(measure.metric)


_FORMULAS = {
    Metric.CLOSE: "the close of the day's bar",
    Metric.VOLATILITY: "standard deviation of {days} daily returns x sqrt(365) x 100",
    Metric.DRAWDOWN: "(close / highest close of {days} days - 1) x 100",
    Metric.RSI: "Wilder's RSI of 14 days",
    Metric.DISTANCE: "(close / mean close of {days} bars - 1) x 100",
    Metric.CORRELATION: "correlation of {days} daily returns with Bitcoin's",
    Metric.BETA: "covariance with Bitcoin's {days} daily returns / their variance",
}


def formula_of(measure: Measured) -> str:
    """How a figure of bars is computed."""
    if measure.metric is Metric.CHANGE:
        return f"(close / close {measure.days} day{'s' if measure.days > 1 else ''} before - 1) x 100"
    return _FORMULAS[measure.metric].format(days=measure.days)


def _inputs(read: MarketRead, measure: Measured, closes: Closes, place: int) -> tuple[RowRef | RowRange, ...]:
    if measure.metric is Metric.CLOSE:
        return (close_ref(closes, place, -1),)
    if measure.metric is Metric.CHANGE:
        return close_ref(closes, place, -1), close_ref(closes, place, -1 - measure.days)
    own = bar_range(closes, place, days_needed(measure))
    if not measure.with_bitcoin or read.bitcoin is None:
        return (own,)
    return own, bar_range(read.series(read.bitcoin, closes.last), 0, days_needed(measure))
