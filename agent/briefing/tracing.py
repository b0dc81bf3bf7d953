"""Where a figure comes from: references to the stored rows it was computed from."""

import hashlib
from math import isfinite

import numpy as np

from agent.briefing.snapshot import Floats, Snapshot
from agent.claims.fact import Derivation, FactRef, RowRange, RowRef


def bar_ref(snapshot: Snapshot, asset_id: int, row: int, field: str = "close") -> RowRef:
    """The stored bar of an asset on the day of a panel row."""
    column = snapshot.prices.column(asset_id)
    value = float(getattr(snapshot.prices, field)[row, column])
    day, source = snapshot.prices.day(row).isoformat(), snapshot.price_source(asset_id)
    key = (("day", day), ("source", source), ("asset_id", str(asset_id)))
    return RowRef("bar_daily", key, f"{field}_usd", repr(value) if np.isfinite(value) else None)


def bar_range(snapshot: Snapshot, asset_id: int, days: int, field: str = "close") -> RowRange:
    """The stored bars of an asset in the last `days` rows of the panel; a bar may be without a volume."""
    column = snapshot.prices.column(asset_id)
    values = getattr(snapshot.prices, field)[-days:, column]
    known = np.flatnonzero(np.isfinite(snapshot.prices.close[-days:, column]))
    first = len(snapshot.prices.days) - len(values)
    return RowRange(
        table="bar_daily",
        key=(("source", snapshot.price_source(asset_id)), ("asset_id", str(asset_id))),
        column=f"{field}_usd",
        first=snapshot.prices.day(first + int(known[0])).isoformat() if known.size else "",
        last=snapshot.prices.day(first + int(known[-1])).isoformat() if known.size else "",
        rows=int(known.size),
        sha256=values_sha256(values[known]),
    )


def cross_section(snapshot: Snapshot, days: int) -> RowRange:
    """The stored closes of all assets of the market's source in the last `days` rows, by day and asset."""
    closes = snapshot.prices.market_close[-days:]
    order = np.argsort(snapshot.prices.asset_ids)
    values = closes[:, order]
    known = values[np.isfinite(values)]
    return RowRange(
        table="bar_daily",
        key=(("source", snapshot.source),),
        column="close_usd",
        first=snapshot.prices.day(-days).isoformat(),
        last=snapshot.prices.day(-1).isoformat(),
        rows=int(known.size),
        sha256=values_sha256(known),
    )


def values_sha256(values: Floats) -> str:
    """The digest of a run of values as the store spells them, one a line, an empty line for none."""
    lines = map(repr, values.tolist()) if np.isfinite(values).all() else map(_spelled, values.tolist())
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _spelled(value: float) -> str:
    return repr(value) if isfinite(value) else ""


def amount_refs(snapshot: Snapshot) -> tuple[RowRef, ...]:
    """The stored amounts of all holdings, in their order."""
    return tuple(
        RowRef(
            "holding",
            (("portfolio_id", str(snapshot.portfolio_id)), ("asset_id", str(holding.asset_id))),
            "amount",
            f"{holding.amount:f}",
        )
        for holding in snapshot.holdings
    )


def derivation(operation: str, formula: str, *inputs: RowRef | RowRange | FactRef) -> Derivation:
    """A derivation; inputs in the order in which the formula names them."""
    return Derivation(operation, formula, inputs)
