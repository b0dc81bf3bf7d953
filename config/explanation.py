"""Puts validation errors into words: which option, what it holds, what is expected; secrets stay hidden."""

from collections.abc import Mapping, Sequence

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from config.errors import Problem
from config.options import Option, closest_path

HIDDEN = "the value (not shown)"
SHOWN_CHARACTERS = 60


def explain(error: ValidationError, options: Sequence[Option], origins: Mapping[str, str]) -> list[Problem]:
    """One problem for each error; `origins` says where values came from that are not in the file."""
    by_path = {option.path: option for option in options}
    return [_problem(details, by_path, origins) for details in error.errors(include_url=False)]


def _problem(details: ErrorDetails, options: Mapping[str, Option], origins: Mapping[str, str]) -> Problem:
    path = ".".join(part for part in details["loc"] if isinstance(part, str))
    index = "".join(f"[{part}]" for part in details["loc"] if isinstance(part, int))
    if details["type"] == "extra_forbidden":
        close = closest_path(path, options.values())
        return Problem(path, f"unknown option; did you mean {close}?" if close else "unknown option")
    option = options.get(path)
    if option is None:
        return Problem(path, f"is a table; write its options under [{path}]")
    origin = f" (from {origins[path]})" if path in origins else ""
    shown = _shown(details["input"], option)
    return Problem(f"{path}{index}", f"{shown}{origin} {_reason(details)}; expected {option.expected}")


def _reason(details: ErrorDetails) -> str:
    """Our own checks explain themselves; for the library's, what is expected says enough."""
    cause = details.get("ctx", {}).get("error")
    return str(cause) if isinstance(cause, ValueError) else "does not fit"


def _shown(value: object, option: Option) -> str:
    if option.secret or (isinstance(value, str) and _may_carry_key(value, option)):
        return HIDDEN
    match value:
        case list():
            return "a list"
        case dict():
            return "a table"
        case bool():
            return str(value).lower()
    shown = repr(value) if isinstance(value, str) else str(value)
    return shown if len(shown) <= SHOWN_CHARACTERS else f"{shown[:SHOWN_CHARACTERS]}..."


def _may_carry_key(value: str, option: Option) -> bool:
    return option.path.endswith("_url") and any(mark in value for mark in "@?#")
