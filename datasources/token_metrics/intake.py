"""From parsed rows to a batch: nothing twice, nothing that was not asked for, nothing lost without a word."""

import hashlib
from collections.abc import Iterable, Sequence

from datasources.answers import Json, row_text
from datasources.natural_keys import SeenRecords, Sighting
from datasources.records import DataKind, QuarantinedRow, Record
from datasources.token_metrics.parse import ParsedRow, quarantine


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
            if self._ids and record.provider_id not in self._ids:
                return "about an asset that was not asked for"
            if self._beyond_limit(record.provider_id):
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
