"""Which calls a query takes, on which of the provider's hosts, and how each answer is read. Pure."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum, auto
from functools import partial
from typing import Final

from datasources.answers import Json
from datasources.base import Query
from datasources.context import Context
from datasources.defillama.parse_locked import parse_chain_tvl, parse_protocol_tvl
from datasources.defillama.parse_market import (
    DEX_VOLUME,
    FEES,
    parse_overview,
    parse_stablecoin_supply,
    parse_total_tvl,
)
from datasources.defillama.parse_prices import PREFIX, parse_prices
from datasources.defillama.rows import list_of
from datasources.intake import ParsedRow

IDS_PER_CALL: Final = 100
LONGEST_IDS: Final = 6_000  # characters of the address
DEFAULT_DAYS: Final = 7

CHAINS: Final = "/v2/chains"
PROTOCOLS: Final = "/protocols"
_NO_CHARTS: Final = (("excludeTotalDataChart", "true"), ("excludeTotalDataChartBreakdown", "true"))


class Host(Enum):
    """The provider's hosts."""

    API = auto()
    STABLECOINS = auto()
    COINS = auto()


@dataclass(frozen=True, slots=True)
class Part:
    """One call, and how its answer is read; `parse` raises `RowError` for an answer it cannot read at all.

    `of_now` marks figures that are labelled with the day of the answer.
    """

    host: Host
    path: str
    parse: Callable[[Json, Context], list[ParsedRow]]
    params: tuple[tuple[str, str], ...] = field(default=())
    of_now: bool = False


def metric_parts(query: Query, today: date) -> Iterator[Part]:
    """Give the calls for metrics: what is asked about assets, and without ids the whole market too.

    Chains, protocols, volume and fees are known as of now only, so they are not asked for where today is not wanted.
    """
    first, last = window(query, today)
    now_wanted = first <= today <= last
    if now_wanted:
        yield Part(Host.API, CHAINS, partial(_locked, parse_chain_tvl, query.provider_ids), of_now=True)
        yield Part(Host.API, PROTOCOLS, partial(_locked, parse_protocol_tvl, query.provider_ids), of_now=True)
    if query.provider_ids:
        return
    if now_wanted:
        yield Part(Host.API, "/overview/dexs", partial(parse_overview, name=DEX_VOLUME), _NO_CHARTS, of_now=True)
        yield Part(Host.API, "/overview/fees", partial(parse_overview, name=FEES), _NO_CHARTS, of_now=True)
    if first <= min(today, last):
        yield Part(Host.API, "/v2/historicalChainTvl", partial(_history, parse_total_tvl))
        yield Part(Host.STABLECOINS, "/stablecoincharts/all", partial(_history, parse_stablecoin_supply))


def price_parts(ids: Sequence[str]) -> Iterator[Part]:
    """Give the calls for prices, at most 100 assets each."""
    for chunk in _chunks(tuple(dict.fromkeys(ids))):
        keys = ",".join(PREFIX + asset for asset in chunk)
        yield Part(Host.COINS, f"/prices/current/{keys}", parse_prices)


def window(query: Query, today: date) -> tuple[date, date]:
    """Give the first and last day asked for: without a start the last seven days, without an end until today."""
    last = query.end or today
    back = min(DEFAULT_DAYS, min(last, today).toordinal()) - 1
    return query.start or min(last, today) - timedelta(days=back), last


def _locked(
    parse: Callable[[Sequence[Json], Context, Collection[str]], list[ParsedRow]],
    ids: Collection[str],
    answer: Json,
    context: Context,
) -> list[ParsedRow]:
    return parse(list_of(answer), context, ids)


def _history(
    parse: Callable[[Sequence[Json], Context], list[ParsedRow]], answer: Json, context: Context
) -> list[ParsedRow]:
    return parse(list_of(answer), context)


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    chunk: list[str] = []
    length = 0
    for asset in ids:
        size = len(PREFIX) + len(asset) + 1
        if chunk and (len(chunk) == IDS_PER_CALL or length + size > LONGEST_IDS):
            yield chunk
            chunk, length = [], 0
        chunk.append(asset)
        length += size
    if chunk:
        yield chunk
