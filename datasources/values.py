"""Single JSON values, normalised or refused; the same rules for every provider. Pure.

A `RowError` says in our own words why a value cannot be used; it never repeats the value.
"""

import math
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

from datasources.answers import Json

Row = dict[str, Json]

LONGEST_SYMBOL: Final = 40
LONGEST_NAME: Final = 200

_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_DAY_FIRST: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_LONG_FRACTION: Final = re.compile(r"(\.[0-9]{6})[0-9]+")
_LONGEST_NUMBER: Final = 64
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class RowError(ValueError):
    """Why a row cannot become a record."""


def parse_number(value: Json, name: str) -> float | None:
    """Read one JSON value as a finite number; null and an empty string are None."""
    if type(value) is float and math.isfinite(value):
        return value
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


def within(value: float | None, low: float, high: float, name: str) -> float | None:
    """Give a number back if it lies from `low` to `high`; None stays None."""
    if value is not None and not low <= value <= high:
        raise RowError(f"{name} is not from {low:g} to {high:g}")
    return value


def text(value: Json, name: str, longest: int) -> str | None:
    """Read printable text: control characters and half surrogates removed, white space single; None if empty."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise RowError(f"{name} is not text")
    kept = value
    if not value.isprintable():  # nothing printable is a control character, a surrogate or white space but a blank
        kept = "".join(" " if char.isspace() else char for char in value if _storable(char))
    return " ".join(kept.split())[:longest].strip() or None


def _storable(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in {"Cc", "Cs"}


def parse_moment(value: Json, name: str) -> datetime:
    """Read one JSON value as an aware UTC time."""
    if not isinstance(value, str) or not _DAY_FIRST.match(value.strip()):
        raise RowError(f"{name} is not a date")
    try:
        return _moment(value.strip())
    except (ValueError, OverflowError):
        raise RowError(f"{name} is not a date") from None


@lru_cache(maxsize=1024)
def _moment(written: str) -> datetime:
    parsed = datetime.fromisoformat(_LONG_FRACTION.sub(r"\1", written))
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def require_number(value: Json, name: str) -> float:
    """Read one JSON value as a finite number that must be there."""
    parsed = parse_number(value, name)
    if parsed is None:
        raise RowError(f"{name} is null or missing")
    return parsed


def positive(value: Json, name: str) -> float:
    """Read one JSON value as a number above zero that must be there."""
    parsed = require_number(value, name)
    if parsed <= 0:
        raise RowError(f"{name} is zero or negative")
    return parsed


def not_negative(value: Json, name: str) -> float | None:
    """Read one JSON value as a number of zero or more; None if it is null or absent."""
    parsed = parse_number(value, name)
    if parsed is not None and parsed < 0:
        raise RowError(f"{name} is negative")
    return parsed


def exact(value: Json, name: str) -> Decimal:
    """Read one JSON value as a positive amount with the digits that came (a float's shortest ones)."""
    positive(value, name)
    return Decimal(value.strip() if isinstance(value, str) else repr(value))


def require_text(value: Json, name: str, longest: int) -> str:
    """Read printable text that must be there."""
    found = text(value, name, longest)
    if found is None:
        raise RowError(f"{name} is empty or missing")
    return found


def parse_epoch(value: Json, name: str, *, per_second: int = 1) -> datetime:
    """Read a Unix time, a number or digits in a string, in units of `1 / per_second` seconds."""
    number = require_number(value, name)
    try:
        return _EPOCH + timedelta(seconds=number / per_second)
    except OverflowError:
        raise RowError(f"{name} is not a time") from None
