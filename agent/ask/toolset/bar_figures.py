"""Figures of the bars of assets: prices, changes and indicators of the last row of some closes, each traced."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from agent.analytics import correlation, returns
from agent.analytics.bars import Floats, required_days
from agent.ask.toolset.bar_formulas import FORMULAS, OF_CLOSES, OF_RANGES, SETTLED_DAYS
from agent.ask.toolset.catalogue import Measured
from agent.ask.toolset.market_read import PANEL_DAYS, Closes, MarketRead
from agent.ask.toolset.rows import bar_range, bar_ref, close_ref
from agent.ask.toolset.vector import Traced, Vector, merged
from agent.briefing.tracing import derivation, values_sha256
from agent.claims.fact import Metric, RowRange, RowRef, State
from agent.claims.naming import subject_of
from agent.store.bars import daily_bars
from agent.store.figure_panels import Ids
from agent.store.panel import load_panel

_FEW = 3  # assets whose bars are read one by one faster than whole days are


def days_needed(measure: Measured) -> int:
    """How many rows of closes a figure looks at."""
    if measure.metric is Metric.RSI or measure.metric in OF_RANGES:
        return SETTLED_DAYS
    if measure.metric is Metric.DRAWDOWN:
        return measure.days
    if measure.metric in (Metric.DISTANCE, Metric.MEAN_PRICE):  # bars, between which days may be missing
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
    if measure.metric in OF_RANGES:
        return _ranged(read, measure, replace(closes, close=closes.close[-SETTLED_DAYS:]))
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
    return np.asarray(OF_CLOSES[measure.metric](closes.close, measure.days))


def _with_bitcoin(read: MarketRead, measure: Measured, closes: Closes) -> Floats:
    """Correlation or beta of the last days; Bitcoin's own with itself says nothing and is left out."""
    if read.bitcoin is None:
        return np.full(len(closes.asset_ids), np.nan)
    own = returns.simple_returns(closes.close[-measure.days - 1 :])[1:]
    other = returns.simple_returns(read.series(read.bitcoin, closes.last).close[-measure.days - 1 :, 0])[1:]
    function = correlation.correlation if measure.metric is Metric.CORRELATION else correlation.beta
    found = function(own, other, required_days(measure.days))
    return np.where(closes.asset_ids == read.bitcoin, np.nan, found)


def _ranged(read: MarketRead, measure: Measured, closes: Closes) -> Vector:
    """A figure of highs, lows and closes."""
    ranges = {**_highs_lows(read, closes), "close": closes.close}
    values = OF_RANGES[measure.metric](ranges["high"], ranges["low"], ranges["close"])

    def trace(place: int) -> Traced:
        inputs = (_field_range(closes, place, field, ranges[field]) for field in ("high", "low", "close"))
        details = {"as_of": closes.last, **standing(read, closes, int(closes.asset_ids[place]))}
        return Traced(derivation(str(measure.metric), formula_of(measure), *inputs), details)

    return Vector(measure, closes.last, closes.asset_ids, values, trace)


def _highs_lows(read: MarketRead, closes: Closes) -> dict[str, Floats]:
    """The highs and lows of the same bars, days x assets."""
    first, names = closes.day(0), ("high", "low")
    with read.store.reader() as session:
        if len(closes.asset_ids) > _FEW:
            return dict(load_panel(session, closes.source, first, closes.last, names, closes.asset_ids).values)
        found = {name: np.full(closes.close.shape, np.nan) for name in names}
        for place, asset_id in enumerate(closes.asset_ids.tolist()):
            for bar in daily_bars(session, closes.source, asset_id, first, closes.last):
                row = (bar.day - first).days
                found["high"][row, place] = np.nan if bar.high_usd is None else bar.high_usd
                found["low"][row, place] = np.nan if bar.low_usd is None else bar.low_usd
    return found


def _field_range(closes: Closes, place: int, field: str, values: Floats) -> RowRange:
    """The stored bars of an asset as far as one of their fields goes; a bar may be without it."""
    known = np.isfinite(closes.close[:, place])
    of_close = bar_range(closes, place, len(closes.close))
    return replace(of_close, column=f"{field}_usd", sha256=values_sha256(values[known, place]))


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


def formula_of(measure: Measured) -> str:
    """How a figure of bars is computed."""
    if measure.metric is Metric.CHANGE:
        return f"(close / close {measure.days} day{'s' if measure.days > 1 else ''} before - 1) x 100"
    return FORMULAS[measure.metric].format(days=measure.days)


def _inputs(read: MarketRead, measure: Measured, closes: Closes, place: int) -> tuple[RowRef | RowRange, ...]:
    if measure.metric is Metric.CLOSE:
        return (close_ref(closes, place, -1),)
    if measure.metric is Metric.CHANGE:
        return close_ref(closes, place, -1), close_ref(closes, place, -1 - measure.days)
    own = bar_range(closes, place, days_needed(measure))
    if not measure.with_bitcoin or read.bitcoin is None:
        return (own,)
    return own, bar_range(read.series(read.bitcoin, closes.last), 0, days_needed(measure))
