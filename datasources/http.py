"""The one HTTP client of the sources: deadlines, size limits, pacing, retries, and a key that stays on its host.

Retries happen here and nowhere else. A key is sent in a header, to the host of the base URL only: redirects are not
followed, proxies of the environment are ignored, and no error or log line holds a query string or a header.
"""

import asyncio
import json
import logging
import re
import ssl
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast

import httpx

from datasources.access import Access
from datasources.answers import LARGEST_FAILURE_BODY_BYTES, Json, parse_failure, parse_json, status_error
from datasources.breaker import Outcome
from datasources.errors import BadPayload, RateLimited, SourceError, Unavailable
from datasources.quota import Blocked

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

LARGEST_BODY_BYTES: Final = 32 * 1024 * 1024
CONNECT_TIMEOUT_S: Final = 5.0
FIRST_BACKOFF_S: Final = 1.0
# A shorter value of a header is a word, not a key.
SHORTEST_SECRET: Final = 8
LONGEST_BACKOFF_S: Final = 30.0
SHORTEST_RATE_LIMIT_WAIT_S: Final = 1.0
LONGEST_FAILURE_BODY_WAIT_S: Final = 2.0

ReadFailure = Callable[[int, Json], SourceError | None]

_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked for; `body` is JSON, and only a POST has one."""

    path: str
    params: Mapping[str, str | int]
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one attempt brought: a value, or a failure with its status if there was one; `sent` False is certain."""

    value: Json = None
    failure: SourceError | None = None
    status: int | None = None
    sent: bool = True

    @property
    def told(self) -> Outcome:
        """What this says about the host."""
        if self.failure is None:
            return Outcome.SUCCESS
        if self.status in {418, 429}:
            return Outcome.NOTHING
        refused = self.status is not None and 400 <= self.status < 500 and self.status != 408
        return Outcome.SUCCESS if refused else Outcome.FAILURE

    def may_repeat(self, request: _Request) -> bool:
        """Whether the same request can be sent again: it may help, and a POST surely changed nothing so far."""
        if request.body is not None:
            return not self.sent or self.status in {418, 429}
        return isinstance(self.failure, RateLimited | Unavailable)


class HttpClient:
    """Get JSON from one host, within limits.

    `access` says where and how fast; `base_url` is for a second host of the same provider, with the same pace.
    `timeout_s` bounds a whole attempt, from the connection to the last byte. A failure that may pass is tried again,
    `max_attempts` times in all, after a wait with full jitter (between 0 and 1, 2, 4 ... seconds) or the wait the
    provider asks for; all waits of one call together stay within `wait_budget_s`, else the failure is raised at once.
    `read_failure` is given the status of a failure and its JSON (None if there is none, or more than 4 kB) and may say
    better what is wrong, in our own words; None leaves it at what the status says.
    Before every attempt the breaker of the host, the pace and the credits are asked, in this order; a request that one
    of them refuses is not sent and costs nothing.
    The connections belong to the event loop that used them first; close the client in that loop.
    Raises `ValueError` for a base URL that is not http(s) or holds a user, a query or a fragment.
    """

    def __init__(
        self,
        source: str,
        access: Access,
        headers: Mapping[str, str],
        *,
        base_url: str | None = None,
        wait_budget_s: float = 90.0,
        largest_body_bytes: int = LARGEST_BODY_BYTES,
        read_failure: ReadFailure | None = None,
    ) -> None:
        self._source = source
        self._base_url = _checked_base_url(base_url or access.base_url)
        self._headers = MappingProxyType(dict(headers))
        self._access = access
        self._timeout_s = access.timeout_s
        self._max_attempts = max(1, access.max_attempts)
        self._pacer = access.pacer
        self._clock = access.clock
        self._sleep = access.sleep
        self._rng = access.rng
        self._wait_budget_s = wait_budget_s
        self._largest_body_bytes = largest_body_bytes
        self._read_failure = read_failure
        self._client: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self.requests = 0
        # Both log whole URLs and headers below this level.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)

    def __repr__(self) -> str:
        return f"HttpClient(source={self._source!r}, host={self._base_url.host!r})"

    @property
    def host(self) -> str:
        """The host and port this client asks, which is the name of its breaker."""
        return self._base_url.netloc.decode("ascii")

    async def get_json(self, path: str, params: Mapping[str, str | int]) -> Json:
        """Fetch one resource below the base URL; raises a `SourceError`, after retries where these can help.

        `requests` counts every attempt that was sent, the failed ones too.
        """
        return await self._call(_Request(path, params))

    async def post_json(self, path: str, body: Mapping[str, Json]) -> Json:
        """Send JSON and read the JSON that comes back; raises a `SourceError`, and `ValueError` for a NaN in the body.

        It is tried again only when the provider surely did nothing with it: nobody was reached, or it answered 429.
        """
        return await self._call(_Request(path, {}, json.dumps(body, allow_nan=False).encode()))

    async def aclose(self) -> None:
        """Close the connections; the client cannot be used afterwards."""
        self._closed = True
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _call(self, request: _Request) -> Json:
        if not re.fullmatch(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9_.~%:,-]+)+/?", request.path):
            raise ValueError("a path is made of words after slashes; quote what is not one")
        if self._closed:
            raise Unavailable(self._source, "the client was closed; open the source again")
        told, probe = Outcome.NOTHING, False
        budget_s, granted_s, attempt = self._wait_budget_s, 0.0, 0
        try:
            while True:
                attempt += 1
                await self._wait_for_turn(request.path, budget_s + granted_s)
                probe = self._admit(request.path)
                self._access.meter.reserve(1)
                answer = await self._attempt(request)
                told = answer.told
                if answer.failure is None:
                    return answer.value
                last = probe or attempt >= self._max_attempts or not answer.may_repeat(request)
                granted_s = await self._wait_after(answer.failure, attempt, 0.0 if last else budget_s)
                budget_s -= granted_s
        finally:
            if self._access.breakers is not None:
                self._access.breakers.note(self.host, told, probe=probe)

    async def _wait_for_turn(self, path: str, longest_block_s: float) -> None:
        """Wait for a slot of the pace, unless it is known already that there will be nothing to send then."""
        if self._access.breakers is not None:
            self._refuse_until(self._access.breakers.retry_at(self.host), path)
        try:
            await self._pacer.acquire(longest_block_s)
        except Blocked as block:
            message = f"{path} was not asked for: the provider told us to wait {block.seconds:.0f} s"
            raise RateLimited(self._source, message, block.seconds) from None

    def _admit(self, path: str) -> bool:
        """Pass the breaker of the host; returns whether this request is its probe."""
        if self._access.breakers is None:
            return False
        admission = self._access.breakers.admit(self.host)
        self._refuse_until(admission.retry_at, path)
        return admission.probe

    def _refuse_until(self, retry_at: datetime | None, path: str) -> None:
        if retry_at is not None:
            when = retry_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
            why = f"was not asked for: {self.host} failed several times in a row; the next try is at {when}"
            raise self._unavailable(path, why)

    async def _wait_after(self, failure: SourceError, attempt: int, budget_s: float) -> float:
        """Wait before the next attempt and return for how long, or raise the failure if the budget does not allow it.

        A rate limit is waited for in the pacer, by everybody, whether or not this call goes on.
        """
        wait_s = self._rng.uniform(0.0, min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2.0 ** (attempt - 1)))
        if isinstance(failure, RateLimited):
            wait_s = max(wait_s, SHORTEST_RATE_LIMIT_WAIT_S, failure.retry_after_s or 0.0)
            self._pacer.block_for(wait_s)
        if wait_s > budget_s or budget_s <= 0:
            raise failure
        _log.warning("%s; attempt %d of %d, next in %.1f s", failure, attempt, self._max_attempts, wait_s)
        if not isinstance(failure, RateLimited):
            await self._sleep(wait_s)
        return wait_s

    async def _attempt(self, request: _Request) -> _Answer:
        client = self._open_client()
        self.requests += 1
        sent = True
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._receive(client, request)
        except TimeoutError:
            why = f"gave no complete answer within {self._timeout_s:g} s"
        except httpx.HTTPError as error:
            # The cause is named, not chained: httpx errors carry the request with its URL and headers.
            sent = not isinstance(error, _NOT_SENT)
            broke = f"broke off ({type(error).__name__})"
            why = broke if sent else f"could not be reached from this machine ({type(error).__name__})"
        except SourceError as error:
            return _Answer(failure=error)
        return _Answer(failure=self._unavailable(request.path, why), sent=sent)

    async def _receive(self, client: httpx.AsyncClient, request: _Request) -> _Answer:
        """Send the request and read the answer; raises `SourceError` for a success that cannot be read."""
        path = self._base_url.path.rstrip("/") + request.path
        url = self._base_url.copy_with(path=path, params=dict(request.params))
        headers = dict(self._headers) | ({} if request.body is None else {"content-type": "application/json"})
        method = "GET" if request.body is None else "POST"
        async with client.stream(method, url, content=request.body, headers=headers) as response:
            failure = await self._failure_of(response, request.path)
            if failure is not None:
                return _Answer(failure=failure, status=response.status_code)
            # Stacked encodings would multiply the size of a body before it could be measured.
            if response.headers.get("content-encoding", "").strip().lower() not in {"", "identity", "gzip"}:
                raise BadPayload(self._source, request.path, "an encoding came that was not asked for")
            body = self._without_secrets(await self._read_body(response, request.path))
        value = parse_json(self._source, request.path, body, response.headers.get("content-type", ""))
        return _Answer(value, status=response.status_code)

    async def _failure_of(self, response: httpx.Response, path: str) -> SourceError | None:
        status, retry_after = response.status_code, response.headers.get("retry-after")
        web_page = "html" in response.headers.get("content-type", "").lower()
        failure = status_error(self._source, path, status, retry_after, self._clock(), web_page=web_page)
        if failure is None or self._read_failure is None:
            return failure
        better = self._read_failure(status, await self._read_failure_body(response))
        if isinstance(better, RateLimited) and isinstance(failure, RateLimited) and better.retry_after_s is None:
            better.retry_after_s = failure.retry_after_s
        return better or failure

    async def _read_failure_body(self, response: httpx.Response) -> Json:
        body = bytearray()
        try:
            async with (
                asyncio.timeout(min(LONGEST_FAILURE_BODY_WAIT_S, self._timeout_s / 4)),
                aclosing(cast("AsyncGenerator[bytes, None]", response.aiter_raw())) as chunks,
            ):
                async for chunk in chunks:
                    body += chunk
                    if len(body) >= LARGEST_FAILURE_BODY_BYTES:
                        break
        except (TimeoutError, httpx.HTTPError):
            return None  # the status alone must do
        return parse_failure(bytes(body), response.headers.get("content-encoding", ""))

    def _without_secrets(self, body: bytes) -> bytes:
        """Mask what a provider gives back of the key, before it can become a name, an address or a text of a row."""
        for value in self._headers.values():
            for spelling in {value, json.dumps(value)[1:-1]}:
                if len(spelling) >= SHORTEST_SECRET:
                    body = body.replace(spelling.encode(), b"***")
        return body

    async def _read_body(self, response: httpx.Response, path: str) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._largest_body_bytes:
                limit_mb = self._largest_body_bytes / 1024 / 1024
                raise BadPayload(self._source, path, f"larger than {limit_mb:g} MB; ask for fewer rows at once")
        return bytes(body)

    def _open_client(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._loop = loop
            self._client = httpx.AsyncClient(
                timeout=httpx.Timeout(self._timeout_s, connect=min(CONNECT_TIMEOUT_S, self._timeout_s)),
                headers={"accept": "application/json", "accept-encoding": "gzip", "user-agent": "coinbrief"},
                follow_redirects=False,
                trust_env=False,
                verify=_tls_context(),
            )
        return self._client

    def _unavailable(self, path: str, why: str) -> Unavailable:
        return Unavailable(self._source, f"{path} {why}")


@cache
def _tls_context() -> ssl.SSLContext:
    """The one TLS context of all clients: reading the certificates takes longer than many a request."""
    return httpx.create_ssl_context(trust_env=False)


def _checked_base_url(base_url: str) -> httpx.URL:
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL:
        raise ValueError("the base URL is not a URL") from None
    if url.scheme not in {"http", "https"} or not url.host or "\\" in base_url:
        raise ValueError("the base URL must begin with http:// or https:// and name a host")
    if url.userinfo or url.query or url.fragment:
        raise ValueError("the base URL must not hold a user, a query or a fragment")
    return url
