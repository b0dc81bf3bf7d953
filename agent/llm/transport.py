"""The one place that uses the `openai` package: a body out, a bounded reply back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from agent.llm.errors import Malformed, Unavailable
from agent.llm.faults import is_quota, retry_after_s
from agent.llm.port import Json

if TYPE_CHECKING:
    import httpx2
    import openai

_PLACEHOLDER_KEY = "no-key"  # the SDK refuses an empty one; local servers ignore it
_MAX_BODY_BYTES = 4_000_000
_CONNECT_TIMEOUT_S = 5.0
_SENT_HEADERS = frozenset(
    {"host", "accept", "accept-encoding", "authorization", "connection", "content-length", "content-type"}
    | {"user-agent", "x-stainless-raw-response", "x-stainless-retry-count"}
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


class Transport:
    """Posts to one base URL with one key.

    `timeout_s` bounds each wait and, once an answer has begun, the reading of it.
    """

    def __init__(
        self, base_url: str, api_key: SecretStr, *, timeout_s: float, max_retries: int, timer: Callable[[], float]
    ) -> None:
        self._base_url = base_url
        self._api_key = api_key
        self._timeout_s = timeout_s
        self._max_retries = max_retries
        self._timer = timer

    def post(self, body: Mapping[str, Json]) -> Reply:
        """Send `body` to /chat/completions.

        Raises Unavailable where there is no complete answer in time, and Malformed for one of unreasonable size.
        """
        # raised outside the handler so that no error of ours holds the SDK's request with the key in its headers
        outcome = self._attempt(body)
        if isinstance(outcome, Reply):
            return outcome
        raise outcome

    def _attempt(self, body: Mapping[str, Json]) -> Reply | Unavailable | Malformed:
        import httpx2  # noqa: PLC0415 - comes with openai, which is loaded at the first call only
        import openai  # noqa: PLC0415 - takes most of a second to load

        create = self._client.chat.completions.with_streaming_response.create
        try:
            with create(model=str(body["model"]), messages=[], extra_body=dict(body)) as response:
                started_at = self._timer()
                content = bytearray()
                for chunk in response.iter_bytes():
                    content += chunk
                    if len(content) > _MAX_BODY_BYTES:
                        return Malformed("the answer is larger than 4 MB; use another server")
                    if self._timer() - started_at > self._timeout_s:
                        return Unavailable("the answer took too long; raise llm.timeout_s or use another server")
                return Reply(
                    response.status_code, bytes(content), _plain_headers(response.headers), response.retries_taken
                )
        except openai.APIStatusError as error:
            headers = _plain_headers(error.response.headers)
            return Reply(error.status_code, error.response.content, headers, _retries(error.response.request.headers))
        except openai.APITimeoutError:
            return Unavailable("no answer in time; raise llm.timeout_s or check the server")
        except (openai.OpenAIError, httpx2.HTTPError):
            return Unavailable("the connection failed; check llm.base_url and that the server is running")

    @cached_property
    def _client(self) -> "openai.OpenAI":
        import openai  # noqa: PLC0415 - takes most of a second to load

        http_client = openai.DefaultHttpxClient(
            follow_redirects=False,
            trust_env=not _is_loopback(self._base_url),  # a proxy has no business between us and this machine
            event_hooks={"request": [self._keep_to_own_headers], "response": [self._stop_useless_retries]},
        )
        return openai.OpenAI(
            api_key=self._key,
            base_url=self._base_url,
            timeout=openai.Timeout(self._timeout_s, connect=min(_CONNECT_TIMEOUT_S, self._timeout_s)),
            max_retries=self._max_retries,
            http_client=http_client,
        )

    @property
    def _key(self) -> str:
        return self._api_key.get_secret_value() or _PLACEHOLDER_KEY

    def _keep_to_own_headers(self, request: "httpx2.Request") -> None:
        """Drop what the SDK takes from the environment (organisation, custom headers): it may be another server's."""
        for name in [name for name in request.headers if name.lower() not in _SENT_HEADERS]:
            del request.headers[name]
        request.headers["authorization"] = f"Bearer {self._key}"

    def _stop_useless_retries(self, response: "httpx2.Response") -> None:
        """Mark a spent quota, and a wait longer than a whole call may take, as not worth a retry."""
        if response.status_code != 429:
            return
        response.read()
        wait_s = retry_after_s(response.headers)
        if is_quota(response.text) or (wait_s is not None and wait_s > self._timeout_s):
            response.headers["x-should-retry"] = "false"

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        client = self.__dict__.pop("_client", None)
        if client is not None:
            client.close()


def _plain_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({name.lower(): value for name, value in headers.items()})


def _retries(headers: Mapping[str, str]) -> int:
    count = headers.get("x-stainless-retry-count", "0")
    return int(count) if count.isdecimal() else 0


def _is_loopback(base_url: str) -> bool:
    return urlsplit(base_url).hostname in {"localhost", "127.0.0.1", "::1"}
