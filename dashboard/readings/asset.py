"""One asset: its bars, grades, signals, levels, and what its sources call it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session

from agent.store.assets import AssetRow, get_assets
from agent.store.bars import BarRow, daily_bars
from agent.store.levels import LevelRow, levels_on
from agent.store.signals import SignalRow, signals_between
from agent.store.sources import stored_source_id
from agent.store.tables import grade
from agent.store.trading_signals import TradingSignalRow, trading_signals_on
from dashboard.readings.market import display_names

BAR_DAYS = 180
SIGNAL_DAYS = 30


@dataclass(frozen=True, slots=True)
class GradePoint:
    """A provider's grade of a kind (tm, trader, investor) on a day, 0 to 100."""

    kind: str
    day: date
    value: float
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class AssetDetail:
    """All that is stored of an asset for the days up to the last close; bars and grades oldest first."""

    asset: AssetRow
    name: str
    bars: tuple[BarRow, ...]
    grades: tuple[GradePoint, ...]
    signals: tuple[SignalRow, ...]
    levels: tuple[LevelRow, ...]
    trading_signal: TradingSignalRow | None


def read_asset(session: Session, source: str, asset_id: int, as_of: date, today: date) -> AssetDetail | None:
    """Read an asset; None if there is none with this id."""
    rows = get_assets(session, [asset_id])
    if asset_id not in rows:
        return None
    found = signals_between(session, source, as_of - timedelta(days=SIGNAL_DAYS - 1), as_of)
    return AssetDetail(
        asset=rows[asset_id],
        name=display_names(rows)[asset_id],
        bars=daily_bars(session, source, asset_id, as_of - timedelta(days=BAR_DAYS - 1), as_of),
        grades=_grades(session, source, asset_id, today),
        signals=tuple(row for row in reversed(found) if row.asset_id == asset_id),
        levels=levels_on(session, source, asset_id, today),
        trading_signal=trading_signals_on(session, source, today, since=today - timedelta(days=7)).get(asset_id),
    )


def _grades(session: Session, source: str, asset_id: int, today: date) -> tuple[GradePoint, ...]:
    query = (
        select(grade.c.kind, grade.c.day, grade.c.value, grade.c.fetched_at)
        .where(grade.c.source_id == stored_source_id(session, source), grade.c.asset_id == asset_id)
        .where(grade.c.day.between(today - timedelta(days=BAR_DAYS), today))
        .order_by(grade.c.kind, grade.c.day)
    )
    return tuple(GradePoint(*row) for row in session.execute(query).all())
