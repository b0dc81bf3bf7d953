"""CSV history on disk, read whole and checked: every error names the file and the line.

    <root>/daily-ohlcv/SYMBOL.csv   date, open, high, low, close, turnover_usd (and others, ignored); days ascending
    <root>/on-chain/ASSET.csv       time, then one column per metric; empty = not available; ASSET-anything.csv adds
                                    to ASSET and wins where both have a value
    <root>/fear-and-greed.csv       date, value, classification

Any of the three may be absent.
"""

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from datasources.errors import SourceError
from datasources.sandbox.blocks import Floats, Ints
from datasources.sandbox.contract import OnchainRow, SentimentIndex

BAR_COLUMNS = ("open", "high", "low", "close", "turnover_usd")


class HistoryError(SourceError):
    """A history folder or one of its files cannot be used as it is."""

    permanent = True

    def __init__(self, path: Path, reason: str, line: int | None = None) -> None:
        where = f"{path}, line {line}" if line else str(path)
        super().__init__("replay", f"{where}: {reason}")
        self.path = path
        self.line = line


@dataclass(frozen=True, slots=True)
class BarSeries:
    """One file of daily bars: days as ordinals, (T,), and open, high, low, close, turnover in US dollars, (T, 5)."""

    symbol: str
    days: Ints
    values: Floats


def read_bars(root: Path) -> tuple[BarSeries, ...]:
    """Every file of daily bars, by symbol; raises HistoryError."""
    return tuple(_read_bar_file(path) for path in sorted((root / "daily-ohlcv").glob("*.csv")))


def read_onchain(root: Path) -> dict[str, tuple[OnchainRow, ...]]:
    """On-chain rows by lower-case asset, oldest first; raises HistoryError."""
    merged: dict[str, dict[date, dict[str, str | None]]] = {}
    for path in sorted((root / "on-chain").glob("*.csv"), key=lambda path: path.stem):
        days = merged.setdefault(path.stem.partition("-")[0].lower(), {})
        for day, values in _onchain_rows(path):
            known = days.setdefault(day, {})
            known.update({name: value for name, value in values.items() if value is not None or name not in known})
    return {
        asset: tuple(OnchainRow(asset, day, tuple(days[day].items())) for day in sorted(days))
        for asset, days in merged.items()
    }


def onchain_spans(rows: Sequence[OnchainRow]) -> tuple[tuple[str, date, date], ...]:
    """Every metric of an asset's rows (oldest first) with the first and last day that has a value."""
    spans: dict[str, tuple[date, date]] = {}
    for row in rows:
        for name, value in row.values:
            if value is not None:
                spans[name] = (spans.get(name, (row.day, row.day))[0], row.day)
    return tuple((name, first, last) for name, (first, last) in spans.items())


def read_sentiment(root: Path) -> tuple[SentimentIndex, ...]:
    """The fear and greed index, oldest first; raises HistoryError."""
    path = root / "fear-and-greed.csv"
    if not path.exists():
        return ()
    found: dict[date, SentimentIndex] = {}
    for line, row in _rows(path, ("date", "value", "classification")):
        day = _day(path, line, row["date"])
        value = row["value"]
        if not value.isdecimal() or int(value) > 100:
            raise HistoryError(path, f"value {value!r} is not a whole number from 0 to 100", line)
        if day in found:
            raise HistoryError(path, f"{day} appears twice", line)
        found[day] = SentimentIndex(day, int(value), row["classification"])
    return tuple(found[day] for day in sorted(found))


def _read_bar_file(path: Path) -> BarSeries:
    days: list[int] = []
    values: list[tuple[float, ...]] = []
    for line, row in _rows(path, ("date", *BAR_COLUMNS)):
        day = _day(path, line, row["date"]).toordinal()
        if days and day <= days[-1]:
            raise HistoryError(path, f"{row['date']} does not come after the row before it", line)
        days.append(day)
        values.append(_bar(path, line, row))
    if not days:
        raise HistoryError(path, "has no rows; remove the file or fill it")
    return BarSeries(path.stem, np.array(days, dtype=np.int64), np.array(values))


def _bar(path: Path, line: int, row: Mapping[str, str]) -> tuple[float, ...]:
    opened, high, low, close, turnover = (_number(path, line, name, row[name]) for name in BAR_COLUMNS)
    if min(opened, high, low, close) <= 0:
        raise HistoryError(path, "a price is zero or negative", line)
    if turnover < 0:
        raise HistoryError(path, "turnover_usd is negative", line)
    if not low <= min(opened, close) <= max(opened, close) <= high:
        raise HistoryError(path, "open or close lies outside low to high", line)
    return opened, high, low, close, turnover


def _onchain_rows(path: Path) -> Iterator[tuple[date, dict[str, str | None]]]:
    for line, row in _rows(path, ("time",)):
        values: dict[str, str | None] = {}
        for name, text in row.items():
            if name == "time":
                continue
            if text:
                _number(path, line, name, text)
            values[name] = text or None
        yield _day(path, line, row["time"][:10]), values


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.reader(stream)
            header = next(reader, [])
            missing = [name for name in needed if name not in header]
            if missing:
                raise HistoryError(path, f"the header lacks {', '.join(missing)}", 1)
            for row in reader:
                if not row:
                    continue
                if len(row) != len(header):
                    raise HistoryError(path, f"has {len(row)} cells, the header {len(header)}", reader.line_num)
                yield reader.line_num, dict(zip(header, row, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise HistoryError(path, f"cannot be read: {error}") from error


def _day(path: Path, line: int, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise HistoryError(path, f"{text!r} is not a day such as 2025-10-22", line) from error


def _number(path: Path, line: int, name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise HistoryError(path, f"{name} {text!r} is not a number", line) from error
    if not math.isfinite(value):
        raise HistoryError(path, f"{name} {text!r} is not finite", line)
    return value
