"""Reading what is known of the holdings besides prices: our own grades, figures of their chains, listed levels."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

import numpy as np
from sqlmodel import Session

from agent.analytics.signals.levels import LISTED_DAYS
from agent.briefing.snapshot import LevelsSeen, OnchainSeen, OwnGradeSeen
from agent.store.figure_panels import metric_panels
from agent.store.levels import levels_on
from agent.store.metrics import metric_history
from agent.store.own_grades import OwnGradeDay, own_grades_between

ONCHAIN_DAYS = 10  # a week of figures that may be some days late
ONCHAIN_NAMES = (
    "onchain.active_addresses",
    "onchain.adjusted_transfer_value_usd",
    "onchain.exchange_inflow_usd",
    "onchain.exchange_outflow_usd",
    "onchain.fees_usd",
    "onchain.hash_rate_ths",
    "onchain.mvrv",
    "defi.protocol_tvl_usd",
    "defi.chain_tvl_usd",
)
HORIZONS = ("short_term", "long_term")
ONE_DAY = timedelta(days=1)


def read_own_grades(session: Session, source: str, day: date, held: Sequence[int]) -> tuple[OwnGradeSeen, ...]:
    """Our own grades of what is held, one for each horizon whether it has one or not.

    Nothing for a day that was not scanned or on which too few coins could be compared for any to have a grade.
    """
    if not held:
        return ()
    found = {grades.day: grades for grades in own_grades_between(session, source, day - ONE_DAY, day)}
    if day not in found or not any(np.isfinite(getattr(found[day], horizon)).any() for horizon in HORIZONS):
        return ()
    today, before = found[day], found.get(day - ONE_DAY)
    return tuple(
        OwnGradeSeen(
            asset_id,
            horizon,
            _grade(today, asset_id, horizon),
            None if before is None else _grade(before, asset_id, horizon),
            today.computed_at,
        )
        for asset_id in sorted(held)
        for horizon in HORIZONS
    )


def _grade(grades: OwnGradeDay, asset_id: int, horizon: str) -> float | None:
    column = grades.column(asset_id)
    value = np.nan if column is None else float(getattr(grades, horizon)[column])
    return value if np.isfinite(value) else None


def read_onchain(session: Session, sources: Sequence[str], day: date, held: Sequence[int]) -> tuple[OnchainSeen, ...]:
    """The week's figures of what is held; of several sources the first one that has any of a name counts."""
    found: dict[tuple[int, str], OnchainSeen] = {}
    first = day - timedelta(days=ONCHAIN_DAYS - 1)
    for source in sources if held else ():
        ids, panels = metric_panels(session, source, ONCHAIN_NAMES, first, day)
        for column in np.flatnonzero(np.isin(ids, list(held))).tolist():
            for name, panel in panels.items():
                key = (int(ids[column]), name)
                if key not in found and np.isfinite(panel[:, column]).any():
                    found[key] = _onchain(session, source, name, key[0], (first, day))
    return tuple(found[key] for key in sorted(found))


def _onchain(session: Session, source: str, name: str, asset_id: int, span: tuple[date, date]) -> OnchainSeen:
    rows = metric_history(session, source, name, asset_id, *span)
    days, values = tuple(row.day for row in rows), tuple(row.value for row in rows)
    return OnchainSeen(asset_id, name, source, days, values, max(row.fetched_at for row in rows))


def read_listed_levels(session: Session, source: str, day: date, held: Sequence[int]) -> Iterator[LevelsSeen]:
    """The provider's levels of what is held, where it listed any in the last 90 days."""
    oldest = day - timedelta(days=LISTED_DAYS)
    for asset_id in sorted(held):
        rows = [row for row in levels_on(session, source, asset_id, day) if row.day >= oldest]
        for listed, same in groupby(rows, key=lambda row: row.day):
            items = tuple(same)
            prices = tuple(row.level_usd for row in items)
            yield LevelsSeen(asset_id, listed, prices, max(row.fetched_at for row in items))
