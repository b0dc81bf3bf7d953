"""The one place that uses the `openai` package: a body out, a bounded reply back in bounded time.

Each call runs in a thread of its own and the caller waits for its parts: only so is `timeout_s` a limit that holds, for
a look-up of the name, a server that sends a header a second, and the SDK's own retries alike. A call that is given up
ends by itself with its next byte, and is not tried again.
"""

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from queue import Empty, SimpleQueue
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

from pydantic import SecretStr

from agent.llm.errors import KeyForAnotherHost, LLMError, Unavailable, Unreachable
from agent.llm.faults import is_quota, retry_after_s
from agent.llm.port import Json
from agent.llm.wire_answer import MAX_BODY_BYTES

if TYPE_CHECKING:
    import httpx2
    import openai
    from openai import APIResponse
    from openai._response import ResponseContextManager

    _Sending = ResponseContextManager[APIResponse[Any]]

_PLACEHOLDER_KEY = "no-key"  # the SDK refuses an empty one; local servers ignore it
_MAX_STREAM_BYTES = 32_000_000  # an event of some 300 bytes may carry one token
_CONNECT_TIMEOUT_S = 5.0
_SENT_HEADERS = frozenset(
    {"host", "accept", "connection", "content-length", "content-type"}
    | {"user-agent", "x-stainless-raw-response", "x-stainless-retry-count"}
)

OnBytes = Callable[[bytes], bool]
"""Takes the bytes of a good answer as they come; says whether the answer is complete with them."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One base URL, its key, and the only host (`name` or `name:port`) that may be sent the key.

    `allowed_host` "" means the host of `base_url`; Azure takes its key in the same way as OpenAI.
    """

    base_url: str
    api_key: SecretStr
    allowed_host: str = ""

    @property
    def host(self) -> str:
        """The host that calls go to."""
        return host_of(self.base_url)

    def require_own_host(self) -> None:
        """Raise KeyForAnotherHost if calls would take the key to a host it was not made for."""
        allowed = host_of(f"//{self.allowed_host}") if self.allowed_host else self.host
        if self.api_key.get_secret_value() and allowed != self.host:
            raise KeyForAnotherHost(
                f"the key is for {allowed} and was not sent to {self.host}; set a key for this host", host=self.host
            )


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server answered, whatever its status; `retries` are those the SDK made before."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    retries: int

    @property
    def request_id(self) -> str | None:
        """The server's own name of the request, if it gave a plain one."""
        value = self.headers.get("x-request-id", "")
        return value[:128] if value.isascii() and value.isprintable() and value else None


@dataclass(slots=True)
class _Call:
    """One call under way: its parts are a reply without its body, bytes, and at last an error or None.

    `sent` once a request, or a retry of it, begins to be written: from then on it may be billed.
    """

    deadline: float
    max_bytes: int
    parts: "SimpleQueue[Reply | bytes | LLMError | None]" = field(default_factory=SimpleQueue)
    given_up: threading.Event = field(default_factory=threading.Event)
    sent: threading.Event = field(default_factory=threading.Event)

    def on_trace(self, event: str, _info: Mapping[str, Any]) -> None:
        """Take an event of the HTTP package; nothing is sent any more once the caller has given up."""
        if not event.endswith("send_request_headers.started"):
            return
        self.sent.set()  # before the look at `given_up`, which the caller sets before looking here
        self.require_caller()

    def require_caller(self) -> None:
        """End the call if nobody waits for it any more."""
        import httpx2  # noqa: PLC0415 - loaded by now

        if self.given_up.is_set():
            raise httpx2.ReadTimeout("the caller has given up")


class Transport:
    """Calls to one endpoint.

    `timeout_s` bounds a whole call; `read_timeout_s` each wait for the next byte (None: the whole call's).
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        timeout_s: float,
        max_retries: int,
        timer: Callable[[], float] = time.monotonic,
        read_timeout_s: float | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._timeout_s = timeout_s
        self._read_timeout_s = min(read_timeout_s or timeout_s, timeout_s)
        self._max_retries = max_retries
        self._timer = timer
        self._running = threading.local()

    def post(self, path: str, body: Mapping[str, Json], on_bytes: OnBytes | None = None) -> Reply:
        """Send `body` to /chat/completions or /responses.

        `on_bytes` gets a good answer's bytes in the caller's thread, and the reply's body is then empty. Raises
        Unavailable where there is no complete answer in time (Unreachable if nothing was sent), Malformed for one of
        unreasonable size, and Unauthorized if the key belongs to another host.
        """
        return self._exchange(lambda client: _create(client, path, body), on_bytes)

    def get_models(self) -> Reply:
        """Ask for /models; raises like `post`."""
        return self._exchange(lambda client: client.models.with_streaming_response.list(), None)

    def _exchange(self, send: "Callable[[openai.OpenAI], _Sending]", on_bytes: OnBytes | None) -> Reply:
        self._endpoint.require_own_host()
        client = self._client  # before the clock starts: the first time it takes most of a second
        call = _Call(self._timer() + self._timeout_s, _MAX_STREAM_BYTES if on_bytes else MAX_BODY_BYTES)
        threading.Thread(target=self._run, args=(client, send, call), name="llm-call", daemon=True).start()
        # raised outside every handler so that no error of ours holds the SDK's request with the key in its headers
        try:
            outcome = self._collect(call, on_bytes)
        finally:
            call.given_up.set()
        if isinstance(outcome, Reply):
            return outcome
        if isinstance(outcome, Unavailable) and not call.sent.is_set():
            outcome = Unreachable(outcome.message)
        raise outcome

    def _collect(self, call: _Call, on_bytes: OnBytes | None) -> Reply | LLMError:
        head = Reply(0, b"", {}, 0)
        content = bytearray()
        while True:
            part = self._next_part(call)
            if isinstance(part, LLMError):
                return part
            if isinstance(part, Reply):
                head = part
            elif part is None:
                return Reply(head.status, bytes(content), head.headers, head.retries)
            elif on_bytes is None or head.status >= 300:
                content += part
            elif on_bytes(part):
                return head

    def _next_part(self, call: _Call) -> Reply | bytes | LLMError | None:
        left_s = call.deadline - self._timer()
        if left_s > 0:
            try:
                return call.parts.get(timeout=left_s)
            except Empty:
                pass
        return Unavailable("the answer took too long; raise llm.timeout_s or use another server")

    def _run(self, client: "openai.OpenAI", send: "Callable[[openai.OpenAI], _Sending]", call: _Call) -> None:
        import httpx2  # noqa: PLC0415 - comes with openai, which is loaded at the first call only
        import openai  # noqa: PLC0415 - takes most of a second to load

        self._running.call = call
        end: LLMError | None = Unavailable("the call ended in an unexpected way; see the log")
        try:
            with send(client) as response:
                headers = _plain_headers(response.headers)
                call.parts.put(Reply(response.status_code, b"", headers, response.retries_taken))
                for chunk in response.iter_bytes():
                    if call.given_up.is_set():
                        break
                    call.parts.put(chunk)
            end = None
        except openai.APIStatusError as error:
            headers = _plain_headers(error.response.headers)
            call.parts.put(Reply(error.status_code, b"", headers, _retries(error.response.request.headers)))
            call.parts.put(error.response.content)
            end = None
        except LLMError as error:
            end = error
        except openai.APITimeoutError:
            end = Unavailable("no answer in time; raise llm.timeout_s or check the server")
        except (openai.OpenAIError, httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError):
            end = Unavailable("the connection failed; check llm.base_url and that the server is running")
        finally:
            call.parts.put(end)

    @cached_property
    def _client(self) -> "openai.OpenAI":
        import openai  # noqa: PLC0415 - takes most of a second to load

        is_loopback = _is_loopback(self._endpoint.base_url)
        is_plain = is_loopback and urlsplit(self._endpoint.base_url).scheme == "http"
        http_client = openai.DefaultHttpxClient(
            follow_redirects=False,
            trust_env=not is_loopback,  # a proxy has no business between us and this machine
            # a context that trusts nobody is never used there, and spares reading all certificates of the machine
            verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if is_plain else True,
            event_hooks={"request": [self._prepare_request], "response": [self._prepare_response]},
        )
        return openai.OpenAI(
            api_key=self._key,
            base_url=self._endpoint.base_url,
            timeout=openai.Timeout(self._read_timeout_s, connect=min(_CONNECT_TIMEOUT_S, self._timeout_s)),
            max_retries=self._max_retries,
            http_client=http_client,
        )

    @property
    def _key(self) -> str:
        return self._endpoint.api_key.get_secret_value() or _PLACEHOLDER_KEY

    def _prepare_request(self, request: "httpx2.Request") -> None:
        """Send nothing the SDK took from the environment, the key to its own host only, and no retry in vain."""
        call: _Call = self._running.call
        call.require_caller()
        request.extensions["trace"] = call.on_trace
        # organisation and custom headers may be another server's
        for name in [name for name in request.headers if name.lower() not in _SENT_HEADERS]:
            del request.headers[name]
        request.headers["accept-encoding"] = "identity"  # so that the limit of the size is one
        if host_of(str(request.url)) == self._endpoint.host:
            request.headers["authorization"] = f"Bearer {self._key}"

    def _prepare_response(self, response: "httpx2.Response") -> None:
        """Limit the body, and mark a spent quota, or a wait beyond the call's end, as not worth a retry."""
        import httpx2  # noqa: PLC0415 - loaded by now

        from agent.llm.transport_limit import LimitedStream  # noqa: PLC0415 - loads the HTTP package

        call: _Call = self._running.call
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = LimitedStream(response.stream, call.max_bytes)
        if response.status_code != 429:
            return
        response.read()
        wait_s = retry_after_s(response.headers)
        if is_quota(response.text) or (wait_s is not None and wait_s > call.deadline - self._timer()):
            response.headers["x-should-retry"] = "false"

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        client = self.__dict__.pop("_client", None)
        if client is not None:
            client.close()


def _create(client: "openai.OpenAI", path: str, body: Mapping[str, Json]) -> "_Sending":
    model, extra = str(body["model"]), dict(body)
    if path == "/responses":
        return client.responses.with_streaming_response.create(model=model, input="", extra_body=extra)
    return client.chat.completions.with_streaming_response.create(model=model, messages=[], extra_body=extra)


def host_of(url: str) -> str:
    """The host of `url` in lower case, with its port unless that is the scheme's own."""
    parts = urlsplit(url)
    name, port = parts.hostname or "", _port_of(parts)
    return name if port is None or port == {"https": 443, "http": 80}.get(parts.scheme, 443) else f"{name}:{port}"


def _port_of(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return None


def _plain_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({name.lower(): value for name, value in headers.items()})


def _retries(headers: Mapping[str, str]) -> int:
    count = headers.get("x-stainless-retry-count", "0")
    return int(count) if count.isdecimal() else 0


def _is_loopback(base_url: str) -> bool:
    return urlsplit(base_url).hostname in {"localhost", "127.0.0.1", "::1"}
