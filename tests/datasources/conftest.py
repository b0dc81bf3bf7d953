"""A scripted HTTP server on the loopback interface, and sources that talk to it without sleeping."""

import json
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from datasources.http import HttpClient
from datasources.quota import Pacer
from datasources.token_metrics.client import TokenMetricsSource

NOW = datetime(2025, 6, 10, 12, 0, tzinfo=UTC)
API_KEY = "tm-5ec2e7aa-1111-2222-3333-444455556666"


@dataclass
class Reply:
    """One scripted answer; `cut` sends less than was announced, `stall` stops half-way until the server ends."""

    status: int = 200
    body: bytes = b'{"success": true, "data": []}'
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    cut: bool = False
    stall: bool = False


@dataclass(frozen=True)
class Seen:
    path: str
    query: dict[str, str]
    headers: dict[str, str]


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
                seen = Seen(url.path, query, {key.lower(): value for key, value in self.headers.items()})
                outer.requests.append(seen)
                outer.send(self, outer.script(seen))

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
        headers = {"content-type": reply.content_type, "content-length": str(length)} | reply.headers
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(reply.body)
        handler.wfile.flush()
        if reply.stall:
            self.over.wait(10)
        handler.close_connection = reply.cut or reply.stall

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
def make_client(server: LoopbackServer, sleep: RecordedSleep) -> Callable[..., HttpClient]:
    def make(**changes: Any) -> HttpClient:
        settings: dict[str, Any] = {
            "timeout_s": 5.0,
            "max_attempts": 4,
            "pacer": Pacer(6_000_000, sleep=sleep),
            "clock": lambda: NOW,
            "sleep": sleep,
            "rng": random.Random(1),
        }
        return HttpClient("demo", server.base_url, {"x-api-key": API_KEY}, **(settings | changes))

    return make


@pytest.fixture
def make_source(server: LoopbackServer, sleep: RecordedSleep) -> Callable[..., TokenMetricsSource]:
    def make(**changes: Any) -> TokenMetricsSource:
        settings: dict[str, Any] = {
            "requests_per_minute": 6_000_000,
            "timeout_s": 5.0,
            "max_attempts": 1,
            "clock": lambda: NOW,
            "sleep": sleep,
        }
        return TokenMetricsSource("demo", server.base_url, API_KEY, "Demo", **(settings | changes))

    return make
