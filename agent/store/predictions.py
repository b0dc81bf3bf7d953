"""Prices that providers predict; never stated as our own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Row
from sqlmodel import Session

from agent.store.bulk import Written, merge_rows
from agent.store.columns import day_number, storable_text
from agent.store.market_rows import stamp_batch
from agent.store.sources import stored_source_id
from agent.store.tables import prediction
from datasources.records import Prediction


@dataclass(frozen=True, slots=True)
class PredictionRow:
    """A stored prediction: `scenario` is the worth of the whole market in trillions, `horizon_days` how far ahead.

    Exactly the one of the two that its `method` has is given.
    """

    asset_id: int
    day: date
    method: str
    outcome: str
    scenario: float | None
    horizon_days: int | None
    price_usd: float
    return_fraction: float | None
    market_cap_usd: float | None
    fdv_usd: float | None
    fetched_at: datetime


def upsert_predictions(
    session: Session, source: str, predictions: Sequence[Prediction], fetched_at: datetime
) -> Written:
    """Store predictions. Raises UnknownAsset."""
    stamp = stamp_batch(session, source, [item.provider_id for item in predictions], fetched_at)
    rows = [
        (
            day_number(item.day),
            stamp.source_id,
            stamp.ids[item.provider_id],
            storable_text(item.method),
            storable_text(item.outcome),
            float(item.scenario or 0.0),
            item.horizon_days or 0,
            item.price_usd,
            item.return_fraction,
            item.market_cap_usd,
            item.fdv_usd,
            stamp.fetched_at,
        )
        for item in predictions
    ]
    return merge_rows(session, prediction, rows)


def predictions_on(
    session: Session, source: str, asset_id: int, day: date, *, since: date | None = None
) -> tuple[PredictionRow, ...]:
    """Read an asset's predictions of the last day at or before `day` that each method has, none older than `since`.

    They come by method, scenario, horizon and outcome.
    """
    own = (prediction.c.source_id == stored_source_id(session, source), prediction.c.asset_id == asset_id)
    within = [*own, prediction.c.day <= day, *([] if since is None else [prediction.c.day >= since])]
    last = select(prediction.c.method, func.max(prediction.c.day).label("day")).where(*within)
    newest = last.group_by(prediction.c.method).subquery()
    same = (prediction.c.method == newest.c.method) & (prediction.c.day == newest.c.day)
    order = (prediction.c[name] for name in ("method", "scenario", "horizon_days", "outcome"))
    query = select(prediction).join(newest, same).where(*own).order_by(*order)
    return tuple(_prediction_row(row) for row in session.execute(query))


def _prediction_row(row: Row[Any]) -> PredictionRow:
    return PredictionRow(
        asset_id=row.asset_id,
        day=row.day,
        method=row.method,
        outcome=row.outcome,
        scenario=row.scenario or None,
        horizon_days=row.horizon_days or None,
        price_usd=row.price_usd,
        return_fraction=row.return_fraction,
        market_cap_usd=row.market_cap_usd,
        fdv_usd=row.fdv_usd,
        fetched_at=row.fetched_at,
    )
