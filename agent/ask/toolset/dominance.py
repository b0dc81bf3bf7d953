"""Which share of the total market value an asset is: both of one day, of one source where it has both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlmodel import Session

from agent.analytics.bars import Floats, divided
from agent.ask.toolset.catalogue import Measured
from agent.ask.toolset.market_read import MarketRead
from agent.ask.toolset.reported import details_of, last_day, settled_day
from agent.ask.toolset.rows import metric_ref
from agent.ask.toolset.vector import Traced, Vector, nothing
from agent.briefing.facts.market import DOMINANCE_FORMULA
from agent.briefing.gather import SEEN_DAYS
from agent.briefing.tracing import derivation
from agent.store.figure_panels import Ids, Span, metric_panel
from agent.store.metrics import MetricRow, metric_history

_TOTAL = "market.total_market_cap_usd"


def market_vector(read: MarketRead, measure: Measured, day: date) -> Vector:
    """The share of every tracked asset and holding that has a market value, all of the last settled day of a week."""
    until = last_day(read, measure, day)
    return _vector(read, measure, read.members, until, until - timedelta(days=SEEN_DAYS), day)


def asset_vector(read: MarketRead, measure: Measured, asset_id: int, day: date, *, exactly: bool = False) -> Vector:
    """The share of one asset, its last of a week; `exactly` takes that of the day only."""
    until = day if exactly else last_day(read, measure, day)
    since = day if exactly else until - timedelta(days=SEEN_DAYS)
    return _vector(read, measure, np.array([asset_id], dtype=np.int64), until, since, day)


def _vector(read: MarketRead, measure: Measured, ids: Ids, until: date, since: date, day: date) -> Vector:
    with read.store.reader() as session:
        totals = _Totals.of(session, read.sources, since, until)
        for source in read.sources:
            for name in measure.names:

                def shares(each: date, source: str = source, name: str = name) -> Floats:
                    total = totals.on(each, source)
                    if total is None:
                        return np.full(len(ids), np.nan)
                    values = metric_panel(session, source, name, Span(each, each, ids))[0]
                    return _share_pct(values, total[1].value)

                common = settled_day(shares, until, alone=len(ids) == 1)
                total = None if common is None else totals.on(common, source)
                if common is None or total is None:
                    continue
                origin = _Origin(read, source, name, ids, total, day)
                return Vector(measure, common, ids, shares(common), origin.traced)
    return nothing(measure, day)


def _share_pct(values: Floats, total: float) -> Floats:
    """Shares in per cent; what is not a part of the total is not known."""
    return divided(values, np.full(values.shape, total), (values > 0) & (values < total)) * 100


@dataclass(frozen=True, slots=True)
class _Totals:
    """The total market value by day and source, the sources in their order."""

    rows: Mapping[date, Mapping[str, MetricRow]]

    @classmethod
    def of(cls, session: Session, sources: tuple[str, ...], first: date, last: date) -> "_Totals":
        """Read them."""
        rows: dict[date, dict[str, MetricRow]] = {}
        for source in sources:
            for row in metric_history(session, source, _TOTAL, None, first, last):
                rows.setdefault(row.day, {})[source] = row
        return cls(rows)

    def on(self, day: date, source: str) -> tuple[str, MetricRow] | None:
        """The total of a day: that of the source, else that of the first one that has it."""
        found = self.rows.get(day, {})
        return (source, found[source]) if source in found else next(iter(found.items()), None)


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where the shares of a day are from; `day` is the one that was asked for."""

    read: MarketRead
    source: str
    name: str
    asset_ids: Ids
    total: tuple[str, MetricRow]
    day: date

    def traced(self, place: int) -> Traced:
        """The way back to the market value of the asset at a place, and to the total."""
        asset_id, (other, total) = int(self.asset_ids[place]), self.total
        with self.read.store.reader() as session:
            (own,) = metric_history(session, self.source, self.name, asset_id, total.day, total.day)
        inputs = (
            metric_ref(self.source, self.name, asset_id, own.day, own.value),
            metric_ref(other, _TOTAL, 0, total.day, total.value),
        )
        learned = max(own.fetched_at, total.fetched_at)
        return Traced(
            derivation("share", DOMINANCE_FORMULA, *inputs), details_of(self.source, own.day, learned, self.day)
        )
