"""A scripted HTTP server on the loopback interface, and sources that talk to it without sleeping."""

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from datasources.access import Access
from datasources.base import Terms
from datasources.http import HttpClient

if TYPE_CHECKING:
    from datasources.token_metrics.client import TokenMetricsSource

NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
API_KEY = "tm-5ec2e7aa-1111-2222-3333-444455556666"


@dataclass
class Reply:
    """One scripted answer.

    `cut` sends less than was announced, `stall` stops half-way until the server ends, `unmeasured` sends no length and
    ends the body by hanging up, and `drip_s` is the time between two bytes of the body.
    """

    status: int = 200
    body: bytes = b'{"success": true, "data": []}'
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    cut: bool = False
    stall: bool = False
    unmeasured: bool = False
    drip_s: float = 0.0


@dataclass(frozen=True)
class Seen:
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    method: str = "GET"
    body: bytes = b""


Script = Callable[[Seen], Reply]


class LoopbackServer:
    """Answers each request with what the script says, and remembers what was asked."""

    def __init__(self) -> None:
        self.requests: list[Seen] = []
        self.script: Script = lambda _seen: Reply()
        self.over = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else the body waits 40 ms for the acknowledgement of the headers

            def do_GET(self) -> None:
                url = urlsplit(self.path)
                query = {key: values[0] for key, values in parse_qs(url.query).items()}
                headers = {key.lower(): value for key, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length", 0)))
                seen = Seen(url.path, query, headers, self.command, body)
                outer.requests.append(seen)
                outer.send(self, outer.script(seen))

            do_POST = do_GET  # noqa: N815 - the name the handler looks for

            def log_message(self, *_arguments: object) -> None:
                pass

        class Server(ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

            def handle_error(self, *_arguments: object) -> None:
                pass  # clients of these tests hang up on purpose

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}/v2"

    def send(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        handler.send_response(reply.status)
        length = len(reply.body) + (10 if reply.cut or reply.stall else 0)
        measured = {} if reply.unmeasured else {"content-length": str(length)}
        for name, value in ({"content-type": reply.content_type} | measured | reply.headers).items():
            handler.send_header(name, value)
        handler.end_headers()
        self._send_body(handler, reply)
        if reply.stall:
            self.over.wait(10)
        handler.close_connection = reply.cut or reply.stall or reply.unmeasured

    def _send_body(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        if not reply.drip_s:
            handler.wfile.write(reply.body)
        else:
            for byte in reply.body:
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
                time.sleep(reply.drip_s)
        handler.wfile.flush()

    def play(self, *replies: Reply) -> None:
        """Answer with these in order, then with the last one for ever."""
        queue = list(replies)
        self.script = lambda _seen: queue.pop(0) if len(queue) > 1 else queue[0]

    def serve_rows(self, rows_of: Callable[[Seen], list[Any]], **envelope: Any) -> None:
        """Answer with the rows of a function of the request, in the provider's envelope."""

        def script(seen: Seen) -> Reply:
            rows = rows_of(seen)
            return Reply(
                body=json.dumps({"success": True, "length": len(rows), "data": rows, "message": ""} | envelope).encode()
            )

        self.script = script

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class RecordedSleep:
    """Takes no time and remembers how long it should have taken."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    running = LoopbackServer()
    yield running
    running.close()


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


@pytest.fixture
def sleep() -> RecordedSleep:
    return RecordedSleep()


@pytest.fixture
def access(sleep: RecordedSleep) -> Callable[..., Access]:
    """Make the `Access` to a base URL; it never sleeps, and `changes` replace its fields."""

    def make(base_url: str, **changes: Any) -> Access:
        settings: dict[str, Any] = {
            "clock": lambda: NOW,
            "requests_per_minute": 6_000_000,
            "timeout_s": 5.0,
            "max_attempts": 4,
            "sleep": sleep,
            "rng": random.Random(1),
        }
        return Access(base_url, **(settings | changes))

    return make


@pytest.fixture
def make_client(server: LoopbackServer, access: Callable[..., Access]) -> Callable[..., HttpClient]:
    """Make a client of the scripted server; `changes` replace fields of its `Access` or its own options."""

    def make(**changes: Any) -> HttpClient:
        options = {
            name: changes.pop(name)
            for name in ("base_url", "wait_budget_s", "largest_body_bytes", "read_failure")
            if name in changes
        }
        return HttpClient("demo", access(server.base_url, **changes), {"x-api-key": API_KEY}, **options)

    return make


@pytest.fixture
def make_source(server: LoopbackServer, access: Callable[..., Access]) -> Callable[..., "TokenMetricsSource"]:
    """Make a Token Metrics source of the scripted server; `changes` replace fields of its `Access` or its options."""
    from datasources.token_metrics.client import TokenMetricsSource  # noqa: PLC0415 - most tests here need no source

    def make(**changes: Any) -> "TokenMetricsSource":
        options = {"api_key": API_KEY} | {
            name: changes.pop(name) for name in ("api_key", "header_names") if name in changes
        }
        way = access(server.base_url, **({"max_attempts": 1} | changes))
        return TokenMetricsSource("demo", Terms("Demo", "", "none", None), way, **options)

    return make
