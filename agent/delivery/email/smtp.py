"""Hand one mail to an SMTP server, and know for certain whether it took it, unless the link breaks at the very end.

An SMTP server takes responsibility when it answers the final dot. The message is therefore sent without its dot, the
caller is told (`on_sending`), and only then the dot goes out: what fails before is a `DeliveryError`, what is lost
after it an `OutcomeUnknown`. RFC 5321 4.2.5 and 4.5.3.2.6, RFC 1047.
"""

import contextlib
import ipaddress
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Iterator
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from typing import Literal, NoReturn

from agent.delivery.base import OutboundMessage, Receipt
from agent.delivery.errors import DeliveryError, InvalidMessage, OutcomeUnknown

Security = Literal["starttls", "tls", "none"]
# about the account or the link, not about this message: mended settings let the same message through
_SETUP_CODES = frozenset({530, 534, 535, 538})
_REPLY_SHOWN = 200


class SmtpChannel:
    """A `Channel` for e-mail; one connection a message, certificates verified, no password over an open line.

    `reply_timeout_s` is the wait for the answer to the final dot, which RFC 5321 wants long; a lease must be longer.
    Raises `DeliveryError` at once for a login that would travel unencrypted to another machine.
    """

    def __init__(
        self,
        host: str,
        port: int,
        security: Security = "starttls",
        username: str = "",
        password: str = "",
        timeout_s: float = 30.0,
        *,
        reply_timeout_s: float = 300.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self._security = security
        self._username = username
        self._password = password
        self._timeout_s = timeout_s
        self._reply_timeout_s = reply_timeout_s
        self._tls = tls
        self._check_login()

    def __repr__(self) -> str:
        return f"SmtpChannel({self._host}:{self._port}, {self._security})"

    def deliver(self, message: OutboundMessage, on_sending: Callable[[], None]) -> Receipt:
        """Send one mail; see `Channel.deliver`. The sender is the one of the mail's From header."""
        sender = _envelope_sender(message.payload)
        if not re.fullmatch(r"[\x21-\x7e]+@[\x21-\x7e]+", message.recipient):
            raise InvalidMessage(f"{message.recipient!r} is not an ASCII e-mail address")
        with self._session(sender.rpartition("@")[2]) as smtp:
            with _before_the_dot(f"sending the mail to {self._host}:{self._port}"):
                _expect(smtp.mail(sender), "the sender")
                _expect(smtp.rcpt(message.recipient), "the recipient")
                _expect(smtp.docmd("DATA"), "the mail", want=354)
                smtp.send(_dot_stuffed(message.payload))
            on_sending()
            receipt = self._finish(smtp)
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()  # the mail is taken, whatever the server says to this
            return receipt

    def _finish(self, smtp: smtplib.SMTP) -> Receipt:
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(self._reply_timeout_s)
            smtp.send(b".\r\n")
            code, reply = smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise OutcomeUnknown(_lost(self._host, type(error).__name__)) from error
        if not 200 <= code < 300 and not 400 <= code < 600:
            raise OutcomeUnknown(_lost(self._host, f"reply {code}"))
        _expect((code, reply), "the mail")
        return Receipt(_shown(reply))

    @contextlib.contextmanager
    def _session(self, helo_name: str) -> Iterator[smtplib.SMTP]:
        """A connection ready for a mail; closed without QUIT on an error, since a QUIT inside DATA is mail."""
        smtp: smtplib.SMTP | None = None
        try:
            with _before_the_dot(f"connecting to {self._host}:{self._port} ({self._security})"):
                smtp = self._connect(helo_name)
                if smtp.sock is not None:
                    # the dot goes out alone: without this it would wait for the acknowledgement of what went before
                    smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                smtp.ehlo_or_helo_if_needed()
                if self._security == "starttls":
                    smtp.starttls(context=self._context())
                    smtp.ehlo_or_helo_if_needed()
            self._log_in(smtp)
            yield smtp
        finally:
            if smtp is not None:
                smtp.close()

    def _connect(self, helo_name: str) -> smtplib.SMTP:
        if self._security == "tls":
            return smtplib.SMTP_SSL(self._host, self._port, helo_name, timeout=self._timeout_s, context=self._context())
        return smtplib.SMTP(self._host, self._port, helo_name, timeout=self._timeout_s)

    def _context(self) -> ssl.SSLContext:
        return self._tls if self._tls is not None else ssl.create_default_context()

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        if not self._username:
            return
        try:
            smtp.login(self._username, self._password)
        except smtplib.SMTPAuthenticationError as error:
            # a server may repeat what it was sent, so neither its words nor the chain of errors go on
            code = error.smtp_code
        except (smtplib.SMTPException, OSError) as error:
            code = 0 if not isinstance(error, smtplib.SMTPResponseException) else error.smtp_code
        else:
            return
        reason = f"the server answered {code}" if code > 0 else "the server broke off or offers no usable login"
        raise DeliveryError(
            f"logging in to {self._host}:{self._port} failed, {reason}: check smtp.username and smtp.password",
            permanent=False,
        )

    def _check_login(self) -> None:
        if not self._username:
            return
        if self._security == "none" and not _is_loopback(self._host):
            raise DeliveryError(
                f"a password must not travel unencrypted to {self._host}: set smtp.security to starttls or tls",
                permanent=False,
            )
        if not (self._username.isascii() and self._password.isascii()):
            raise DeliveryError(
                "smtp.username and smtp.password must be ASCII: use an app password of the mail provider",
                permanent=False,
            )


@contextlib.contextmanager
def _before_the_dot(doing: str) -> Iterator[None]:
    """Errors while the server cannot have the whole mail: it was not handed over, and may be tried again."""
    try:
        yield
    except smtplib.SMTPNotSupportedError as error:
        raise DeliveryError(
            f"{doing} failed: the server does not offer it: check smtp.security", permanent=False
        ) from error
    except smtplib.SMTPResponseException as error:
        raise DeliveryError(f"{doing} failed: {error.smtp_code} {_shown(error.smtp_error)}", permanent=False) from error
    except ssl.SSLCertVerificationError as error:
        raise DeliveryError(
            f"{doing} failed: the server's certificate is not trusted ({error.verify_message}): check smtp.host",
            permanent=False,
        ) from error
    except (smtplib.SMTPException, OSError) as error:
        raise DeliveryError(f"{doing} failed: {_shown(str(error)) or type(error).__name__}", permanent=False) from error


def _expect(answer: tuple[int, bytes], what: str, want: int | None = None) -> None:
    """Go on if the server agrees; a 5xx is its last word on this message, anything else may be tried again."""
    code, reply = answer
    if code == want or (want is None and 200 <= code < 300):
        return
    _refuse(code, reply, what)


def _refuse(code: int, reply: bytes, what: str) -> NoReturn:
    permanent = 500 <= code < 600 and code not in _SETUP_CODES
    advice = "it will not be tried again" if permanent else "it will be tried again"
    raise DeliveryError(f"the server refused {what}: {code} {_shown(reply)}; {advice}", permanent=permanent)


def _lost(host: str, how: str) -> str:
    return f"{host} had the whole mail but its answer was lost ({how}): look whether it arrived before sending it again"


def _shown(reply: bytes | str) -> str:
    text = reply.decode("ascii", "replace") if isinstance(reply, bytes) else reply
    return re.sub(r"[^\x20-\x7e]+", " ", text)[:_REPLY_SHOWN].strip()


def _dot_stuffed(payload: bytes) -> bytes:
    """The payload with CRLF ends and doubled leading dots, without the final dot (RFC 5321 4.5.2)."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", payload)
    stuffed = re.sub(rb"(?m)^\.", b"..", lines)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _envelope_sender(payload: bytes) -> str:
    sender = parseaddr(str(BytesHeaderParser().parsebytes(payload).get("From", "")))[1]
    if "@" not in sender:
        raise InvalidMessage("the mail has no sender: set smtp.sender")
    return sender


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
