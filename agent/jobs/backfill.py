"""Briefings of past days by a batch: requests are handed over in one run, and the briefings written in a later one.

The request of a day is found out by writing its briefing with a model that gives nothing back. Once the answers are
there, the briefing is written again with a model that knows those answers only; they pass the same checks as any other,
and a day whose data has changed meanwhile is left to the template. Either run can be killed and repeated: a batch stays
open until all its briefings are stored. One that was killed between handing over and noting it down is paid for
in vain, and stays booked as spent.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final, Literal, Protocol

from agent.jobs.ledger import call_row
from agent.jobs.spending import StoreLedger
from agent.llm.batch import BatchTicket, State
from agent.llm.budget import NO_CAP, NOTHING, BudgetSpent, Caps, Cost, Denied, Price, Reservation, Wish
from agent.llm.cache import fingerprint
from agent.llm.errors import LLMError, Unavailable
from agent.llm.estimate import input_bytes, tokens_of
from agent.llm.port import CallRecord, LanguageModel, OnText, Request, Result, Usage
from agent.store.engine import Store
from agent.store.llm_batches import BatchRow, add_batch, finish_batch, open_batches
from agent.store.llm_budget import settle_reservation
from agent.store.llm_calls import record_calls

LOG = logging.getLogger(__name__)
PURPOSE: Final = "backfill"

Write = Callable[[LanguageModel, date], object]
"""Writes and stores the briefing of a day with a model, or leaves it if it is stored already."""


class Batches(Protocol):
    """What hands requests over and fetches their answers; every method may raise an `LLMError`."""

    model: str
    host: str

    def submit(self, requests: Mapping[str, Request]) -> BatchTicket:
        """Hand over requests by name."""
        ...

    def state(self, ticket: BatchTicket) -> State:
        """How far a batch is."""
        ...

    def fetch(self, ticket: BatchTicket) -> Mapping[str, Result | LLMError]:
        """The answers of a batch that is done."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """A batch and how far it is: its days, and those for which an answer came."""

    batch_id: str
    state: Literal["sent", "waiting", "done", "failed"]
    days: tuple[date, ...]
    answered: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Backfill:
    """Starts and finishes batches of briefings; `price` is that of a batch."""

    store: Store
    ledger: StoreLedger
    batches: Batches
    write: Write
    caps: Caps
    price: Price
    max_output_tokens: int
    clock: Callable[[], datetime]

    def start(self, days: Iterable[date]) -> Progress | None:
        """Hand over the requests of the days that have no briefing yet; None if there is none.

        Raises BudgetSpent, and an `LLMError` if the batch was not taken.
        """
        found = {day: self._request(day) for day in days}
        requests = {day.isoformat(): request for day, request in found.items() if request is not None}
        if not requests:
            return None
        reservation = self._reserve(requests.values())
        try:
            ticket = self.batches.submit(requests)
        except LLMError:
            self.ledger.settle(reservation, NOTHING, None)
            raise
        items = json.dumps({name: fingerprint(request) for name, request in requests.items()})
        row = BatchRow(
            batch_id=ticket.batch_id,
            purpose=PURPOSE,
            host=self.batches.host,
            model=self.batches.model,
            reservation_id=reservation.reservation_id,
            items=items,
            submitted_at=self.clock(),
        )
        with self.store.writer() as session:
            add_batch(session, row)
        return Progress(ticket.batch_id, "sent", tuple(map(date.fromisoformat, requests)))

    def finish(self) -> tuple[Progress, ...]:
        """Write the briefings of the batches that are done; raises an `LLMError` if nobody can say how they are."""
        with self.store.reader() as session:
            rows = open_batches(session, PURPOSE)
        return tuple(self._finish(row) for row in rows if row.host == self.batches.host)

    def _request(self, day: date) -> Request | None:
        listener = _Listener(self.batches.model)
        try:
            self.write(listener, day)
        except _Heard as heard:
            return heard.request
        return None

    def _reserve(self, requests: Iterable[Request]) -> Reservation:
        requests = list(requests)
        size = sum(map(input_bytes, requests))
        output = sum(request.max_output_tokens or self.max_output_tokens for request in requests)
        usage = Usage(tokens_of(size, self.ledger.tokens_per_byte(self.batches.model)), output)
        worst_case = Cost(self.price(usage, self.clock()), (usage.input_tokens or 0) + output)
        wish = Wish(PURPOSE, self.batches.model, size, worst_case)
        # a batch is many calls and many runs
        granted = self.ledger.reserve(wish, replace(self.caps, call=NO_CAP, run=NO_CAP))
        if isinstance(granted, Denied):
            raise BudgetSpent(granted)
        return granted

    def _finish(self, row: BatchRow) -> Progress:
        prints: dict[str, str] = json.loads(row.items)
        ticket, days = BatchTicket(row.batch_id, tuple(prints)), tuple(map(date.fromisoformat, prints))
        state = self.batches.state(ticket)
        if state == "waiting":
            return Progress(row.batch_id, "waiting", days)
        answers = self.batches.fetch(ticket) if state == "done" else {}
        known = {prints[name]: answer for name, answer in answers.items() if name in prints}
        if state == "done":
            for day in days:
                self.write(AnsweredModel(row.model, known), day)
        self._close(row, state, answers)
        came = tuple(day for day in days if isinstance(answers.get(day.isoformat()), Result))
        return Progress(row.batch_id, state, days, came)

    def _close(self, row: BatchRow, state: Literal["done", "failed"], answers: Mapping[str, Result | LLMError]) -> None:
        now = self.clock()
        records = [_record(row, answer) for answer in answers.values()]
        with self.store.writer() as session:
            record_calls(session, [call_row(None, record, row.batch_id) for record in records])
            if row.reservation_id is not None:
                usd = sum((record.cost_usd for record in records if record.cost_usd is not None), Decimal(0))
                tokens = sum((item.usage.input_tokens or 0) + (item.usage.output_tokens or 0) for item in records)
                settle_reservation(session, row.reservation_id, now, usd, tokens, None)
            finish_batch(session, row.batch_id, state, now)


class _Heard(Exception):
    """A request was made, which is all that was wanted."""

    def __init__(self, request: Request) -> None:
        super().__init__("a request was heard")
        self.request = request


@dataclass(frozen=True, slots=True)
class _Listener:
    """A model that only hears what it is asked."""

    model: str

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        """Break off with the request."""
        del on_text
        raise _Heard(request)


@dataclass(frozen=True, slots=True)
class AnsweredModel:
    """A model that gives the answers it has, by the fingerprints of their requests, and no others."""

    model: str
    answers: Mapping[str, Result | LLMError]

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        """The answer to exactly this request; raises Unavailable if there is none, or the error that came for it."""
        answer = self.answers.get(fingerprint(request))
        if answer is None:
            raise Unavailable("the batch holds no answer to this request")
        if isinstance(answer, LLMError):
            raise answer
        if on_text is not None and answer.text:
            on_text(answer.text)
        return answer


def _record(row: BatchRow, answer: Result | LLMError) -> CallRecord:
    result = answer if isinstance(answer, Result) else None
    return CallRecord(
        purpose=PURPOSE,
        model=row.model,
        host=row.host,
        prompt_sha256=None,
        started_at=row.submitted_at,
        latency_s=0.0,
        usage=Usage() if result is None else result.usage,
        cost_usd=None if result is None else result.cost_usd,
        outcome=answer.code if isinstance(answer, LLMError) else "ok",
        request_id=answer.request_id,
        output_format="batch",
        retries=0,
        wire="chat" if result is None else result.wire,
    )


def days_between(first: date, last: date) -> Sequence[date]:
    """All days from `first` to `last`."""
    return [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]
