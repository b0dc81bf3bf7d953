"""Single values of a row: found whatever the spelling of their key, and normalised or refused.

A `RowError` says in our own words why a value cannot be used; it never repeats the value.
"""

import math
import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from datasources.answers import Json

Row = dict[str, Json]

_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_DAY_FIRST: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_SPLIT_DIGITS: Final = re.compile(r"([0-9])_(?=[HDM](_|$))")  # version 3 writes 24_H where version 2 writes 24H
_LONGEST_NUMBER: Final = 64


class RowError(ValueError):
    """Why a row cannot become a record."""


def has_field(row: Row, name: str) -> bool:
    """Tell whether a row has a field at all, null or not."""
    return _find_key(row, name) is not None


def field(row: Row, name: str) -> Json:
    """Give the field `name` (upper case), None if it is null or absent.

    The exact spelling wins; else the one key that is the same but for case and split digits (`tm_grade_24_h`).
    """
    key = _find_key(row, name)
    return None if key is None else row[key]


def _find_key(row: Row, name: str) -> str | None:
    if name in row:
        return name
    keys = [key for key in row if _canonical(key) == name.upper()]
    if len(keys) > 1:
        raise RowError(f"{name} is there in {len(keys)} spellings")
    return keys[0] if keys else None


@lru_cache(maxsize=4096)
def _canonical(key: str) -> str:
    return _SPLIT_DIGITS.sub(r"\1", key.upper())


def number(row: Row, name: str) -> float:
    """Read a finite number that must be there; numbers in strings count, booleans do not."""
    value = optional_number(row, name)
    if value is None:
        raise RowError(f"{name} is {'null' if has_field(row, name) else 'missing'}")
    return value


def optional_number(row: Row, name: str) -> float | None:
    """Read a finite number, None if it is null or absent."""
    return parse_number(field(row, name), name)


def parse_number(value: Json, name: str) -> float | None:
    """Read one JSON value as a finite number; null and an empty string are None."""
    if isinstance(value, str):
        value = value.strip()
        if not value:
            return None
        if len(value) > _LONGEST_NUMBER or not _NUMBER.fullmatch(value):
            raise RowError(f"{name} is not a number")
    elif value is None:
        return None
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise RowError(f"{name} is not a number")
    try:
        result = float(value)
    except OverflowError:
        result = math.inf
    if not math.isfinite(result):
        raise RowError(f"{name} is not a finite number")
    return result


def positive_decimal(row: Row, name: str) -> Decimal:
    """Read a positive amount that must be there, with the digits that came (a float's shortest ones)."""
    if number(row, name) <= 0:
        raise RowError(f"{name} is zero or negative")
    value = field(row, name)
    return Decimal(value.strip() if isinstance(value, str) else repr(value))


def within(value: float | None, low: float, high: float, name: str) -> float | None:
    """Give a number back if it lies from `low` to `high`; None stays None."""
    if value is not None and not low <= value <= high:
        raise RowError(f"{name} is not from {low:g} to {high:g}")
    return value


def sign(row: Row, name: str) -> int | None:
    """Read a signal of -1, 0 or 1, as a number or in a string; None if it is null or absent."""
    value = optional_number(row, name)
    if value is None:
        return None
    if value not in {-1.0, 0.0, 1.0}:
        raise RowError(f"{name} is not -1, 0 or 1")
    return int(value)


def asset_id(row: Row) -> str:
    """Read TOKEN_ID, a positive whole number that comes as a number or in a string; given in plain digits."""
    value = field(row, "TOKEN_ID")
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[0-9]{1,18}", text) or int(text) == 0:
        raise RowError("TOKEN_ID is not a positive whole number")
    return str(int(text))


def text(value: Json, name: str, longest: int) -> str | None:
    """Read printable text: control characters and half surrogates removed, white space single; None if empty."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise RowError(f"{name} is not text")
    kept = "".join(" " if char.isspace() else char for char in value if _storable(char))
    return " ".join(kept.split())[:longest].strip() or None


def _storable(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in {"Cc", "Cs"}


def moment(row: Row, *names: str) -> datetime:
    """Read the time of a row from the first of the fields it has: ISO 8601 with T or a space, UTC unless it says other.

    A date alone is its midnight.
    """
    for name in names:
        value = field(row, name)
        if value is not None:
            return parse_moment(value, name)
    raise RowError(f"{names[0]} is missing")


def parse_moment(value: Json, name: str) -> datetime:
    """Read one JSON value as an aware UTC time."""
    if not isinstance(value, str) or not _DAY_FIRST.match(value.strip()):
        raise RowError(f"{name} is not a date")
    try:
        parsed = datetime.fromisoformat(value.strip())
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        raise RowError(f"{name} is not a date") from None


def day(row: Row) -> date:
    """Read the UTC day of a daily row."""
    return moment(row, "DATE", "TIMESTAMP", "DATETIME").date()
