import logging
import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from agent.errors import StoreMissing
from agent.jobs.schedule import LEASE, Schedule, Service
from agent.store.engine import Store
from agent.store.schedule import SlotState, claim_slot, get_slot, list_slots, queue_slots
from tests.agent.jobs.world import Clock

DAY = timedelta(hours=24)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-10-{text}").replace(tzinfo=UTC)


class Diary:
    """Writes down which slots ran."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, datetime]] = []

    def job(self, name: str, then: Callable[[], None] = lambda: None) -> Callable[[datetime], None]:
        def run(slot: datetime) -> None:
            self.ran.append((name, slot))
            then()

        return run

    def times(self, name: str) -> list[str]:
        return [f"{slot:%d %H:%M}" for ran, slot in self.ran if ran == name]


@pytest.fixture
def clock() -> Clock:
    return Clock(at("11T06:30"))


@pytest.fixture
def diary() -> Diary:
    return Diary()


def service(store: Store, clock: Clock, *schedules: Schedule, token: str = "one", catch_up: timedelta = DAY) -> Service:
    return Service(store, schedules, "UTC", catch_up, clock, token)


def states(store: Store, name: str) -> dict[str, str]:
    with store.reader() as session:
        return {f"{row.slot:%d %H:%M}": row.state for row in list_slots(session, name)}


def test_a_first_start_does_the_latest_slot_of_each_schedule_at_once(store: Store, clock: Clock, diary: Diary) -> None:
    service(
        store,
        clock,
        Schedule("collect", "20 * * * *", diary.job("collect")),
        Schedule("brief", "0 7 * * *", diary.job("brief")),
    ).reconcile()
    assert diary.ran == [("collect", at("11T06:20")), ("brief", at("10T07:00"))]
    assert states(store, "collect") == {"11 06:20": "done"}


def test_a_slot_runs_once_however_often_one_looks(store: Store, clock: Clock, diary: Diary) -> None:
    running = service(store, clock, Schedule("collect", "20 * * * *", diary.job("collect")))
    for _ in range(3):
        running.reconcile()
    clock.now = at("11T07:20")
    running.reconcile()
    assert diary.times("collect") == ["11 06:20", "11 07:20"]


def test_only_the_schedule_that_is_due_is_looked_at(store: Store, clock: Clock, diary: Diary) -> None:
    running = service(
        store,
        clock,
        Schedule("collect", "20 * * * *", diary.job("collect")),
        Schedule("brief", "0 7 * * *", diary.job("brief")),
    )
    running.reconcile(only="brief")
    assert diary.times("collect") == []


def test_after_a_pause_a_coalescing_job_runs_its_last_slot_and_the_others_are_skipped(
    store: Store, clock: Clock, diary: Diary
) -> None:
    running = service(store, clock, Schedule("collect", "20 * * * *", diary.job("collect")))
    running.reconcile()
    clock.now = at("11T09:30")
    running.reconcile()
    assert diary.times("collect") == ["11 06:20", "11 09:20"]
    assert states(store, "collect") == {
        "11 06:20": "done", "11 07:20": "skipped", "11 08:20": "skipped", "11 09:20": "done",
    }  # fmt: skip


def test_a_job_that_does_not_coalesce_catches_up_slot_by_slot(store: Store, clock: Clock, diary: Diary) -> None:
    running = service(store, clock, Schedule("each", "0 * * * *", diary.job("each"), coalesce=False))
    running.reconcile()
    clock.now = at("11T09:30")
    running.reconcile()
    assert diary.times("each") == ["11 06:00", "11 07:00", "11 08:00", "11 09:00"]


def test_what_was_due_too_long_ago_is_skipped_and_said_so_once(
    store: Store, clock: Clock, diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    running = service(store, clock, Schedule("brief", "0 7 * * *", diary.job("brief")))
    running.reconcile()
    clock.now = at("15T06:30")
    for _ in range(2):
        running.reconcile()
    assert diary.times("brief") == ["10 07:00", "14 07:00"]
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING] == [
        "brief: 3 slots until 2025-10-13 07:00:00+00:00 were missed too long ago and are skipped"
    ]
    assert states(store, "brief")["13 07:00"] == "skipped"


def test_two_services_on_one_store_never_run_a_slot_twice(store: Store, clock: Clock, diary: Diary) -> None:
    other = service(store, clock, Schedule("collect", "20 * * * *", diary.job("other")), token="two")
    one = service(store, clock, Schedule("collect", "20 * * * *", diary.job("one", other.reconcile)))
    for hour in range(6, 10):
        clock.now = at(f"11T{hour:02}:30")
        one.reconcile()
        other.reconcile()
    assert diary.times("one") == ["11 06:20", "11 07:20", "11 08:20", "11 09:20"]
    assert diary.times("other") == []


def test_services_in_threads_share_the_slots_without_repeating_one(store: Store, clock: Clock, diary: Diary) -> None:
    with store.writer() as session:
        queue_slots(session, "each", [at("10T07:00")])
    jobs = {name: Schedule("each", "0 * * * *", diary.job(name), coalesce=False) for name in ("one", "two")}
    services = [service(Store(store.path, lock_timeout_s=20), clock, item, token=name) for name, item in jobs.items()]
    threads = [threading.Thread(target=item.reconcile) for item in services]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(slot for _, slot in diary.ran) == [at("10T07:00") + timedelta(hours=hour) for hour in range(24)]


@pytest.mark.parametrize(
    ("error", "recorded"),
    [
        (StoreMissing("there is no database yet"), "there is no database yet"),
        (ZeroDivisionError("by nought"), "ZeroDivisionError: by nought"),
    ],
)
def test_a_failing_job_is_recorded_and_stops_nothing(
    store: Store, clock: Clock, diary: Diary, error: Exception, recorded: str
) -> None:
    def fail() -> None:
        raise error

    running = service(
        store,
        clock,
        Schedule("collect", "20 * * * *", diary.job("collect", fail)),
        Schedule("deliver", "*/5 * * * *", diary.job("deliver")),
    )
    running.reconcile()
    running.reconcile()
    assert diary.times("collect") == ["11 06:20"]
    assert diary.times("deliver") == ["11 06:30"]
    with store.reader() as session:
        slot = get_slot(session, "collect", at("11T06:20"))
    assert slot is not None
    assert (slot.state, slot.error, slot.attempts) == (SlotState.FAILED, recorded, 1)


def test_a_killed_processs_slot_is_taken_over_after_its_lease_and_not_before(
    store: Store, clock: Clock, diary: Diary
) -> None:
    with store.writer() as session:
        claim_slot(session, "brief", at("11T07:00"), now=at("11T07:00"), lease=LEASE, token="killed")
    running = service(store, clock, Schedule("brief", "0 7 * * *", diary.job("brief")))
    clock.now = at("11T07:00") + LEASE - timedelta(seconds=1)
    running.reconcile()
    assert diary.ran == []
    clock.now = at("11T07:00") + LEASE
    running.reconcile()
    assert diary.times("brief") == ["11 07:00"]
    with store.reader() as session:
        slot = get_slot(session, "brief", at("11T07:00"))
    assert slot is not None
    assert (slot.state, slot.attempts) == (SlotState.DONE, 2)


def test_a_killed_processs_slot_does_not_stay_open_for_ever(store: Store, clock: Clock, diary: Diary) -> None:
    with store.writer() as session:
        claim_slot(session, "brief", at("11T07:00"), now=at("11T07:00"), lease=LEASE, token="killed")
        queue_slots(session, "collect", [at("11T07:20")])
    clock.now = at("11T10:00")
    service(
        store,
        clock,
        Schedule("brief", "0 7 * * *", diary.job("brief")),
        Schedule("collect", "20 7 * * *", diary.job("collect")),
        catch_up=timedelta(hours=1),
    ).reconcile()
    assert diary.ran == []
    assert (states(store, "brief"), states(store, "collect")) == ({"11 07:00": "skipped"}, {"11 07:20": "skipped"})


def test_a_job_that_outlives_its_lease_leaves_the_slot_to_who_took_it(
    store: Store, clock: Clock, diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    other = service(store, clock, Schedule("brief", "0 7 * * *", diary.job("other")), token="two")

    def take_too_long() -> None:
        clock.now += LEASE
        other.reconcile()

    clock.now = at("11T04:00")  # so that no other slot comes due meanwhile
    service(store, clock, Schedule("brief", "0 7 * * *", diary.job("one", take_too_long))).reconcile()
    assert (diary.times("one"), diary.times("other")) == (["10 07:00"], ["10 07:00"])
    assert "taken over" in caplog.text
    assert states(store, "brief") == {"10 07:00": "done"}


def test_a_service_that_was_asked_to_stop_begins_nothing_new(store: Store, clock: Clock, diary: Diary) -> None:
    running: Service
    stop = diary.job("first", lambda: running.stop())  # noqa: PLW0108 - the service comes after its job
    running = service(
        store,
        clock,
        Schedule("first", "20 * * * *", stop),
        Schedule("second", "20 * * * *", diary.job("second")),
    )
    running.reconcile()
    assert [name for name, _ in diary.ran] == ["first"]
    assert states(store, "first") == {"11 06:20": "done"}


def test_a_signal_during_a_job_lets_it_finish_and_then_ends_the_service(
    store: Store, clock: Clock, diary: Diary
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    finished = []

    def be_told_to_stop() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        finished.append(True)

    service(
        store,
        clock,
        Schedule("collect", "20 * * * *", diary.job("collect", be_told_to_stop)),
        Schedule("brief", "0 7 * * *", diary.job("brief")),
    ).run()
    assert finished
    assert diary.times("brief") == []
    assert states(store, "collect") == {"11 06:20": "done"}
    assert signal.getsignal(signal.SIGTERM) is before


def test_the_readers_time_zone_decides_when_a_slot_is(store: Store, diary: Diary) -> None:
    clock = Clock(datetime(2025, 10, 26, 6, 30, tzinfo=UTC))  # clocks in Berlin went back this night
    Service(store, [Schedule("brief", "0 7 * * *", diary.job("brief"))], "Europe/Berlin", DAY, clock, "one").reconcile()
    assert diary.ran == [("brief", datetime(2025, 10, 26, 6, 0, tzinfo=UTC))]


def test_a_slot_of_a_dead_process_is_done_at_once_when_the_service_starts_again(
    store: Store, clock: Clock, diary: Diary
) -> None:
    slot = at("11T06:20")
    with store.writer() as session:
        claim_slot(session, "collect", slot, now=clock(), lease=timedelta(hours=2), token="host-1")
    again = service(store, clock, Schedule("collect", "20 * * * *", diary.job("again")))
    again.is_dead = lambda token: token == "host-1"
    again.reconcile()
    assert diary.ran == []
    again.take_over_from_the_dead()
    again.reconcile()
    assert diary.times("again") == ["11 06:20"]


def test_the_lease_of_a_long_job_is_renewed_while_it_runs(store: Store, clock: Clock) -> None:
    leases: list[datetime | None] = []

    def lease(slot: datetime) -> datetime | None:
        with store.reader() as session:
            row = get_slot(session, "collect", slot)
        return None if row is None else row.lease_until

    def long_job(slot: datetime) -> None:
        leases.append(lease(slot))
        clock.now += timedelta(hours=1)
        while lease(slot) == leases[0] and len(leases) < 2_000:
            leases.append(leases[0])
        leases.append(lease(slot))

    running = service(store, clock, Schedule("collect", "20 * * * *", long_job))
    running.renew_s = 0.001
    running.reconcile()
    assert leases[0] == at("11T06:30") + LEASE
    assert leases[-1] == at("11T07:30") + LEASE
    assert states(store, "collect") == {"11 06:20": "done"}
