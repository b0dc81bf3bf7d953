"""From parsed rows to a batch: nothing twice, nothing that was not asked for, nothing lost without a word."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from datasources.answers import Json, row_text
from datasources.natural_keys import SeenRecords, Sighting
from datasources.records import DataKind, Investor, Moonshot, QuarantinedRow, Record
from datasources.values import Row, RowError

LONGEST_RAW: Final = 4_000


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """What one row gave: records (none if it says that it has nothing), or the fault that keeps it from giving any."""

    row: Json
    records: tuple[Record, ...] = ()
    fault: str | None = None


def quarantine(kind: DataKind, reason: str, row: Json, secrets: Sequence[str] = ()) -> QuarantinedRow:
    """Keep a row that could not be used as ASCII JSON, without the secrets, at most 4,000 characters of it."""
    raw = row_text(row)
    for secret in secrets:
        for spelling in {secret, json.dumps(secret)[1:-1]} - {""}:
            raw = raw.replace(spelling, "***")
    return QuarantinedRow(kind, reason, raw[:LONGEST_RAW])


def read_row(row: Json, parse: Callable[[Row], tuple[Record, ...]]) -> ParsedRow:
    """Read one row, all or nothing; what is no object, or what `parse` refuses with a `RowError`, is a fault."""
    if not isinstance(row, dict):
        return ParsedRow(row, fault="not an object")
    try:
        return ParsedRow(row, parse(row))
    except RowError as error:
        return ParsedRow(row, fault=str(error))


class Intake:
    """What one fetch has taken in so far, over all its pages and windows.

    The same record again is dropped; one that contradicts an earlier one, or that is about an asset nobody asked for,
    puts its row into quarantine. Without ids at most `limit` assets are taken, the first ones that come.
    """

    def __init__(self, kind: DataKind, ids: Sequence[str], limit: int | None, secrets: Sequence[str]) -> None:
        self._kind = kind
        self._ids = frozenset(ids)
        self._limit = limit
        self._secrets = secrets
        self._seen = SeenRecords()
        self._assets: set[str] = set()

    @property
    def full(self) -> bool:
        """Whether the limit of assets is reached."""
        return self._limit is not None and not self._ids and len(self._assets) >= self._limit

    def take(self, rows: Iterable[ParsedRow]) -> tuple[tuple[Record, ...], tuple[QuarantinedRow, ...]]:
        """Sort the rows of a page into new records and rows for quarantine."""
        records: list[Record] = []
        quarantined: list[QuarantinedRow] = []
        for parsed in rows:
            fault = parsed.fault or self._take_records(parsed.records, records)
            if fault is not None:
                quarantined.append(quarantine(self._kind, fault, parsed.row, self._secrets))
        return tuple(records), tuple(quarantined)

    def _take_records(self, candidates: Sequence[Record], into: list[Record]) -> str | None:
        fault = None
        for record in candidates:
            if self._ids and asset_of(record) not in self._ids:
                return "about an asset that was not asked for"
            if self._beyond_limit(asset_of(record)):
                continue
            sighting = self._seen.check(record)
            if sighting is Sighting.NEW:
                into.append(record)
            elif sighting is Sighting.CONFLICT:
                fault = "contradicts an earlier row about the same thing"
        return fault

    def _beyond_limit(self, asset: str | None) -> bool:
        if asset is None or asset in self._assets:
            return False
        if self.full:
            return True
        self._assets.add(asset)
        return False


def asset_of(record: Record) -> str | None:
    """The provider's key of what a record is about; None for the whole market and for what is only named."""
    return None if isinstance(record, Investor | Moonshot) else record.provider_id


class PageWatch:
    """Recognises a page that brings nothing but rows of earlier pages: some providers repeat the last one for ever."""

    def __init__(self) -> None:
        self._digests: set[bytes] = set()

    def repeats(self, rows: Sequence[Json]) -> bool:
        """Tell whether all rows were on earlier pages, by content, and remember them."""
        digests = {hashlib.blake2b(row_text(row).encode(), digest_size=16).digest() for row in rows}
        repeated = digests <= self._digests
        self._digests |= digests
        return repeated
