"""How values are stored: days, hours and instants as integers, amounts as exact text, structures as JSON text.

- a day is the number of days since 1970-01-01,
- an hour the number of hours since then,
- an instant the number of microseconds since then; all of them in UTC,
- an amount keeps every digit of its Decimal.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sqlalchemy import Integer, Text
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

JsonValue = None | bool | int | float | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1)

# A NUL would end the text for many programs that read it; half a surrogate pair has no UTF-8.
_UNSTORABLE = re.compile("[\\x00\\ud800-\\udfff]")


def day_number(day: date) -> int:
    """Days from 1970-01-01 to this day."""
    return day.toordinal() - EPOCH_ORDINAL


def day_of(number: int) -> date:
    """Turn a number back into the day this many days after 1970-01-01."""
    return date.fromordinal(number + EPOCH_ORDINAL)


def instant_number(instant: datetime) -> int:
    """Microseconds from the epoch to an aware time; raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no time zone: give an aware UTC time")
    return (instant - EPOCH) // MICROSECOND


def instant_of(number: int) -> datetime:
    """Turn a number back into the UTC time this many microseconds after the epoch."""
    return EPOCH + timedelta(microseconds=number)


def hour_number(instant: datetime) -> int:
    """Whole hours from the epoch to an aware time; raises ValueError if it is naive or not on the hour."""
    number, rest = divmod(instant_number(instant), HOUR // MICROSECOND)
    if rest:
        raise ValueError(f"{instant.isoformat()} is not a whole hour")
    return number


def hour_of(number: int) -> datetime:
    """Turn a number back into the UTC hour this many hours after the epoch."""
    return EPOCH + number * HOUR


def amount_text(amount: Decimal) -> str:
    """All digits of a finite amount, without an exponent; raises ValueError for NaN and infinity."""
    if not amount.is_finite():
        raise ValueError(f"{amount} is not an amount")
    return format(amount, "f")


def storable_text(text: str) -> str:
    """Take out what a text cannot be stored with: NUL characters and lone surrogates."""
    return _UNSTORABLE.sub("", text)


def storable(text: str | None) -> str | None:
    """Do the same to a text that may be missing."""
    return None if text is None else storable_text(text)


# json.dumps makes an encoder for every call that is not all defaults.
_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def json_text(value: JsonValue) -> str:
    """JSON in one spelling: sorted keys, no spaces, no NaN."""
    encoded: str = _ENCODER.encode(value)
    return encoded


class Day(TypeDecorator[date]):
    """A UTC day."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: "Dialect") -> int | None:
        """Store a day as its number."""
        del dialect
        return None if value is None else day_number(value)

    def process_result_value(self, value: int | None, dialect: "Dialect") -> date | None:
        """Read a day from its number."""
        del dialect
        return None if value is None else day_of(value)


class Hour(TypeDecorator[datetime]):
    """A whole UTC hour."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: "Dialect") -> int | None:
        """Store an hour as its number."""
        del dialect
        return None if value is None else hour_number(value)

    def process_result_value(self, value: int | None, dialect: "Dialect") -> datetime | None:
        """Read an hour from its number."""
        del dialect
        return None if value is None else hour_of(value)


class Instant(TypeDecorator[datetime]):
    """An aware UTC time to the microsecond."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: "Dialect") -> int | None:
        """Store a time as its number."""
        del dialect
        return None if value is None else instant_number(value)

    def process_result_value(self, value: int | None, dialect: "Dialect") -> datetime | None:
        """Read a time from its number."""
        del dialect
        return None if value is None else instant_of(value)


class Amount(TypeDecorator[Decimal]):
    """An exact decimal amount."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: "Dialect") -> str | None:
        """Store an amount with all its digits."""
        del dialect
        return None if value is None else amount_text(value)

    def process_result_value(self, value: str | None, dialect: "Dialect") -> Decimal | None:
        """Read an amount with all its digits."""
        del dialect
        return None if value is None else Decimal(value)


class Json(TypeDecorator[JsonValue]):
    """A small structure as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: JsonValue, dialect: "Dialect") -> str | None:
        """Store a structure in its one spelling."""
        del dialect
        return None if value is None else json_text(value)

    def process_result_value(self, value: str | None, dialect: "Dialect") -> JsonValue:
        """Read a structure; arrays come back as lists."""
        del dialect
        structure: JsonValue = None if value is None else json.loads(value)
        return structure
