"""One collection run's rows on their way into the store: gathered, written a few thousand at a time, counted."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from agent.errors import UnknownAsset
from agent.jobs.progress import KindReport
from agent.jobs.sinks import Sink
from agent.store.bulk import Written
from agent.store.engine import Store
from agent.store.runs import RunStatus, quarantine_rows
from datasources.base import Batch
from datasources.intake import asset_of
from datasources.records import DataKind, QuarantinedRow, Record

ROWS_PER_WRITE = 4000


@dataclass(slots=True)
class Intake:
    """Takes batches as they come; `flush` writes what has gathered, in one transaction."""

    store: Store
    source: str
    kind: DataKind
    key: str
    run_id: int
    sink: Sink
    clock: Callable[[], datetime]
    on_received: Callable[[int], None]
    received: int = 0
    requests: int = 0
    quarantined: int = 0
    written: Written = field(default_factory=Written)
    _records: list[Record] = field(default_factory=list)
    _rejected: list[QuarantinedRow] = field(default_factory=list)
    _fetched_at: datetime | None = None

    def take(self, batch: Batch[Record]) -> None:
        """Count a batch and keep it for the next write."""
        self.received += len(batch.records)
        self.quarantined += len(batch.quarantined)
        self.requests += batch.requests
        self._records.extend(batch.records)
        self._rejected.extend(batch.quarantined)
        self._fetched_at = batch.fetched_at
        self.on_received(len(batch.records))
        # Ranks are replaced as a whole, so a list of the largest assets is never written in parts.
        if len(self._records) >= ROWS_PER_WRITE and self.kind is not DataKind.TOP_ASSETS:
            self.flush()

    def flush(self) -> None:
        """Write what has gathered."""
        if self._fetched_at is None or not (self._records or self._rejected):
            return
        try:
            self._write(self._fetched_at)
        except UnknownAsset as unknown:
            self._reject(frozenset(unknown.provider_ids))
            self._write(self._fetched_at)
        self._records, self._rejected = [], []

    def _write(self, fetched_at: datetime) -> None:
        with self.store.writer() as session:
            written = Written()
            if self._records:
                written = self.sink(session, self.source, self._records, fetched_at)
            quarantine_rows(session, self.run_id, self.source, self._rejected, fetched_at)
        self.written += written

    def _reject(self, unlisted: frozenset[str]) -> None:
        """Set aside the rows of assets that the source never listed: there is nothing to store them under."""
        rows = [item for item in self._records if asset_of(item) in unlisted]
        self._records = [item for item in self._records if asset_of(item) not in unlisted]
        self._rejected += [QuarantinedRow(self.kind, "the source has not listed this asset", repr(row)) for row in rows]
        self.received -= len(rows)
        self.quarantined += len(rows)

    def report(self, status: RunStatus, error: str | None) -> KindReport:
        """What came of the run."""
        return KindReport(
            source=self.source,
            kind=self.kind,
            key=self.key,
            status=status,
            received=self.received,
            written=self.written.inserted,
            revised=self.written.revised,
            quarantined=self.quarantined,
            requests=self.requests,
            error=error,
        )
