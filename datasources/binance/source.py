"""The Binance source: candles of spot pairs against USDT, which is taken for a dollar."""

import re
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Final

from datasources.access import Access
from datasources.answers import Json
from datasources.base import Batch, CallPlan, Query, Terms
from datasources.binance.failures import failure_of
from datasources.binance.pairs import PAIRS, QUOTE_ASSET, pairs_of
from datasources.binance.parse import opened_at, parse_candle, parse_pair
from datasources.binance.plan import CANDLES_PER_PAGE, CAPABILITIES, INTERVALS, Span, plan_spans, wanted_ids
from datasources.context import Context
from datasources.errors import BadPayload, BadRequest, SourceError
from datasources.http import HttpClient
from datasources.http_source import HttpSource
from datasources.intake import Intake, read_row
from datasources.records import DataKind, Record
from datasources.refusals import Refusals

_PING: Final = "/api/v3/ping"
_PAIRS: Final = "/api/v3/exchangeInfo"
_CANDLES: Final = "/api/v3/klines"


class BinanceSource(HttpSource):
    """A server that speaks Binance's public market data API: the exchange itself, or the sandbox. There is no key.

    `pairs` says which asset each base symbol is, as a CoinGecko id and a name; None means the exchange's own pairs, as
    far as we are certain of them.
    """

    def __init__(
        self, name: str, terms: Terms, access: Access, *, pairs: Mapping[str, tuple[str, str]] | None = None
    ) -> None:
        self._pairs = PAIRS if pairs is None else pairs_of(pairs)
        self._http = HttpClient(name, access, {}, read_failure=self._failure_of)
        super().__init__(name, terms, access, CAPABILITIES, self._http)

    def fetch(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        """Fetch one kind of data, a batch for each page that brought something.

        A pair that the exchange refuses does not keep the others: that is raised when these are through.
        Raises, before any request, `Unsupported` for a kind that is not offered and `BadRequest` for ids that are
        needed but missing or are no pairs against USDT; while iterating, whatever `SourceError` the requests meet.
        """
        self._check(kind, query)
        return self._fetch_pairs(query) if kind is DataKind.ASSETS else self._fetch_bars(kind, query)

    def plan(self, kind: DataKind, query: Query) -> CallPlan:
        """Say what a query would cost; a history of several pages takes fewer where candles are missing."""
        self._check(kind, query)
        if kind is DataKind.ASSETS:
            return CallPlan(0 if query.limit is not None and query.limit < 1 else 1)
        pages = [span.pages for span in plan_spans(kind, query, self._now(), self._pairs)]
        return CallPlan(sum(pages), exact=max(pages, default=0) <= 1)

    async def probe(self) -> None:
        """Ping the exchange."""
        await self._get(_PING, {})

    def _check(self, kind: DataKind, query: Query) -> None:
        self._require_offered(kind)
        if any(not re.fullmatch(rf"[A-Z0-9]{{1,20}}{QUOTE_ASSET}", pair) for pair in query.provider_ids):
            raise BadRequest(self._name, f"asset ids are pairs such as BTC{QUOTE_ASSET}; look them up among the assets")
        if CAPABILITIES[kind].needs_ids and not query.provider_ids:
            raise BadRequest(self._name, f"{kind} are fetched by pairs; name at least one")

    async def _fetch_pairs(self, query: Query) -> AsyncIterator[Batch[Record]]:
        if query.limit is not None and query.limit < 1:
            return
        ids = frozenset(query.provider_ids)
        answer = await self._get(_PAIRS, {})
        rows = answer.get("symbols") if isinstance(answer, dict) else None
        if not isinstance(rows, list):
            raise BadPayload(self._name, f"{_PAIRS}.symbols", "not a list")
        given = {*ids, None}
        wanted = [row for row in rows if not ids or _symbol_of(row) in given]
        intake = Intake(DataKind.ASSETS, tuple(ids), query.limit, ())
        batch = self._batch(intake, (read_row(row, lambda found: parse_pair(found, self._pairs)) for row in wanted))
        if batch is not None:
            yield batch

    async def _fetch_bars(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        spans = tuple(plan_spans(kind, query, self._now(), self._pairs))
        intake = Intake(kind, wanted_ids(query), None, ())
        refusals = Refusals(self._name, len(spans))
        for span in spans:
            try:
                async for batch in self._fetch_span(kind, span, intake):
                    yield batch
            except BadRequest as refusal:
                refusals.refused(span.provider_id, refusal)
            else:
                refusals.answered()
        refusals.check()

    async def _fetch_span(self, kind: DataKind, span: Span, intake: Intake) -> AsyncIterator[Batch[Record]]:
        start = span.first
        while start < span.end:
            rows = await self._get(_CANDLES, span.params(start))
            if not isinstance(rows, list):
                raise BadPayload(self._name, _CANDLES, "not a list")
            context = Context(self._now(), (span.end - INTERVALS[kind].length).date(), span.first.date())
            parsed = (parse_candle(span.provider_id, row, span.interval, context) for row in rows)
            batch = self._batch(intake, parsed, context.fetched_at)
            if batch is not None:
                yield batch
            if len(rows) < CANDLES_PER_PAGE:
                return
            start = self._next_start(span, start, rows)

    def _next_start(self, span: Span, start: datetime, rows: list[Json]) -> datetime:
        """Say where the page after a full one begins: a time after all of its candles that were asked for."""
        times = (opened_at(row) for row in rows)
        reached = [moment for moment in times if moment is not None and start <= moment < span.end]
        if not reached:
            raise BadPayload(self._name, _CANDLES, "a full page without a candle that was asked for")
        return max(reached) + span.interval.length

    async def _get(self, path: str, params: Mapping[str, str | int]) -> Json:
        answer = await self._http.get_json(path, params)
        failure = self._failure_of(200, answer)
        if failure is not None:
            raise failure
        return answer

    def _failure_of(self, status: int, body: Json) -> SourceError | None:
        return failure_of(self._name, status, body)


def _symbol_of(row: Json) -> str | None:
    """Give the name of a pair; None if it has none, which is a fault to be told whatever was asked for."""
    symbol = row.get("symbol") if isinstance(row, dict) else None
    return symbol if isinstance(symbol, str) else None
