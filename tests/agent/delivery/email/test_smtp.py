import socket
import ssl
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from agent.delivery.base import OutboundMessage
from agent.delivery.email.smtp import SmtpChannel, _dot_stuffed
from agent.delivery.errors import DeliveryError, InvalidMessage, OutcomeUnknown
from tests.agent.delivery.smtp_server import ScriptedServer, decoded_logins

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiosmtpd")

PAYLOAD = b"From: coinbrief <brief@example.org>\r\nTo: ada@example.org\r\n\r\n.leading dot\r\n..two\r\nend"
MAIL = OutboundMessage("key", "ada@example.org", PAYLOAD, "<1@example.org>")
PASSWORD = "correct horse"


def channel(server: ScriptedServer, **more: object) -> SmtpChannel:
    return SmtpChannel("127.0.0.1", server.port, "none", timeout_s=5, reply_timeout_s=5, **more)  # type: ignore[arg-type] # arguments by name


def never() -> None:
    raise AssertionError("the final dot was announced")


def test_the_mail_arrives_byte_for_byte_with_its_envelope() -> None:
    with ScriptedServer() as server:
        receipt = channel(server).deliver(MAIL, lambda: None)
    assert server.mails == [PAYLOAD + b"\r\n"]
    assert server.lines[0] == "ehlo example.org"
    assert server.lines[1:3] == ["mail FROM:<brief@example.org>", "rcpt TO:<ada@example.org>"]
    assert receipt.reference == "kept as 7"


def test_the_announcement_comes_before_the_dot() -> None:
    with ScriptedServer() as server:
        received: list[int] = []
        channel(server).deliver(MAIL, lambda: received.append(len(server.mails)))
    assert received == [0]
    assert len(server.mails) == 1


def test_if_the_announcement_fails_the_mail_is_not_handed_over() -> None:
    class LeaseGone(Exception):
        pass

    def refuse() -> None:
        raise LeaseGone

    with ScriptedServer() as server, pytest.raises(LeaseGone):
        channel(server).deliver(MAIL, refuse)
    assert server.mails == []


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("code", "permanent"), [("451 later", False), ("550 no such user", True)])
def test_a_refusal_before_the_dot_is_certain_and_5xx_is_for_good(command: str, code: str, permanent: bool) -> None:  # noqa: FBT001 # a table of cases
    with ScriptedServer({command: code}) as server, pytest.raises(DeliveryError, match=code) as caught:
        channel(server).deliver(MAIL, never)
    assert caught.value.permanent is permanent
    assert server.mails == []


@pytest.mark.parametrize(("reply", "permanent"), [("452 full", False), ("554 spam", True)])
def test_a_refusal_of_the_whole_mail_is_certain_too(reply: str, permanent: bool) -> None:  # noqa: FBT001 # a table of cases
    with ScriptedServer({"DOT": reply}) as server, pytest.raises(DeliveryError, match=reply) as caught:
        channel(server).deliver(MAIL, lambda: None)
    assert caught.value.permanent is permanent


@pytest.mark.parametrize("reply", ["", "nonsense", "354 what"])
def test_no_clear_answer_to_the_dot_leaves_the_outcome_unknown(reply: str) -> None:
    with ScriptedServer({"DOT": reply}) as server, pytest.raises(OutcomeUnknown, match="before sending it again"):
        channel(server).deliver(MAIL, lambda: None)
    assert len(server.mails) == 1


@pytest.mark.parametrize("command", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA"])
def test_a_link_lost_before_the_dot_may_be_tried_again(command: str) -> None:
    replies = {command: "", "HELO": ""}
    with ScriptedServer(replies) as server, pytest.raises(DeliveryError) as caught:
        channel(server).deliver(MAIL, never)
    assert not caught.value.permanent


def test_no_server_may_be_tried_again() -> None:
    with ScriptedServer() as server:
        port = server.port
    with pytest.raises(DeliveryError, match=f"127.0.0.1:{port}") as caught:
        SmtpChannel("127.0.0.1", port, "none", timeout_s=2).deliver(MAIL, never)
    assert not caught.value.permanent


def test_a_login_sends_user_and_password() -> None:
    with ScriptedServer(extensions=("AUTH PLAIN",)) as server:
        channel(server, username="ada", password=PASSWORD).deliver(MAIL, lambda: None)
    assert decoded_logins(server.lines) == [f"\0ada\0{PASSWORD}".encode()]


def test_a_refused_login_waits_for_the_operator_and_never_shows_the_password() -> None:
    replies = {"AUTH": f"535 wrong password {PASSWORD}"}
    with ScriptedServer(replies, extensions=("AUTH PLAIN",)) as server, pytest.raises(DeliveryError) as caught:
        channel(server, username="ada", password=PASSWORD).deliver(MAIL, never)
    assert "535" in str(caught.value)
    assert not caught.value.permanent
    assert PASSWORD not in str(caught.value) + repr(channel(server, username="ada", password=PASSWORD))
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_server_that_demands_a_login_waits_for_the_operator() -> None:
    with ScriptedServer({"MAIL": "530 log in first"}) as server, pytest.raises(DeliveryError, match="530") as caught:
        channel(server).deliver(MAIL, never)
    assert not caught.value.permanent


@pytest.mark.parametrize("host", ["mail.example.org", "192.0.2.1"])
def test_a_password_never_travels_open_to_another_machine(host: str) -> None:
    with pytest.raises(DeliveryError, match="unencrypted"):
        SmtpChannel(host, 25, "none", "ada", PASSWORD)
    SmtpChannel("localhost", 25, "none", "ada", PASSWORD)
    SmtpChannel("::1", 25, "none", "ada", PASSWORD)


def test_a_server_without_starttls_gets_neither_password_nor_mail() -> None:
    with ScriptedServer(extensions=("AUTH PLAIN",)) as server, pytest.raises(DeliveryError, match=r"smtp\.security"):
        SmtpChannel("127.0.0.1", server.port, "starttls", "ada", PASSWORD, 5).deliver(MAIL, never)
    assert [line.split()[0] for line in server.lines] == ["ehlo"]


def test_a_recipient_with_a_line_break_is_refused() -> None:
    evil = OutboundMessage("key", "ada@example.org\r\nRCPT TO:<eve@example.org>", PAYLOAD, "<1@example.org>")
    with ScriptedServer() as server, pytest.raises(InvalidMessage):
        channel(server).deliver(evil, never)
    assert server.lines == []


def test_line_ends_become_crlf_and_leading_dots_are_doubled() -> None:
    assert _dot_stuffed(b"a\n.b\r\n..c\r.") == b"a\r\n..b\r\n...c\r\n..\r\n"


class _Sink:
    """Keeps what a real SMTP server accepts."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.encrypted: list[bool] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 # aiosmtpd's name
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return "250 kept"


@pytest.fixture
def certificate() -> Path:
    """A certificate for localhost and its key, valid for a hundred years and trusted by nobody."""
    return Path(__file__).parents[3] / "fixtures" / "tls" / "localhost.pem"


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _server(sink: _Sink, certificate: Path) -> Controller:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{certificate}.crt", certificate)

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
        return AuthResult(success=good, handled=False)

    return Controller(
        sink, hostname="127.0.0.1", port=_free_port(), tls_context=context, require_starttls=True, auth_required=True,
        authenticator=authenticate,
    )  # fmt: skip


def test_a_real_server_takes_the_mail_over_verified_starttls_with_a_login(certificate: Path) -> None:
    sink = _Sink()
    trusting = ssl.create_default_context(cafile=f"{certificate}.crt")
    controller = _server(sink, certificate)
    controller.start()
    try:
        port = controller.port
        good = SmtpChannel("127.0.0.1", port, "starttls", "ada", PASSWORD, 5, tls=trusting)
        assert good.deliver(MAIL, lambda: None).reference == "kept"
        with pytest.raises(DeliveryError, match="certificate is not trusted"):
            SmtpChannel("127.0.0.1", port, "starttls", "ada", PASSWORD, 5).deliver(MAIL, never)
        with pytest.raises(DeliveryError, match="535"):
            SmtpChannel("127.0.0.1", port, "starttls", "ada", "wrong", 5, tls=trusting).deliver(MAIL, never)
    finally:
        controller.stop()
    assert [envelope.content for envelope in sink.envelopes] == [PAYLOAD + b"\r\n"]
    assert sink.encrypted == [True]
