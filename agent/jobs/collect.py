"""Collecting: from what a source offers to rows in the store, one kind of data after another.

Each kind is a run of its own with its own record. What came before a failure is kept; the next collection asks only
for what is missing, so it can be killed at any line and started again.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from agent.errors import StoreBusy
from agent.jobs.collection_plan import Scope, bar_queries, kinds_of, queries, settled_gaps
from agent.jobs.errors import CollectionBusy
from agent.jobs.intake import Intake
from agent.jobs.progress import KindReport, Progress
from agent.store import portfolios
from agent.store.assets import asset_ids, top_assets
from agent.store.coverage import Coverage, Gap, coverage, record_gaps
from agent.store.engine import Store
from agent.store.lock import write_lock
from agent.store.panel import refresh_columns
from agent.store.runs import RunOutcome, RunStatus, fail_interrupted_runs, finish_run, last_good_run, start_run
from agent.store.sources import source_id
from datasources.base import Query, Source
from datasources.errors import SourceError, Unauthorized
from datasources.records import DataKind

LOG = logging.getLogger(__name__)

_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much to collect: the number of assets by market cap, and how many days of bars."""

    universe: int
    history_days: int


@dataclass(frozen=True, slots=True)
class Collector:
    """Collects from one source into the store."""

    store: Store
    source: Source
    extent: Extent
    clock: Callable[[], datetime]
    progress: Progress

    def collect(self, wanted: Sequence[DataKind] | None = None) -> tuple[KindReport, ...]:
        """Collect all kinds the source offers, or those wanted; raises CollectionBusy if another process is at it."""
        with _exclusively(self.store):
            started_at = self.clock()
            with self.store.writer() as session:
                source_id(session, self.source.name, self.source.attribution)
                # The lock is ours, so whoever began an open run is dead, even one begun at this very moment.
                fail_interrupted_runs(session, started_at + _MOMENT, started_at)
            reports = asyncio.run(self._collect(wanted))
            with self.store.writer() as session:
                refresh_columns(session, self.source.name)
        return reports

    async def _collect(self, wanted: Sequence[DataKind] | None) -> tuple[KindReport, ...]:
        reports: list[KindReport] = []
        refused: SourceError | None = None
        try:
            for kind in kinds_of(self.source.capabilities, wanted):
                report, error = await self._collect_kind(kind, refused)
                refused = error if isinstance(error, Unauthorized) else refused
                reports.append(report)
        finally:
            await self.source.aclose()
        return tuple(reports)

    async def _collect_kind(self, kind: DataKind, refused: SourceError | None) -> tuple[KindReport, SourceError | None]:
        self.progress.started(self.source.name, kind)
        with self.store.writer() as session:
            run_id = start_run(session, self.source.name, kind, self.clock())
        intake = Intake(self.store, self.source.name, kind, run_id, self.clock, self.progress.received)
        error = refused
        if refused is None:
            error = await self._fetch(kind, intake)
        status = RunStatus.OK if error is None else RunStatus.PARTIAL if intake.received else RunStatus.FAILED
        report = intake.report(status, None if error is None else str(error))
        self._record(run_id, report, error)
        self.progress.finished(report)
        return report, error

    async def _fetch(self, kind: DataKind, intake: Intake) -> SourceError | None:
        for query in self._queries(kind):
            try:
                async for batch in self.source.fetch(kind, query):
                    intake.take(batch)
            except SourceError as error:
                LOG.warning("collecting %s stopped: %s", kind, error)
                return error
            finally:
                intake.flush()
        # A source that gives nothing at all may be having a bad moment: its word is not taken for ever.
        if kind is DataKind.DAILY_BARS and intake.received and not intake.quarantined:
            self._settle_gaps()
        return None

    def _queries(self, kind: DataKind) -> tuple[Query, ...]:
        today = self.clock().date()
        with self.store.reader() as session:
            good = last_good_run(session, self.source.name, kind)
        if kind is DataKind.DAILY_BARS:
            return bar_queries(self._coverage())
        return queries(kind, self._scope(), today, good.watermark_day if good else None, self.extent.universe)

    def _scope(self) -> Scope:
        with self.store.reader() as session:
            keys = {asset_id: key for key, asset_id in asset_ids(session, self.source.name).items()}
            held = [
                holding.asset_id
                for name in portfolios.names(session)
                for holding in portfolios.holdings(session, portfolios.require(session, name).portfolio_id)
            ]
            ranked = [row.asset_id for row in top_assets(session, self.source.name, self.extent.universe)]
        universe = ranked or sorted(keys)[: self.extent.universe]
        return Scope(_keys(keys, [*held, *universe]), _keys(keys, held or universe[:10]))

    def _coverage(self) -> Mapping[str, Coverage]:
        last = self.clock().date() - timedelta(days=1)
        start = last - timedelta(days=self.extent.history_days - 1)
        scope = self._scope()
        with self.store.reader() as session:
            ids = asset_ids(session, self.source.name)
            wanted = [ids[key] for key in scope.universe]
            covered = coverage(session, self.source.name, start, last, wanted) if wanted else {}
        return {key: covered[ids[key]] for key in scope.universe}

    def _settle_gaps(self) -> None:
        now = self.clock()
        settled = settled_gaps(self._coverage().values(), now.date())
        reason = "the source was asked and gave no bar"
        gaps = [Gap(asset_id, run.first_day, run.last_day, reason) for asset_id, run in settled]
        with self.store.writer() as session:
            record_gaps(session, self.source.name, gaps, now)

    def _record(self, run_id: int, report: KindReport, error: SourceError | None) -> None:
        now = self.clock()
        outcome = RunOutcome(
            status=report.status,
            received=report.received,
            written=report.written,
            revised=report.revised,
            quarantined=report.quarantined,
            requests=report.requests,
            error_class=None if error is None else type(error).__name__,
            error=report.error,
            watermark_day=_watermark(now, report.status),
        )
        with self.store.writer() as session:
            finish_run(session, run_id, outcome, now)


def _watermark(now: datetime, status: RunStatus) -> date | None:
    return now.date() if status is RunStatus.OK else None


def _keys(keys: Mapping[int, str], ids: Sequence[int]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys[asset_id] for asset_id in ids if asset_id in keys))


@contextmanager
def _exclusively(store: Store) -> Iterator[None]:
    path = store.path.with_name(f"{store.path.name}.collect.lock")
    try:
        with write_lock(path, 0.0):
            yield
    except StoreBusy as busy:
        if busy.path != path:
            raise
        raise CollectionBusy("another process is collecting into this database: wait until it is done") from busy
