"""How far back a listing is walked that takes no days, and which of its rows stand for a day. Pure."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime

from datasources.answers import Json
from datasources.token_metrics.values import Row, RowError, asset_id, has_field, moment

_TIMES = ("TIMESTAMP", "DATETIME", "DATE")


class Horizon:
    """Keeps the rows of the days asked for, and knows when older pages can hold none.

    An asset is done once its rows, newest first so far, have passed the first day; rows in any other order never are,
    so that nothing is missed: such a listing is read to its end. Without ids all rows are one series, the market's.
    Rows that cannot be read or lie in the future are kept: the parser says what is wrong with them.
    """

    def __init__(self, first: date, last: date, today: date, ids: Sequence[str]) -> None:
        self._first = first
        self._last = last
        self._today = today
        self._owners: set[str | None] = set(ids) or {None}
        self._done: set[str | None] = set()
        self._unordered: set[str | None] = set()
        self._previous: dict[str | None, datetime] = {}

    @property
    def passed(self) -> bool:
        """Whether every asset has been read back beyond the first day."""
        return self._owners <= self._done - self._unordered

    def keep(self, rows: Sequence[Json]) -> list[Json]:
        """Give the rows of a page that are worth parsing."""
        return [row for row in rows if self._keeps(row)]

    def _keeps(self, row: Json) -> bool:
        seen = _sighting(row)
        if seen is None:
            return True
        owner, time = seen
        self._follow(owner, time)
        day = time.date()
        return self._first <= day <= self._last or day > self._today

    def _follow(self, owner: str | None, time: datetime) -> None:
        previous = self._previous.get(owner, time)
        self._previous[owner] = time
        if time > previous:
            self._unordered.add(owner)
        elif time < previous and time.date() < self._first:
            self._done.add(owner)


class NewestOfDay:
    """Keeps the newest row of each day up to now, in whatever order they come, and every row whose time is none.

    A row later than `now` stands for no day; it is kept for the parser to judge, like those without a time.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._newest: dict[date, tuple[datetime, Row]] = {}
        self._timeless: list[Json] = []

    @property
    def rows(self) -> list[Json]:
        """What was kept, the oldest day first."""
        return [*(self._newest[day][1] for day in sorted(self._newest)), *self._timeless]

    def add(self, rows: Sequence[Json]) -> None:
        """Take in the rows of a page."""
        for row in rows:
            time = _time(row)
            if time is None or time > self._now or not isinstance(row, dict):
                self._timeless.append(row)
            elif time.date() not in self._newest or time > self._newest[time.date()][0]:
                self._newest[time.date()] = (time, row)


def _sighting(row: Json) -> tuple[str | None, datetime] | None:
    time = _time(row)
    if time is None or not isinstance(row, dict):
        return None
    with suppress(RowError):
        return (asset_id(row) if has_field(row, "TOKEN_ID") else None), time
    return None


def _time(row: Json) -> datetime | None:
    if isinstance(row, dict):
        with suppress(RowError):
            return moment(row, *_TIMES)
    return None
