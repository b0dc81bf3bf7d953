"""Figures of a run of days, read a day at a time: a range over the day-first key would pass over those of all names."""

from datetime import date

import numpy as np
from sqlmodel import Session

from agent.store.bulk import raw_connection
from agent.store.columns import day_number
from agent.store.figure_panels import Floats, Ids
from agent.store.sources import stored_source_id


def metric_days(
    session: Session, source: str, name: str, first: date, last: date, asset_id: int | None = None
) -> tuple[Ids, Floats]:
    """Read a metric of every asset that has it, or of one, from `first` to `last`, both included.

    Gives the ids of those that have any, ascending, and days x assets, NaN where there is none.
    """
    chosen = "" if asset_id is None else " AND m.asset_id = ?"
    query = (
        "WITH RECURSIVE span(day) AS (SELECT ? UNION ALL SELECT day + 1 FROM span WHERE day < ?) "  # noqa: S608 - fixed
        "SELECT m.day, m.asset_id, m.value FROM span CROSS JOIN metric AS m "
        f"ON m.day = span.day AND m.source_id = ? AND m.name = ? AND m.asset_id <> 0{chosen}"
    )
    start = day_number(first)
    key = (start, day_number(last), stored_source_id(session, source), name)
    rows = raw_connection(session).execute(query, key if asset_id is None else (*key, asset_id)).fetchall()
    days, assets, values = (np.array(column) for column in zip(*rows, strict=True)) if rows else (np.empty(0),) * 3
    ids, places = np.unique(assets.astype(np.int64), return_inverse=True)
    panel = np.full(((last - first).days + 1, len(ids)), np.nan)
    panel[days.astype(np.int64) - start, places] = values
    return ids, panel
