"""Figures of chains that are worked out from several reported ones: NVT and issuance, as a scan measures them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from types import MappingProxyType

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.signals.onchain import measure_onchain
from agent.analytics.signals.onchain_figures import ISSUANCE_DAYS, NVT_DAYS
from agent.ask.toolset.catalogue import Measured
from agent.ask.toolset.market_read import MarketRead
from agent.ask.toolset.reported import details_of, settled_day
from agent.ask.toolset.rows import metric_ref
from agent.ask.toolset.vector import Traced, Vector, nothing
from agent.briefing.gather import SEEN_DAYS
from agent.briefing.tracing import derivation, values_sha256
from agent.claims.fact import Metric, RowRange, RowRef
from agent.store.figure_panels import Ids
from agent.store.metric_days import metric_days
from agent.store.metrics import MetricRow, metric_history

_CAP = "onchain.market_cap_usd"
_Row = tuple[str, MetricRow]  # with its source


@dataclass(frozen=True, slots=True)
class _OfChain:
    """A figure of `OnchainFigures`: over how many days, from which stored ones, and of how many days of each."""

    name: str
    days: int
    used: Mapping[str, int]
    scale: float
    formula: str


_CHAIN: Mapping[Metric, _OfChain] = MappingProxyType(
    {
        Metric.NVT: _OfChain(
            "nvt_proxy",
            NVT_DAYS,
            {"onchain.adjusted_transfer_value_usd": NVT_DAYS, _CAP: 1},
            1.0,
            f"market value / mean on-chain transfer value of a day over {NVT_DAYS} days",
        ),
        Metric.ISSUANCE: _OfChain(
            "issuance_30d",
            ISSUANCE_DAYS,
            {"onchain.issuance_usd": ISSUANCE_DAYS, _CAP: ISSUANCE_DAYS},
            100.0,
            f"mean over {ISSUANCE_DAYS} days of (issuance of a day x 365 / market value) x 100",
        ),
    }
)
CHAIN_RATIOS = frozenset(_CHAIN)


def market_vector(read: MarketRead, measure: Measured, day: date) -> Vector:
    """The figure of every tracked asset and holding that has one, all of the last settled day of a week."""
    ids, values = _chain_values(read, measure, day)
    last = settled_day(lambda each: _row_of(values, (day - each).days), day)
    if last is None:
        return nothing(measure, day)
    return _chain_vector(read, measure, last, ids, _row_of(values, (day - last).days), day).of(read.members.tolist())


def asset_vector(read: MarketRead, measure: Measured, asset_id: int, day: date, *, exactly: bool = False) -> Vector:
    """The figure of one asset, its last of a week; `exactly` takes that of the day only."""
    ids, values = _chain_values(read, measure, day, asset_id)
    recent = values[-1 if exactly else -SEEN_DAYS :, 0] if len(ids) else np.empty(0)
    known = np.flatnonzero(np.isfinite(recent))
    if not len(known):
        return nothing(measure, day)
    back = len(recent) - 1 - int(known[-1])
    return _chain_vector(read, measure, day - timedelta(days=back), ids, _row_of(values, back), day)


def _row_of(values: Floats, back: int) -> Floats:
    return np.asarray(values[-1 - back]) if back < len(values) else np.full(values.shape[1], np.nan)


def _chain_values(read: MarketRead, measure: Measured, day: date, asset_id: int | None = None) -> tuple[Ids, Floats]:
    """A figure of chains on the last days, days x assets: of several sources the first one with a day's row counts."""
    of = _CHAIN[measure.metric]
    first = day - timedelta(days=of.days + SEEN_DAYS)
    with read.store.reader() as session:
        found = [
            (name, metric_days(session, source, name, first, day, asset_id))
            for source in read.sources
            for name in of.used
        ]
    ids = np.unique(np.concatenate([part for _, (part, _) in found]))
    shape = ((day - first).days + 1, len(ids))
    series = {name: np.full(shape, np.nan) for name in of.used}
    for name, (part, values) in found:
        places = np.searchsorted(ids, part)
        series[name][:, places] = np.where(np.isnan(series[name][:, places]), values, series[name][:, places])
    return ids, np.asarray(getattr(measure_onchain(series), of.name))[-SEEN_DAYS - 1 :] * of.scale


def _chain_vector(read: MarketRead, measure: Measured, last: date, ids: Ids, values: Floats, day: date) -> Vector:
    of = _CHAIN[measure.metric]

    def trace(place: int) -> Traced:
        asset_id, inputs, used = int(ids[place]), list[RowRef | RowRange](), list[_Row]()
        for name, days in of.used.items():
            rows = _rows(read, name, asset_id, last - timedelta(days=days - 1), last)
            inputs += _references(rows)
            used += rows
        learned = max(row.fetched_at for _, row in used)
        return Traced(derivation(of.name, of.formula, *inputs), details_of(used[0][0], last, learned, day))

    return Vector(measure, last, ids, values, trace)


def _rows(read: MarketRead, name: str, asset_id: int, first: date, last: date) -> list[_Row]:
    """The rows of some days, source by source: of several sources the first one with a day's row counts."""
    found: list[_Row] = []
    with read.store.reader() as session:
        for source in read.sources:
            taken = {row.day for _, row in found}
            rows = metric_history(session, source, name, asset_id, first, last)
            found += [(source, row) for row in rows if row.day not in taken]
    return found


def _references(rows: list[_Row]) -> Iterator[RowRef | RowRange]:
    """The run of rows of the first source, and those that others had to fill in one by one."""
    for place, (source, group) in enumerate(groupby(rows, key=lambda item: item[0])):
        own = [row for _, row in group]
        if place or len(own) == 1:
            yield from (metric_ref(source, row.name, row.asset_id, row.day, row.value) for row in own)
        else:
            key = (("source", source), ("name", own[0].name), ("asset_id", str(own[0].asset_id)))
            ends = own[0].day.isoformat(), own[-1].day.isoformat()
            yield RowRange("metric", key, "value", *ends, len(own), values_sha256(np.array([row.value for row in own])))
