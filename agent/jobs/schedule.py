"""The clock of the service: APScheduler says when, the slots in the store say what has been done.

Every planned moment is a row, unique in (schedule, moment). A process that is killed leaves its slot to the next one;
what was missed is caught up from the rows, so nothing runs twice and nothing is forgotten.
"""

import logging
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import FrameType
from typing import Any

from sqlmodel import Session

from agent.errors import CoinbriefError, LeaseLost, StoreError
from agent.jobs.slots import slots_between
from agent.store.engine import Store
from agent.store.schedule import (
    SlotState,
    claim_slot,
    finish_slot,
    last_slot,
    list_slots,
    missed_slots,
    queue_slots,
    renew_lease,
    skip_slots,
)

LOG = logging.getLogger(__name__)

LEASE = timedelta(hours=2)
RECONCILE_S = 30
MOST_SLOTS = 1000
LONGEST_LOOK_BACK = timedelta(days=32)  # a pause is measured no further back; every schedule but a yearly one fits
FEW_SLOTS = 100


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job and its cron expression. Of several missed slots a coalescing job runs only the last."""

    name: str
    cron: str
    job: Callable[[datetime], None]  # given the slot
    coalesce: bool = True


@dataclass(slots=True)
class Service:
    """Runs the schedules until it is told to stop, and then finishes what is running."""

    store: Store
    schedules: Sequence[Schedule]
    timezone: str
    catch_up: timedelta
    clock: Callable[[], datetime]
    token: str
    is_dead: Callable[[str], bool] = lambda _token: False
    renew_s: float = LEASE.total_seconds() / 4
    _stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; the job that is running is finished first."""
        scheduler = self._scheduler()
        previous = {name: signal.signal(name, self._stop) for name in (signal.SIGTERM, signal.SIGINT)}
        self.take_over_from_the_dead()
        self.reconcile()
        scheduler.start()
        LOG.info("the service is running: %s", ", ".join(item.name for item in self.schedules))
        try:
            self._stopping.wait()
        finally:
            LOG.info("stopping: finishing what is running")
            scheduler.shutdown(wait=True)
            for name, handler in previous.items():
                signal.signal(name, handler)

    def take_over_from_the_dead(self) -> None:
        """Free the slots of processes of this machine that are gone, without waiting for their leases to run out."""
        with self.store.writer() as session:
            for row in list_slots(session, limit=MOST_SLOTS):
                token = row.lease_token
                if row.state == SlotState.RUNNING and token is not None and self.is_dead(token):
                    LOG.warning("%s: slot %s was left by a process that is gone", row.schedule, row.slot.isoformat())
                    now, queued = self.clock(), SlotState.QUEUED
                    finish_slot(session, row.schedule, row.slot, token=token, state=queued, finished_at=now)

    def stop(self) -> None:
        """Ask the service to stop."""
        self._stopping.set()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stop()

    def _scheduler(self) -> Any:  # noqa: ANN401 - the library publishes no types
        from apscheduler.executors.pool import ThreadPoolExecutor  # noqa: PLC0415 - only a running service needs it
        from apscheduler.schedulers.background import BackgroundScheduler  # noqa: PLC0415 - as above

        from agent.jobs.slots import cron_trigger  # noqa: PLC0415 - as above

        # One thread: jobs share a database with one writer, and order matters more than parallel work.
        scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
            timezone="UTC",
        )
        for item in self.schedules:
            trigger = cron_trigger(item.cron, self.timezone)
            scheduler.add_job(self.reconcile, trigger, id=item.name, kwargs={"only": item.name})
        scheduler.add_job(self.reconcile, "interval", seconds=RECONCILE_S, id="reconcile")
        return scheduler

    def reconcile(self, only: str | None = None) -> None:
        """Run every slot that is due and not done, of one schedule or of all; failures are recorded, not raised."""
        for item in self.schedules:
            if only in {None, item.name} and not self._stopping.is_set():
                self._run_due(item)

    def _run_due(self, item: Schedule) -> None:
        now = self.clock()
        due = self._planned(item, now)
        if item.coalesce and len(due) > 1:
            with self.store.writer() as session:
                skip_slots(session, item.name, due[:-1], now=now, reason="a later slot of the schedule was due as well")
            due = due[-1:]
        for slot in due:
            if self._stopping.is_set():
                return
            self._run_slot(item, slot)

    def _planned(self, item: Schedule, now: datetime) -> tuple[datetime, ...]:
        """Write down the slots since the last one that is known, and give those that nobody has done.

        A service that starts for the first time does the latest slot of each schedule at once.
        """
        oldest = now - self.catch_up
        recent = slots_between(item.cron, self.timezone, oldest, now)
        with self.store.writer() as session:
            last = last_slot(session, item.name)
            if last is not None:
                self._give_up(session, item, last.slot, oldest, now)
            queue_slots(
                session, item.name, recent[-1:] if last is None else [slot for slot in recent if slot > last.slot]
            )
            written = {row.slot for row in list_slots(session, item.name, limit=len(recent) + 1)}
            return missed_slots(session, item.name, [slot for slot in recent if slot in written], now=now)

    def _give_up(self, session: Session, item: Schedule, last: datetime, oldest: datetime, now: datetime) -> None:
        """Settle the slots that are too old to be caught up, and say so once."""
        unknown = slots_between(item.cron, self.timezone, max(last, oldest - LONGEST_LOOK_BACK), oldest)
        known = [row.slot for row in list_slots(session, item.name, limit=FEW_SLOTS) if row.slot <= oldest]
        # Of what was never written down the last is enough: the next look starts from there.
        given_up = [*missed_slots(session, item.name, known, now=now), *unknown[-1:]]
        for slot in given_up:
            if claim_slot(session, item.name, slot, now=now, lease=LEASE, token=self.token) is not None:
                finish_slot(
                    session,
                    item.name,
                    slot,
                    token=self.token,
                    state=SlotState.SKIPPED,
                    finished_at=now,
                    error="it was missed longer ago than schedule.catch_up_h",
                )
        if given_up:
            count = len(given_up) + max(len(unknown) - 1, 0)
            LOG.warning(
                "%s: %d slots until %s were missed too long ago and are skipped", item.name, count, given_up[-1]
            )

    def _run_slot(self, item: Schedule, slot: datetime) -> None:
        now = self.clock()
        with self.store.writer() as session:
            claimed = claim_slot(session, item.name, slot, now=now, lease=LEASE, token=self.token)
        if claimed is None:
            return
        LOG.info("%s: slot %s started", item.name, slot.isoformat())
        with self._keeping(item, slot):
            error = self._outcome(item, slot)
        state = SlotState.DONE if error is None else SlotState.FAILED
        try:
            with self.store.writer() as session:
                finish_slot(
                    session, item.name, slot, token=self.token, state=state, finished_at=self.clock(), error=error
                )
        except LeaseLost:
            LOG.warning("%s: slot %s took longer than its lease and was taken over", item.name, slot.isoformat())
        LOG.info("%s: slot %s %s", item.name, slot.isoformat(), state.value)

    @contextmanager
    def _keeping(self, item: Schedule, slot: datetime) -> Iterator[None]:
        """Renew the lease of a slot for as long as its job runs, however long that is."""
        done = threading.Event()
        keeper = threading.Thread(target=self._renew, args=(item, slot, done), name=f"lease-{item.name}", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            done.set()
            keeper.join()

    def _renew(self, item: Schedule, slot: datetime, done: threading.Event) -> None:
        while not done.wait(self.renew_s):
            try:
                with self.store.writer() as session:
                    renew_lease(session, item.name, slot, token=self.token, until=self.clock() + LEASE)
            except LeaseLost:
                return  # said when the slot is finished
            except StoreError as error:
                LOG.warning("%s: the lease of slot %s could not be renewed: %s", item.name, slot.isoformat(), error)

    def _outcome(self, item: Schedule, slot: datetime) -> str | None:
        """Run the job; the error in words if it failed. The boundary: one failed job does not stop the others."""
        try:
            item.job(slot)
        except CoinbriefError as error:
            LOG.error("%s failed: %s", item.name, error)  # noqa: TRY400 - an expected failure needs no traceback
            return str(error)
        except Exception as error:
            LOG.exception("%s failed unexpectedly", item.name)
            return f"{type(error).__name__}: {error}"
        return None
