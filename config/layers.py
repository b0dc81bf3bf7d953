"""Reads the two places settings come from, a TOML file and the environment, into one tree of plain values.

Nothing here knows what a value means; every reader returns what it could read together with the problems it met.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from config.errors import Problem
from config.options import PREFIX, Option

CONFIG_VARIABLE = "COINBRIEF_CONFIG"
DEFAULT_FILE = Path("coinbrief.toml")
TOML_POSITION = re.compile(r" \((?:at line (\d+), column (\d+)|at end of document)\)$")


def find_file(path: Path | None, environ: Mapping[str, str]) -> Path | None:
    """Find the file to read: the one given, else the one the environment names, else `coinbrief.toml` if it is here."""
    if path is not None:
        return path
    if environ.get(CONFIG_VARIABLE):
        return Path(environ[CONFIG_VARIABLE])
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


def read_file(path: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Read the tables of a TOML file."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return tomllib.loads(text), []
    except OSError as error:
        advice = "; run coinbrief init to make one" if isinstance(error, FileNotFoundError) else ""
        return {}, [Problem(str(path), f"cannot be read ({error.strerror}){advice}")]
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return {}, [Problem(f"{path}, line {line}", "is not UTF-8 text; save the file as UTF-8")]
    except ValueError as error:  # TOMLDecodeError, or a number beyond what Python reads
        return {}, [_syntax_problem(path, str(error))]


def _syntax_problem(path: Path, reason: str) -> Problem:
    position = TOML_POSITION.search(reason)
    if position is None:
        return Problem(str(path), f"is not TOML: {reason}")
    line, column = position.groups()
    where = f"{path}, line {line}, column {column}" if line else f"{path}, at its end"
    return Problem(where, f"is not TOML: {reason[: position.start()]}")


def read_environment(environ: Mapping[str, str], options: Sequence[Option]) -> tuple[dict[str, object], list[Problem]]:
    """Read what the environment sets, by dotted path; text is converted to the option's kind where it can be."""
    by_variable = {option.variable: option for option in options}
    values: dict[str, object] = {}
    problems = []
    for variable, text in sorted(environ.items()):
        if not variable.startswith(PREFIX) or variable == CONFIG_VARIABLE:
            continue
        option = by_variable.get(variable)
        if option is None:
            problems.append(_unknown_variable(variable, [*by_variable, CONFIG_VARIABLE]))
        else:
            values[option.path] = _convert(text, option.field.annotation)
    return values, problems


def _unknown_variable(variable: str, known: Sequence[str]) -> Problem:
    close = get_close_matches(variable.upper(), known, n=1, cutoff=0.8)
    hint = f"; did you mean {close[0]}?" if close else ""
    return Problem(variable, f"unknown environment variable{hint}")


def _convert(text: str, kind: object) -> object:
    """Text of the environment as the kind an option has; text that does not fit is left for validation to name."""
    stripped = text.strip()
    if kind is bool:
        return {"true": True, "false": False}.get(stripped.lower(), text)
    if kind is int and re.fullmatch(r"[+-]?[0-9]{1,18}", stripped):
        return int(stripped)
    if kind is float and re.fullmatch(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?", stripped):
        return float(stripped)
    if str(kind).startswith("tuple"):
        return _convert_list(stripped)
    return text


def _convert_list(text: str) -> object:
    if text.startswith("["):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return [part.strip() for part in text.split(",") if part.strip()]


def merge(tables: dict[str, Any], values: Mapping[str, object]) -> dict[str, Any]:
    """Lay single values over a copy of the tables; a value where a table should be stays, for validation to name."""
    merged = {key: merge(value, {}) if isinstance(value, dict) else value for key, value in tables.items()}
    for path, value in values.items():
        *parents, leaf = path.split(".")
        table: object = merged
        for parent in parents:
            table = table.setdefault(parent, {}) if isinstance(table, dict) else None
        if isinstance(table, dict):
            table[leaf] = value
    return merged
