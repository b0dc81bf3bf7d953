from datetime import UTC, datetime, timedelta

from agent.store.engine import Store
from agent.store.hosts import load_hosts, save_hosts
from datasources.breaker import BreakerBoard, BreakerState, Outcome

NOON = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOST = "api.test"


def save(store: Store, state: BreakerState) -> int:
    with store.writer() as session:
        return save_hosts(session, {HOST: state})


def load(store: Store) -> dict[str, BreakerState]:
    with store.reader() as session:
        return load_hosts(session)


def test_a_host_that_is_left_alone_is_left_alone_by_the_next_process_too(store: Store) -> None:
    board = BreakerBoard(lambda: NOON)
    for _ in range(5):
        board.note(HOST, Outcome.FAILURE)
    with store.writer() as session:
        save_hosts(session, board.states)
    later = BreakerBoard(lambda: NOON + MINUTE, load(store))
    assert later.admit(HOST).retry_at == NOON + 5 * MINUTE


def test_failures_that_have_not_opened_the_breaker_are_kept(store: Store) -> None:
    assert save(store, BreakerState(3, None, NOON)) == 1
    assert load(store) == {HOST: BreakerState(3, None)}


def test_a_host_that_is_well_again_is_forgotten(store: Store) -> None:
    save(store, BreakerState(5, NOON, NOON))
    assert save(store, BreakerState(0, None, NOON + 6 * MINUTE)) == 1
    assert load(store) == {}


def test_what_was_only_loaded_is_not_written_back(store: Store) -> None:
    save(store, BreakerState(5, NOON, NOON))
    before = load(store)
    save(store, BreakerState(0, None, NOON + MINUTE))
    with store.writer() as session:
        assert save_hosts(session, before) == 0
    assert load(store) == {}


def test_the_newer_of_two_processes_wins(store: Store) -> None:
    save(store, BreakerState(5, NOON, NOON))
    assert save(store, BreakerState(0, None, NOON - MINUTE)) == 0
    assert save(store, BreakerState(6, NOON - MINUTE, NOON - MINUTE)) == 0
    assert load(store) == {HOST: BreakerState(5, NOON)}
    assert save(store, BreakerState(6, NOON + MINUTE, NOON + MINUTE)) == 1
    assert load(store) == {HOST: BreakerState(6, NOON + MINUTE)}


def test_hosts_are_stored_side_by_side(store: Store) -> None:
    states = {"a.test": BreakerState(1, None, NOON), "b.test:8443": BreakerState(5, NOON, NOON)}
    with store.writer() as session:
        assert save_hosts(session, states) == 2
    assert load(store) == {"a.test": BreakerState(1), "b.test:8443": BreakerState(5, NOON)}
