"""CSV files as rows of cells: what is read, line by line, and what is wrong with a line. Knows no kind of data."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Final

from datasources.errors import BadPayload, Unavailable

_LONGEST_LINE: Final = 65_536
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_LONGEST_NUMBER: Final = 128  # Coin Metrics prints more than 40 digits at times
_HELP: Final = "the data folder holds daily-ohlcv/, on-chain/ and fear-and-greed.csv; correct its path in the settings"


class LineError(ValueError):
    """Why a line, or a cell of it, cannot be used."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file below its heading: where it is, what it says, and its cells by column (None = broken)."""

    place: str
    raw: str
    cells: Mapping[str, str] | None

    def require_cells(self) -> Mapping[str, str]:
        """Give the cells; raises `LineError` if the line does not have one for each column."""
        if self.cells is None:
            raise LineError("not one cell for each column")
        return self.cells


def list_tables(source: str, root: Path, folder: str) -> list[Path]:
    """List the CSV files of a folder in the order of their names; raises `Unavailable` if it cannot be read."""
    try:
        return sorted(path for path in (root / folder).iterdir() if path.suffix.lower() == ".csv")
    except OSError as error:
        raise Unavailable(source, f"{folder}/ could not be listed ({error.strerror}): {_HELP}") from None


def read_table(source: str, root: Path, path: Path, required: Sequence[str]) -> Iterator[Line]:
    """Read a file line by line; blank lines are passed over.

    Raises `Unavailable` if it cannot be read and `BadPayload` if its first line lacks a required column.
    """
    name = path.relative_to(root).as_posix()
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            columns = _split(file.readline(_LONGEST_LINE)) or []
            missing = [column for column in required if column not in columns]
            if missing or len(set(columns)) < len(columns):
                reason = f"no column {missing[0]}" if missing else "a column is there twice"
                raise BadPayload(source, f"{name} line 1", reason)
            for number, raw in enumerate(file, start=2):
                if raw.strip():
                    yield Line(f"{name} line {number}", raw.rstrip("\r\n"), _match(columns, _split(raw)))
    except OSError as error:
        raise Unavailable(source, f"{name} could not be read ({error.strerror}): {_HELP}") from None


def _match(columns: Sequence[str], cells: Sequence[str] | None) -> Mapping[str, str] | None:
    if cells is None or len(cells) != len(columns):
        return None
    return dict(zip(columns, cells, strict=True))


def _split(raw: str) -> list[str] | None:
    if len(raw) >= _LONGEST_LINE:
        return None
    try:
        return [cell.strip() for cell in next(csv.reader([raw.rstrip("\r\n")], strict=True), [])]
    except csv.Error:
        return None


def parse_day(cells: Mapping[str, str], column: str) -> date:
    """Read a day written YYYY-MM-DD."""
    cell = cells[column]
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", cell):
        try:
            return date.fromisoformat(cell)
        except ValueError:
            pass
    raise LineError(f"{column} is not a date")


def parse_figure(cells: Mapping[str, str], column: str, least: float | None = None) -> float | None:
    """Read a finite number, not below `least` if that is given; an empty cell is None."""
    cell = cells[column]
    if not cell:
        return None
    if len(cell) > _LONGEST_NUMBER or not _NUMBER.fullmatch(cell) or not isfinite(value := float(cell)):
        raise LineError(f"{column} is not a finite number")
    if least is not None and value < least:
        raise LineError(f"{column} is less than {least:g}")
    return value


def require_figure(cells: Mapping[str, str], column: str) -> float:
    """Read a finite number that must be there."""
    value = parse_figure(cells, column)
    if value is None:
        raise LineError(f"{column} is empty")
    return value
