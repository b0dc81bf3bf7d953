"""The size, shape and naming of the code: see CONTRIBUTING.md for why."""

import ast
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("agent", "config", "dashboard", "datasources")
FOLDERS = (*PACKAGES, "tests", "benchmarks")

MAX_FILE_LINES = 400
MAX_BODY_LINES = 50
FORBIDDEN_NAMES = re.compile(
    r"_*(utils?|helpers?|commons?|managers?|miscs?|stuff|tools?box)(_.*)?|.*_(utils?|helpers?)"
)

# Loaded from a folder by Alembic rather than imported.
NOT_PACKAGES = ("agent/store/migrations", "agent/store/migrations/versions")

# Where anything may be caught: a pattern of files, and why it must not stop there. A handler that raises again is fine
# everywhere, because it swallows nothing.
BROAD_EXCEPT_BOUNDARIES = {
    "agent/jobs/*.py": "one job's failure is recorded with its run and must not stop the others",
}

SUPPRESSION = re.compile(r"#\s*(?:ruff:\s*)?(noqa|type:\s*ignore)(?P<rest>[^#]*(?:#.*)?)$")
CODES_AND_REASON = re.compile(r"(?::\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*|\[[a-z, -]+\])\W+\w.{4,}")


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    found = [path for folder in folders or FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return tuple(sorted(path for path in found if "__pycache__" not in path.parts))


class Looked(NamedTuple):
    """What was seen in a file; its tree is not kept, because a thousand trees slow down every test after these."""

    bodies: tuple[tuple[int, str, int], ...]
    has_docstring: bool
    swallowing: tuple[int, ...]


@cache
def looked_into(path: Path) -> Looked:
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    bodies = tuple((node.lineno, node.name, body_lines(node)) for node in functions(tree))
    return Looked(bodies, bool(ast.get_docstring(tree)), tuple(swallowing_handlers(tree)))


def place(path: Path, line: int | None = None) -> str:
    name = path.relative_to(ROOT).as_posix()
    return f"{name}:{line}" if line else name


def test_there_is_something_to_check() -> None:
    assert len(python_files("config")) > 5


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files()}
    too_long = {name: lines for name, lines in lengths.items() if lines > MAX_FILE_LINES}
    assert not too_long, too_long


def test_no_function_body_is_longer_than_50_lines() -> None:
    found = {
        f"{place(path, line)} {name}": lines
        for path in python_files()
        for line, name, lines in looked_into(path).bodies
        if lines > MAX_BODY_LINES
    }
    assert not found, found


def functions(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Give every function, however deep in blocks; expressions, which are most of a tree, are not walked."""
    for field in ("body", "orelse", "finalbody", "handlers", "cases"):
        for child in getattr(node, field, ()):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield child
            yield from functions(child)


def body_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function, clean=False) is not None else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_a_function_is_found_however_deep_it_lies() -> None:
    inner = "    def f(self):\n      try:\n        x = 1\n      except E:\n        def g(): pass\n"
    source = f"if a:\n  pass\nelse:\n  class C:\n{inner}"
    assert [function.name for function in functions(ast.parse(source))] == ["f", "g"]


def test_a_docstring_does_not_count_as_body() -> None:
    source = 'def f():\n    """One.\n\n    Two.\n    """\n    a = 1\n\n    return a\n'
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    assert body_lines(function) == 3


def test_no_module_is_a_drawer_for_everything() -> None:
    paths = [*python_files(), *(path.parent for path in python_files())]
    assert [place(path) for path in paths if FORBIDDEN_NAMES.fullmatch(path.stem)] == []


@pytest.mark.parametrize("name", ["utils", "helper", "common", "_utils", "date_utils", "helpers_csv", "manager"])
def test_a_drawer_is_known_by_its_name(name: str) -> None:
    assert FORBIDDEN_NAMES.fullmatch(name)


@pytest.mark.parametrize("name", ["tools", "store", "commoner", "management"])
def test_other_nouns_are_fine(name: str) -> None:
    assert not FORBIDDEN_NAMES.fullmatch(name)


def test_every_package_says_what_it_owns() -> None:
    folders = {path.parent for path in python_files(*PACKAGES)}
    packages = sorted(folder for folder in folders if place(folder) not in NOT_PACKAGES)
    without = [place(folder) for folder in packages if not (folder / "__init__.py").is_file()]
    assert without == []
    silent = [place(folder) for folder in packages if not looked_into(folder / "__init__.py").has_docstring]
    assert silent == []


def test_every_module_says_what_it_owns() -> None:
    assert [place(path) for path in python_files(*PACKAGES) if not looked_into(path).has_docstring] == []


def test_everything_is_caught_only_at_a_boundary() -> None:
    found = []
    for path in python_files(*PACKAGES):
        if not any(fnmatch(place(path), pattern) for pattern in BROAD_EXCEPT_BOUNDARIES):
            found += [place(path, line) for line in looked_into(path).swallowing]
    assert not found, "\n".join(found)


def swallowing_handlers(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler) and catches_everything(node) and not raises_again(node):
            yield node.lineno
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"suppress", "contextlib.suppress"}:
            names = {ast.unparse(argument) for argument in node.args}
            if names & {"Exception", "BaseException"}:
                yield node.lineno


def catches_everything(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    names = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"} for name in names)


def raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


@pytest.mark.parametrize(
    ("handler", "swallows"),
    [
        ("except Exception: pass", True),
        ("except: pass", True),
        ("except (OSError, BaseException) as e: log(e)", True),
        ("except Exception as e: raise Other() from e", True),
        ("except BaseException:\n    undo()\n    raise", False),
        ("except ValueError: pass", False),
    ],
)
def test_a_handler_that_swallows_everything_is_found(handler: str, *, swallows: bool) -> None:
    assert bool(list(swallowing_handlers(ast.parse(f"try: f()\n{handler}")))) is swallows


def test_every_suppressed_check_is_named_and_has_a_reason() -> None:
    found = []
    for path in python_files():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            match = SUPPRESSION.search(line)
            if match and path != Path(__file__) and not CODES_AND_REASON.match(match["rest"]):
                found.append(f"{place(path, number)}: {line.strip()}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("comment", "accepted"),
    [
        ("# noqa", False),
        ("# noqa: BLE001", False),
        ("# noqa: BLE001 - one job must not stop the others", True),
        ("# noqa: PLC0415, S101 - heavy import", True),
        ("# noqa: E501  # a table reads better", True),
        ("# type: ignore", False),
        ("# type: ignore[arg-type]", False),
        ("# type: ignore[arg-type]  # the stub is wrong", True),
    ],
)
def test_a_reason_is_more_than_a_code(comment: str, *, accepted: bool) -> None:
    match = SUPPRESSION.search(comment)
    assert match
    assert bool(CODES_AND_REASON.match(match["rest"])) is accepted


def test_the_make_targets_can_be_kept_in_mind() -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(targets) <= 10
    assert {"help", "demo", "test", "lint", "bench", "run", "lock", "clean"} <= set(targets)


def test_the_lock_pins_by_hash_and_names_no_place() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    content = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    allowed = re.compile(r"[a-z0-9][a-z0-9.-]*==\S+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in content if not allowed.fullmatch(line)] == []
    assert len([line for line in content if "==" in line]) > 20
