"""Collecting from one source: from what it offers to rows in the store, one task after another.

Each task is a run with its own record. What came before a failure is kept; the next collection asks only for what is
missing, so it can be killed at any line and started again.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial

from agent.identity.overrides import NO_OVERRIDES, Overrides
from agent.jobs.collection_plan import (
    FEW_DAYS,
    MARKET_DAYS,
    Scope,
    Situation,
    Task,
    Tier,
    bar_steps,
    kinds_of,
    settled_gaps,
    steps,
    task_key,
    tasks,
    within_queries,
    yesterdays_bars,
)
from agent.jobs.intake import Intake
from agent.jobs.outcome import Verdict, Yield, expected_rows, judge
from agent.jobs.progress import KindReport, Progress
from agent.jobs.scope import read_interest, scope_of
from agent.jobs.sinks import ListingSink, Owner, sink_of
from agent.store.assets import asset_ids
from agent.store.coverage import Coverage, Gap, coverage, record_gaps
from agent.store.engine import Store
from agent.store.indices import index_ids
from agent.store.panel import refresh_columns
from agent.store.runs import RunOutcome, RunRow, RunStatus, finish_run, last_attempts, last_good_run, start_run
from agent.store.sources import source_id
from datasources.base import Query, Source
from datasources.errors import SourceError
from datasources.records import DataKind

LOG = logging.getLogger(__name__)

ALIVE_DAYS = 7
ENOUGH_BARS = 0.95


@dataclass(frozen=True, slots=True)
class Extent:
    """How much to collect: the number of assets by market cap, how many days of bars, and what is watched closely."""

    universe: int
    history_days: int
    watchlist: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """What is read once for many kinds: the assets that matter, by the source's keys, indices, how far runs came."""

    scope: Scope
    indices: tuple[str, ...]
    watermarks: Mapping[str, date]  # the day of the last good run, by the key of the task


@dataclass(frozen=True)
class Collector:
    """Collects from one source into the store.

    `market` is the source whose ranks say which assets are the largest and whose listings own their names; `kinds`
    what to collect, None = everything the source offers; a `secondary` source is asked for prices of what is held and
    watched only; with `capped` credits each tier is a task of its own.
    """

    store: Store
    source: Source
    extent: Extent
    clock: Callable[[], datetime]
    progress: Progress
    market: str = ""
    kinds: tuple[DataKind, ...] | None = None
    secondary: bool = False
    capped: bool = False
    overrides: Overrides = NO_OVERRIDES

    @property
    def owner(self) -> str:
        """The market's source."""
        return self.market or self.source.name

    @property
    def offered(self) -> tuple[DataKind, ...]:
        """The kinds that are collected from this source, in the order in which they build on each other."""
        return kinds_of(self.source.capabilities, self.kinds)

    @property
    def possible(self) -> tuple[DataKind, ...]:
        """Every kind the source has, also those that are collected on request only."""
        return kinds_of(self.source.capabilities, tuple(DataKind))

    def register(self) -> None:
        """Write the source and its terms down."""
        with self.store.writer() as session:
            source_id(session, self.source.name, self.source.terms)

    def tasks(self, kind: DataKind, ground: Ground) -> tuple[Task, ...]:
        """What is to be asked for now to bring a kind up to date."""
        situation, marks = self._situation(kind, ground), _watermarks(kind, ground)
        if kind is DataKind.DAILY_BARS:
            return tasks(kind, bar_steps(self._coverage(situation.scope), situation, marks), apart=self.capped)
        if not self.capped:
            return tasks(kind, steps(kind, situation, marks.get(Tier.HOLDINGS)), apart=False)
        found = [step for tier in Tier for step in steps(kind, situation, marks.get(tier)) if step.tier is tier]
        return tasks(kind, found, apart=True)

    def standing(self, kinds: Sequence[DataKind], ground: Ground) -> tuple[Task, ...]:
        """What is asked for again and again, whether or not anything is missing now: what a plan is made of."""
        found: list[Task] = []
        for kind in kinds:
            situation = self._situation(kind, ground)
            bars = kind is DataKind.DAILY_BARS
            part = yesterdays_bars(situation) if bars else steps(kind, situation, situation.today)
            found += tasks(kind, part, apart=self.capped)
        return tuple(found)

    async def run(self, task: Task, history: Sequence[Query] | None = None) -> tuple[KindReport, SourceError | None]:
        """Do a task; `history` is the part of its history that is affordable, None = all."""
        self.progress.started(self.source.name, task.key)
        queries = (*task.steps, *(task.history if history is None else history))
        with self.store.reader() as session:
            last_good = last_good_run(session, self.source.name, task.key)
        intake, before = self._open(task), self.source.requests
        error = await self._fetch(task.kind, queries, intake)
        intake.requests = self.source.requests - before
        this = Yield(expected_rows(queries), intake.received, intake.quarantined)
        verdict = self._settle_listings(task, queries, intake, self._judge(task, this, last_good, error))
        report = self._close(intake, verdict, this)
        return report, error

    def refuse(self, task: Task, error: SourceError) -> KindReport:
        """Record a task that is not tried because the source refused the one before for good."""
        self.progress.started(self.source.name, task.key)
        return self._close(self._open(task), judge(Yield(None, 0), None, error), Yield(None, 0))

    def defer(self, task: Task, reason: str) -> KindReport:
        """Record a task that is left out because its credits are planned for others."""
        verdict = Verdict(RunStatus.DEFERRED, "LeftOut", reason)
        return self._close(self._open(task), verdict, Yield(expected_rows(task.steps), 0))

    def finish(self) -> None:
        """Pack the days that were filled."""
        with self.store.writer() as session:
            refresh_columns(session, self.source.name)

    async def _fetch(self, kind: DataKind, queries: Sequence[Query], intake: Intake) -> SourceError | None:
        try:
            for query in queries:
                async for batch in self.source.fetch(kind, query):
                    intake.take(batch)
        except SourceError as error:
            LOG.warning("collecting %s stopped: %s", kind, error)
            return error
        finally:
            intake.flush()
        # A source that gives nothing at all may be having a bad moment: its word is not taken for ever.
        if kind is DataKind.DAILY_BARS and intake.received and not intake.quarantined:
            self._settle_gaps(queries)
        return None

    def ground(self) -> Ground:
        """The assets that matter and the indices there are."""
        with self.store.reader() as session:
            interest = read_interest(session, self.owner, self.extent.watchlist, self.extent.universe)
            scope = scope_of(interest, asset_ids(session, self.source.name))
            good = [past.last_ok for past in last_attempts(session, self.source.name) if past.last_ok is not None]
            marks = {run.kind: run.watermark_day for run in good if run.watermark_day is not None}
            return Ground(scope, index_ids(session, self.source.name), marks)

    def _situation(self, kind: DataKind, ground: Ground) -> Situation:
        scope = ground.scope
        if self.secondary and kind in {DataKind.DAILY_BARS, DataKind.QUOTES}:
            scope = scope.narrowed()
        first_days = self.extent.history_days
        if self.capped:  # a day of hourly moods is a quarter of a page, a month of daily figures is one
            first_days = FEW_DAYS + 1 if kind is DataKind.SENTIMENT else MARKET_DAYS
        return Situation(scope, self.clock().date(), self.extent.universe, first_days, self.capped, ground.indices)

    def _open(self, task: Task) -> Intake:
        with self.store.writer() as session:
            run_id = start_run(session, self.source.name, task.key, self.clock())
        sink = sink_of(task.kind, Owner(self.owner, self.overrides))
        name, received = self.source.name, partial(self.progress.received, self.source.name)
        return Intake(self.store, name, task.kind, task.key, run_id, sink, self.clock, received)

    def _coverage(self, scope: Scope) -> Mapping[str, Coverage]:
        last = self.clock().date() - timedelta(days=1)
        days = self.extent.history_days
        limit = self.source.capabilities[DataKind.DAILY_BARS].history_days
        start = last - timedelta(days=min(days, limit or days) - 1)
        with self.store.reader() as session:
            ids = asset_ids(session, self.source.name)
            wanted = [ids[key] for key in scope.universe]
            covered = coverage(session, self.source.name, start, last, wanted) if wanted else {}
        return {key: covered[ids[key]] for key in scope.universe}

    def _settle_gaps(self, queries: Sequence[Query]) -> None:
        """Believe the source that the days it was asked for and gave nothing of are not to be had."""
        now = self.clock()
        asked = tuple(dict.fromkeys(key for query in queries for key in query.provider_ids))
        covered = within_queries(self._coverage(Scope(rest=asked)), queries)
        settled = settled_gaps(covered, now.date())
        reason = "the source was asked and gave no bar"
        gaps = [Gap(asset_id, run.first_day, run.last_day, reason) for asset_id, run in settled]
        with self.store.writer() as session:
            record_gaps(session, self.source.name, gaps, now)

    def _judge(self, task: Task, this: Yield, last_good: RunRow | None, error: SourceError | None) -> Verdict:
        if task.kind is not DataKind.DAILY_BARS:
            usual = None if last_good is None else Yield(last_good.expected, last_good.received)
            return judge(this, usual, error)
        verdict = judge(this, None, error)
        return self._judge_bars(task) if verdict.status is RunStatus.OK else verdict

    def _judge_bars(self, task: Task) -> Verdict:
        """Bars are well if nearly every asset that traded lately has one of yesterday."""
        asked = tuple(dict.fromkeys(key for query in task.steps for key in query.provider_ids))
        yesterday = self.clock().date() - timedelta(days=1)
        alive = [
            cover
            for cover in self._coverage(Scope(rest=asked)).values()
            if cover.last_day is not None and (yesterday - cover.last_day).days < ALIVE_DAYS
        ]
        late = sum(cover.last_day != yesterday for cover in alive)
        if late <= (1 - ENOUGH_BARS) * len(alive):
            return Verdict(RunStatus.OK)
        message = f"{late:,} of {len(alive):,} assets have no bar for {yesterday} yet; they are asked for again"
        return Verdict(RunStatus.PARTIAL, "TooFewRows", message)

    def _settle_listings(self, task: Task, queries: Sequence[Query], intake: Intake, verdict: Verdict) -> Verdict:
        """After a good list: its ranks count, what is no longer on it is marked, refused corrections are named."""
        sink = intake.sink
        if not isinstance(sink, ListingSink) or verdict.status is not RunStatus.OK:
            return verdict
        with self.store.writer() as session:
            sink.settle_ranks(session, self.source.name)
            if task.kind is DataKind.ASSETS and all(query.limit is None for query in queries):
                sink.settle_missing(session, self.source.name, self.clock())
        return replace(verdict, error="; ".join(dict.fromkeys(sink.refused)) or None)

    def _close(self, intake: Intake, verdict: Verdict, this: Yield) -> KindReport:
        report = intake.report(verdict.status, verdict.error)
        now = self.clock()
        outcome = RunOutcome(
            status=report.status,
            expected=this.expected,
            received=report.received,
            written=report.written,
            revised=report.revised,
            quarantined=report.quarantined,
            requests=report.requests,
            error_class=verdict.error_class,
            error=report.error,
            watermark_day=_watermark(now, report.status),
        )
        with self.store.writer() as session:
            finish_run(session, intake.run_id, outcome, now)
        self.progress.finished(report)
        return report


def _watermark(now: datetime, status: RunStatus) -> date | None:
    return now.date() if status is RunStatus.OK else None


def _watermarks(kind: DataKind, ground: Ground) -> dict[Tier, date]:
    """The day of the last good run of each tier that had one; without a cap all are one."""
    found = {tier: ground.watermarks.get(task_key(kind, tier)) for tier in Tier}
    return {tier: day for tier, day in found.items() if day is not None}
