import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from agent.errors import StoreBusy
from agent.store.credits import StoreMeter, block_size, next_period_start, period_start, used, used_by_kind
from agent.store.engine import Store
from agent.store.tables import CreditUse
from datasources.errors import QuotaSpent

TODAY = date(2025, 6, 10)
ROOT = Path(__file__).parents[3]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def used_now(store: Store, day: date = TODAY) -> int:
    with store.reader() as session:
        return used(session, "token_metrics", day, 1)


def rows(store: Store) -> list[tuple[date, str, int, int]]:
    with store.reader() as session:
        found = session.exec(select(CreditUse).order_by(CreditUse.period_start, CreditUse.kind)).all()
        return [(row.period_start, row.kind, row.reserved, row.spent) for row in found]


def spend_all(meter: StoreMeter) -> int:
    """Take credits one by one until there are none; gives how many there were."""
    for count in range(1_000_000):
        try:
            meter.reserve(1)
        except QuotaSpent:
            return count
    raise AssertionError("no end")


@pytest.mark.parametrize(
    ("day", "reset_day", "start", "following"),
    [
        ("2025-06-10", 1, "2025-06-01", "2025-07-01"),
        ("2025-06-01", 1, "2025-06-01", "2025-07-01"),
        ("2025-06-10", 11, "2025-05-11", "2025-06-11"),
        ("2025-06-10", 10, "2025-06-10", "2025-07-10"),
        ("2025-01-03", 28, "2024-12-28", "2025-01-28"),
        ("2025-02-28", 28, "2025-02-28", "2025-03-28"),
        ("2024-12-31", 1, "2024-12-01", "2025-01-01"),
    ],
)
def test_a_period_begins_on_its_day_of_the_month(day: str, reset_day: int, start: str, following: str) -> None:
    assert period_start(date.fromisoformat(day), reset_day) == date.fromisoformat(start)
    assert next_period_start(date.fromisoformat(day), reset_day) == date.fromisoformat(following)


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 28))
def test_every_day_lies_in_one_period(day: date, reset_day: int) -> None:
    start, following = period_start(day, reset_day), next_period_start(day, reset_day)
    assert start <= day < following
    assert 28 <= (following - start).days <= 31
    assert period_start(following, reset_day) == following
    assert period_start(following - timedelta(days=1), reset_day) == start


@pytest.mark.parametrize("reset_day", [0, 29, 31])
def test_a_day_that_not_every_month_has_is_refused(reset_day: int) -> None:
    with pytest.raises(ValueError, match="1 to 28"):
        period_start(TODAY, reset_day)


def test_a_month_has_as_many_credits_as_its_cap(store: Store, clock: Clock) -> None:
    meter = StoreMeter(store, "token_metrics", 12, clock=clock, kind="quotes")
    assert spend_all(meter) == 12
    with pytest.raises(QuotaSpent) as caught:
        meter.reserve(1)
    assert str(caught.value) == ("token_metrics: used 12 of 12 credits this month; they start anew on 2025-07-01")
    assert used_now(store) == 12


def test_sources_do_not_share_credits(store: Store, clock: Clock) -> None:
    assert spend_all(StoreMeter(store, "coingecko", 3, clock=clock)) == 3
    assert spend_all(StoreMeter(store, "token_metrics", 2, clock=clock)) == 2


def test_a_new_month_has_new_credits_and_the_old_one_is_settled(store: Store, clock: Clock) -> None:
    meter = StoreMeter(store, "token_metrics", 1_000, clock=clock, kind="quotes")
    meter.reserve(1)
    assert used_now(store) == 10  # a hundredth of the thousand was set aside
    clock.now = datetime(2025, 7, 1, 0, 0, tzinfo=UTC)
    meter.reserve(1)
    meter.settle()
    assert rows(store) == [(date(2025, 6, 1), "quotes", 1, 1), (date(2025, 7, 1), "quotes", 1, 1)]


def test_the_day_is_that_of_utc(store: Store) -> None:
    east = datetime.fromisoformat("2025-07-01T01:00:00+02:00")
    meter = StoreMeter(store, "token_metrics", 5, clock=lambda: east)
    meter.reserve(1)
    assert used_now(store, date(2025, 6, 30)) == 1


@pytest.mark.parametrize(("left", "block"), [(1, 1), (199, 1), (200, 2), (1_000, 10), (10_000, 100), (1_000_000, 100)])
def test_a_block_is_a_hundredth_of_what_is_left(left: int, block: int) -> None:
    assert block_size(left) == block


def test_a_long_run_writes_once_in_a_hundred_requests(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = 0
    writer = Store.writer

    def counting(self: Store) -> object:
        nonlocal opened
        opened += 1
        return writer(self)

    monkeypatch.setattr(Store, "writer", counting)
    meter = StoreMeter(store, "token_metrics", 100_000, clock=clock)
    for _ in range(1_000):
        meter.reserve(1)
    assert opened == 10


def test_settling_gives_back_what_was_not_used_and_tells_kinds_apart(store: Store, clock: Clock) -> None:
    meter = StoreMeter(store, "token_metrics", 1_000, clock=clock, kind="quotes")
    for _ in range(3):
        meter.reserve(1)
    meter.kind = "daily_bars"
    for _ in range(4):
        meter.reserve(1)
    assert used_now(store) == 10
    meter.settle()
    meter.settle()
    assert rows(store) == [(date(2025, 6, 1), "daily_bars", 4, 4), (date(2025, 6, 1), "quotes", 3, 3)]
    with store.reader() as session:
        assert used_by_kind(session, "token_metrics", TODAY, 1) == {"daily_bars": 4, "quotes": 3}


def test_what_a_killed_process_set_aside_counts_as_used(store: Store, clock: Clock) -> None:
    StoreMeter(store, "token_metrics", 1_000, clock=clock).reserve(1)  # never settled
    meter = StoreMeter(store, "token_metrics", 1_000, clock=clock)
    meter.reserve(990)
    with pytest.raises(QuotaSpent, match="used 1000 of 1000"):
        meter.reserve(1)


def test_with_few_credits_left_a_killed_process_loses_none(store: Store, clock: Clock) -> None:
    for _ in range(10):
        StoreMeter(store, "token_metrics", 50, clock=clock).reserve(1)
    assert used_now(store) == 10


def test_a_cap_that_was_lowered_gives_nothing_more(store: Store, clock: Clock) -> None:
    spend_all(StoreMeter(store, "token_metrics", 20, clock=clock))
    with pytest.raises(QuotaSpent, match="used 20 of 10"):
        StoreMeter(store, "token_metrics", 10, clock=clock).reserve(1)


def test_without_a_cap_everything_is_given_and_counted_at_the_end(store: Store, clock: Clock) -> None:
    meter = StoreMeter(store, "token_metrics", 0, clock=clock, kind="quotes")
    for _ in range(5_000):
        meter.reserve(1)
    assert used_now(store) == 0
    meter.settle()
    assert rows(store) == [(date(2025, 6, 1), "quotes", 5_000, 5_000)]


def test_several_credits_at_once_are_all_there_or_none_is_taken(store: Store, clock: Clock) -> None:
    meter = StoreMeter(store, "token_metrics", 10, clock=clock)
    meter.reserve(7)
    with pytest.raises(QuotaSpent):
        meter.reserve(4)
    meter.reserve(3)
    with pytest.raises(ValueError, match="one credit"):
        meter.reserve(0)


def test_without_the_right_to_write_nothing_is_given(store: Store, clock: Clock) -> None:
    meter = StoreMeter(Store(store.path, lock_timeout_s=0.05), "token_metrics", 10, clock=clock)
    with store.write_right(), pytest.raises(StoreBusy):
        meter.reserve(1)
    assert spend_all(meter) == 10


def test_threads_share_one_meter(store: Store, clock: Clock) -> None:
    meter = StoreMeter(store, "token_metrics", 20, clock=clock)
    given: list[int] = []
    threads = [threading.Thread(target=lambda: given.append(spend_all(meter))) for _ in range(4)]
    run_all(threads)
    assert sum(given) == 20
    meter.settle()
    assert used_now(store) == 20


def test_collectors_that_race_never_pass_the_cap(store: Store, clock: Clock) -> None:
    given: list[int] = []

    def collect() -> None:
        meter = StoreMeter(Store(store.path), "token_metrics", 20, clock=clock)
        given.append(spend_all(meter))
        meter.settle()

    run_all([threading.Thread(target=collect) for _ in range(3)])
    assert sum(given) == used_now(store) == 20


def test_blocks_of_several_collectors_never_pass_the_cap(store: Store, clock: Clock) -> None:
    meters = [StoreMeter(store, "token_metrics", 2_000, clock=clock) for _ in range(3)]
    for meter in meters * 5:
        meter.reserve(120)
    meters[0].reserve(120)
    with pytest.raises(QuotaSpent):
        meters[1].reserve(120)
    for meter in meters:
        meter.settle()
    assert used_now(store) == 1_920


def run_all(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


RACER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from agent.store.credits import StoreMeter
from agent.store.engine import Store
from datasources.errors import QuotaSpent
meter = StoreMeter(Store(Path(sys.argv[1])), "token_metrics", 20, clock=lambda: datetime(2025, 6, 10, tzinfo=UTC))
count = 0
try:
    while True:
        meter.reserve(1)
        count += 1
except QuotaSpent:
    print(count)
"""


def test_processes_that_race_never_pass_the_cap(store: Store) -> None:
    command = [sys.executable, "-c", RACER, str(store.path)]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(2)]
    given = [int(racer.communicate(timeout=60)[0]) for racer in racers]
    assert sum(given) == 20
    assert used_now(store) == 20


def test_reading_the_account_of_an_empty_store_gives_nothing(new_store: Callable[[str], Store]) -> None:
    assert used_now(new_store("other")) == 0
