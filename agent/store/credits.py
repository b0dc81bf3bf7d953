"""The credits of a provider: how many of a month are used, and the meter that gives them out over all processes.

What a process reserved and never accounted for, because it was killed, counts as used: the cap is never passed.
"""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy.dialects.sqlite import insert as upsert
from sqlmodel import Session, col, select, update

from agent.store.engine import Store
from agent.store.tables import CreditUse
from datasources.errors import QuotaSpent

# Below this many credits left they are taken one by one, so that a killed process loses none.
FEW_CREDITS: Final = 200
LARGEST_BLOCK: Final = 100


def period_start(day: date, reset_day: int) -> date:
    """The day on which the credits that are used on `day` began; `reset_day` is a day of the month from 1 to 28."""
    if not 1 <= reset_day <= 28:
        raise ValueError("credits start anew on a day of the month from 1 to 28")
    if day.day >= reset_day:
        return day.replace(day=reset_day)
    return (day.replace(day=1) - timedelta(days=1)).replace(day=reset_day)


def next_period_start(day: date, reset_day: int) -> date:
    """The day after `day` on which the credits start anew."""
    in_next_month = period_start(day, reset_day) + timedelta(days=31)
    return period_start(in_next_month, reset_day)


def used(session: Session, source: str, day: date, reset_day: int) -> int:
    """How many credits of the period of `day` are used or set aside for requests that are under way."""
    return sum(used_by_kind(session, source, day, reset_day).values())


def used_by_kind(session: Session, source: str, day: date, reset_day: int) -> Mapping[str, int]:
    """How many credits of the period of `day` each kind of data has used or set aside."""
    query = select(CreditUse.kind, CreditUse.reserved).where(
        CreditUse.source == source, CreditUse.period_start == period_start(day, reset_day)
    )
    return {kind: reserved for kind, reserved in session.exec(query.order_by(CreditUse.kind)) if reserved}


def block_size(left: int) -> int:
    """How many credits a process takes at once: one while few are left, else a hundredth of them, 100 at most."""
    return 1 if left < FEW_CREDITS else min(LARGEST_BLOCK, left // 100)


class StoreMeter:
    """Gives out the credits of one source, for one process among many; safe between threads.

    `cap` is what a period has, 0 if nothing is capped: then credits are only counted, in memory until `settle`.
    `kind` is what the next requests are for, and may be set at any time. `clock` gives aware times.
    A meter writes to the store by itself, so nobody may hold the right to write while a request is being sent.
    """

    def __init__(
        self, store: Store, source: str, cap: int, *, clock: Callable[[], datetime], reset_day: int = 1, kind: str = ""
    ) -> None:
        self.kind = kind
        self._store = store
        self._source = source
        self._cap = cap
        self._clock = clock
        self._reset_day = reset_day
        self._lock = threading.Lock()
        self._period = self._today_period()
        self._taken: Counter[str] = Counter()  # from the store, by kind, since the last settling
        self._sent: Counter[str] = Counter()  # given out, by kind, since then

    def __repr__(self) -> str:
        return f"StoreMeter(source={self._source!r}, cap={self._cap})"

    def reserve(self, credits_wanted: int) -> None:
        """Take credits before a request is sent, kept even if it fails; raises `QuotaSpent` if they are not there.

        Raises StoreBusy and the other errors of the store if the account cannot be kept; then nothing may be sent.
        """
        if credits_wanted < 1:
            raise ValueError("a request costs one credit at least")
        with self._lock:
            if self._today_period() != self._period:
                self._settle()
                self._period = self._today_period()
            missing = credits_wanted - self._in_hand
            if self._cap and missing > 0:
                self._taken[self.kind] += self._take(missing)
            self._sent[self.kind] += credits_wanted

    def settle(self) -> None:
        """Book what was sent and give back what was set aside for nothing; for the end of a run."""
        with self._lock:
            self._settle()

    @property
    def _in_hand(self) -> int:
        return self._taken.total() - self._sent.total()

    def _today_period(self) -> date:
        return period_start(self._clock().astimezone(UTC).date(), self._reset_day)

    def _take(self, missing: int) -> int:
        with self._store.writer() as session:
            gone = used(session, self._source, self._period, self._reset_day)
            left = self._cap - gone
            if left < missing:
                raise QuotaSpent(self._source, self._refusal(gone))
            block = min(left, max(missing, block_size(left)))
            _book(session, self._source, self._period, self.kind, reserved=block)
        return block

    def _refusal(self, gone: int) -> str:
        anew = next_period_start(self._period, self._reset_day)
        return f"used {gone} of {self._cap} credits this month; they start anew on {anew.isoformat()}"

    def _settle(self) -> None:
        if not self._taken and not self._sent:
            return
        with self._store.writer() as session:
            for kind in sorted({*self._taken, *self._sent}):
                sent = self._sent[kind]
                _book(session, self._source, self._period, kind, reserved=sent - self._taken[kind], spent=sent)
        self._taken.clear()
        self._sent.clear()


def _book(session: Session, source: str, period: date, kind: str, *, reserved: int, spent: int = 0) -> None:
    key = {"source": source, "period_start": period, "kind": kind}
    session.execute(upsert(CreditUse).values(**key, reserved=0, spent=0).on_conflict_do_nothing())
    session.execute(
        update(CreditUse)
        .where(*(col(getattr(CreditUse, name)) == value for name, value in key.items()))
        .values(reserved=col(CreditUse.reserved) + reserved, spent=col(CreditUse.spent) + spent)
    )
