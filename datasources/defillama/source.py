"""The DefiLlama source: queries in, batches of records out, one for each answer."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Final, TypeVar

from datasources.access import Access
from datasources.answers import Json
from datasources.base import Batch, CallPlan, Capability, Query, Terms
from datasources.context import Context
from datasources.defillama.parse_listings import parse_listings
from datasources.defillama.parts import (
    CHAINS,
    IDS_PER_CALL,
    PROTOCOLS,
    Host,
    Part,
    metric_parts,
    price_parts,
    window,
)
from datasources.defillama.rows import is_gecko_id, list_of
from datasources.errors import BadPayload, BadRequest, SourceError
from datasources.http import HttpClient
from datasources.http_source import HttpSource, is_refusal
from datasources.intake import Intake, ParsedRow
from datasources.records import AssetListing, DataKind, Record
from datasources.values import RowError

T = TypeVar("T")

LONGEST_SHOWN_PATH: Final = 40

_CAPABILITIES: Final[Mapping[DataKind, Capability]] = MappingProxyType(
    {
        DataKind.ASSETS: Capability(credits_per_request=1, rows_per_request=10_000),
        DataKind.DEFI_METRICS: Capability(credits_per_request=1, rows_per_request=10_000),
        DataKind.QUOTES: Capability(
            credits_per_request=1, rows_per_request=IDS_PER_CALL, history_days=1, needs_ids=True
        ),
    }
)


class DefiLlamaSource(HttpSource):
    """Servers that speak DefiLlama's free API; an asset's key is its CoinGecko id.

    Figures as of now, labelled with the UTC day of the answer: `defi.chain_tvl_usd` and `defi.protocol_tvl_usd` of
    assets; `defi.dex_volume_24h_usd` and `defi.fees_24h_usd` of the market. Figures at 00:00 UTC of their day, with all
    their history: `defi.total_tvl_usd` and `stablecoin.supply_usd` of the market.
    """

    def __init__(self, name: str, terms: Terms, access: Access, *, stablecoins_url: str, coins_url: str) -> None:
        self._hosts: Mapping[Host, HttpClient] = MappingProxyType(
            {
                Host.API: HttpClient(name, access, {}),
                Host.STABLECOINS: HttpClient(name, access, {}, base_url=stablecoins_url),
                Host.COINS: HttpClient(name, access, {}, base_url=coins_url),
            }
        )
        super().__init__(name, terms, access, _CAPABILITIES, *self._hosts.values())

    def fetch(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        """Fetch one kind of data, a batch for each answer that brought something.

        Metrics without a start are of the last 7 days; with ids they are of these assets only, not of the market.
        Raises, before any request, `Unsupported` for a kind that is not offered and `BadRequest` for ids that are
        needed but missing or cannot be CoinGecko's; while iterating, whatever the requests meet. A refused call for
        metrics keeps no other one from being made; it is raised at the end.
        """
        self._check(kind, query)
        if kind is DataKind.ASSETS:
            return self._fetch_assets(query)
        return self._fetch_parts(kind, query)

    def plan(self, kind: DataKind, query: Query) -> CallPlan:
        """Say what a query would cost."""
        self._check(kind, query)
        return CallPlan(2 if kind is DataKind.ASSETS else len(self._parts(kind, query)))

    async def probe(self) -> None:
        """Ask for the price of Bitcoin."""
        (part,) = price_parts(("bitcoin",))
        await self._fetch_part(part, Query())

    def _check(self, kind: DataKind, query: Query) -> None:
        self._require_offered(kind)
        if not all(is_gecko_id(asset) for asset in query.provider_ids):
            raise BadRequest(self._name, "asset ids are CoinGecko ids; look them up among the assets")
        if _CAPABILITIES[kind].needs_ids and not query.provider_ids:
            raise BadRequest(self._name, f"{kind} are fetched by asset ids; name at least one")

    def _parts(self, kind: DataKind, query: Query) -> tuple[Part, ...]:
        today = self._today()
        if query.limit is not None and query.limit < 1:
            return ()
        if kind is DataKind.DEFI_METRICS:
            return tuple(metric_parts(_limited(query), today))
        past = query.end is not None and query.end < today
        return () if past else tuple(price_parts(_limited(query).provider_ids))

    async def _fetch_parts(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        parts = self._parts(kind, query)
        intake = Intake(kind, _limited(query).provider_ids, query.limit, ())
        refused: SourceError | None = None
        for part in parts:
            try:
                rows = await self._fetch_part(part, query)
            except SourceError as error:
                if not is_refusal(error):
                    raise
                refused = refused or error
                continue
            batch = self._batch(intake, rows)
            if batch is not None:
                yield batch
        if refused is not None:
            raise refused

    async def _fetch_assets(self, query: Query) -> AsyncIterator[Batch[Record]]:
        intake = Intake(DataKind.ASSETS, (), query.limit, ())
        listed: frozenset[str] = frozenset()
        for path, symbol_key in ((CHAINS, "tokenSymbol"), (PROTOCOLS, "symbol")):
            rows = self._read(path, list_of, await self._hosts[Host.API].get_json(path, {}))
            parsed = [row for row in parse_listings(rows, symbol_key, without=listed) if _is_chosen(row, query)]
            listed |= _assets_of(parsed)
            batch = self._batch(intake, parsed)
            if batch is not None:
                yield batch

    async def _fetch_part(self, part: Part, query: Query) -> list[ParsedRow]:
        answer = await self._hosts[part.host].get_json(part.path, dict(part.params))
        fetched_at = self._now()
        if part.of_now and query.end is not None and fetched_at.date() > query.end:
            return []  # midnight passed since the call was planned
        first_day = None if part.host is Host.COINS else window(query, fetched_at.date())[0]
        context = Context(fetched_at, query.end, first_day)
        return self._read(part.path, lambda found: part.parse(found, context), answer)

    def _read(self, path: str, parse: Callable[[Json], T], answer: Json) -> T:
        try:
            return parse(answer)
        except RowError as error:
            where = path if len(path) <= LONGEST_SHOWN_PATH else "/prices/current"
            raise BadPayload(self._name, f"{where} $", str(error)) from None

    def _today(self) -> date:
        return self._now().date()


def _limited(query: Query) -> Query:
    """The query about no more of its ids than its limit."""
    return replace(query, provider_ids=tuple(dict.fromkeys(query.provider_ids))[: query.limit])


def _is_chosen(row: ParsedRow, query: Query) -> bool:
    return not query.provider_ids or row.fault is not None or _assets_of([row]) <= frozenset(query.provider_ids)


def _assets_of(rows: Sequence[ParsedRow]) -> frozenset[str]:
    listings = (record for row in rows for record in row.records if isinstance(record, AssetListing))
    return frozenset(listing.provider_id for listing in listings)
