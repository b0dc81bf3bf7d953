"""Which stored rows a figure comes from, as references that `coinbrief explain` reads again."""

from collections.abc import Iterable
from datetime import date

import numpy as np

from agent.ask.toolset.market_read import Closes
from agent.briefing.snapshot import HeldAsset
from agent.briefing.tracing import values_sha256
from agent.claims.fact import RowRange, RowRef


def bar_ref(source: str, asset_id: int, day: date, value: float, field: str = "close") -> RowRef:
    """The stored bar of an asset's day."""
    key = (("day", day.isoformat()), ("source", source), ("asset_id", str(asset_id)))
    return RowRef("bar_daily", key, f"{field}_usd", repr(float(value)) if np.isfinite(value) else None)


def close_ref(closes: Closes, column: int, row: int) -> RowRef:
    """The bar behind one cell of the closes."""
    return bar_ref(closes.source, int(closes.asset_ids[column]), closes.day(row), closes.close[row, column])


def bar_range(closes: Closes, column: int, days: int) -> RowRange:
    """The stored bars of an asset in the last `days` rows."""
    values = closes.close[-days:, column]
    known = np.flatnonzero(np.isfinite(values))
    first = len(closes.close) - len(values)
    ends = [closes.day(first + int(place)).isoformat() for place in (known[[0, -1]] if known.size else ())] or ["", ""]
    key = (("source", closes.source), ("asset_id", str(int(closes.asset_ids[column]))))
    return RowRange("bar_daily", key, "close_usd", ends[0], ends[1], int(known.size), values_sha256(values[known]))


def cross_section(closes: Closes, row: int) -> RowRange:
    """The stored closes of all assets of a source on the day of a row, by asset."""
    values = closes.close[row][np.argsort(closes.asset_ids)]
    known = values[np.isfinite(values)]
    day = closes.day(row).isoformat()
    return RowRange("bar_daily", (("source", closes.source),), "close_usd", day, day, known.size, values_sha256(known))


def metric_ref(source: str, name: str, asset_id: int, day: date, value: float) -> RowRef:
    """A stored figure of an asset, or of the market for the id 0."""
    key = (("day", day.isoformat()), ("source", source), ("name", name), ("asset_id", str(asset_id)))
    return RowRef("metric", key, "value", repr(float(value)))


def grade_ref(source: str, kind: str, asset_id: int, day: date, value: float) -> RowRef:
    """A provider's stored grade."""
    key = (("day", day.isoformat()), ("source", source), ("kind", kind), ("asset_id", str(asset_id)))
    return RowRef("grade", key, "value", repr(float(value)))


def amount_refs(portfolio_id: int, holdings: Iterable[HeldAsset]) -> tuple[RowRef, ...]:
    """The stored amounts of holdings."""
    return tuple(
        RowRef(
            "holding",
            (("portfolio_id", str(portfolio_id)), ("asset_id", str(item.asset_id))),
            "amount",
            f"{item.amount:f}",
        )
        for item in holdings
    )
