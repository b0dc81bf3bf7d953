"""Figures that sources report of assets: market values and what happens on chains."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

import numpy as np
from sqlmodel import Session

from agent.analytics.bars import Floats
from agent.ask.arguments import AskMetric
from agent.ask.toolset.catalogue import Measured, measured
from agent.ask.toolset.market_read import MarketRead
from agent.ask.toolset.rows import metric_ref
from agent.ask.toolset.vector import Traced, Vector, nothing
from agent.briefing.gather import SEEN_DAYS
from agent.briefing.tracing import derivation
from agent.claims.fact import Metric, State
from agent.store.figure_panels import Span, metric_panel
from agent.store.metrics import MetricRow, metric_history, metric_on, metrics_on

_FRESH_DAYS = 2


def market_vector(read: MarketRead, measure: Measured, day: date) -> Vector:
    """The figure of every tracked asset and holding that has one, all of the last settled day of a week."""
    if measure.metric is Metric.EXCHANGE_NET_FLOW:
        return _net_flows(read, measure, day, None)
    with read.store.reader() as session:
        for source in read.sources:
            for name in measure.names:

                def of(each: date, source: str = source, name: str = name) -> Floats:
                    panel = metric_panel(session, source, name, Span(each, each, read.members))
                    return np.asarray(panel[0])

                common = settled_day(of, last_day(read, measure, day))
                if common is not None:
                    return _panel_vector(read, measure, common, source, name, of(common), day)
    return nothing(measure, day)


def settled_day(values_of: Callable[[date], Floats], until: date, *, alone: bool = False) -> date | None:
    """The last day of a week that has values; the one before, where that has more than twice as many.

    A day whose figures only begin to come in would rank few against each other. None without any.
    """
    for back in range(SEEN_DAYS + 1):
        at = until - timedelta(days=back)
        if count := int(np.isfinite(values_of(at)).sum()):
            before = 0 if alone else int(np.isfinite(values_of(at - timedelta(days=1))).sum())
            return at if 2 * count >= before else at - timedelta(days=1)
    return None


def _panel_vector(
    read: MarketRead, measure: Measured, at: date, source: str, name: str, values: Floats, day: date
) -> Vector:
    """The figures of all members on one day; only the rows of what is stated are read."""

    def trace(place: int) -> Traced:
        with read.store.reader() as session:
            (row,) = metric_history(session, source, name, int(read.members[place]), at, at)
        return _traced(source, row, day)

    return Vector(measure, at, read.members, values * measure.scale, trace)


def asset_vector(read: MarketRead, measure: Measured, asset_id: int, day: date, *, exactly: bool = False) -> Vector:
    """The figure of one asset, its last of a week; `exactly` takes that of the day only."""
    if measure.metric is Metric.EXCHANGE_NET_FLOW:
        return _net_flows(read, measure, day, asset_id, exactly=exactly)
    until, since = (day, day) if exactly else (last_day(read, measure, day), _since(day))
    with read.store.reader() as session:
        for source in read.sources:
            for name in measure.names:
                row = _newest(session, source, name, asset_id, until, since)
                if row is not None:
                    return _vector(measure, row.day, source, {asset_id: row}, day)
    return nothing(measure, day)


def latest_values(read: MarketRead, session: Session, ids: Sequence[int]) -> dict[int, float]:
    """The last market values of a few assets in USD."""
    measure = measured(AskMetric.MARKET_VALUE, None)
    found: dict[int, float] = {}
    for asset_id in ids:
        for source in read.sources:
            for name in measure.names:
                until = read.wanted.first_open_day
                row = _newest(session, source, name, asset_id, until, _since(read.market_day))
                if row is not None:
                    found.setdefault(asset_id, row.value)
    return found


def _newest(session: Session, source: str, name: str, asset_id: int, until: date, since: date) -> MetricRow | None:
    if until == since:
        found = metric_history(session, source, name, asset_id, until, until)
        return found[0] if found else None
    row = metric_on(session, source, name, asset_id, until)
    return row if row is not None and row.day >= since else None


def _vector(measure: Measured, day: date, source: str, rows: Mapping[int, MetricRow], as_of: date) -> Vector:
    ids = sorted(rows)
    values = np.array([rows[asset_id].value for asset_id in ids]) * measure.scale
    return Vector(
        measure, day, np.array(ids, dtype=np.int64), values, lambda place: _traced(source, rows[ids[place]], as_of)
    )


def _traced(source: str, row: MetricRow, as_of: date) -> Traced:
    reference = metric_ref(source, row.name, row.asset_id, row.day, row.value)
    origin = derivation("reported", f"as {source} reported it", reference)
    return Traced(origin, details_of(source, row.day, row.fetched_at, as_of))


def details_of(source: str, day: date, learned: datetime, as_of: date) -> Mapping[str, object]:
    """Of which day a figure is, who gave it and when, and how good it is for the day that was asked for."""
    state = State.FRESH if (as_of - day).days < _FRESH_DAYS else State.STALE
    return {"as_of": day, "source": source, "fetched_at": learned, "state": state}


def _net_flows(
    read: MarketRead, measure: Measured, day: date, asset_id: int | None, *, exactly: bool = False
) -> Vector:
    """What came to exchanges less what left them over the window; every day of both must be there."""
    name_in, name_out = measure.names
    with read.store.reader() as session:
        for source in read.sources:
            for last in [day] if exactly else [day - timedelta(days=back) for back in range(_FRESH_DAYS)]:
                days = [last - timedelta(days=back) for back in range(measure.days)]
                flows = {
                    name: [_rows(session, source, name, asset_id, each) for each in days] for name in measure.names
                }
                whole = set.intersection(*(set(rows) for side in flows.values() for rows in side))
                if whole:
                    break
            if whole:
                break
        else:
            return nothing(measure, day)
    ids = sorted(whole)

    def side(name: str, key: int) -> list[MetricRow]:
        return [rows[key] for rows in flows[name]]

    def trace(place: int) -> Traced:
        used = [row for name in measure.names for row in side(name, ids[place])]
        origin = derivation(
            "net_flow",
            f"sum of inflows - sum of outflows over {measure.days} days",
            *(metric_ref(source, row.name, row.asset_id, row.day, row.value) for row in used),
        )
        return Traced(origin, {"as_of": last, "source": source, "fetched_at": max(row.fetched_at for row in used)})

    values = [
        sum(row.value for row in side(name_in, key)) - sum(row.value for row in side(name_out, key)) for key in ids
    ]
    return Vector(measure, last, np.array(ids, dtype=np.int64), np.array(values, dtype=np.float64), trace)


def _rows(session: Session, source: str, name: str, asset_id: int | None, day: date) -> Mapping[int, MetricRow]:
    if asset_id is None:
        return metrics_on(session, source, name, day, since=day)
    return {row.asset_id: row for row in metric_history(session, source, name, asset_id, day, day)}


def last_day(read: MarketRead, measure: Measured, day: date) -> date:
    """The last day whose figure counts: market values are told of the open day too."""
    is_value = measure.metric in (Metric.MARKET_CAP, Metric.DOMINANCE)
    return read.wanted.first_open_day if is_value and day == read.market_day else day


def _since(day: date) -> date:
    return day - timedelta(days=SEEN_DAYS)
