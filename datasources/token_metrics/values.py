"""Single values of a row: found whatever the spelling of their key, and normalised or refused."""

import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Final

from datasources.answers import Json
from datasources.values import Row, RowError, exact, not_negative, parse_moment, parse_number, text, within

__all__ = [
    "Row",
    "RowError",
    "amount",
    "asset_id",
    "block",
    "count",
    "day",
    "field",
    "has_field",
    "identifier",
    "items",
    "member",
    "moment",
    "number",
    "optional_number",
    "parse_moment",
    "parse_number",
    "positive_amount",
    "positive_decimal",
    "sign",
    "text",
    "within",
]

_LARGEST_ID: Final = 10**18
_SPLIT_DIGITS: Final = re.compile(r"([0-9])_(?=[HDM](_|$))")  # version 3 writes 24_H where version 2 writes 24H


def has_field(row: Row, name: str) -> bool:
    """Tell whether a row has a field at all, null or not."""
    return _find_key(row, name) is not None


def field(row: Row, name: str) -> Json:
    """Give the field `name` (upper case), None if it is null or absent.

    The exact spelling wins; else the one key that is the same but for case and split digits (`tm_grade_24_h`).
    """
    if name in row:
        return row[name]
    key = _find_key(row, name)
    return None if key is None else row[key]


def _find_key(row: Row, name: str) -> str | None:
    if name in row:
        return name
    keys = _spellings(tuple(row)).get(name.upper())
    if keys is not None and len(keys) > 1:
        raise RowError(f"{name} is there in {len(keys)} spellings")
    return keys[0] if keys else None


@lru_cache(maxsize=256)
def _spellings(keys: tuple[str, ...]) -> dict[str, list[str]]:
    """The keys of a row by their canonical spelling; the rows of an answer nearly all have the same keys."""
    found: dict[str, list[str]] = {}
    for key in keys:
        found.setdefault(_SPLIT_DIGITS.sub(r"\1", key.upper()), []).append(key)
    return found


def number(row: Row, name: str) -> float:
    """Read a finite number that must be there; numbers in strings count, booleans do not."""
    value = optional_number(row, name)
    if value is None:
        raise RowError(f"{name} is {'null' if has_field(row, name) else 'missing'}")
    return value


def optional_number(row: Row, name: str) -> float | None:
    """Read a finite number, None if it is null or absent."""
    return parse_number(field(row, name), name)


def positive_decimal(row: Row, name: str) -> Decimal:
    """Read a positive amount that must be there, with the digits that came (a float's shortest ones)."""
    number(row, name)
    return exact(field(row, name), name)


def sign(row: Row, name: str) -> int | None:
    """Read a signal of -1, 0 or 1, as a number or in a string; None if it is null or absent."""
    value = optional_number(row, name)
    if value is None:
        return None
    if value not in {-1.0, 0.0, 1.0}:
        raise RowError(f"{name} is not -1, 0 or 1")
    return int(value)


def amount(row: Row, name: str) -> float | None:
    """Read a finite number of zero or more, None if it is null or absent."""
    return not_negative(field(row, name), name)


def positive_amount(row: Row, name: str) -> float | None:
    """Read a finite number above zero, None if it is null or absent."""
    value = optional_number(row, name)
    if value is not None and value <= 0:
        raise RowError(f"{name} is zero or negative")
    return value


def count(row: Row, name: str) -> int | None:
    """Read a whole number from 0 to a million, None if it is null or absent."""
    value = within(optional_number(row, name), 0, 1_000_000, name)
    if value is not None and value != int(value):
        raise RowError(f"{name} is not a whole number")
    return None if value is None else int(value)


def asset_id(row: Row) -> str:
    """Read TOKEN_ID, a positive whole number that comes as a number or in a string; given in plain digits."""
    return identifier(row, "TOKEN_ID")


def identifier(row: Row, name: str) -> str:
    """Read a key of the provider, a positive whole number as a number or in a string; given in plain digits."""
    value = field(row, name)
    if type(value) is int and 0 < value < _LARGEST_ID:
        return str(value)
    text = str(value).strip() if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[0-9]{1,18}", text) or int(text) == 0:
        raise RowError(f"{name} is not a positive whole number")
    return str(int(text))


def items(row: Row, name: str) -> list[Json]:
    """Read a list that must be there; null is an empty one."""
    if not has_field(row, name):
        raise RowError(f"{name} is missing")
    found = field(row, name)
    if found is not None and not isinstance(found, list):
        raise RowError(f"{name} is not a list")
    return found or []


def member(value: Json, name: str) -> Row:
    """Read one value that must be an object."""
    if not isinstance(value, dict):
        raise RowError(f"{name} is not an object")
    return value


def block(value: Json, name: str, longest: int) -> str | None:
    """Read a long text as it came, lines and mark-up included, but for control characters and half surrogates.

    No more than `longest` characters of it; None if nothing is left to read. What it says is not to be trusted.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise RowError(f"{name} is not text")
    kept = "".join(char for char in value if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"})
    return kept[:longest] if kept.strip() else None


def moment(row: Row, *names: str) -> datetime:
    """Read the time of a row from the first of the fields it has: ISO 8601 with T or a space, UTC unless it says other.

    A date alone is its midnight.
    """
    for name in names:
        value = field(row, name)
        if value is not None:
            return parse_moment(value, name)
    raise RowError(f"{names[0]} is missing")


def day(row: Row) -> date:
    """Read the UTC day of a daily row."""
    return moment(row, "DATE", "TIMESTAMP", "DATETIME").date()
