"""Figures of an index of the reader's own, from its stored returns, each with the way back to them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from agent.analytics.index_rules import BASE_LEVEL
from agent.analytics.index_track import DRAWDOWN_DAYS, VOLATILITY_DAYS, index_performance
from agent.analytics.returns import change_pct
from agent.briefing.snapshot import Floats, IndexSeen
from agent.briefing.tracing import derivation, values_sha256
from agent.claims.fact import Derivation, Metric, RowRange, RowRef, State, Unit
from agent.claims.wording import INDEX
from agent.store.own_indices import OWN_SOURCE


@dataclass(frozen=True, slots=True)
class IndexFigure:
    """One figure of an index, ready to become a fact."""

    metric: Metric
    unit: Unit
    value: float
    derivation: Derivation
    details: Mapping[str, object]


@dataclass(frozen=True)
class IndexLevels:
    """The levels of an index up to its last day; `expected` is the last day that it should have one of."""

    seen: IndexSeen
    expected: date

    @property
    def subject(self) -> str:
        """The fact subject of the index."""
        return f"{INDEX}{self.seen.name}"

    @property
    def first(self) -> date:
        """The first day with a level."""
        return self.seen.days[0]

    @property
    def last(self) -> date:
        """The last day with a level."""
        return self.seen.days[-1]

    @cached_property
    def levels(self) -> Floats:
        """The levels of consecutive days from the first to the last, NaN where there is none."""
        found = np.full((self.last - self.first).days + 1, np.nan)
        for day, gained in zip(self.seen.days, self.seen.returns, strict=True):
            found[(day - self.first).days] = BASE_LEVEL * (1 + gained)
        return found

    def level(self) -> IndexFigure:
        """The level on the last day."""
        origin = derivation("index_level", "100 x (1 + return since the start)", self._row(self.last))
        return IndexFigure(Metric.INDEX_LEVEL, Unit.RATIO, float(self.levels[-1]), origin, self._details())

    def change(self, days: int) -> IndexFigure | None:
        """The change over so many days up to the last one, None if either day has no level."""
        start = self.last - timedelta(days=days)
        value = float(change_pct(self.levels, days))
        if not np.isfinite(value):
            return None
        return self._change(value, start, f"{days}d")

    def since_first(self) -> IndexFigure | None:
        """The change since the first day, None where that is the last day too or nothing was left of the index."""
        value = float(change_pct(self.levels, len(self.levels) - 1)) if len(self.levels) > 1 else np.nan
        return self._change(value, self.first, None) if np.isfinite(value) else None

    def risk(self) -> tuple[IndexFigure, IndexFigure] | None:
        """Volatility over 90 days and maximum drawdown over 365, None if too few days have a level for either."""
        measured = index_performance(self.levels)
        volatility, fall = measured.volatility_90d.value, measured.maximum_drawdown_365d.value
        if volatility is None or fall is None:
            return None
        deviation = f"standard deviation of {VOLATILITY_DAYS} daily returns x sqrt(365) x 100"
        return (
            self._over(Metric.VOLATILITY, volatility * 100, VOLATILITY_DAYS, deviation),
            self._over(Metric.MAX_DRAWDOWN, fall * 100, DRAWDOWN_DAYS, "deepest fall from an earlier peak x 100"),
        )

    def _change(self, value: float, start: date, window: str | None) -> IndexFigure:
        formula = f"((1 + return) / (1 + return by {start}) - 1) x 100"
        origin = derivation("change_pct", formula, self._row(self.last), self._row(start))
        details = {**self._details(), "start": start} | ({} if window is None else {"window": window})
        return IndexFigure(Metric.CHANGE, Unit.PCT, value, origin, details)

    def _over(self, metric: Metric, value: float, days: int, formula: str) -> IndexFigure:
        origin = derivation(str(metric), formula, self._rows(days + 1))
        return IndexFigure(metric, Unit.PCT, value, origin, {**self._details(), "window": f"{days}d"})

    def _details(self) -> Mapping[str, object]:
        state = State.FRESH if self.last == self.expected else State.STALE
        stamp = self.seen.fetched_at
        return {"as_of": self.last, "source": OWN_SOURCE, "fetched_at": stamp, "state": state}

    def _row(self, day: date) -> RowRef:
        key = (("day", day.isoformat()), *self._key)
        value = self.seen.returns[self.seen.days.index(day)]
        return RowRef("index_value", key, "cumulative_return", repr(value))

    def _rows(self, days: int) -> RowRange:
        since = self.last - timedelta(days=days - 1)
        used = [(day, value) for day, value in self._stored() if day >= since]
        digest = values_sha256(np.array([value for _, value in used]))
        ends = used[0][0].isoformat(), used[-1][0].isoformat()
        return RowRange("index_value", self._key, "cumulative_return", *ends, len(used), digest)

    def _stored(self) -> Iterator[tuple[date, float]]:
        return zip(self.seen.days, self.seen.returns, strict=True)

    @property
    def _key(self) -> tuple[tuple[str, str], ...]:
        return (("source", OWN_SOURCE), ("index_id", self.seen.name))
