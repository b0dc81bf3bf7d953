"""What the fields of any provider's row mean, as far as spoiling it takes: times, prices, volumes, ids, other figures.

A row is an object, or a list that begins with its time: `[ms, value]`, `[ms, open, high, low, close]`, or Binance's
twelve, with the volume at 5, the closing time at 6 and the turnover at 7.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, Any] | list[Any]
Place: TypeAlias = str | int

_TIMES = frozenset({"date", "timestamp", "datetime", "time", "portfolio_date", "moonshot_at", "moonshot_end_at"})
_PRICES = frozenset(
    {"open", "high", "low", "close", "current_price", "price", "usd", "priceusd", "high_24h", "low_24h"}
)
_PRICE_TABLES = frozenset({"prices", ""})
_VOLUMES = re.compile(r"volume|_vol$|tvl|totalliquidityusd|txcnt|circulating|mcap|market_?cap|capmrkt", re.ASCII)
_VOLUME_TABLES = frozenset({"total_volumes", "market_caps", "totalDataChart"})
_CHANGES = re.compile(r"change|rank|perc|pct", re.ASCII)
_IDS = re.compile(r"(^|_)id$", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIRST_EPOCH, _FIRST_EPOCH_MS = 1_000_000_000, 100_000_000_000
_BINANCE_FIELDS = 12


def places(row: Row) -> list[Place]:
    """Where the values of a row are."""
    return list(row) if isinstance(row, dict) else list(range(len(row)))


def value_at(row: Row, place: Place) -> Any:  # noqa: ANN401 - a JSON value
    """The value at a place of a row."""
    return row[place]  # type: ignore[index] # a place is of its own row


def put(row: Row, place: Place, value: object) -> None:
    """Set the value at a place of a row."""
    row[place] = value  # type: ignore[index] # a place is of its own row


def time_places(row: Row) -> list[Place]:
    """Where the times are."""
    if isinstance(row, dict):
        return [key for key in row if key.lower() in _TIMES and moment_of(row[key]) is not None]
    asked = (0, 6) if len(row) == _BINANCE_FIELDS else (0,)
    return [place for place in asked if place < len(row) and moment_of(row[place]) is not None]


def price_places(row: Row, table: str) -> list[Place]:
    """Where the prices are; `table` is the key of the list that the row is in, empty if it has none."""
    if isinstance(row, dict):
        return [key for key in row if key.lower() in _PRICES and is_figure(row[key])]
    return list(range(1, min(len(row), 5))) if table in _PRICE_TABLES else []


def volume_places(row: Row, table: str) -> list[Place]:
    """Where the volumes, market caps and counts are that can never be negative."""
    if isinstance(row, dict):
        found = [key for key in row if _VOLUMES.search(key.lower()) and not _CHANGES.search(key.lower())]
        return [key for key in found if is_figure(row[key])]
    if len(row) == _BINANCE_FIELDS:
        return [5, 7]
    return [1] if table in _VOLUME_TABLES and len(row) > 1 else []


def figure_places(row: Row) -> list[Place]:
    """Where there are numbers, or numbers in strings, that are neither times nor ids."""
    if isinstance(row, list):
        return [place for place in range(1, len(row)) if place not in time_places(row) and is_figure(row[place])]
    times = time_places(row)
    return [key for key in row if key not in times and not _IDS.search(key.lower()) and is_figure(row[key])]


def is_figure(value: object) -> bool:
    """Whether a value is a number or a string that holds one."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return True
    return isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", value, re.ASCII) is not None


def scaled(value: object, factor: float) -> object:
    """A number times a factor, in the form it had."""
    number = float(str(value)) * factor
    return repr(number) if isinstance(value, str) else number


def moment_of(value: object) -> datetime | None:
    """The time a value says, in any of the providers' forms; None if it says none."""
    try:
        if isinstance(value, str) and _ISO.match(value):
            return datetime.fromisoformat(value[:19]).replace(tzinfo=UTC)
        number = float(str(value)) if is_figure(value) else 0.0
        return datetime.fromtimestamp(number / _per_second(number), UTC) if number >= _FIRST_EPOCH else None
    except (ValueError, OverflowError):
        return None


def shift(value: object, by: timedelta) -> object:
    """A time later by so much, in the form it had."""
    moment = moment_of(value)
    if moment is None:
        return value
    if isinstance(value, str) and _ISO.match(value):
        text = (moment + by).isoformat()
        return text[:10] + value[10:11] + text[11 : len(value[:19])] + value[19:]
    number = int(float(str(value)))
    later = number + int(by.total_seconds()) * _per_second(number)
    return str(later) if isinstance(value, str) else later


def newest(rows: Sequence[Row]) -> Row | None:
    """The row with the latest time; None if no row has any."""
    dated = [row for row in rows if time_places(row)]
    return max(dated, key=row_moment, default=None)


def row_moment(row: Row) -> datetime:
    """The time of a row that has one."""
    moment = moment_of(value_at(row, time_places(row)[0]))
    if moment is None:
        raise ValueError("the row has no time")
    return moment


def _per_second(number: float) -> int:
    return 1000 if number >= _FIRST_EPOCH_MS else 1
