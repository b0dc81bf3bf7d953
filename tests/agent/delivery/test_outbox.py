import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from agent.delivery.base import OutboundMessage, Receipt
from agent.delivery.email.smtp import SmtpChannel
from agent.delivery.errors import DeliveryError, OutcomeUnknown
from agent.delivery.outbox import FAULTPOINTS, LEASE, MAX_ATTEMPTS, DispatchReport, retry_at, send_due
from agent.store.engine import Store
from agent.store.outbox import OutboxRow, OutboxState, claim_due, list_outbox
from tests.agent.delivery import killed_sender
from tests.agent.delivery.conftest import START
from tests.agent.delivery.smtp_server import ScriptedServer

Queue = Callable[..., Store]


@dataclass
class FakeChannel:
    """Ends every delivery as told, before or after saying that it sends."""

    before: Exception | None = None
    after: Exception | None = None
    delivered: list[str] = field(default_factory=list)

    def deliver(self, message: OutboundMessage, on_sending: Callable[[], None]) -> Receipt:
        if self.before is not None:
            raise self.before
        on_sending()
        self.delivered.append(message.key)
        if self.after is not None:
            raise self.after
        return Receipt("kept")


def at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


def rows(store: Store) -> list[OutboxRow]:
    with store.reader() as session:
        return list(reversed(list_outbox(session)))


def test_everything_due_is_sent_once_in_order(queued: Queue) -> None:
    store, channel = queued(3), FakeChannel()
    assert send_due(store, {"email": channel}, at(START)) == DispatchReport(sent=3)
    assert send_due(store, {"email": channel}, at(START)) == DispatchReport()
    assert channel.delivered == ["key-0", "key-1", "key-2"]
    assert [(row.state, row.sent_at) for row in rows(store)] == [("sent", START)] * 3


def test_a_soft_failure_is_tried_again_later_and_not_before(queued: Queue) -> None:
    store, channel = queued(), FakeChannel(before=DeliveryError("451 later", permanent=False))
    assert send_due(store, {"email": channel}, at(START)) == DispatchReport(deferred=1)
    (row,) = rows(store)
    assert (row.state, row.next_at, row.error) == ("deferred", START + timedelta(minutes=5), "451 later")
    channel.before = None
    assert send_due(store, {"email": channel}, at(START + timedelta(minutes=4))) == DispatchReport()
    assert send_due(store, {"email": channel}, at(START + timedelta(minutes=5))) == DispatchReport(sent=1)


def test_a_refusal_after_the_dot_is_put_off_like_any_other(queued: Queue) -> None:
    store, channel = queued(), FakeChannel(after=DeliveryError("452 full", permanent=False))
    assert send_due(store, {"email": channel}, at(START)) == DispatchReport(deferred=1)
    assert rows(store)[0].state == "deferred"


def test_a_refusal_for_good_is_never_tried_again(queued: Queue) -> None:
    store, channel = queued(), FakeChannel(before=DeliveryError("550 no such user", permanent=True))
    assert send_due(store, {"email": channel}, at(START)) == DispatchReport(dead=1)
    channel.before = None
    assert send_due(store, {"email": channel}, at(START + timedelta(days=9))) == DispatchReport()
    assert rows(store)[0].error == "550 no such user"


def test_waits_double_up_to_six_hours_and_the_last_try_is_the_last(queued: Queue) -> None:
    store, channel = queued(), FakeChannel(before=DeliveryError("down", permanent=False))
    now, waits = START, []
    while rows(store)[0].state != "dead":
        send_due(store, {"email": channel}, at(now))
        due = rows(store)[0].next_at
        if due is not None:
            waits.append((due - now) // timedelta(minutes=1))
            now = due
    assert waits == [5, 10, 20, 40, 80, 160, 320]
    assert rows(store)[0].attempts == MAX_ATTEMPTS == 8
    assert retry_at(1000, START) == START + timedelta(hours=6)


def test_an_unknown_outcome_is_held_for_a_person(queued: Queue) -> None:
    store, channel = queued(), FakeChannel(after=OutcomeUnknown("no answer"))
    assert send_due(store, {"email": channel}, at(START)) == DispatchReport(in_doubt=1)
    assert send_due(store, {"email": channel}, at(START + timedelta(days=9))) == DispatchReport()
    assert len(channel.delivered) == 1


def test_one_failing_message_does_not_stop_the_others(queued: Queue) -> None:
    store = queued(3)

    class Picky(FakeChannel):
        def deliver(self, message: OutboundMessage, on_sending: Callable[[], None]) -> Receipt:
            if message.key == "key-1":
                raise DeliveryError("550", permanent=True)
            return super().deliver(message, on_sending)

    assert send_due(store, {"email": Picky()}, at(START)) == DispatchReport(sent=2, dead=1)


def test_a_message_for_a_channel_that_is_not_set_up_waits(queued: Queue) -> None:
    store = queued(channel="pigeon")
    assert send_due(store, {}, at(START)) == DispatchReport(deferred=1)
    assert "no channel 'pigeon'" in str(rows(store)[0].error)


def test_a_sender_whose_lease_was_taken_over_does_not_send(queued: Queue) -> None:
    store = queued()

    class Slow(FakeChannel):
        def deliver(self, message: OutboundMessage, on_sending: Callable[[], None]) -> Receipt:
            with store.writer() as session:
                claim_due(session, now=START + LEASE, lease=LEASE, token="other")
            return super().deliver(message, on_sending)

    slow = Slow()
    assert send_due(store, {"email": slow}, at(START)) == DispatchReport()
    assert slow.delivered == []
    assert rows(store)[0].lease_token == "other"


def test_a_kill_at_any_point_loses_no_mail_and_doubles_none(queued: Queue) -> None:
    stores = {point: queued(3, f"{point}.db") for point in FAULTPOINTS}
    with ScriptedServer() as server:
        cases = [f"{point}={store.path}" for point, store in stores.items()]
        program = [sys.executable, str(killed_sender.__file__), str(server.port), *cases]
        root = Path(__file__).parents[3]
        run = subprocess.run(
            program, cwd=root, env={"PYTHONPATH": str(root)}, capture_output=True, text=True, check=True
        )
        assert run.stdout.split() == [word for point in FAULTPOINTS for word in (point, "9")]
        channel = SmtpChannel("127.0.0.1", server.port, "none", timeout_s=5)
        later = at(START + LEASE)
        reports = {point: send_due(store, {"email": channel}, later) for point, store in stores.items()}
    arrived = Counter(mail.split(b"Message-ID: ")[1].split(b"\r\n")[0].decode() for mail in server.mails)
    doubtful = DispatchReport(sent=1, in_doubt=1)
    assert reports == {
        "claimed": DispatchReport(sent=2),
        "before_sending": DispatchReport(sent=2),
        "sending": doubtful,
        "delivered": doubtful,
        "sent": DispatchReport(sent=1),
    }
    # five databases with the same three mails; the second one is lost only where it was killed right before its dot,
    # and there it is in doubt, never silently gone
    assert arrived == {"<0@example.org>": 5, "<1@example.org>": 4, "<2@example.org>": 5}
    states = {point: [row.state for row in rows(store)] for point, store in stores.items()}
    assert states["sending"] == states["delivered"] == ["sent", "in_doubt", "sent"]
    assert states["claimed"] == states["before_sending"] == states["sent"] == [OutboxState.SENT.value] * 3


@pytest.mark.parametrize("point", FAULTPOINTS)
def test_every_named_point_is_passed(queued: Queue, point: str) -> None:
    passed: list[str] = []
    send_due(queued(), {"email": FakeChannel()}, at(START), faultpoint=passed.append)
    assert passed == list(FAULTPOINTS)
    assert passed.count(point) == 1
