"""The Token Metrics source: queries in, batches of records out, over as few requests as the API allows."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from datasources.access import Access
from datasources.base import Batch, CallPlan, Query, Terms
from datasources.errors import BadRequest, SourceError, Unsupported
from datasources.http import HttpClient
from datasources.http_source import HttpSource, require_key
from datasources.intake import Intake
from datasources.records import DataKind, Record
from datasources.token_metrics.ahead import Ahead
from datasources.token_metrics.answer import AnswerContext
from datasources.token_metrics.chat import CHAT_PATH, chat_answer, chat_body
from datasources.token_metrics.dialect import choose_dialect
from datasources.token_metrics.endpoints import CAPABILITIES, ENDPOINTS
from datasources.token_metrics.horizon import Horizon, NewestOfDay
from datasources.token_metrics.pages import Page, PageReader
from datasources.token_metrics.parse import parse_rows
from datasources.token_metrics.plan import Params, Plan, page_params, plan_calls, plan_cost


class TokenMetricsSource(HttpSource):
    """A server that speaks Token Metrics' API: the provider itself, the sandbox, or a replay of history.

    `name` is what its data is stored under, so invented data needs a name of its own. `header_names` are the headers
    the key is sent in; an old server may want `api_key` beside `x-api-key`. Without a key no such header is sent.
    `version` is v2 or v3; without it the end of the base URL says which. `chat` allows `ask`.
    Raises `Unauthorized` for a key that cannot be one and `ValueError` for a base URL or version that cannot be used.
    """

    def __init__(
        self,
        name: str,
        terms: Terms,
        access: Access,
        *,
        api_key: str,
        header_names: Sequence[str] = ("x-api-key",),
        version: Literal["v2", "v3"] | None = None,
        chat: bool = False,
    ) -> None:
        self._http = HttpClient(name, access, _key_headers(name, api_key, header_names))
        super().__init__(name, terms, access, CAPABILITIES, self._http)
        self._secrets = (api_key,) if api_key else ()
        self._chat = chat
        self._pages = PageReader(name, self._http, choose_dialect(access.base_url, version), access.clock)

    def fetch(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        """Fetch one kind of data, a batch for each page that brought something.

        Raises, before any request, `Unsupported` for a kind that is not offered and `BadRequest` for ids that are
        needed but missing or that are not the provider's; while iterating, whatever `SourceError` the requests meet.
        """
        self._check(kind, query)
        return self._fetch(kind, query)

    def _check(self, kind: DataKind, query: Query) -> None:
        self._require_offered(kind)
        if any(not re.fullmatch(r"[1-9][0-9]{0,17}", asset_id) for asset_id in query.provider_ids):
            raise BadRequest(self._name, "asset ids are positive whole numbers; look them up among the assets")
        if ENDPOINTS[kind].needs_ids and not query.provider_ids:
            raise BadRequest(self._name, f"{kind} are fetched by asset ids; name at least one")

    def plan(self, kind: DataKind, query: Query) -> CallPlan:
        """Say what a query would cost; a listing of everything is one page here and has as many as it has."""
        self._check(kind, query)
        return plan_cost(ENDPOINTS[kind], query, self._plan(kind, query), self._today())

    async def probe(self) -> None:
        """Ask for one token, which costs one credit."""
        await self._pages.fetch_rows(ENDPOINTS[DataKind.ASSETS], {"limit": 1, "page": 1})

    async def ask(self, question: str) -> str:
        """Ask the provider's chat model, for one credit; the answer is a stranger's text of up to 20,000 characters.

        Raises `Unsupported` unless the source was made with `chat`, and `BadRequest` for a question without words.
        """
        if not self._chat:
            raise Unsupported(self._name, "its chat is off; turn it on to ask it")
        return chat_answer(self._name, await self._http.post_json(CHAT_PATH, chat_body(self._name, question)))

    async def _fetch(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        endpoint, plan = ENDPOINTS[kind], self._plan(kind, query)
        # The rows of an index's holdings are about other assets than the one that was asked for.
        of_assets = kind is not DataKind.INDEX_HOLDINGS
        intake = Intake(kind, plan.ids if of_assets else (), query.limit if of_assets else None, self._secrets)
        read = self._read_newest if kind is DataKind.SENTIMENT else self._read
        # A fetch of so many assets may end before its last call: nothing is asked for early then.
        early = plan.calls if of_assets and (plan.ids or query.limit is None) else ()
        firsts = [params | page_params(endpoint, 1, plan.page_size) for params in early]
        ahead = Ahead(lambda params: self._pages.fetch_rows(endpoint, params), firsts)
        try:
            for params in plan.calls:
                async for batch in read(_Call(kind, params, ahead), plan, query, intake):
                    yield batch
                if intake.full and not endpoint.window_days:
                    return
        finally:
            await ahead.drop()

    def _today(self) -> date:
        return self._now().date()

    def _plan(self, kind: DataKind, query: Query) -> Plan:
        today = self._today()
        final_day = today - timedelta(days=1) if kind is DataKind.DAILY_BARS else today
        return plan_calls(ENDPOINTS[kind], query, today, last_final_day=final_day)

    async def _read(self, call: "_Call", plan: Plan, query: Query, intake: Intake) -> AsyncIterator[Batch[Record]]:
        """Turn each page of a call into a batch."""
        endpoint = ENDPOINTS[call.kind]
        async for page in self._walk(call, plan):
            context = _context(call.params, plan, query, page)
            batch = self._batch(intake, parse_rows(call.kind, page.rows, context), context.fetched_at)
            if batch is not None:
                yield batch
            if intake.full and not endpoint.window_days:
                return

    async def _read_newest(
        self, call: "_Call", plan: Plan, query: Query, intake: Intake
    ) -> AsyncIterator[Batch[Record]]:
        """Turn a listing of hours into one batch of days, each as its newest hour has it, even if it breaks off."""
        newest, failure = NewestOfDay(self._now()), None
        try:
            async for page in self._walk(call, plan):
                newest.add(page.rows)
        except SourceError as error:
            failure = error
        context = AnswerContext(self._now(), query.end, plan.first_day)
        batch = self._batch(intake, parse_rows(call.kind, newest.rows, context), context.fetched_at)
        if batch is not None:
            yield batch
        if failure is not None:
            raise failure

    async def _walk(self, call: "_Call", plan: Plan) -> AsyncIterator[Page]:
        """Read the pages of a call; where it takes no days, those that may hold the days asked for."""
        endpoint = ENDPOINTS[call.kind]
        pages = self._pages.read(endpoint, call.params, plan.page_size, call.ahead)
        if not endpoint.back or plan.first_day is None or plan.last_day is None:
            async for page in pages:
                yield page
            return
        ids = str(call.params[endpoint.id_name]).split(",") if endpoint.takes_ids else ()
        horizon = Horizon(plan.first_day, plan.last_day, self._today(), ids)
        async for page in pages:
            yield Page(horizon.keep(page.rows), page.number, page.fetched_at)
            if horizon.passed:
                return


@dataclass(frozen=True, slots=True)
class _Call:
    """One call of a fetch, and who may have asked for it already."""

    kind: DataKind
    params: Params
    ahead: Ahead


def _context(params: Params, plan: Plan, query: Query, page: Page) -> AnswerContext:
    active = params.get("indicesType")
    return AnswerContext(
        page.fetched_at,
        query.end,
        plan.first_day,
        index_id=str(params["id"]) if "id" in params else None,
        active=None if active is None else active == "active",
        first_rank=(page.number - 1) * plan.page_size + 1,
    )


def _key_headers(name: str, api_key: str, header_names: Sequence[str]) -> dict[str, str]:
    if not api_key:
        return {}
    return dict.fromkeys(header_names, require_key(name, api_key))
