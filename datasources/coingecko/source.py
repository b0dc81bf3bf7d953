"""The CoinGecko source: queries in, batches of records out, over as few requests as the API allows."""

import logging
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Final

from datasources.access import Access
from datasources.answers import Json
from datasources.base import Batch, CallPlan, Query, Terms
from datasources.coingecko.failures import failure_of
from datasources.coingecko.plan import (
    FREE_HISTORY_DAYS,
    ROWS_PER_PAGE,
    Call,
    Plan,
    Tier,
    capabilities,
    is_id,
    plan_calls,
)
from datasources.coingecko.read import read_answer, rows_of
from datasources.context import Context
from datasources.errors import BadPayload, BadRequest, SourceError, Unauthorized
from datasources.http import HttpClient
from datasources.http_source import HttpSource, require_key
from datasources.intake import Intake, PageWatch
from datasources.records import DataKind, Record
from datasources.refusals import Refusals

_KEY_HEADERS: Final[Mapping[str, str]] = {"demo": "x-cg-demo-api-key", "pro": "x-cg-pro-api-key"}
_ASSETS_THERE_ARE: Final = 20_000

_log = logging.getLogger(__name__)


class CoinGeckoSource(HttpSource):
    """A server that speaks CoinGecko's API: the provider itself, or the sandbox.

    `plan` says which key there is and how far back it sees; without one none is sent.
    Raises `Unauthorized` for a plan without its key, or a key that cannot be one, and `ValueError` for another plan.
    """

    def __init__(self, name: str, terms: Terms, access: Access, *, plan: Tier = "keyless", api_key: str = "") -> None:
        self._http = HttpClient(name, access, _key_headers(name, plan, api_key), read_failure=self._failure_of)
        super().__init__(name, terms, access, capabilities(plan), self._http)
        self._tier = plan
        self._secrets = (api_key,) if api_key else ()

    def __repr__(self) -> str:
        return f"CoinGeckoSource(name={self._name!r}, plan={self._tier!r}, http={self._http!r})"

    def fetch(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        """Fetch one kind of data, a batch for each answer that brought something.

        A year of bars is all that is to be had without the paid plan: earlier days of a longer query are left out.
        An asset that the provider refuses does not keep the others: that is raised when these are through.
        Raises, before any request, `Unsupported` for a kind that is not offered and `BadRequest` for ids that are
        needed but missing or cannot be one, and for days that all lie beyond that year; while iterating, whatever
        `SourceError` the requests meet.
        """
        self._check(kind, query)
        return self._fetch(kind, query)

    def plan(self, kind: DataKind, query: Query) -> CallPlan:
        """Say what a query would cost; a ranking without a limit has as many pages as there are assets."""
        self._check(kind, query)
        plan = plan_calls(kind, query, self._now(), self._tier)
        if kind is DataKind.TOP_ASSETS and query.limit is None:
            return CallPlan(_ASSETS_THERE_ARE // ROWS_PER_PAGE, exact=False)
        return CallPlan(len(plan.calls), exact=plan.exact)

    async def probe(self) -> None:
        """Ping the provider, which takes the key if there is one."""
        await self._get(Call("/ping", {}))

    def _check(self, kind: DataKind, query: Query) -> None:
        self._require_offered(kind)
        if any(not is_id(asset_id) for asset_id in query.provider_ids):
            raise BadRequest(self._name, "asset ids are words such as bitcoin; look them up among the assets")
        if self._capabilities[kind].needs_ids and not query.provider_ids:
            raise BadRequest(self._name, f"{kind} are fetched by asset ids; name at least one")
        if kind is DataKind.DAILY_BARS and self._tier != "pro" and query.end is not None:
            reach = self._now().date() - timedelta(days=FREE_HISTORY_DAYS)
            if query.end < reach:
                hint = f"days before {reach.isoformat()} need the paid plan; ask another source for them"
                raise BadRequest(self._name, hint)

    async def _fetch(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        plan = plan_calls(kind, query, self._now(), self._tier)
        intake = Intake(kind, plan.ids, query.limit, self._secrets)
        watch, refusals = PageWatch(), Refusals(self._name, len(plan.calls))
        for call in plan.calls:
            try:
                answer = await self._get(call)
            except BadRequest as refusal:
                if call.provider_id is None:
                    raise
                refusals.refused(call.provider_id, refusal)
                continue
            refusals.answered()
            batch = self._batch_of(kind, call, answer, plan, query, intake)
            if batch is not None:
                yield batch
            if intake.full or (kind is DataKind.TOP_ASSETS and self._is_last_page(call, answer, watch)):
                return
        refusals.check()
        if kind is DataKind.TOP_ASSETS and not plan.exact:
            raise BadPayload(self._name, "/coins/markets", f"no end after {len(plan.calls)} pages")

    def _batch_of(
        self, kind: DataKind, call: Call, answer: Json, plan: Plan, query: Query, intake: Intake
    ) -> Batch[Record] | None:
        context = Context(self._now(), plan.last_day or query.end, plan.first_day)
        parsed = read_answer(self._name, kind, call, answer, context, frozenset(plan.ids))
        return self._batch(intake, parsed, context.fetched_at)

    def _is_last_page(self, call: Call, answer: Json, watch: PageWatch) -> bool:
        rows = rows_of(self._name, call.path, answer)
        if watch.repeats(rows):
            if rows:
                _log.warning("%s: %s repeats itself on page %s", self._name, call.path, call.params["page"])
            return True
        return len(rows) < int(call.params["per_page"])

    async def _get(self, call: Call) -> Json:
        answer = await self._http.get_json(call.path, call.params)
        failure = self._failure_of(200, answer)
        if failure is not None:
            raise failure
        return answer

    def _failure_of(self, status: int, body: Json) -> SourceError | None:
        return failure_of(self._name, self._tier, status, body)


def _key_headers(name: str, plan: Tier, api_key: str) -> dict[str, str]:
    if plan == "keyless":
        return {}
    if plan not in _KEY_HEADERS:
        raise ValueError("the plan is keyless, demo or pro")
    if not api_key:
        raise Unauthorized(name, f"the plan {plan} needs its API key; set it, or choose the plan keyless")
    return {_KEY_HEADERS[plan]: require_key(name, api_key)}
