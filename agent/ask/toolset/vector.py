"""A metric of many assets on one day, with the way back to the rows behind each value."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np

from agent.analytics.bars import Floats
from agent.ask.toolset.catalogue import Measured
from agent.ask.toolset.ledger import Ledger
from agent.claims.fact import Derivation
from agent.claims.naming import subject_of
from agent.store.figure_panels import Ids


@dataclass(frozen=True, slots=True)
class Traced:
    """Where one value comes from; `exact` is the value in exact decimals, where it can be had."""

    derivation: Derivation
    details: Mapping[str, object]
    exact: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Vector:
    """One value per asset in the metric's unit, NaN where it is not known; `trace` says where that at a place is from.

    Only what becomes a fact is traced: a market has thousands of values.
    """

    measure: Measured
    day: date
    asset_ids: Ids
    values: Floats
    trace: Callable[[int], Traced]

    def value(self, asset_id: int) -> float:
        """The value of an asset, NaN if it is not known."""
        place = self._place(asset_id)
        return float("nan") if place is None else float(self.values[place])

    def draft(self, ledger: Ledger, asset_id: int, **details: object) -> str | None:
        """Draft the asset's fact with more details and give its key; None if the value is not known."""
        place = self._place(asset_id)
        if place is None or not np.isfinite(self.values[place]):
            return None
        traced, measure = self.trace(place), self.measure
        own = {"qualifier": measure.qualifier, "window": measure.window, **traced.details, **details}
        value = float(self.values[place]) if traced.exact is None else traced.exact
        return ledger.add(subject_of(asset_id), measure.metric, measure.unit, value, traced.derivation, **own)

    def of(self, asset_ids: Collection[int]) -> "Vector":
        """The values of these assets only."""
        places = np.flatnonzero(np.isin(self.asset_ids, list(asset_ids)))
        trace = self.trace
        return replace(
            self,
            asset_ids=self.asset_ids[places],
            values=self.values[places],
            trace=lambda place: trace(int(places[place])),
        )

    def _place(self, asset_id: int) -> int | None:
        found = np.flatnonzero(self.asset_ids == asset_id)
        return int(found[0]) if found.size else None


def nothing(measure: Measured, day: date) -> Vector:
    """A vector of no assets."""
    return Vector(measure, day, np.empty(0, dtype=np.int64), np.empty(0), _untraced)


def merged(vectors: Sequence[Vector]) -> Vector:
    """Vectors of the same metric and day, of different assets, as one; raises IndexError without any."""
    parts = [(vector, place) for vector in vectors for place in range(len(vector.asset_ids))]
    return replace(
        vectors[0],
        asset_ids=np.concatenate([vector.asset_ids for vector in vectors]),
        values=np.concatenate([vector.values for vector in vectors]),
        trace=lambda place: parts[place][0].trace(parts[place][1]),
    )


def _untraced(place: int) -> Traced:
    raise IndexError(f"there is no value at {place}")
