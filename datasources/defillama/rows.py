"""What DefiLlama's answers have in common: lists of rows, and the CoinGecko id that says which asset a row is about."""

import math
import re
from collections.abc import Iterable
from typing import Final

from datasources.answers import Json, row_text
from datasources.values import Row, RowError

_GECKO_ID: Final = re.compile(r"[A-Za-z0-9_.~-]{1,200}")


def is_gecko_id(value: Json) -> bool:
    """Tell whether a value has the form of a CoinGecko id."""
    return isinstance(value, str) and _GECKO_ID.fullmatch(value) is not None


def gecko_id(row: Row) -> str | None:
    """Read the asset of a row; None if it names none."""
    value = row.get("gecko_id")
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not is_gecko_id(value):
        raise RowError("gecko_id is not a CoinGecko id")
    return value


def list_of(answer: Json, where: str = "the answer") -> list[Json]:
    """Give an answer's rows; raises `RowError` if it is no list."""
    if not isinstance(answer, list):
        raise RowError(f"{where} is not a list")
    return answer


def object_of(answer: Json, where: str = "the answer") -> Row:
    """Give an answer's object; raises `RowError` if it is none."""
    if not isinstance(answer, dict):
        raise RowError(f"{where} is not an object")
    return answer


def identity(row: Row, key: str) -> str:
    """Give what makes a row the same as another one: its key, or all of it where it has none."""
    value = row.get(key)
    if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
        return f"{key} {value}"
    return row_text(row)


def finite_sum(amounts: Iterable[float], name: str) -> float:
    """Add finite amounts up, the same in whatever order they come; raises `RowError` if the sum is too large."""
    try:
        return math.fsum(amounts)
    except OverflowError:
        raise RowError(f"{name} adds up to no finite number") from None
