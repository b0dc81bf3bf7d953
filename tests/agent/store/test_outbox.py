from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session

from agent.errors import LeaseLost, UnknownRow
from agent.store import outbox, portfolios
from agent.store.briefings import BriefingRow, save_briefing
from agent.store.engine import Store
from agent.store.outbox import NewMessage, OutboxRow, OutboxState

NOW = datetime(2025, 10, 11, 7, 0, tzinfo=UTC)
LEASE = timedelta(minutes=5)
SECOND = timedelta(seconds=1)
DAY = date(2025, 10, 11)
MESSAGE = NewMessage(
    "briefing:main:2025-10-11:email:me", "b1", "email", "me@example.org", "<1@x>", b"frozen \x00 bytes"
)


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.writer() as opened:
        portfolios.create(opened, "main", NOW)
        row = BriefingRow(
            "b1", 1, DAY, "morning", 0, DAY, NOW, "template", "template", None, None, "1", "s", "{}", "{}"
        )
        save_briefing(opened, row, [])
        yield opened


def claim(session: Session, now: datetime = NOW, token: str = "one") -> tuple[OutboxRow, ...]:
    return outbox.claim_due(session, now=now, lease=LEASE, token=token)


def state(session: Session, outbox_id: int = 1) -> str:
    return next(row.state for row in outbox.list_outbox(session) if row.outbox_id == outbox_id)


def test_a_message_is_queued_once_and_its_bytes_stay(session: Session) -> None:
    first = outbox.enqueue(session, MESSAGE, NOW)
    again = outbox.enqueue(session, replace(MESSAGE, payload=b"other", message_id="<2@x>"), NOW + LEASE)
    assert again == first
    assert (first.payload, first.message_id, first.state, first.created_at) == (MESSAGE.payload, "<1@x>", "ready", NOW)


def test_a_message_goes_from_ready_to_sent(session: Session) -> None:
    outbox.enqueue(session, MESSAGE, NOW)
    [claimed] = claim(session)
    assert (claimed.state, claimed.attempts, claimed.lease_until) == ("claimed", 1, NOW + LEASE)
    outbox.mark_sending(session, 1, token="one", now=NOW + SECOND)
    assert outbox.outbox_counts(session) == {OutboxState.SENDING: 1}
    outbox.mark_sent(session, 1, token="one", now=NOW + 2 * SECOND)
    [row] = outbox.list_outbox(session, [OutboxState.SENT])
    assert (row.sent_at, row.phase_at, row.lease_token) == (NOW + 2 * SECOND, NOW + 2 * SECOND, None)
    assert claim(session, NOW + 9 * LEASE) == ()


def test_a_claimed_message_is_not_given_away_before_its_lease_is_over(session: Session) -> None:
    outbox.enqueue(session, MESSAGE, NOW)
    claim(session)
    assert claim(session, NOW + LEASE - SECOND, "two") == ()
    [row] = claim(session, NOW + LEASE, "two")
    assert row.attempts == 2
    with pytest.raises(LeaseLost, match="message 1 is no longer ours"):
        outbox.mark_sending(session, 1, token="one", now=NOW + LEASE)
    outbox.mark_sending(session, 1, token="two", now=NOW + LEASE)


def test_a_message_left_while_sending_is_in_doubt_and_never_sent_again_by_itself(session: Session) -> None:
    outbox.enqueue(session, MESSAGE, NOW)
    claim(session)
    outbox.mark_sending(session, 1, token="one", now=NOW)
    assert claim(session, NOW + LEASE, "two") == ()
    assert state(session) == "in_doubt"
    assert claim(session, NOW + timedelta(days=9), "three") == ()


def test_a_late_sender_may_still_say_that_its_message_was_taken(session: Session) -> None:
    outbox.enqueue(session, MESSAGE, NOW)
    claim(session)
    outbox.mark_sending(session, 1, token="one", now=NOW)
    assert outbox.doubt_expired(session, NOW + LEASE) == 1
    outbox.mark_sent(session, 1, token="one", now=NOW + LEASE)
    assert state(session) == "sent"


def test_after_a_decision_a_late_sender_changes_nothing(session: Session) -> None:
    outbox.enqueue(session, MESSAGE, NOW)
    claim(session)
    outbox.mark_sending(session, 1, token="one", now=NOW)
    outbox.mark_in_doubt(session, 1, token="one", now=NOW, error="the connection broke")
    resolved = outbox.resolve(session, 1, sent=False, now=NOW + LEASE)
    assert (resolved.state, resolved.error) == ("ready", None)
    with pytest.raises(LeaseLost):
        outbox.mark_sent(session, 1, token="one", now=NOW + LEASE)
    assert [row.attempts for row in claim(session, NOW + LEASE, "two")] == [2]


def test_a_doubtful_message_can_be_declared_sent(session: Session) -> None:
    outbox.enqueue(session, MESSAGE, NOW)
    claim(session)
    outbox.mark_sending(session, 1, token="one", now=NOW)
    outbox.doubt_expired(session, NOW + LEASE)
    resolved = outbox.resolve(session, 1, sent=True, now=NOW + LEASE)
    assert (resolved.state, resolved.sent_at) == ("sent", NOW + LEASE)


@pytest.mark.parametrize("step", ["ready", "claimed", "sent"])
def test_only_a_doubtful_message_can_be_resolved(session: Session, step: str) -> None:
    outbox.enqueue(session, MESSAGE, NOW)
    if step != "ready":
        claim(session)
    if step == "sent":
        outbox.mark_sending(session, 1, token="one", now=NOW)
        outbox.mark_sent(session, 1, token="one", now=NOW)
    with pytest.raises(UnknownRow, match="not in doubt"):
        outbox.resolve(session, 1, sent=False, now=NOW)
    assert state(session) == step


@pytest.mark.parametrize("sending", [False, True])
def test_a_deferred_message_is_due_again_at_its_time(session: Session, *, sending: bool) -> None:
    outbox.enqueue(session, MESSAGE, NOW)
    claim(session)
    if sending:
        outbox.mark_sending(session, 1, token="one", now=NOW)
    outbox.mark_deferred(session, 1, token="one", now=NOW, next_at=NOW + 2 * LEASE, error="451 try later")
    assert claim(session, NOW + LEASE) == ()
    [row] = claim(session, NOW + 2 * LEASE, "two")
    assert (row.attempts, row.error) == (2, "451 try later")


def test_a_dead_message_stays_dead(session: Session) -> None:
    outbox.enqueue(session, MESSAGE, NOW)
    claim(session)
    outbox.mark_dead(session, 1, token="one", now=NOW, error="550 no such user")
    assert claim(session, NOW + timedelta(days=9)) == ()
    assert outbox.list_outbox(session)[0].error == "550 no such user"


def test_a_message_cannot_be_sent_without_being_marked_as_sending(session: Session) -> None:
    outbox.enqueue(session, MESSAGE, NOW)
    claim(session)
    with pytest.raises(LeaseLost):
        outbox.mark_sent(session, 1, token="one", now=NOW)


def test_messages_are_claimed_in_order_and_no_more_than_asked_for(session: Session) -> None:
    for number in range(5):
        outbox.enqueue(session, replace(MESSAGE, key=f"k{number}"), NOW)
    first = outbox.claim_due(session, now=NOW, lease=LEASE, token="one", limit=2)
    second = outbox.claim_due(session, now=NOW, lease=LEASE, token="two", limit=9)
    assert [row.key for row in first] == ["k0", "k1"]
    assert [row.key for row in second] == ["k2", "k3", "k4"]
    assert [row.key for row in outbox.list_outbox(session, limit=2)] == ["k4", "k3"]
