"""Messages on their way: none is lost, and none is sent twice by this program's own doing.

    ready | deferred --claim--> claimed --mark_sending--> sending --mark_sent--> sent
    claimed | sending --mark_deferred--> deferred      (refused for now: again at `next_at`)
    claimed | sending --mark_dead--> dead              (refused for good)
    sending --lease over, or mark_in_doubt--> in_doubt --resolve--> sent | ready

A claim is a lease with a token. A `claimed` message whose lease ran out may be claimed again, for nothing was sent. A
`sending` one may have reached its reader, so it becomes `in_doubt` and a person or the mail server's log decides. A
sender that comes back late may still say how its own sending ended, as long as nobody has decided meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlmodel import Session, col, select, update

from agent.errors import LeaseLost, UnknownRow
from agent.store.records import entity_records
from agent.store.tables import Outbox


class OutboxState(StrEnum):
    """How far a message got."""

    READY = "ready"
    CLAIMED = "claimed"
    SENDING = "sending"
    SENT = "sent"
    DEFERRED = "deferred"
    DEAD = "dead"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to send; `key` says what it is, so that it is queued once, and `payload` is what will be sent."""

    key: str
    briefing_id: str
    channel: str
    recipient: str
    message_id: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A stored message."""

    outbox_id: int
    key: str
    briefing_id: str
    channel: str
    recipient: str
    message_id: str
    payload: bytes
    state: str
    attempts: int
    lease_until: datetime | None
    lease_token: str | None
    phase_at: datetime
    next_at: datetime | None
    error: str | None
    created_at: datetime
    sent_at: datetime | None


def enqueue(session: Session, message: NewMessage, now: datetime) -> OutboxRow:
    """Queue a message and return it as stored; one with this key that is there already stays as it is."""
    values = {name: getattr(message, name) for name in NewMessage.__slots__}
    timed = {"state": OutboxState.READY.value, "attempts": 0, "phase_at": now, "created_at": now}
    session.execute(upsert(Outbox).values(**values, **timed).on_conflict_do_nothing(index_elements=["key"]))
    return entity_records(session, OutboxRow, select(Outbox).where(Outbox.key == message.key))[0]


def claim_due(
    session: Session, *, now: datetime, lease: timedelta, token: str, limit: int = 10
) -> tuple[OutboxRow, ...]:
    """Take up to `limit` messages that are due, oldest first, for `lease`; first doubt what was left half-sent."""
    doubt_expired(session, now)
    state = col(Outbox.state)
    due = or_(
        state == OutboxState.READY.value,
        (state == OutboxState.DEFERRED.value) & (col(Outbox.next_at) <= now),
        (state == OutboxState.CLAIMED.value) & (col(Outbox.lease_until) <= now),
    )
    ids = session.exec(select(Outbox.outbox_id).where(due).order_by(col(Outbox.outbox_id)).limit(limit)).all()
    values = {
        "state": OutboxState.CLAIMED.value,
        "attempts": col(Outbox.attempts) + 1,
        "lease_until": now + lease,
        "lease_token": token,
        "phase_at": now,
        "next_at": None,
    }
    own = col(Outbox.outbox_id).in_(ids)
    session.execute(update(Outbox).where(own).values(values))
    return entity_records(session, OutboxRow, select(Outbox).where(own).order_by(col(Outbox.outbox_id)))


def doubt_expired(session: Session, now: datetime) -> int:
    """Turn messages whose sender vanished while sending to `in_doubt`; say how many there were."""
    left = (col(Outbox.state) == OutboxState.SENDING.value) & (col(Outbox.lease_until) <= now)
    reason = "the sender stopped before it knew whether the message was taken"
    values = {"state": OutboxState.IN_DOUBT.value, "phase_at": now, "error": reason}
    return len(session.execute(update(Outbox).where(left).values(values).returning(col(Outbox.outbox_id))).all())


def mark_sending(session: Session, outbox_id: int, *, token: str, now: datetime) -> None:
    """Say that the message goes out now; commit this before the last byte. Raises LeaseLost."""
    _change(session, outbox_id, token, (OutboxState.CLAIMED,), {"state": OutboxState.SENDING.value, "phase_at": now})


def mark_sent(session: Session, outbox_id: int, *, token: str, now: datetime) -> None:
    """Say that the message was taken. Raises LeaseLost if someone has decided otherwise meanwhile."""
    allowed = (OutboxState.SENDING, OutboxState.IN_DOUBT)
    _change(session, outbox_id, token, allowed, {**_settled(OutboxState.SENT, now), "sent_at": now, "error": None})


def mark_deferred(
    session: Session, outbox_id: int, *, token: str, now: datetime, next_at: datetime, error: str
) -> None:
    """Say that the message was surely not taken, and when to try again. Raises LeaseLost."""
    allowed = (OutboxState.CLAIMED, OutboxState.SENDING, OutboxState.IN_DOUBT)
    values = {**_settled(OutboxState.DEFERRED, now), "next_at": next_at, "error": error}
    _change(session, outbox_id, token, allowed, values)


def mark_dead(session: Session, outbox_id: int, *, token: str, now: datetime, error: str) -> None:
    """Say that the message was refused for good. Raises LeaseLost."""
    allowed = (OutboxState.CLAIMED, OutboxState.SENDING, OutboxState.IN_DOUBT)
    _change(session, outbox_id, token, allowed, {**_settled(OutboxState.DEAD, now), "error": error})


def mark_in_doubt(session: Session, outbox_id: int, *, token: str, now: datetime, error: str) -> None:
    """Say that the message went out and no answer came. Raises LeaseLost."""
    values = {"state": OutboxState.IN_DOUBT.value, "phase_at": now, "error": error}
    _change(session, outbox_id, token, (OutboxState.SENDING, OutboxState.IN_DOUBT), values)


def resolve(session: Session, outbox_id: int, *, sent: bool, now: datetime) -> OutboxRow:
    """Decide a doubtful message: it was sent, or it is to be sent again. Raises UnknownRow if it is not in doubt."""
    state = OutboxState.SENT if sent else OutboxState.READY
    values = {**_settled(state, now), "sent_at": now if sent else None, "error": None}
    doubtful = (col(Outbox.outbox_id) == outbox_id) & (col(Outbox.state) == OutboxState.IN_DOUBT.value)
    if not _changed(session, doubtful, values):
        raise UnknownRow(f"message {outbox_id} is not in doubt: list the outbox to see which are")
    return entity_records(session, OutboxRow, select(Outbox).where(Outbox.outbox_id == outbox_id))[0]


def list_outbox(
    session: Session, states: Sequence[OutboxState] | None = None, limit: int = 50
) -> tuple[OutboxRow, ...]:
    """Read the last messages, in these states or in any, newest first."""
    query = select(Outbox).order_by(col(Outbox.outbox_id).desc()).limit(limit)
    if states is not None:
        query = query.where(col(Outbox.state).in_([state.value for state in states]))
    return entity_records(session, OutboxRow, query)


def outbox_counts(session: Session) -> dict[OutboxState, int]:
    """Count the messages in each state that has any."""
    counts = session.exec(select(Outbox.state, func.count()).group_by(Outbox.state))
    return {OutboxState(state): number for state, number in counts}


def _settled(state: OutboxState, now: datetime) -> dict[str, object]:
    return {"state": state.value, "phase_at": now, "lease_until": None, "lease_token": None, "next_at": None}


def _change(
    session: Session, outbox_id: int, token: str, allowed: Sequence[OutboxState], values: dict[str, object]
) -> None:
    held = (col(Outbox.outbox_id) == outbox_id) & (col(Outbox.lease_token) == token)
    if not _changed(session, held & col(Outbox.state).in_([state.value for state in allowed]), values):
        raise LeaseLost(f"message {outbox_id} is no longer ours: leave it to whoever has it now")


def _changed(session: Session, which: ColumnElement[bool], values: dict[str, object]) -> bool:
    return bool(session.execute(update(Outbox).where(which).values(values).returning(col(Outbox.outbox_id))).all())
