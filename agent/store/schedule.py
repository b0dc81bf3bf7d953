"""The slots of the schedules: each planned moment is worked on by one process at a time, and none is forgotten.

    queued -> running -> done | failed | queued again
    queued -> skipped

A running slot has a lease. When the lease runs out, whoever asks first takes the slot over, and the one who had it
can no longer finish it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import or_
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlmodel import Session, col, select, update

from agent.errors import LeaseLost
from agent.store.records import entity_records
from agent.store.tables import ScheduleSlot


class SlotState(StrEnum):
    """What became of a slot."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class SlotRow:
    """A stored slot."""

    schedule: str
    slot: datetime
    state: str
    attempts: int
    lease_until: datetime | None
    lease_token: str | None
    started_at: datetime | None
    finished_at: datetime | None
    error: str | None


def queue_slots(session: Session, schedule: str, slots: Sequence[datetime]) -> int:
    """Write slots down as planned; those that are known stay as they are. Say how many were new."""
    added = 0
    for slot in slots:
        new = upsert(ScheduleSlot).values(schedule=schedule, slot=slot, state=SlotState.QUEUED.value, attempts=0)
        added += len(session.execute(new.on_conflict_do_nothing().returning(col(ScheduleSlot.slot))).all())
    return added


def claim_slot(
    session: Session, schedule: str, slot: datetime, *, now: datetime, lease: timedelta, token: str
) -> SlotRow | None:
    """Take a slot for `lease`, making it if it is new; None if it is settled or someone else is at work on it."""
    queue_slots(session, schedule, [slot])
    state, until = col(ScheduleSlot.state), col(ScheduleSlot.lease_until)
    free = or_(state == SlotState.QUEUED.value, (state == SlotState.RUNNING.value) & (until <= now))
    values = {
        "state": SlotState.RUNNING.value,
        "attempts": col(ScheduleSlot.attempts) + 1,
        "lease_until": now + lease,
        "lease_token": token,
        "started_at": now,
        "finished_at": None,
        "error": None,
    }
    own = update(ScheduleSlot).where(col(ScheduleSlot.schedule) == schedule, col(ScheduleSlot.slot) == slot, free)
    taken = session.execute(own.values(values).returning(col(ScheduleSlot.slot))).all()
    return get_slot(session, schedule, slot) if taken else None


def renew_lease(session: Session, schedule: str, slot: datetime, *, token: str, until: datetime) -> None:
    """Keep a slot longer; raises LeaseLost if someone else has taken it."""
    _change(session, schedule, slot, token, {"lease_until": until})


def finish_slot(
    session: Session,
    schedule: str,
    slot: datetime,
    *,
    token: str,
    state: SlotState,
    finished_at: datetime,
    error: str | None = None,
) -> None:
    """Settle a slot as done or failed, or queue it again; raises LeaseLost if someone else has taken it."""
    values = {"state": state.value, "finished_at": finished_at, "error": error, "lease_until": None}
    _change(session, schedule, slot, token, {**values, "lease_token": None})


def skip_slots(session: Session, schedule: str, slots: Sequence[datetime], *, now: datetime, reason: str) -> int:
    """Settle slots nobody has begun as skipped, with the reason; say how many there were."""
    queue_slots(session, schedule, slots)
    own = update(ScheduleSlot).where(col(ScheduleSlot.schedule) == schedule, col(ScheduleSlot.slot).in_(slots))
    values = {"state": SlotState.SKIPPED.value, "finished_at": now, "error": reason}
    queued = own.where(col(ScheduleSlot.state) == SlotState.QUEUED.value).values(values)
    return len(session.execute(queued.returning(col(ScheduleSlot.slot))).all())


def missed_slots(
    session: Session, schedule: str, expected: Sequence[datetime], *, now: datetime
) -> tuple[datetime, ...]:
    """Of the slots that should have been, give those nobody is at work on and nothing became of, oldest first."""
    query = select(ScheduleSlot).where(ScheduleSlot.schedule == schedule, col(ScheduleSlot.slot).in_(expected))
    known = {row.slot: row for row in entity_records(session, SlotRow, query)}
    return tuple(slot for slot in sorted(set(expected)) if slot not in known or _is_open(known[slot], now))


def last_slot(session: Session, schedule: str) -> SlotRow | None:
    """Read the latest slot of a schedule that is written down, None if there is none."""
    found = list_slots(session, schedule, limit=1)
    return found[0] if found else None


def get_slot(session: Session, schedule: str, slot: datetime) -> SlotRow | None:
    """Read a slot, None if it is not written down."""
    query = select(ScheduleSlot).where(ScheduleSlot.schedule == schedule, ScheduleSlot.slot == slot)
    found = entity_records(session, SlotRow, query)
    return found[0] if found else None


def list_slots(session: Session, schedule: str | None = None, limit: int = 50) -> tuple[SlotRow, ...]:
    """Read the latest slots of a schedule or of all, newest first."""
    query = select(ScheduleSlot).order_by(col(ScheduleSlot.slot).desc(), ScheduleSlot.schedule).limit(limit)
    if schedule is not None:
        query = query.where(ScheduleSlot.schedule == schedule)
    return entity_records(session, SlotRow, query)


def _is_open(row: SlotRow, now: datetime) -> bool:
    if row.state == SlotState.RUNNING:
        return row.lease_until is not None and row.lease_until <= now
    return row.state == SlotState.QUEUED


def _change(session: Session, schedule: str, slot: datetime, token: str, values: dict[str, object]) -> None:
    own = (col(ScheduleSlot.schedule) == schedule, col(ScheduleSlot.slot) == slot)
    held = (col(ScheduleSlot.state) == SlotState.RUNNING.value, col(ScheduleSlot.lease_token) == token)
    change = update(ScheduleSlot).where(*own, *held).values(values).returning(col(ScheduleSlot.slot))
    if not session.execute(change).all():
        raise LeaseLost(f"another process has taken over {schedule} of {slot.isoformat()}: leave it to that one")
