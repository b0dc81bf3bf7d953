import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.breaker import Admission, BreakerBoard, BreakerState, Outcome

NOON = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
HOST = "api.test"
MINUTE = timedelta(minutes=1)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def board(clock: Clock) -> BreakerBoard:
    return BreakerBoard(clock)


def fail(board: BreakerBoard, times: int) -> None:
    for _ in range(times):
        board.note(HOST, Outcome.FAILURE)


def test_an_unknown_host_may_be_asked(board: BreakerBoard) -> None:
    assert board.admit(HOST) == Admission(retry_at=None, probe=False)
    assert board.states == {}


def test_the_fifth_failure_in_a_row_opens_the_breaker_for_five_minutes(board: BreakerBoard) -> None:
    fail(board, 4)
    assert board.admit(HOST) == Admission()
    fail(board, 1)
    assert board.admit(HOST) == Admission(retry_at=NOON + 5 * MINUTE)
    assert board.retry_at(HOST) == NOON + 5 * MINUTE
    assert board.admit("other.test") == Admission()


def test_a_success_between_failures_starts_the_count_anew(board: BreakerBoard) -> None:
    fail(board, 4)
    board.note(HOST, Outcome.SUCCESS)
    fail(board, 4)
    assert board.admit(HOST) == Admission()


def test_nothing_known_changes_nothing(board: BreakerBoard) -> None:
    fail(board, 4)
    board.note(HOST, Outcome.NOTHING)
    assert board.states[HOST].failures == 4


def test_when_the_time_is_over_the_first_to_ask_is_the_probe(board: BreakerBoard, clock: Clock) -> None:
    fail(board, 5)
    clock.now += 5 * MINUTE
    assert board.retry_at(HOST) is None
    assert board.retry_at(HOST) is None  # looking does not make a probe
    assert board.admit(HOST) == Admission(probe=True)
    assert board.admit(HOST) == Admission(retry_at=clock.now + 5 * MINUTE)
    board.note(HOST, Outcome.SUCCESS, probe=True)
    assert board.admit(HOST) == Admission()
    assert board.states[HOST] == BreakerState(0, None, clock.now)


def test_a_probe_that_fails_opens_the_breaker_again(board: BreakerBoard, clock: Clock) -> None:
    fail(board, 5)
    clock.now += 7 * MINUTE
    assert board.admit(HOST).probe
    clock.now += MINUTE
    board.note(HOST, Outcome.FAILURE, probe=True)
    assert board.admit(HOST) == Admission(retry_at=NOON + 13 * MINUTE)
    clock.now = NOON + 13 * MINUTE
    assert board.admit(HOST).probe


def test_a_probe_that_tells_nothing_leaves_the_next_one_free(board: BreakerBoard, clock: Clock) -> None:
    fail(board, 5)
    clock.now += 5 * MINUTE
    assert board.admit(HOST).probe
    board.note(HOST, Outcome.NOTHING, probe=True)
    assert board.admit(HOST).probe


def test_a_probe_that_never_comes_back_does_not_hold_the_host_for_ever(board: BreakerBoard, clock: Clock) -> None:
    fail(board, 5)
    clock.now += 5 * MINUTE
    assert board.admit(HOST).probe
    clock.now += 5 * MINUTE
    assert board.admit(HOST).probe


def test_a_late_success_of_an_earlier_call_closes_the_breaker(board: BreakerBoard, clock: Clock) -> None:
    fail(board, 5)
    board.note(HOST, Outcome.SUCCESS)
    assert board.admit(HOST) == Admission()


def test_a_stored_state_counts_and_is_not_taken_for_news(clock: Clock) -> None:
    stored = {HOST: BreakerState(5, NOON - MINUTE), "other.test": BreakerState(4)}
    board = BreakerBoard(clock, stored)
    assert board.admit(HOST).retry_at == NOON + 4 * MINUTE == stored[HOST].retry_at
    assert board.states == stored
    board.note("other.test", Outcome.FAILURE)
    assert board.states["other.test"] == BreakerState(5, NOON, NOON)


def test_a_time_of_opening_in_the_future_counts_from_now(clock: Clock) -> None:
    board = BreakerBoard(clock, {HOST: BreakerState(5, NOON + timedelta(days=400))})
    assert board.admit(HOST).retry_at == NOON + 5 * MINUTE
    clock.now += 5 * MINUTE
    assert board.admit(HOST).probe


def test_among_many_threads_one_is_the_probe(board: BreakerBoard, clock: Clock) -> None:
    fail(board, 5)
    clock.now += 5 * MINUTE
    start, admissions = threading.Barrier(16), []

    def ask() -> None:
        start.wait()
        admissions.append(board.admit(HOST))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(admission.probe for admission in admissions) == 1
    assert sum(admission.retry_at is not None for admission in admissions) == 15


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(["ask", "success", "failure", "nothing"]), st.integers(0, 400)), max_size=40))
def test_no_history_leaves_a_host_alone_for_longer_than_five_minutes(steps: list[tuple[str, int]]) -> None:
    clock = Clock()
    board = BreakerBoard(clock)
    for what, seconds in steps:
        clock.now += timedelta(seconds=seconds)
        if what == "ask":
            refused_until = board.admit(HOST).retry_at
            assert refused_until is None or clock.now < refused_until <= clock.now + 5 * MINUTE
        else:
            board.note(HOST, Outcome[what.upper()])
        state = board.states.get(HOST, BreakerState())
        assert (state.opened_at is None) == (state.failures < 5)
