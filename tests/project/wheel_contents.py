"""Checks that a wheel holds every file of the packages, and that each kind of package data is among them.

Usage: python tests/project/wheel_contents.py dist/coinbrief-*.whl
"""

import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]
PACKAGES = ("agent", "config", "dashboard", "datasources")
IGNORED_SUFFIXES = {".pyc", ".pyo"}

# what is not Python and is read at run time: a pattern, and what it is
PACKAGE_DATA = {
    "config/default.toml": "the default settings",
    "agent/briefing/**/*.html*": "the templates of a briefing",
    "agent/llm/prompts/**/*.md": "the prompts",
    "agent/portfolio/*.csv": "the classification of assets",
    "agent/store/migrations/**/*.py": "the migrations of the database",
    "agent/store/migrations/**/*.sql": "what the migrations run",
}


def package_files(root: Path) -> set[str]:
    """Give the path of every file of the packages, relative to the root."""
    files = (path for package in PACKAGES for path in (root / package).rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix() for path in files if path.suffix not in IGNORED_SUFFIXES}


def complaints(wheel: Path, root: Path) -> list[str]:
    """Say what is missing from the wheel; nothing if it is complete."""
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    missing = [f"{path} is not in the wheel" for path in sorted(package_files(root) - names)]
    for pattern, meaning in PACKAGE_DATA.items():
        if not any(path.relative_to(root).as_posix() in names for path in root.glob(pattern)):
            missing.append(f"nothing in the wheel matches {pattern}: {meaning}")
    if not any(name.endswith(".dist-info/licenses/LICENSE") for name in names):
        missing.append("the licence is not in the wheel")
    return missing


if __name__ == "__main__":
    found = complaints(Path(sys.argv[1]), ROOT)
    sys.stdout.write(("\n".join(found) or "complete") + "\n")
    sys.exit(bool(found))
