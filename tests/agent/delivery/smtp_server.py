"""A scripted SMTP server on loopback: it says what a test wants, and keeps every mail whose final dot it got."""

import base64
import socket
import threading
from collections.abc import Mapping
from types import TracebackType
from typing import BinaryIO, Self


class ScriptedServer:
    """`replies` overrides the answer to a command (`MAIL`, `RCPT`, `DATA`, `DOT`, `AUTH`, `EHLO`, `GREETING`).

    An empty reply closes the connection instead. A mail counts as received once its dot is read, whatever is
    answered then. `lines` is everything the client said outside a mail.
    """

    def __init__(self, replies: Mapping[str, str] | None = None, *, extensions: tuple[str, ...] = ()) -> None:
        self.replies = dict(replies or {})
        self.extensions = extensions
        self.mails: list[bytes] = []
        self.lines: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        reader = connection.makefile("rb")
        with reader:
            if not self._say(connection, self.replies.get("GREETING", "220 test")):
                return
            while line := reader.readline().decode().strip():
                self.lines.append(line)
                verb = line.split()[0].upper()
                answer = self.replies.get(verb, self._usual(verb, line))
                if not self._say(connection, answer) or verb == "QUIT":
                    return
                if verb == "DATA" and answer.startswith("354"):
                    mail = self._mail(reader)
                    if mail is None or not self._say(connection, self.replies.get("DOT", "250 kept as 7")):
                        return

    def _usual(self, verb: str, line: str) -> str:
        if verb == "EHLO":
            return "\r\n".join(f"250-{each}" for each in ("test", *self.extensions)) + "\r\n250 OK"
        if verb == "AUTH":
            return "235 welcome"
        return {"DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 OK")

    def _mail(self, reader: BinaryIO) -> bytes | None:
        lines: list[bytes] = []
        while True:
            line = reader.readline()
            if not line:
                return None
            if line == b".\r\n":
                self.mails.append(b"".join(lines))
                return self.mails[-1]
            lines.append(line[1:] if line.startswith(b".") else line)

    @staticmethod
    def _say(connection: socket.socket, text: str) -> bool:
        if not text:
            return False
        try:
            connection.sendall(text.encode() + b"\r\n")
        except OSError:
            return False
        return True


def decoded_logins(lines: list[str]) -> list[bytes]:
    """What clients gave as AUTH PLAIN."""
    return [base64.b64decode(line.split()[2]) for line in lines if line.upper().startswith("AUTH PLAIN")]
