from datetime import UTC, datetime, timedelta

import pytest

from agent.errors import LeaseLost
from agent.store.engine import Store
from agent.store.schedule import (
    SlotState,
    claim_slot,
    finish_slot,
    get_slot,
    last_slot,
    list_slots,
    missed_slots,
    queue_slots,
    renew_lease,
    skip_slots,
)

SLOT = datetime(2025, 10, 11, 7, 0, tzinfo=UTC)
LEASE = timedelta(minutes=10)


def test_a_slot_is_given_to_one_worker_only(store: Store) -> None:
    with store.writer() as session:
        taken = claim_slot(session, "brief", SLOT, now=SLOT, lease=LEASE, token="one")
        assert claim_slot(session, "brief", SLOT, now=SLOT, lease=LEASE, token="two") is None
        assert claim_slot(session, "collect", SLOT, now=SLOT, lease=LEASE, token="two") is not None
    assert taken is not None
    assert (taken.state, taken.attempts, taken.lease_until) == ("running", 1, SLOT + LEASE)


@pytest.mark.parametrize("state", [SlotState.DONE, SlotState.FAILED])
def test_a_settled_slot_is_not_worked_on_again(store: Store, state: SlotState) -> None:
    with store.writer() as session:
        claim_slot(session, "brief", SLOT, now=SLOT, lease=LEASE, token="one")
        finish_slot(session, "brief", SLOT, token="one", state=state, finished_at=SLOT + LEASE, error="why")
        assert claim_slot(session, "brief", SLOT, now=SLOT + 9 * LEASE, lease=LEASE, token="two") is None
        row = get_slot(session, "brief", SLOT)
    assert row is not None
    assert (row.state, row.error, row.finished_at, row.lease_token) == (state.value, "why", SLOT + LEASE, None)


def test_a_slot_queued_again_can_be_claimed_again(store: Store) -> None:
    with store.writer() as session:
        claim_slot(session, "brief", SLOT, now=SLOT, lease=LEASE, token="one")
        finish_slot(session, "brief", SLOT, token="one", state=SlotState.QUEUED, finished_at=SLOT, error="later")
        again = claim_slot(session, "brief", SLOT, now=SLOT, lease=LEASE, token="two")
    assert again is not None
    assert (again.attempts, again.error) == (2, None)


def test_after_its_lease_a_slot_is_taken_over_and_its_first_worker_is_told(store: Store) -> None:
    with store.writer() as session:
        claim_slot(session, "brief", SLOT, now=SLOT, lease=LEASE, token="one")
        assert (
            claim_slot(session, "brief", SLOT, now=SLOT + LEASE - timedelta(seconds=1), lease=LEASE, token="2") is None
        )
        assert claim_slot(session, "brief", SLOT, now=SLOT + LEASE, lease=LEASE, token="two") is not None
        with pytest.raises(LeaseLost, match="another process has taken over brief"):
            finish_slot(session, "brief", SLOT, token="one", state=SlotState.DONE, finished_at=SLOT)
        with pytest.raises(LeaseLost):
            renew_lease(session, "brief", SLOT, token="one", until=SLOT + 3 * LEASE)
        finish_slot(session, "brief", SLOT, token="two", state=SlotState.DONE, finished_at=SLOT)


def test_a_renewed_lease_holds_longer(store: Store) -> None:
    with store.writer() as session:
        claim_slot(session, "brief", SLOT, now=SLOT, lease=LEASE, token="one")
        renew_lease(session, "brief", SLOT, token="one", until=SLOT + 3 * LEASE)
        assert claim_slot(session, "brief", SLOT, now=SLOT + 2 * LEASE, lease=LEASE, token="two") is None


def test_missed_are_the_slots_nothing_became_of(store: Store) -> None:
    hours = [SLOT + timedelta(hours=hour) for hour in range(6)]
    with store.writer() as session:
        claim_slot(session, "brief", hours[0], now=hours[0], lease=LEASE, token="dead worker")
        claim_slot(session, "brief", hours[1], now=hours[1], lease=LEASE, token="done")
        finish_slot(session, "brief", hours[1], token="done", state=SlotState.DONE, finished_at=hours[1])
        queue_slots(session, "brief", [hours[2]])
        skip_slots(session, "brief", [hours[3]], now=hours[5], reason="too old")
        claim_slot(session, "brief", hours[5], now=hours[5], lease=LEASE, token="at work")
        assert missed_slots(session, "brief", hours, now=hours[5]) == (hours[0], hours[2], hours[4])


def test_queueing_twice_adds_a_slot_once(store: Store) -> None:
    with store.writer() as session:
        assert queue_slots(session, "brief", [SLOT, SLOT + LEASE]) == 2
        assert queue_slots(session, "brief", [SLOT]) == 0
        last = last_slot(session, "brief")
        assert last_slot(session, "other") is None
        assert [row.slot for row in list_slots(session)] == [SLOT + LEASE, SLOT]
    assert last is not None
    assert last.slot == SLOT + LEASE


def test_only_slots_nobody_has_begun_are_skipped(store: Store) -> None:
    with store.writer() as session:
        claim_slot(session, "brief", SLOT, now=SLOT, lease=LEASE, token="one")
        assert skip_slots(session, "brief", [SLOT, SLOT + LEASE], now=SLOT, reason="too old") == 1
        row = get_slot(session, "brief", SLOT + LEASE)
    assert row is not None
    assert (row.state, row.error) == ("skipped", "too old")


def test_a_slot_without_a_time_zone_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="no time zone"), store.writer() as session:
        queue_slots(session, "brief", [SLOT.replace(tzinfo=None)])
