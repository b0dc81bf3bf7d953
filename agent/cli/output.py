"""Printing: results on standard output, everything else on standard error."""

import dataclasses
import json
import sys
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any


def print_json(value: object) -> None:
    """A result as JSON on standard output."""
    sys.stdout.write(json.dumps(value, default=jsonable, indent=2, ensure_ascii=False) + "\n")


def jsonable(value: object) -> Any:  # noqa: ANN401 - JSON has no one type
    """What JSON has no word for: records as objects, days and times in ISO format, decimals as strings."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no JSON form")
