"""What is set aside for calls to language models and what they did cost: the account that caps are checked against.

What was set aside and never settled, because its process was killed, counts as spent in full; after 15 minutes it is
taken for lost.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from sqlalchemy import case, delete, func, insert, select, update
from sqlmodel import Session, col

from agent.store.tables import LlmReservation

if TYPE_CHECKING:
    from sqlalchemy import Select

LOST_AFTER: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class ReservationRow:
    """What is set aside for a call; `reserved_usd` is None where no price is known."""

    reservation_id: str
    run_id: str | None
    purpose: str
    model: str
    input_bytes: int
    reserved_usd: Decimal | None
    reserved_tokens: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Booked:
    """What counts against caps: the US dollars that are known, and tokens."""

    usd: Decimal
    tokens: int


def add_reservation(session: Session, row: ReservationRow) -> None:
    """Set aside what a call may cost."""
    values = {name: getattr(row, name) for name in ReservationRow.__slots__}
    session.execute(insert(LlmReservation).values(values))


def settle_reservation(
    session: Session,
    reservation_id: str,
    at: datetime,
    spent_usd: Decimal | None,
    spent_tokens: int,
    input_tokens: int | None,
) -> None:
    """Book what a call did cost in place of what was set aside; one that is settled stays as it is."""
    session.execute(
        update(LlmReservation)
        .where(col(LlmReservation.reservation_id) == reservation_id, col(LlmReservation.settled_at).is_(None))
        .values(settled_at=at, spent_usd=spent_usd, spent_tokens=spent_tokens, input_tokens=input_tokens)
    )


def spent_between(session: Session, since: datetime, until: datetime | None) -> Booked:
    """What was spent or set aside by reservations made from `since` on and before `until`."""
    query = _AMOUNTS.where(col(LlmReservation.made_at) >= since)
    return _booked(session, query if until is None else query.where(col(LlmReservation.made_at) < until))


def spent_in_run(session: Session, run_id: str) -> Booked:
    """What was spent or set aside in a run."""
    return _booked(session, _AMOUNTS.where(col(LlmReservation.run_id) == run_id))


def lost_reservations(session: Session, since: datetime, now: datetime) -> int:
    """How many reservations made from `since` on were never settled in time: their processes were killed."""
    query = (
        select(func.count())
        .select_from(LlmReservation)
        .where(
            col(LlmReservation.settled_at).is_(None),
            col(LlmReservation.made_at) >= since,
            col(LlmReservation.made_at) <= now - LOST_AFTER,
        )
    )
    return int(session.execute(query).scalar_one())


def input_samples(session: Session, model: str, limit: int = 20) -> tuple[tuple[int, int], ...]:
    """The bytes and the counted tokens of a model's last inputs, newest first."""
    query = (
        select(col(LlmReservation.input_bytes), col(LlmReservation.input_tokens))
        .where(col(LlmReservation.model) == model, col(LlmReservation.input_tokens).is_not(None))
        .order_by(col(LlmReservation.made_at).desc())
        .limit(limit)
    )
    return tuple((size, tokens or 0) for size, tokens in session.execute(query))


def forget_reservations(session: Session, before: datetime) -> None:
    """Delete the reservations made before a time."""
    session.execute(delete(LlmReservation).where(col(LlmReservation.made_at) < before))


# what was set aside counts until it is known what was spent
_SETTLED = col(LlmReservation.settled_at).is_not(None)
_AMOUNTS = select(
    case((_SETTLED, LlmReservation.spent_usd), else_=LlmReservation.reserved_usd),
    case((_SETTLED, LlmReservation.spent_tokens), else_=LlmReservation.reserved_tokens),
)


def _booked(session: Session, query: "Select[tuple[Decimal | None, int]]") -> Booked:
    usd, tokens = Decimal(0), 0
    for row_usd, row_tokens in session.execute(query):
        usd += row_usd or 0
        tokens += row_tokens
    return Booked(usd, tokens)
