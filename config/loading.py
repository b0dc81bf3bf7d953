"""From plain values to settings: looks up paths, reads secret files, validates, and gathers every problem."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from config.errors import Problem, SettingsError
from config.explanation import explain
from config.layers import find_file, merge, read_environment, read_file
from config.options import Option, options_of
from config.secret_files import read_secret_file

M = TypeVar("M", bound=BaseModel)


def load(model: type[M], path: Path | None, environ: Mapping[str, str]) -> M:
    """Read a file and the environment into a model; raises SettingsError with every problem."""
    options = tuple(options_of(model))
    file = find_file(path, environ)
    tables, problems = read_file(file) if file else ({}, [])
    values, more = read_environment(environ, options)
    problems += more
    if file:
        tables = merge(tables, _anchored_paths(tables, file.parent, options))
    merged = merge(tables, values)
    secrets, more = _secrets(merged, options)
    problems += more
    try:
        settings = model.model_validate(merge(merged, secrets))
    except ValidationError as error:
        origins = {option.path: option.variable for option in options if option.path in values}
        origins |= {secret: f"the file in {secret}_file" for secret in secrets}
        problems += explain(error, options, origins)
    if problems:
        raise SettingsError(tuple(problems))
    return settings


def _anchored_paths(tables: dict[str, Any], folder: Path, options: Sequence[Option]) -> dict[str, object]:
    paths = {option.path: _value_at(tables, option.path) for option in options if option.holds_path}
    return {key: str(folder / path) for key, path in paths.items() if path and not path.startswith("~")}


def _secrets(tables: dict[str, Any], options: Sequence[Option]) -> tuple[dict[str, object], list[Problem]]:
    """Read the secrets that are kept in files, by the path of the option they belong to."""
    secrets: dict[str, object] = {}
    problems = []
    for path in (option.path for option in options if option.secret):
        file = _value_at(tables, f"{path}_file")
        if not file:
            continue
        if _value_at(tables, path):
            problems.append(Problem(path, f"is given twice, here and in {path}_file; leave one of them empty"))
            continue
        try:
            secrets[path] = read_secret_file(Path(file).expanduser())
        except (ValueError, RuntimeError) as error:  # RuntimeError: no such home folder
            problems.append(Problem(f"{path}_file", f"{file!r} {error}"))
    return secrets, problems


def _value_at(tables: dict[str, Any], path: str) -> str:
    """Give the text at a dotted path; empty if there is none or if it is something else, which validation reports."""
    value: object = tables
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""
