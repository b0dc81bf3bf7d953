"""The points of a `/market_chart` as daily bars. Pure.

A point at midnight is the close of the day before it. The points come unsorted at times, now and then an instant off
midnight or twice; the last one is of the moment of the answer and closes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Final

from datasources.answers import Json
from datasources.coingecko.plan import FINAL_AFTER
from datasources.context import Context
from datasources.intake import ParsedRow, read_row
from datasources.records import DailyBar
from datasources.values import Row, RowError, not_negative, parse_epoch, positive

AROUND_MIDNIGHT: Final = timedelta(minutes=10)

_DAY: Final = timedelta(days=1)
_HALF_DAY: Final = timedelta(hours=12)
_FIRST_YEAR: Final = 2009  # there was no market before


@dataclass(frozen=True, slots=True)
class _Point:
    stamped_at: datetime
    row: Row

    @property
    def midnight(self) -> datetime:
        """The midnight that is nearest."""
        return datetime.combine((self.stamped_at + _HALF_DAY).date(), time(), UTC)

    @property
    def distance(self) -> timedelta:
        """How far from it the point is."""
        return abs(self.stamped_at - self.midnight)


def parse_chart(provider_id: str, prices: list[Json], volumes: list[Json], context: Context) -> list[ParsedRow]:
    """Read the days that were asked for and are final; what has no readable time is a fault.

    The volume at midnight is that of the 24 hours before it, so that of the day.
    """
    traded, faults = _volumes(volumes)
    points: dict[datetime, _Point] = {}
    for raw in prices:
        try:
            point = _point(provider_id, raw, traded, context)
        except RowError as error:
            faults.append(ParsedRow(raw, fault=str(error)))
            continue
        if points.setdefault(point.stamped_at, point) != point:
            faults.append(ParsedRow(raw, fault="another price for the same moment"))
    closes = _closes(list(points.values()), context)
    return [*(read_row(closes[day], partial(_bar, day=day)) for day in sorted(closes)), *faults]


def _volumes(volumes: Iterable[Json]) -> tuple[dict[float, Json], list[ParsedRow]]:
    traded: dict[float, Json] = {}
    faults = []
    for raw in volumes:
        try:
            stamp, volume = _pair(raw)
        except RowError as error:
            faults.append(ParsedRow(raw, fault=str(error)))
        else:
            if traded.setdefault(stamp, volume) != volume:
                faults.append(ParsedRow(raw, fault="another volume for the same moment"))
    return traded, faults


def _pair(raw: Json) -> tuple[float, Json]:
    if not isinstance(raw, list) or len(raw) < 2:
        raise RowError("not a pair of a time and a figure")
    stamp = raw[0]
    if isinstance(stamp, bool) or not isinstance(stamp, int | float):
        raise RowError("the time is not a number")
    return stamp, raw[1]


def _point(provider_id: str, raw: Json, traded: dict[float, Json], context: Context) -> _Point:
    stamp, price = _pair(raw)
    stamped_at = parse_epoch(stamp, "the time", per_second=1_000)
    context.check_formed(stamped_at.date())
    if stamped_at.year < _FIRST_YEAR:
        raise RowError("earlier than any market")
    return _Point(stamped_at, {"id": provider_id, "time_ms": stamp, "price": price, "volume": traded.get(stamp)})


def _closes(points: list[_Point], context: Context) -> dict[date, Row]:
    """Give the point that closes each wanted day: the one nearest to the midnight at its end."""
    ordered = sorted(points, key=lambda point: point.stamped_at)
    if ordered and ordered[-1].distance:
        ordered.pop()
    closing: dict[date, _Point] = {}
    for point in ordered:
        day = point.midnight.date() - _DAY
        if point.distance > AROUND_MIDNIGHT or not _wanted(day, point.midnight, context):
            continue
        if day not in closing or point.distance < closing[day].distance:
            closing[day] = point
    return {day: point.row for day, point in closing.items()}


def _wanted(day: date, midnight: datetime, context: Context) -> bool:
    if context.fetched_at < midnight + FINAL_AFTER:
        return False
    after_start = context.first_day is None or day >= context.first_day
    return after_start and (context.last_day is None or day <= context.last_day)


def _bar(row: Row, day: date) -> tuple[DailyBar, ...]:
    close, volume = positive(row["price"], "the price"), not_negative(row["volume"], "the volume")
    return (DailyBar(str(row["id"]), day, None, None, None, close, volume),)
