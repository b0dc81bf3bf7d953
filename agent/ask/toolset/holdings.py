"""What each holding is worth and its share of the portfolio, at the closes of the portfolio's day."""

from decimal import Decimal

import numpy as np

from agent.ask.toolset.catalogue import Measured
from agent.ask.toolset.market_read import Closes, MarketRead
from agent.ask.toolset.rows import amount_refs, close_ref
from agent.ask.toolset.vector import Traced, Vector
from agent.briefing.tracing import derivation
from agent.claims.fact import Metric

_ONE_DAY = 1


def holding_vector(read: MarketRead, measure: Measured) -> Vector:
    """Value or weight of every holding; a weight is known only if all of them have a price."""
    held = [item for item in read.held.holdings if item.amount]
    closes = {
        int(asset_id): (found, place)
        for found in (read.several([item.asset_id for item in held], read.as_of, _ONE_DAY) if held else ())
        for place, asset_id in enumerate(found.asset_ids)
    }
    worth = [_worth(item.amount, *closes[item.asset_id]) for item in held]
    known = [value for value in worth if value is not None]
    total = sum(known, Decimal(0)) if len(known) == len(held) else None
    share = measure.metric is Metric.WEIGHT
    exact = [_share(value, total) if share else value for value in worth]

    def trace(place: int) -> Traced:
        own = read.held.holdings if share else (held[place],)
        found, column = closes[held[place].asset_id]
        prices = [close_ref(*closes[item.asset_id], -1) for item in held] if share else [close_ref(found, column, -1)]
        formula = "value of the holding / value of the portfolio x 100" if share else "amount x close"
        origin = derivation(
            "weight" if share else "product", formula, *amount_refs(read.held.portfolio_id, own), *prices
        )
        return Traced(origin, {"as_of": read.as_of, "source": found.source}, exact[place])

    values = np.array([np.nan if value is None else float(value) for value in exact], dtype=np.float64)
    ids = np.array([item.asset_id for item in held], dtype=np.int64)
    return Vector(measure, read.as_of, ids, values, trace)


def _worth(amount: Decimal, closes: Closes, column: int) -> Decimal | None:
    close = float(closes.close[-1, column])
    return amount * Decimal(repr(close)) if np.isfinite(close) else None


def _share(value: Decimal | None, total: Decimal | None) -> Decimal | None:
    return None if value is None or not total else value / total * 100
