"""Printing: results on standard output, everything else on standard error."""

import dataclasses
import json
import math
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any


def print_json(value: object) -> None:
    """A result as JSON on standard output."""
    text = json.dumps(jsonable(value), indent=2, ensure_ascii=False, allow_nan=False)
    sys.stdout.write(text + "\n")


def jsonable(value: object) -> Any:  # noqa: ANN401 - JSON has no one type
    """A result in JSON's own types: records as objects, days in ISO format, decimals as strings, NaN as null.

    Arrays become lists. Raises TypeError for what has no such form.
    """
    if value is None or (isinstance(value, bool | int | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: jsonable(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_key(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | Enum):
        return [jsonable(item) for item in value]
    return _scalar(value)


def _key(key: object) -> str:
    plain = jsonable(key)
    return plain if isinstance(plain, str) else json.dumps(plain)


def _scalar(value: object) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return value.hex()
    if hasattr(value, "tolist"):  # an array or a scalar of NumPy, which is not imported for this
        return _listed(value.tolist())
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _listed(value: object) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, list):
        return [_listed(item) for item in value]
    return jsonable(value)
