"""The files source: CSV history in one folder, given as if it had been collected up to `now`."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Final

from datasources.base import Batch, CallPlan, Capability, Query, Terms
from datasources.errors import SourceError, Unavailable, Unsupported
from datasources.files.lines import (
    BAR_COLUMNS,
    ONCHAIN_DAY,
    SENTIMENT_COLUMNS,
    parse_bar,
    parse_onchain,
    parse_sentiment,
    parse_ticker,
)
from datasources.files.tables import Line, LineError, list_tables, parse_day, read_table
from datasources.files.visibility import Horizon
from datasources.natural_keys import SeenRecords, Sighting
from datasources.records import AssetListing, DataKind, QuarantinedRow, Record

ROWS_PER_BATCH: Final = 5_000
LONGEST_RAW: Final = 4_000
_BARS: Final = "daily-ohlcv"
_ONCHAIN: Final = "on-chain"
_SENTIMENT: Final = "fear-and-greed.csv"

_CAPABILITIES: Final[Mapping[DataKind, Capability]] = MappingProxyType(
    {
        kind: Capability(credits_per_request=0, rows_per_request=ROWS_PER_BATCH)
        for kind in (DataKind.ASSETS, DataKind.DAILY_BARS, DataKind.ONCHAIN_METRICS, DataKind.SENTIMENT)
    }
)

Item = Record | QuarantinedRow


class FilesSource:
    """History from `root`: `daily-ohlcv/*.csv`, `on-chain/*.csv`, `fear-and-greed.csv`.

    Nothing is given before it was known: a candle once its UTC day is over, on-chain figures of day d from 03:00 UTC of
    d + 1, the sentiment of d from 00:00 UTC of d, an asset once it has a first figure.
    """

    def __init__(self, terms: Terms, root: Path, *, now: Callable[[], datetime]) -> None:
        self._terms = terms
        self._root = root
        self._now = now

    def __repr__(self) -> str:
        return "FilesSource()"

    @property
    def name(self) -> str:
        """The name in settings, the store and every message."""
        return "files"

    @property
    def terms(self) -> Terms:
        """Whom to name next to the data; what its licence allows depends on where the files come from."""
        return self._terms

    @property
    def requests(self) -> int:
        """Always 0: nothing is asked over a network."""
        return 0

    @property
    def capabilities(self) -> Mapping[DataKind, Capability]:
        """Which kinds of data this source offers; it costs nothing."""
        return _CAPABILITIES

    def fetch(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        """Fetch one kind of data in batches of at most 5,000 rows; ids without a file have nothing.

        On-chain metrics and sentiment are optional: without their files there is nothing of them. Raises `Unsupported`
        at once, and while iterating `Unavailable` for a missing data folder or one without candles and `BadPayload`
        for a file that lacks a column; what came before a failure is given first.
        """
        if kind not in _CAPABILITIES:
            raise Unsupported(self.name, f"it has no {kind}")
        return self._fetch(kind, query)

    def plan(self, kind: DataKind, query: Query) -> CallPlan:
        """Say that it costs no request."""
        del query
        if kind not in _CAPABILITIES:
            raise Unsupported(self.name, f"it has no {kind}")
        return CallPlan(0)

    async def probe(self) -> None:
        """See that the folder and its candles are there."""
        list_tables(self.name, self._root, _BARS)

    async def aclose(self) -> None:
        """Do nothing: no file stays open."""

    async def _fetch(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        now = self._now()
        items = self._read(kind, query, now)
        failure: SourceError | None = None
        while failure is None:
            chunk: list[Item] = []
            try:
                chunk.extend(islice(items, ROWS_PER_BATCH))
            except SourceError as error:
                failure = error
            if not chunk and failure is None:
                return
            if chunk:
                yield _batch(chunk, now)
        raise failure

    def _read(self, kind: DataKind, query: Query, now: datetime) -> Iterator[Item]:
        if kind is DataKind.ASSETS:
            return self._read_assets(query, now)
        horizon = Horizon(kind, now, query.start, query.end)
        if kind is DataKind.SENTIMENT:
            return self._read_sentiment(horizon)
        return self._read_assets_history(horizon, query)

    def _read_assets_history(self, horizon: Horizon, query: Query) -> Iterator[Item]:
        bars = horizon.kind is DataKind.DAILY_BARS
        if not bars and not self._has(_ONCHAIN):
            return
        files = self._files_by_asset(_BARS if bars else _ONCHAIN, query)
        for ticker in list(files)[: query.limit]:
            seen = SeenRecords()
            for path in files[ticker]:
                lines = read_table(self.name, self._root, path, BAR_COLUMNS if bars else (ONCHAIN_DAY,))
                yield from _read_lines(ticker, lines, horizon, seen)

    def _read_sentiment(self, horizon: Horizon) -> Iterator[Item]:
        if not self._has(_SENTIMENT):
            return
        lines = read_table(self.name, self._root, self._root / _SENTIMENT, SENTIMENT_COLUMNS)
        yield from _read_lines("", lines, horizon, SeenRecords())

    def _read_assets(self, query: Query, now: datetime) -> Iterator[Item]:
        known: set[str] = set()
        for folder, kind, column in (
            (_BARS, DataKind.DAILY_BARS, BAR_COLUMNS[0]),
            (_ONCHAIN, DataKind.ONCHAIN_METRICS, ONCHAIN_DAY),
        ):
            if not self._has(folder):
                continue
            horizon = Horizon(kind, now)
            for ticker, paths in self._files_by_asset(folder, query).items():
                if any(self._has_begun(path, column, horizon) for path in paths):
                    known.add(ticker)
        for ticker in sorted(known)[: query.limit]:
            yield AssetListing(provider_id=ticker, symbol=ticker, name=ticker)

    def _has(self, part: str) -> bool:
        """Whether an optional part of the data is there; raises `Unavailable` if the whole folder is not."""
        if not self._root.is_dir():
            raise Unavailable(self.name, "the data folder does not exist; correct its path in the settings")
        return part == _BARS or (self._root / part).exists()

    def _has_begun(self, path: Path, column: str, horizon: Horizon) -> bool:
        """Tell whether the first readable day of a file may be seen."""
        for line in read_table(self.name, self._root, path, (column,)):
            try:
                return horizon.shows(parse_day(line.require_cells(), column))
            except LineError:
                continue
        return False

    def _files_by_asset(self, folder: str, query: Query) -> dict[str, list[Path]]:
        """Find the files of each asset asked for, by ticker; of several the `-recent` one counts first."""
        found: dict[str, list[Path]] = {}
        for path in list_tables(self.name, self._root, folder):
            ticker = parse_ticker(path)
            if not query.provider_ids or ticker in query.provider_ids:
                found.setdefault(ticker, []).append(path)
        for paths in found.values():
            paths.sort(key=lambda path: (not path.stem.lower().endswith("-recent"), path.name))
        return dict(sorted(found.items()))


def _read_lines(ticker: str, lines: Iterator[Line], horizon: Horizon, seen: SeenRecords) -> Iterator[Item]:
    for line in lines:
        records, faults = _parse_visible(ticker, line, horizon)
        sightings = [(record, seen.check(record)) for record in records]
        yield from (record for record, sighting in sightings if sighting is Sighting.NEW)
        if any(sighting is Sighting.CONFLICT for _, sighting in sightings):
            faults.append("contradicts an earlier line about the same day")
        for fault in faults:
            yield QuarantinedRow(horizon.kind, f"{line.place}: {fault}", line.raw[:LONGEST_RAW])


def _parse_visible(ticker: str, line: Line, horizon: Horizon) -> tuple[Sequence[Record], list[str]]:
    try:
        cells = line.require_cells()
        day = parse_day(cells, ONCHAIN_DAY if horizon.kind is DataKind.ONCHAIN_METRICS else BAR_COLUMNS[0])
        if not horizon.shows(day):
            return (), []
        if horizon.kind is DataKind.DAILY_BARS:
            return (parse_bar(ticker, day, cells),), []
        if horizon.kind is DataKind.SENTIMENT:
            return (parse_sentiment(day, cells),), []
        return parse_onchain(ticker, day, cells)
    except LineError as error:
        return (), [str(error)]


def _batch(items: Sequence[Item], now: datetime) -> Batch[Record]:
    records = tuple(item for item in items if not isinstance(item, QuarantinedRow))
    quarantined = tuple(item for item in items if isinstance(item, QuarantinedRow))
    return Batch(records, quarantined, now, requests=0)
