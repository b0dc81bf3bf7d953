"""Collecting from every source: the market's lists first, then all sources side by side, each at its own pace."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from agent.errors import StoreBusy
from agent.jobs.budget import Budget, Credits, Decision, Verb
from agent.jobs.cadence import Attempts
from agent.jobs.collect import Collector, Ground
from agent.jobs.collection_plan import Task
from agent.jobs.errors import CollectionBusy
from agent.jobs.progress import KindReport
from agent.jobs.scope import read_interest, unknown_watched
from agent.store.credits import StoreMeter, next_period_start, used
from agent.store.engine import Store
from agent.store.hosts import save_hosts
from agent.store.lock import write_lock
from agent.store.runs import fail_interrupted_runs, last_attempts
from datasources.breaker import BreakerBoard
from datasources.errors import SourceError, Unauthorized
from datasources.records import DataKind

LOG = logging.getLogger(__name__)

LISTS = (DataKind.ASSETS, DataKind.TOP_ASSETS)
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Account:
    """What the store knows of one source's past: what was tried, what was spent, when the holdings changed."""

    store: Store
    source: str
    cap: int
    reset_day: int
    market: str
    clock: Callable[[], datetime]

    def attempts(self) -> Mapping[str, Attempts]:
        """The collections of every task so far."""
        with self.store.reader() as session:
            found = last_attempts(session, self.source)
        return {
            past.kind: Attempts(
                good_at=past.last_ok.started_at if past.last_ok else None,
                last_at=past.last.started_at,
                failures=past.failures,
                last_outcome=past.last.status,
            )
            for past in found
        }

    def credits_now(self) -> Credits:
        """What is left of the month's credits, and for how long it has to last."""
        now = self.clock().astimezone(UTC)
        with self.store.reader() as session:
            gone = used(session, self.source, now.date(), self.reset_day)
        anew = datetime.combine(next_period_start(now.date(), self.reset_day), time(), UTC)
        return Credits(max(self.cap - gone, 0), (anew - now) / timedelta(days=1))

    def changed_at(self) -> datetime | None:
        """When the holdings last changed."""
        with self.store.reader() as session:
            return read_interest(session, self.market, (), 1).changed_at


@dataclass(frozen=True)
class Member:
    """A source in a collection: who collects, on which account, and what may be spent."""

    collector: Collector
    provider: str
    meter: StoreMeter
    account: Account
    budget: Budget

    @property
    def name(self) -> str:
        """The source's name."""
        return self.collector.source.name

    def expect(self, ground: Ground) -> None:
        """Plan for everything this source gives, whatever is wanted of it now; without a cap there is no plan."""
        if self.account.cap:
            self._expect(self.collector.standing(self.collector.offered, ground))

    def awake(self, kinds: Sequence[DataKind], ground: Ground, now: datetime, *, patient: bool) -> tuple[DataKind, ...]:
        """The kinds of which something may be due, or newly left out; one that knows no assets yet may be due."""
        standing = self.collector.standing(kinds, ground)
        found = self.budget.decide(standing, now, patient=patient)
        idle = {decision.task.kind for decision in found}
        idle -= {decision.task.kind for decision in found if decision.due or decision.is_news}
        return tuple(kind for kind in kinds if kind not in idle)

    def _expect(self, standing: Sequence[Task]) -> None:
        with self.collector.store.reader() as session:
            runs = [past.last_ok for past in last_attempts(session, self.name) if past.last_ok is not None]
        self.budget.expect(standing, requests_before={run.kind: run.requests for run in runs})


@dataclass(frozen=True)
class Choice:
    """What of a collection is wanted.

    `kinds` None means all, `sources` empty means all. With `due_only` only what its schedule asks for now; a patient
    collection also leaves alone what failed a short while ago.
    """

    kinds: Sequence[DataKind] | None = None
    sources: Sequence[str] = ()
    due_only: bool = False
    patient: bool = False


@dataclass(frozen=True)
class Collection:
    """All sources in use; the first is the market's own."""

    store: Store
    members: tuple[Member, ...]
    breakers: BreakerBoard
    clock: Callable[[], datetime]

    def collect(self, choice: Choice) -> tuple[KindReport, ...]:
        """Collect what is wanted; raises CollectionBusy if another process is at it."""
        with _exclusively(self.store):
            started_at = self.clock()
            with self.store.writer() as session:
                # The lock is ours, so whoever began an open run is dead, even one begun at this very moment.
                fail_interrupted_runs(session, started_at + _MOMENT, started_at)
            for member in self.members:
                member.collector.register()
            reports = asyncio.run(self._collect(choice))
            self._name_unknown_watched()
            return reports

    def _name_unknown_watched(self) -> None:
        market = self.members[0].collector
        with self.store.reader() as session:
            unknown = unknown_watched(session, market.owner, market.extent.watchlist)
        if unknown:
            LOG.warning("market.watchlist: no listed asset has the CoinGecko id %s", ", ".join(unknown))

    async def _collect(self, choice: Choice) -> tuple[KindReport, ...]:
        chosen = [member for member in self.members if not choice.sources or member.name in choice.sources]
        market = self.members[0]
        reports: list[KindReport] = []
        try:
            shift = _Shift(market, choice, self.clock)
            if market in chosen:
                reports += await shift.work(LISTS)
            rest = [shift if member is market else _Shift(member, choice, self.clock) for member in chosen]
            reports += await _side_by_side(rest)
        finally:
            await self.aclose()
        return tuple(reports)

    def decisions(self, choice: Choice) -> tuple[tuple[str, Decision], ...]:
        """What a collection would do now, task by task, without asking anybody."""
        found: list[tuple[str, Decision]] = []
        for member in self.members:
            if choice.sources and member.name not in choice.sources:
                continue
            ground = member.collector.ground()
            member.expect(ground)
            for kind in _wanted(member, choice.kinds):
                tasks = member.collector.tasks(kind, ground)
                decided = member.budget.decide(tasks, self.clock(), patient=choice.patient)
                found += [(member.name, decision) for decision in decided]
        return tuple(found)

    async def aclose(self) -> None:
        """Give unused credits back, remember how the hosts did, and close the connections."""
        for member in self.members:
            member.meter.settle()
            await member.collector.source.aclose()
        with self.store.writer() as session:
            save_hosts(session, self.breakers.states)


class _Shift:
    """One source's part of a collection."""

    def __init__(self, member: Member, choice: Choice, clock: Callable[[], datetime]) -> None:
        self._member = member
        self._choice = choice
        self._clock = clock
        self._refused: SourceError | None = None

    async def work(self, only: Sequence[DataKind] | None) -> list[KindReport]:
        """Do the wanted kinds among `only`; None means all but the lists of the market, which came first."""
        ground = self._member.collector.ground()
        self._member.expect(ground)
        reports: list[KindReport] = []
        wanted = _wanted(self._member, self._choice.kinds)
        kinds = [kind for kind in wanted if (kind in only if only is not None else not self._done_before(kind))]
        if self._choice.due_only:
            kinds = [*self._member.awake(kinds, ground, self._clock(), patient=self._choice.patient)]
        for kind in kinds:
            reports += await self._collect_kind(kind, ground)
            if kind in {*LISTS, DataKind.INDICES}:  # after these other assets and indices may matter
                ground = self._member.collector.ground()
        if only is None:
            self._member.collector.finish()
        return reports

    def _done_before(self, kind: DataKind) -> bool:
        return kind in LISTS and self._member.name == self._member.collector.owner

    async def _collect_kind(self, kind: DataKind, ground: Ground) -> list[KindReport]:
        collector, budget = self._member.collector, self._member.budget
        reports = []
        for decision in budget.decide(collector.tasks(kind, ground), self._clock(), patient=self._choice.patient):
            self._member.meter.kind = decision.task.key
            if decision.is_empty:
                continue
            if decision.verb is Verb.LEAVE_OUT:
                if decision.is_news:
                    reports.append(collector.defer(decision.task, decision.reason))
            elif self._choice.due_only and not decision.due:
                continue
            elif self._refused is not None:
                reports.append(collector.refuse(decision.task, self._refused))
            else:
                report, error = await collector.run(decision.task, decision.history)
                budget.noted(decision)
                self._refused = error if isinstance(error, Unauthorized) else self._refused
                reports.append(report)
        return reports


async def _side_by_side(shifts: Sequence[_Shift]) -> list[KindReport]:
    """Let all work at once; if one ends in an error that is no source's, the others are stopped before it is raised."""
    at_work = [asyncio.ensure_future(shift.work(None)) for shift in shifts]
    try:
        return [report for done in await asyncio.gather(*at_work) for report in done]
    finally:
        for task in at_work:
            task.cancel()
        await asyncio.gather(*at_work, return_exceptions=True)


def _wanted(member: Member, kinds: Sequence[DataKind] | None) -> tuple[DataKind, ...]:
    if kinds is None:
        return member.collector.offered
    return tuple(kind for kind in member.collector.possible if kind in kinds)


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
