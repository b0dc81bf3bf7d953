"""Who may import whom, read off the source, and what a light import must not load."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("agent", "config", "dashboard", "datasources")

# Every part of the code, and what of ours it may import beside itself. A part ends where a longer name begins.
ALLOWED: dict[str, tuple[str, ...]] = {
    "config": (),
    "datasources": (),
    "agent.errors": (),
    "agent.analytics": ("agent.errors",),
    "agent.llm": ("agent.errors",),
    "agent.portfolio": ("agent.errors",),
    # The terms of a source, the account of its credits and the state of its hosts are kept in the store.
    "agent.store": (
        "agent.errors",
        "datasources.base",
        "datasources.breaker",
        "datasources.errors",
        "datasources.records",
    ),
    "agent.identity": ("agent.errors", "agent.store", "datasources.records"),
    "agent.claims": ("agent.errors", "agent.analytics", "agent.store", "datasources.records"),
    "agent.briefing": (
        "agent.errors",
        "agent.analytics",
        "agent.claims",
        "agent.llm",
        "agent.portfolio",
        "agent.store",
        "datasources.records",
    ),
    "agent.measuring": (
        "agent.errors",
        "agent.analytics",
        "agent.briefing",
        "agent.claims",
        "agent.portfolio",
        "agent.store",
        "datasources.records",
    ),
    "agent.ask": (
        "agent.errors",
        "agent.analytics",
        "agent.briefing",
        "agent.claims",
        "agent.identity",
        "agent.llm",
        "agent.measuring",
        "agent.store",
        "datasources.records",
    ),
    "agent.delivery": (
        "agent.errors",
        "agent.briefing.document",
        "agent.briefing.render",
        "agent.claims",
        "agent.store",
    ),
    "agent.jobs": (
        "agent.errors",
        "agent.analytics",
        "agent.ask",
        "agent.briefing",
        "agent.claims",
        "agent.delivery",
        "agent.identity",
        "agent.llm",
        "agent.measuring",
        "agent.portfolio",
        "agent.store",
        "config",
        "datasources",
    ),
    "agent.wiring": ("agent.errors", "agent.identity", "agent.jobs", "agent.store", "config", "datasources"),
    "agent.evaluation": (
        "agent.errors",
        "agent.analytics",
        "agent.ask",
        "agent.briefing",
        "agent.claims",
        "agent.jobs",
        "agent.llm",
        "agent.measuring",
        "agent.store",
        "datasources",
    ),
    "agent.models": ("agent.errors", "agent.jobs", "agent.llm", "agent.store", "config"),
    "agent.language": ("agent", "config"),
    "agent.app": ("agent", "config", "datasources"),
    "agent.api": ("agent", "config", "datasources"),
    "agent.cli": ("agent", "config", "datasources", "dashboard.launcher"),
    "dashboard": (
        "agent.errors",
        "agent.analytics",
        "agent.app",
        "agent.ask",
        "agent.briefing",
        "agent.claims",
        "agent.measuring",
        "agent.store",
        "config",
    ),
}
USERS_OF_APP = ("agent.app", "agent.api", "agent.cli", "dashboard")

HEAVY = ("openai", "skfolio", "pandas", "matplotlib", "streamlit", "talib", "sqlmodel", "fastapi", "uvicorn", "scipy")
# What may not be loaded by importing a module; a module that does not exist is not imported.
LIGHT: dict[str, tuple[str, ...]] = {
    "agent.cli.main": HEAVY,
    "config.settings": (*HEAVY, "apscheduler", "numpy", "sqlalchemy", "httpx"),
    "agent.portfolio.resolution": (*HEAVY, "numpy", "sqlalchemy", "httpx"),
    "agent.portfolio.classification": (*HEAVY, "numpy", "sqlalchemy", "httpx"),
    "agent.claims.verify": (*HEAVY, "sqlalchemy", "httpx"),
    "agent.llm.port": (*HEAVY, "sqlalchemy"),
    "agent.store": ("openai", "skfolio", "pandas", "matplotlib", "streamlit", "talib", "fastapi", "uvicorn", "scipy"),
    "agent.briefing.document": HEAVY,
    "datasources.registry": HEAVY,
}


@cache
def modules() -> dict[str, Path]:
    """Give every module of ours by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(module: str, path: Path) -> Iterator[tuple[int, str]]:
    """Give each module of ours that a module imports, anywhere in it, with the line."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names if is_ours(alias.name))
        elif isinstance(node, ast.ImportFrom):
            base = absolute(node, package)
            if is_ours(base):
                yield from ((node.lineno, imported(base, alias.name)) for alias in node.names)


def is_ours(name: str) -> bool:
    return name.partition(".")[0] in PACKAGES


def absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parents = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*parents, node.module] if node.module else parents)


def imported(base: str, name: str) -> str:
    return f"{base}.{name}" if f"{base}.{name}" in modules() else base


def within(name: str, part: str) -> bool:
    return name == part or name.startswith(f"{part}.")


def part_of(module: str) -> str | None:
    return max((part for part in ALLOWED if within(module, part)), key=len, default=None)


def may_import(module: str, target: str) -> bool:
    own = part_of(module)
    if own is None:
        return False
    if own != "agent.app" and within(target, "agent.app"):
        return own in USERS_OF_APP
    return within(target, own) or any(within(target, allowed) for allowed in ALLOWED[own])


def test_every_module_belongs_to_a_part_with_rules() -> None:
    assert [name for name in modules() if name != "agent" and part_of(name) is None] == []


def test_imports_only_follow_the_arrows() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line}: {name} must not import {target}"
        for name, path in modules().items()
        for line, target in imports_of(name, path)
        if not may_import(name, target)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("module", "target", "allowed"),
    [
        ("config.settings", "config.loading", True),
        ("config.settings", "agent.errors", False),
        ("datasources.http", "config.settings", False),
        ("agent.store.assets", "datasources.records", True),
        ("agent.store.assets", "datasources.http", False),
        ("agent.analytics.risk", "agent.store.panel", False),
        ("agent.delivery.outbox", "agent.briefing.document", True),
        ("agent.delivery.outbox", "agent.briefing.write", False),
        ("agent.jobs.brief", "agent.app", False),
        ("agent.cli.main", "agent.app", True),
        ("agent.cli.main", "dashboard.app", False),
        ("dashboard.data", "agent.store", True),
        ("dashboard.data", "datasources.http", False),
    ],
)
def test_the_arrows_are_those_of_the_design(module: str, target: str, *, allowed: bool) -> None:
    assert may_import(module, target) is allowed


def test_relative_imports_are_followed(tmp_path: Path) -> None:
    path = tmp_path / "chat.py"
    path.write_text("from . import errors\nfrom .port import Message\nfrom ..claims import fact\nimport json\n")
    assert list(imports_of("agent.llm.chat", path)) == [
        (1, "agent.llm.errors"),
        (2, "agent.llm.port"),
        (3, "agent.claims.fact"),
    ]


@pytest.mark.parametrize("module", [name for name in LIGHT if name in modules()])
def test_a_light_import_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*(name for name in {LIGHT[module]!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
