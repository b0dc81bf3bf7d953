"""A server between a client and the sandbox that gives every credential it is sent back, wherever it fits."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import HTTPError

# Rows of these become names, symbols and contract addresses, so only a key that nobody knows is added to them.
LISTS = ("none",)
CREDENTIALS = ("x-api-key", "api_key", "x-cg-demo-api-key", "x-cg-pro-api-key")


@dataclass
class Echo:
    """`failing` maps the beginning of a path to the status it is refused with; `seen` are the credentials that came."""

    origin: str
    failing: dict[str, int] = field(default_factory=dict)
    seen: dict[str, set[str]] = field(default_factory=dict)

    def answer(self, path: str, credentials: dict[str, str]) -> tuple[int, bytes]:
        """The sandbox's answer with the credential in every row, or a refusal that repeats it."""
        for name, value in credentials.items():
            self.seen.setdefault(name, set()).add(value)
        secret = next(iter(credentials.values()), "nobody")
        status = next((status for prefix, status in self.failing.items() if path.startswith(prefix)), 200)
        if status != 200:
            said = {"success": False, "message": f"no credits left for {secret}", "error": {"status": secret}}
            return status, json.dumps(said).encode()
        request = urllib.request.Request(self.origin + path, headers=dict(credentials))
        try:
            with urllib.request.urlopen(request, timeout=20) as reply:
                spoil = noted if path.startswith(LISTS) else spoilt
                return 200, json.dumps(spoil(json.load(reply), secret)).encode()
        except HTTPError as error:
            return error.code, error.read().replace(b"{", f'{{"key": "{secret}",'.encode(), 1)


def noted(body: Any, secret: str) -> Any:
    """Every row with the secret under a new key."""
    rows = body["data"] if isinstance(body, dict) else body
    for row in rows:
        row["requested_by"] = secret
    return body


def spoilt(body: Any, secret: str) -> Any:
    """Every row with the secret under a new key; in every third, in place of one of its own values."""
    if isinstance(body, dict):
        body = {key: spoilt(value, secret) for key, value in body.items()}
        return {**body, "requested_by": secret} if "data" not in body and "success" not in body else body
    if isinstance(body, list) and all(isinstance(item, dict) for item in body):
        return [
            {**spoilt(row, secret), **({_victim(row, place): f"{secret} "} if place % 3 == 2 else {})}
            for place, row in enumerate(body)
        ]
    return body


def _victim(row: dict[str, Any], place: int) -> str:
    keys = list(row)
    return keys[place // 3 % len(keys)] if keys else "nothing"


@contextmanager
def running_echo(origin: str) -> Iterator[tuple[Echo, str]]:
    """The server while the block runs, and its own origin."""
    echo = Echo(origin)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent = {name: self.headers[name] for name in CREDENTIALS if name in self.headers}
            status, body = echo.answer(self.path, sent)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Retry-After", next(iter(sent.values()), "soon"))
            self.send_header("X-Account", next(iter(sent.values()), "nobody"))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class has it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield echo, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
