"""The account of what language models cost, and the answers kept from them, in the store and over all processes.

What cannot be booked is not sent: a store that is busy or full makes the model unavailable for that call, and so the
template writes. Nobody may hold the right to write while a model is asked.
"""

import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import ClassVar

from sqlmodel import Session

from agent.errors import StoreError
from agent.jobs.ledger import call_row
from agent.llm.budget import NOTHING, Caps, Cost, Denied, Reservation, Spent, Wish, decide, period_starts
from agent.llm.cache import KeptAnswer
from agent.llm.errors import Unavailable
from agent.llm.estimate import TOKENS_PER_BYTE, learned_ratio
from agent.llm.port import CallRecord
from agent.store import llm_budget
from agent.store.engine import Store
from agent.store.llm_budget import Booked, ReservationRow
from agent.store.llm_cache import CacheRow, cached_answer, forget_answers, keep_answer
from agent.store.llm_calls import forget_calls, record_calls

LOG = logging.getLogger(__name__)

_RUN: ContextVar[str | None] = ContextVar("run", default=None)
_ATTEMPTS: ContextVar[tuple[CallRecord, ...] | None] = ContextVar("attempts", default=None)
"""Those of the call for which something is set aside, None while there is no such call."""


class Unbooked(Unavailable):
    """A call was not made because it could not be booked."""

    plain: ClassVar[str] = "The language model was not asked because the account of its costs could not be kept."


@dataclass(slots=True)
class _Noted:
    """A call and the run it belongs to; `written` once it is in the store."""

    run_id: str | None
    record: CallRecord
    written: bool = False


@dataclass(slots=True)
class StoreLedger:
    """A `SpendingLedger` over the store, and the `CallLog` of the adapters; one for a process, safe between threads.

    Calls are written when their budget is settled. `take` gives all calls of a run to whoever stores its document:
    those that are written already are then only given their document.
    """

    store: Store
    clock: Callable[[], datetime]
    new_id: Callable[[], str] = lambda: uuid.uuid4().hex
    _calls: list[_Noted] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    @contextmanager
    def run(self, run_id: str) -> Iterator[None]:
        """What is called within belongs to one run: a briefing or a question, which has a cap of its own."""
        token = _RUN.set(run_id)
        try:
            yield
        finally:
            self.flush()
            self.take()
            _RUN.reset(token)

    def reserve(self, wish: Wish, caps: Caps) -> Reservation | Denied:
        """Decide on a call and set aside its worst case in one transaction; raises Unbooked if the store fails."""
        now, run_id = self.clock(), _RUN.get()
        row = ReservationRow(
            reservation_id=self.new_id(),
            run_id=run_id,
            purpose=wish.purpose,
            model=wish.model,
            input_bytes=wish.input_bytes,
            reserved_usd=wish.worst_case.usd,
            reserved_tokens=wish.worst_case.tokens,
            made_at=now,
        )
        try:
            with self.store.writer() as session:
                decision = decide(caps, spent_so_far(session, now, run_id), wish.worst_case, now)
                if isinstance(decision, Denied):
                    return decision
                llm_budget.add_reservation(session, row)
        except StoreError as error:
            raise Unbooked(f"the account of the language model cannot be kept: {error}") from error
        _ATTEMPTS.set(())
        return Reservation(row.reservation_id)

    def settle(self, reservation: Reservation, spent: Cost, input_tokens: int | None) -> None:
        """Book a call and write down its attempts; if the store fails, what was set aside stays spent."""
        now = self.clock()
        _ATTEMPTS.set(None)
        self._book(
            lambda session: llm_budget.settle_reservation(
                session, reservation.reservation_id, now, spent.usd, spent.tokens, input_tokens
            )
        )

    def on_call(self, record: CallRecord) -> None:
        """Keep the record of an attempt until it is written and taken."""
        with self._lock:
            self._calls.append(_Noted(_RUN.get(), record))
        if (attempts := _ATTEMPTS.get()) is not None:
            _ATTEMPTS.set((*attempts, record))

    def attempts(self) -> Sequence[CallRecord]:
        """The attempts of this thread for which something is set aside and not settled yet."""
        return _ATTEMPTS.get() or ()

    def take(self) -> tuple[CallRecord, ...]:
        """The calls of this run since they were last taken; whoever takes them writes them down."""
        run_id = _RUN.get()
        with self._lock:
            taken = [noted.record for noted in self._calls if noted.run_id == run_id]
            self._calls = [noted for noted in self._calls if noted.run_id != run_id]
        return tuple(taken)

    def flush(self) -> None:
        """Write down what was not written yet; for the end of a run that stored no document."""
        with self._lock:
            done = all(noted.written for noted in self._calls)
        if not done:
            self._book(lambda _session: None)

    def tokens_per_byte(self, model: str) -> float:
        """How many tokens a byte of this model's input took lately; a third while that is not known."""
        try:
            with self.store.reader() as session:
                return learned_ratio(llm_budget.input_samples(session, model))
        except StoreError:
            return TOKENS_PER_BYTE

    def _book(self, change: Callable[[Session], None]) -> None:
        """Make a change and write the calls that wait, in one transaction; after a failure they wait again."""
        waiting: list[_Noted] = []
        try:
            with self.store.writer() as session:
                change(session)
                waiting = self._waiting()
                record_calls(session, [call_row(None, noted.record, noted.run_id) for noted in waiting])
        except StoreError:
            for noted in waiting:
                noted.written = False
            LOG.exception("calls to the language model could not be booked: what was set aside for them stays spent")

    def _waiting(self) -> list[_Noted]:
        with self._lock:
            waiting = [noted for noted in self._calls if not noted.written]
            for noted in waiting:
                noted.written = True
        return waiting


def spent_so_far(session: Session, now: datetime, run_id: str | None = None) -> Spent:
    """What is spent or set aside in a run, on the UTC day of `now` and in its month."""
    day, month = (_cost(llm_budget.spent_between(session, start, None)) for start in period_starts(now))
    return Spent(NOTHING if run_id is None else _cost(llm_budget.spent_in_run(session, run_id)), day, month)


def _cost(booked: Booked) -> Cost:
    return Cost(booked.usd, booked.tokens)


@dataclass(frozen=True, slots=True)
class StoreCache:
    """A `CacheStore` over the store."""

    store: Store

    def get(self, key: str, now: datetime) -> KeptAnswer | None:
        """The answer under a key; None too if the store cannot be read."""
        try:
            with self.store.reader() as session:
                row = cached_answer(session, key, now)
        except StoreError:
            LOG.exception("answers kept from the language model cannot be read")
            return None
        return None if row is None else KeptAnswer(**{name: getattr(row, name) for name in KeptAnswer.__slots__})

    def put(self, answer: KeptAnswer) -> None:
        """Keep an answer, if the store can be written to."""
        try:
            with self.store.writer() as session:
                keep_answer(session, CacheRow(**{name: getattr(answer, name) for name in CacheRow.__slots__}))
        except StoreError:
            LOG.exception("an answer of the language model could not be kept")


def forget_spending(store: Store, before: datetime, now: datetime) -> None:
    """Delete calls and bookings made before a time, and kept answers whose time is over; never this month's."""
    _, month = period_starts(now)
    with store.writer() as session:
        forget_calls(session, before)
        llm_budget.forget_reservations(session, min(before, month))
        forget_answers(session, now)
