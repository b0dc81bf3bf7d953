"""The one HTTP client of the sources: deadlines, size limits, pacing, retries, and a key that stays on its host.

Retries happen here and nowhere else. A key is sent in a header, to the host of the base URL only: redirects are not
followed, proxies of the environment are ignored, and no error or log line holds a query string or a header.
"""

import asyncio
import logging
import random
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

import httpx

from datasources.answers import Json, parse_json, status_error
from datasources.errors import BadPayload, RateLimited, Unavailable
from datasources.quota import Pacer, Sleep

LARGEST_BODY_BYTES: Final = 32 * 1024 * 1024
CONNECT_TIMEOUT_S: Final = 5.0
FIRST_BACKOFF_S: Final = 1.0
LONGEST_BACKOFF_S: Final = 30.0
SHORTEST_RATE_LIMIT_WAIT_S: Final = 1.0

_log = logging.getLogger(__name__)


class HttpClient:
    """Get JSON from one host, within limits.

    `timeout_s` bounds a whole attempt, from the connection to the last byte. A failure that may pass is tried again,
    `max_attempts` times in all, after a wait with full jitter (between 0 and 1, 2, 4 ... seconds) or the wait the
    provider asks for; all waits of one call together stay within `wait_budget_s`, else the failure is raised at once.
    The connections belong to the event loop that used them first; close the client in that loop.
    Raises `ValueError` for a base URL that is not http(s) or holds a user, a query or a fragment.
    """

    def __init__(
        self,
        source: str,
        base_url: str,
        headers: Mapping[str, str],
        *,
        timeout_s: float,
        max_attempts: int,
        pacer: Pacer,
        clock: Callable[[], datetime],
        sleep: Sleep,
        rng: random.Random,
        wait_budget_s: float = 90.0,
        largest_body_bytes: int = LARGEST_BODY_BYTES,
    ) -> None:
        self._source = source
        self._base_url = _checked_base_url(base_url)
        self._headers = MappingProxyType(dict(headers))
        self._timeout_s = timeout_s
        self._max_attempts = max(1, max_attempts)
        self._pacer = pacer
        self._clock = clock
        self._sleep = sleep
        self._rng = rng
        self._wait_budget_s = wait_budget_s
        self._largest_body_bytes = largest_body_bytes
        self._client: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self.requests = 0
        # Both log whole URLs and headers below this level.
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)

    def __repr__(self) -> str:
        return f"HttpClient(source={self._source!r}, host={self._base_url.host!r})"

    async def get_json(self, path: str, params: Mapping[str, str | int]) -> Json:
        """Fetch one resource below the base URL; raises a `SourceError`, after retries where these can help.

        `requests` counts every attempt that was sent, the failed ones too.
        """
        if not re.fullmatch(r"(/[A-Za-z0-9_-]+)+", path):
            raise ValueError("a path is made of words after slashes")
        if self._closed:
            raise Unavailable(self._source, "the client was closed; open the source again")
        waited_s = 0.0
        attempt = 0
        while True:
            attempt += 1
            self._refuse_long_block(path, self._wait_budget_s - waited_s)
            await self._pacer.acquire()
            try:
                return await self._attempt(path, params)
            except (RateLimited, Unavailable) as failure:
                waited_s += await self._wait_after(failure, attempt, self._wait_budget_s - waited_s)

    async def aclose(self) -> None:
        """Close the connections; the client cannot be used afterwards."""
        self._closed = True
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _refuse_long_block(self, path: str, budget_s: float) -> None:
        """Spare the provider a request that an earlier answer already ruled out."""
        blocked_s = self._pacer.blocked_s
        if blocked_s > budget_s:
            message = f"{path} was not asked for: the provider told us to wait {blocked_s:.0f} s"
            raise RateLimited(self._source, message, blocked_s)

    async def _wait_after(self, failure: RateLimited | Unavailable, attempt: int, budget_s: float) -> float:
        """Wait before the next attempt and return for how long, or raise the failure if there is to be none."""
        wait_s = self._rng.uniform(0.0, min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2.0 ** (attempt - 1)))
        if isinstance(failure, RateLimited):
            wait_s = max(wait_s, SHORTEST_RATE_LIMIT_WAIT_S, failure.retry_after_s or 0.0)
            self._pacer.block_for(wait_s)
        if attempt >= self._max_attempts or wait_s > budget_s:
            raise failure
        _log.warning("%s; attempt %d of %d, next in %.1f s", failure, attempt, self._max_attempts, wait_s)
        if not isinstance(failure, RateLimited):  # a rate limit is waited for in the pacer, by everybody
            await self._sleep(wait_s)
        return wait_s

    async def _attempt(self, path: str, params: Mapping[str, str | int]) -> Json:
        client = self._open_client()
        self.requests += 1
        try:
            async with asyncio.timeout(self._timeout_s):
                body, content_type = await self._receive(client, path, params)
        except TimeoutError:
            raise self._unavailable(path, f"gave no complete answer within {self._timeout_s:g} s") from None
        except httpx.HTTPError as error:
            # The cause is named, not chained: httpx errors carry the request with its URL and headers.
            raise self._unavailable(path, f"could not be read ({type(error).__name__})") from None
        return parse_json(self._source, path, body, content_type)

    async def _receive(
        self, client: httpx.AsyncClient, path: str, params: Mapping[str, str | int]
    ) -> tuple[bytes, str]:
        url = self._base_url.copy_with(path=self._base_url.path.rstrip("/") + path)
        async with client.stream("GET", url, params=dict(params), headers=dict(self._headers)) as response:
            failure = status_error(
                self._source, path, response.status_code, response.headers.get("retry-after"), self._clock()
            )
            if failure is not None:
                raise failure
            # Stacked encodings would multiply the size of a body before it could be measured.
            if response.headers.get("content-encoding", "").strip().lower() not in {"", "identity", "gzip"}:
                raise BadPayload(self._source, path, "an encoding came that was not asked for")
            return await self._read_body(response, path), response.headers.get("content-type", "")

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
            )
        return self._client

    def _unavailable(self, path: str, why: str) -> Unavailable:
        return Unavailable(self._source, f"{path} {why}")


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
