"""Send what is due, so that a kill at any line loses no message and repeats none that is known to have gone out.

A message is claimed under a lease, marked `sending` in a transaction of its own just before the step that hands it
over, and marked with the outcome after it. A process that dies before `sending` leaves a lease that runs out, and the
message is tried again; one that dies after it leaves a message in doubt, which a person has to look at. The window
between the two marks is the only one in which nobody knows, and no protocol without the receiver's help removes it.
"""

import contextlib
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agent.delivery.base import Channel, OutboundMessage
from agent.delivery.errors import DeliveryError, OutcomeUnknown
from agent.errors import LeaseLost
from agent.store import outbox
from agent.store.engine import Store
from agent.store.outbox import OutboxRow

MAX_ATTEMPTS = 8
LEASE = timedelta(minutes=15)  # longer than a channel may wait for its last answer
FAULTPOINTS = ("claimed", "before_sending", "sending", "delivered", "sent")
_FIRST_WAIT = timedelta(minutes=5)
_LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class DispatchReport:
    """What became of the messages that were due; `in_doubt` includes those found abandoned by a dead sender."""

    sent: int = 0
    deferred: int = 0
    dead: int = 0
    in_doubt: int = 0


def _go_on(_name: str) -> None:
    """Nothing happens in production; the kill tests stop the process here."""


@dataclass(frozen=True, slots=True)
class _Sender:
    """One run's store, channels and clock; `token` proves that a lease is this run's."""

    store: Store
    channels: Mapping[str, Channel]
    clock: Callable[[], datetime]
    token: str = field(repr=False)
    lease: timedelta
    max_attempts: int
    faultpoint: Callable[[str], None]

    def claim(self) -> tuple[OutboxRow | None, int]:
        """The next message that is due, and how many were found half-sent by a dead sender."""
        now = self.clock()
        with self.store.writer() as session:
            abandoned = outbox.doubt_expired(session, now)
            rows = outbox.claim_due(session, now=now, lease=self.lease, token=self.token, limit=1)
        return (rows[0] if rows else None), abandoned

    def send(self, row: OutboxRow) -> str:
        """Hand one claimed message over and store the outcome; raises `LeaseLost` if someone took it over."""
        try:
            self._channel(row.channel).deliver(_message(row), lambda: self._mark_sending(row))
        except OutcomeUnknown as error:
            with self.store.writer() as session:
                outbox.mark_in_doubt(session, row.outbox_id, token=self.token, now=self.clock(), error=str(error))
            return "in_doubt"
        except DeliveryError as error:
            return self._put_off(row, error)
        self.faultpoint("delivered")
        with self.store.writer() as session:
            outbox.mark_sent(session, row.outbox_id, token=self.token, now=self.clock())
        self.faultpoint("sent")
        return "sent"

    def _mark_sending(self, row: OutboxRow) -> None:
        self.faultpoint("before_sending")
        with self.store.writer() as session:
            outbox.mark_sending(session, row.outbox_id, token=self.token, now=self.clock())
        self.faultpoint("sending")

    def _put_off(self, row: OutboxRow, error: DeliveryError) -> str:
        now, reason = self.clock(), str(error)
        last = error.permanent or row.attempts >= self.max_attempts
        with self.store.writer() as session:
            if last:
                outbox.mark_dead(session, row.outbox_id, token=self.token, now=now, error=reason)
                return "dead"
            again = retry_at(row.attempts, now)
            outbox.mark_deferred(session, row.outbox_id, token=self.token, now=now, next_at=again, error=reason)
        return "deferred"

    def _channel(self, name: str) -> Channel:
        if name not in self.channels:
            raise DeliveryError(f"no channel {name!r} is set up: see the settings of delivery", permanent=False)
        return self.channels[name]


def send_due(
    store: Store,
    channels: Mapping[str, Channel],
    clock: Callable[[], datetime],
    *,
    lease: timedelta = LEASE,
    max_attempts: int = MAX_ATTEMPTS,
    new_token: Callable[[], str] = secrets.token_hex,
    faultpoint: Callable[[str], None] = _go_on,
) -> DispatchReport:
    """Send every message that is due, one after the other.

    A refusal for good or the last of `max_attempts` makes a message dead; other failures put it off, twice as long
    each time. A message taken over by another sender is that one's to count. Raises the store's errors; then the
    leases run out and a later run goes on.
    """
    sender = _Sender(store, channels, clock, new_token(), lease, max_attempts, faultpoint)
    outcomes: Counter[str] = Counter()
    while True:
        row, abandoned = sender.claim()
        outcomes["in_doubt"] += abandoned
        if row is None:
            return DispatchReport(**{name: outcomes[name] for name in ("sent", "deferred", "dead", "in_doubt")})
        faultpoint("claimed")
        with contextlib.suppress(LeaseLost):
            outcomes[sender.send(row)] += 1


def retry_at(attempts: int, now: datetime) -> datetime:
    """When to try again after that many tries: 5 minutes later, doubling, 6 hours at most."""
    doublings: int = 2 ** (min(attempts, 16) - 1)
    return now + min(_FIRST_WAIT * doublings, _LONGEST_WAIT)


def _message(row: OutboxRow) -> OutboundMessage:
    return OutboundMessage(row.key, row.recipient, row.payload, row.message_id)
