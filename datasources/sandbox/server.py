"""The sandbox as a server on loopback: in a thread beside the caller, or blocking for the command line."""

import asyncio
import contextlib
import ipaddress
import socket
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from datasources.errors import SourceError
from datasources.sandbox.app import create_app
from datasources.sandbox.contract import MarketData
from datasources.sandbox.faults import FaultPlan
from datasources.sandbox.gate import TRANSPORT
from datasources.sandbox.keys import DEMO_API_KEY

__all__ = ["DEMO_API_KEY", "RunningSandbox", "SandboxError", "create_app", "serve"]

LOOPBACK = "127.0.0.1"
_START_SECONDS = 30.0
_STOP_SECONDS = 10.0


class SandboxError(SourceError):
    """The sandbox could not be started."""

    permanent = True

    def __init__(self, message: str) -> None:
        super().__init__("sandbox", message)


def utc_now() -> datetime:
    """The real clock."""
    return datetime.now(UTC)


class RunningSandbox:
    """A sandbox that answers on loopback while the `with` block runs.

    `port` 0 takes a free one. Raises SandboxError if the port is taken.
    """

    def __init__(
        self,
        market: MarketData,
        *,
        clock: Callable[[], datetime] = utc_now,
        api_key: str | None = DEMO_API_KEY,
        port: int = 0,
        faults: FaultPlan | None = None,
        requests_per_minute: int | None = None,
        monthly_credits: int | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.faults = faults if faults is not None else FaultPlan()
        self._app = create_app(
            market,
            clock=clock,
            api_key=api_key,
            faults=self.faults,
            requests_per_minute=requests_per_minute,
            monthly_credits=monthly_credits,
            sleep=sleep,
        )
        self._port = port
        self._socket: socket.socket | None = None
        self._server: _ReadyServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def origin(self) -> str:
        """Scheme, host and port; raises SandboxError while the sandbox is not running."""
        if self._socket is None:
            raise SandboxError("is not running; use it in a with statement")
        return f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"

    @property
    def base_url(self) -> str:
        """What a Token Metrics client takes as its base address."""
        return f"{self.origin}/v2"

    @property
    def requests(self) -> Counter[str]:
        """How often each path was asked, faulty answers included."""
        counted: Counter[str] = self._app.state.requests
        return counted

    def __enter__(self) -> Self:
        self._socket = _listen(LOOPBACK, self._port)
        self._server = _ReadyServer(_config(self._app))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="sandbox", daemon=True
        )
        self._thread.start()
        if not self._server.ready.wait(_START_SECONDS):
            self._stop()
            raise SandboxError("did not start in time; try again")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _stop(self) -> None:
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(_STOP_SECONDS)
        if self._socket is not None:
            self._socket.close()
        self._socket = self._server = self._thread = None


def serve(
    market: MarketData,
    *,
    host: str = LOOPBACK,
    port: int,
    clock: Callable[[], datetime] = utc_now,
    api_key: str | None = DEMO_API_KEY,
    requests_per_minute: int | None = None,
    monthly_credits: int | None = None,
) -> None:
    """Answer until interrupted; raises SandboxError for a host that is not loopback and for a port that is taken."""
    address = _loopback(host)
    app = create_app(
        market,
        clock=clock,
        api_key=api_key,
        requests_per_minute=requests_per_minute,
        monthly_credits=monthly_credits,
    )
    with _listen(address, port) as listening, contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(_config(app)).run(sockets=[listening])


class _OpenProtocol(H11Protocol):
    """HTTP over a connection that the application can break: some faults are none of HTTP's."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in its base
        """Leave the connection in the state of each request that comes over it."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


class _ReadyServer(uvicorn.Server):
    """A server that says when it accepts requests."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets=sockets)
        self.ready.set()


def _config(app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type] # uvicorn's own application type is stricter than ASGI
        http=_OpenProtocol,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",  # a body that is cut on request is no error
        access_log=False,
        timeout_graceful_shutdown=1,
    )


def _loopback(host: str) -> str:
    if host == "localhost":
        return LOOPBACK
    try:
        allowed = ipaddress.ip_address(host).is_loopback
    except ValueError:
        allowed = False
    if not allowed:
        raise SandboxError(f"serves this machine only, not {host!r}; use {LOOPBACK}")
    return host


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY only then
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise SandboxError(f"cannot listen on {host} port {port}: {error.strerror}; choose another port") from error
    listening.listen()
    return listening
