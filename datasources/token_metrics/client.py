"""The Token Metrics source: queries in, batches of records out, over as few requests as the API allows."""

import asyncio
import logging
import random
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from datasources.answers import Json
from datasources.base import Batch, Capability, Query
from datasources.errors import BadPayload, BadRequest, Unauthorized, Unsupported
from datasources.http import HttpClient
from datasources.quota import Pacer, Sleep
from datasources.records import DataKind, Record
from datasources.token_metrics.context import Context
from datasources.token_metrics.endpoints import CAPABILITIES, ENDPOINTS, Endpoint, Paging
from datasources.token_metrics.intake import Intake, PageWatch
from datasources.token_metrics.parse import parse_rows
from datasources.token_metrics.plan import Params, Plan, page_params, plan_calls
from datasources.token_metrics.wire import open_envelope

LARGEST_PAGE_NUMBER: Final = 200

_log = logging.getLogger(__name__)


class TokenMetricsSource:
    """A server that speaks Token Metrics' API: the provider itself, the sandbox, or a replay of history.

    `name` is what its data is stored under, so invented data needs a name of its own. `header_names` are the headers
    the key is sent in; an old server may want `api_key` beside `x-api-key`. Without a key no such header is sent.
    Raises `Unauthorized` for a key that cannot be one and `ValueError` for a base URL or a rate that cannot be used.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        api_key: str,
        attribution: str,
        *,
        requests_per_minute: float,
        timeout_s: float,
        max_attempts: int,
        clock: Callable[[], datetime],
        sleep: Sleep = asyncio.sleep,
        rng: random.Random | None = None,
        header_names: Sequence[str] = ("x-api-key",),
    ) -> None:
        self._name = name
        self._attribution = attribution
        self._clock = clock
        self._secrets = (api_key,) if api_key else ()
        self._booked = 0
        self._http = HttpClient(
            name,
            base_url,
            _key_headers(name, api_key, header_names),
            timeout_s=timeout_s,
            max_attempts=max_attempts,
            pacer=Pacer(requests_per_minute, sleep=sleep),
            clock=clock,
            sleep=sleep,
            rng=rng or random.Random(),  # noqa: S311 - jitter between retries, nothing secret
        )

    def __repr__(self) -> str:
        return f"TokenMetricsSource(name={self._name!r}, http={self._http!r})"

    @property
    def name(self) -> str:
        """The name in settings, the store and every message."""
        return self._name

    @property
    def attribution(self) -> str:
        """How the provider wants to be named next to its data."""
        return self._attribution

    @property
    def capabilities(self) -> Mapping[DataKind, Capability]:
        """Which kinds of data this source offers; every request costs one credit."""
        return CAPABILITIES

    @property
    def requests(self) -> int:
        """How many requests were sent so far, failed and repeated ones included."""
        return self._http.requests

    def fetch(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        """Fetch one kind of data, a batch for each page that brought something.

        Raises, before any request, `Unsupported` for a kind that is not offered and `BadRequest` for ids that are
        needed but missing or that are not the provider's; while iterating, whatever `SourceError` the requests meet.
        """
        if kind not in ENDPOINTS:
            raise Unsupported(self._name, f"it has no {kind}")
        if any(not re.fullmatch(r"[1-9][0-9]{0,17}", asset_id) for asset_id in query.provider_ids):
            raise BadRequest(self._name, "asset ids are positive whole numbers; look them up among the assets")
        if ENDPOINTS[kind].needs_ids and not query.provider_ids:
            raise BadRequest(self._name, f"{kind} are fetched by asset ids; name at least one")
        return self._fetch(kind, query)

    async def aclose(self) -> None:
        """Release connections; the source cannot be used afterwards."""
        await self._http.aclose()

    async def _fetch(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        endpoint = ENDPOINTS[kind]
        today = self._clock().astimezone(UTC).date()
        final_day = today - timedelta(days=1) if kind is DataKind.DAILY_BARS else today
        plan = plan_calls(endpoint, query, today, last_final_day=final_day)
        intake = Intake(kind, plan.ids, query.limit, self._secrets)
        for params in plan.calls:
            async for batch in self._fetch_pages(kind, params, plan, query, intake):
                yield batch
            if intake.full and not endpoint.window_days:
                return

    async def _fetch_pages(
        self, kind: DataKind, params: Params, plan: Plan, query: Query, intake: Intake
    ) -> AsyncIterator[Batch[Record]]:
        endpoint, watch = ENDPOINTS[kind], PageWatch()
        for page in range(1, LARGEST_PAGE_NUMBER + 1):
            rows = await self._fetch_rows(endpoint, params | page_params(endpoint, page, plan.page_size))
            if watch.repeats(rows):
                if rows:
                    _log.warning("%s: %s repeats itself on page %d; stopped there", self._name, endpoint.path, page)
                return
            context = Context(self._clock().astimezone(UTC), query.end, plan.first_day)
            first_rank = (page - 1) * plan.page_size + 1
            records, quarantined = intake.take(parse_rows(kind, rows, context, first_rank))
            if records or quarantined:
                yield Batch(records, quarantined, context.fetched_at, self._book_requests())
            last = endpoint.paging is Paging.NONE or len(rows) < plan.page_size
            if last or (intake.full and not endpoint.window_days):
                return
        raise BadPayload(self._name, endpoint.path, f"no end after {LARGEST_PAGE_NUMBER} pages")

    async def _fetch_rows(self, endpoint: Endpoint, params: Params) -> list[Json]:
        return open_envelope(self._name, endpoint.path, await self._http.get_json(endpoint.path, params))

    def _book_requests(self) -> int:
        """Give the number of requests since it was last asked for, whichever fetch they were for."""
        booked, self._booked = self._booked, self._http.requests
        return self._booked - booked


def _key_headers(name: str, api_key: str, header_names: Sequence[str]) -> dict[str, str]:
    if not api_key:
        return {}
    if not re.fullmatch(r"[\x21-\x7e]{1,512}", api_key):
        raise Unauthorized(name, "the API key holds white space or characters beyond ASCII; copy it again")
    return dict.fromkeys(header_names, api_key)
