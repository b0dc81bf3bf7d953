"""The Coin Metrics source: the catalogue first, then the days of as many assets as one call takes."""

from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from datasources.access import Access
from datasources.answers import Json
from datasources.base import Batch, CallPlan, Capability, Query, Terms
from datasources.coin_metrics.calls import DEFAULT_DAYS, ROWS_PER_PAGE, Call, plan_calls, split_assets
from datasources.coin_metrics.catalogue import WANTED, Catalogue, is_ticker, parse_catalogue
from datasources.coin_metrics.parse import last_complete_day, parse_rows
from datasources.coin_metrics.tickers import KNOWN_ASSETS
from datasources.coin_metrics.wire import Params, open_envelope, parse_next_page
from datasources.context import Context
from datasources.errors import BadPayload, BadRequest
from datasources.http import HttpClient
from datasources.http_source import HttpSource
from datasources.intake import Intake, ParsedRow
from datasources.records import AssetListing, DataKind, Record

LARGEST_PAGE_NUMBER: Final = 200
FIRST_DAY: Final = date(2009, 1, 3)  # the first block of the first chain
_METRICS: Final = "/timeseries/asset-metrics"
_CATALOGUE: Final = "/catalog-v2/asset-metrics"
_CATALOGUE_PAGE: Final = 500  # assets; a row of the catalogue is much longer than one of a day

_CAPABILITIES: Final[Mapping[DataKind, Capability]] = MappingProxyType(
    {
        DataKind.ASSETS: Capability(credits_per_request=1, rows_per_request=_CATALOGUE_PAGE),
        DataKind.ONCHAIN_METRICS: Capability(credits_per_request=1, rows_per_request=ROWS_PER_PAGE),
    }
)


class CoinMetricsSource(HttpSource):
    """A server that speaks Coin Metrics' API version 4 without a key; an asset's key is its ticker, such as `btc`.

    `assets` says which tickers are certain: their CoinGecko id and name. Of these, the catalogue says which metrics
    are free; it is read once in the lifetime of the source. Exchange flows are restated over all history, so what a
    day shows depends on when it was asked for.
    """

    def __init__(
        self, name: str, terms: Terms, access: Access, *, assets: Mapping[str, tuple[str, str]] = KNOWN_ASSETS
    ) -> None:
        self._http = HttpClient(name, access, {})
        super().__init__(name, terms, access, _CAPABILITIES, self._http)
        self._base_url = access.base_url
        self._assets = MappingProxyType(dict(assets))
        self._catalogue: Catalogue | None = None

    def fetch(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        """Fetch one kind of data, a batch for each page that brought something; without a start, the last 7 days.

        An asset without free metrics has nothing. Raises, before any request, `Unsupported` for a kind that is not
        offered and `BadRequest` for ids that are no tickers; while iterating, whatever the requests meet.
        """
        self._check(kind, query)
        return self._fetch_assets(query) if kind is DataKind.ASSETS else self._fetch_metrics(query)

    def plan(self, kind: DataKind, query: Query) -> CallPlan:
        """Say what a query would cost; exact once the catalogue was read."""
        self._check(kind, query)
        catalogue_calls = 0 if self._catalogue else len(list(split_assets(tuple(self._assets))))
        if kind is DataKind.ASSETS:
            return CallPlan(catalogue_calls, exact=self._catalogue is not None)
        free = self._catalogue.free if self._catalogue else dict.fromkeys(self._assets, frozenset(WANTED))
        calls = len(self._plan_calls(query, free))
        return CallPlan(calls + (catalogue_calls if calls else 0), exact=self._catalogue is not None or not calls)

    async def probe(self) -> None:
        """Ask for the catalogue's row of Bitcoin."""
        open_envelope(self._name, _CATALOGUE, await self._http.get_json(_CATALOGUE, {"assets": "btc", "page_size": 1}))

    def _check(self, kind: DataKind, query: Query) -> None:
        self._require_offered(kind)
        if not all(is_ticker(asset) for asset in query.provider_ids):
            raise BadRequest(self._name, "asset ids are lower-case tickers; look them up among the assets")

    async def _fetch_assets(self, query: Query) -> AsyncIterator[Batch[Record]]:
        catalogue = await self._read_catalogue()
        chosen = self._choose(query, catalogue.free)
        rows = [ParsedRow(asset, (self._listing(asset),)) for asset in chosen]
        batch = self._batch(Intake(DataKind.ASSETS, chosen, None, ()), [*rows, *catalogue.faults])
        if batch is not None:
            yield batch

    async def _fetch_metrics(self, query: Query) -> AsyncIterator[Batch[Record]]:
        if not self._plan_calls(query, dict.fromkeys(self._assets, frozenset(WANTED))):
            return
        known = self._catalogue
        catalogue = await self._read_catalogue()
        batch = self._batch(Intake(DataKind.ONCHAIN_METRICS, (), None, ()), () if known else catalogue.faults)
        if batch is not None:
            yield batch
        for call in self._plan_calls(query, catalogue.free):
            # Calls have no asset and day in common, so each has an intake of its own and memory stays small.
            intake = Intake(DataKind.ONCHAIN_METRICS, call.assets, None, ())
            async for rows in self._fetch_pages(_METRICS, call.params):
                context = Context(self._now(), call.last_day, call.first_day)
                batch = self._batch(intake, parse_rows(rows, catalogue.free, context))
                if batch is not None:
                    yield batch

    def _plan_calls(self, query: Query, free: Mapping[str, frozenset[str]]) -> list[Call]:
        last = last_complete_day(self._clock())
        last = min(query.end or last, last)
        first = max(query.start or _days_before(last, DEFAULT_DAYS - 1), FIRST_DAY)
        return list(plan_calls(self._choose(query, free), free, first, last))

    def _choose(self, query: Query, free: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
        """The assets of a query that have free metrics, in its order; without ids, in the order of the table."""
        wanted = dict.fromkeys(query.provider_ids or self._assets)
        limit = None if query.limit is None else max(query.limit, 0)
        return tuple(asset for asset in wanted if asset in free)[:limit]

    def _listing(self, ticker: str) -> AssetListing:
        slug, name = self._assets[ticker]
        return AssetListing(ticker, ticker.upper(), name, slug)

    async def _read_catalogue(self) -> Catalogue:
        if self._catalogue is None:
            rows: list[Json] = []
            try:
                for chunk in split_assets(tuple(self._assets)):
                    rows += await self._fetch_catalogue({"assets": ",".join(chunk)})
            except BadRequest:
                # One ticker the provider no longer knows refuses the whole list; without a list there is all it has.
                rows = await self._fetch_catalogue({})
            self._catalogue = parse_catalogue(rows, self._assets)
        return self._catalogue

    async def _fetch_catalogue(self, params: Params) -> list[Json]:
        pages = self._fetch_pages(_CATALOGUE, params | {"page_size": _CATALOGUE_PAGE})
        return [row async for rows in pages for row in rows]

    async def _fetch_pages(self, path: str, params: Params) -> AsyncIterator[list[Json]]:
        """Give the rows of each page; a page that leads back to an earlier one raises `BadPayload`."""
        tokens = set()
        for _page in range(LARGEST_PAGE_NUMBER):
            rows, address = open_envelope(self._name, path, await self._http.get_json(path, params))
            yield rows
            further = parse_next_page(self._name, self._base_url, path, address)
            if further is None:
                return
            if further["next_page_token"] in tokens:
                raise BadPayload(self._name, f"{path} $.next_page_url", "leads back to an earlier page")
            tokens.add(further["next_page_token"])
            params = params | further
        raise BadPayload(self._name, path, f"no end after {LARGEST_PAGE_NUMBER} pages")


def _days_before(day: date, days: int) -> date:
    return day - timedelta(days=days) if day > FIRST_DAY else day
