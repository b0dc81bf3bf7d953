"""Which calls a query takes on which plan of CoinGecko's. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal
from urllib.parse import quote

from datasources.base import Capability, Query
from datasources.records import DataKind
from datasources.values import LONGEST_NAME

Tier = Literal["keyless", "demo", "pro"]
Params = Mapping[str, str | int]

ROWS_PER_PAGE: Final = 250
LARGEST_PAGE_NUMBER: Final = 200
FREE_HISTORY_DAYS: Final = 365
DEFAULT_DAYS: Final = 29
LONGEST_ID_LIST: Final = 6_000  # characters; a URL beyond 8 kB may be refused
# The provider changes a day's close until ten minutes after midnight.
FINAL_AFTER: Final = timedelta(minutes=10)

_ID: Final = re.compile(rf"[^\s,/\\?#%]{{1,{LONGEST_NAME}}}")
_DAY: Final = timedelta(days=1)
_LISTED: Final = 20_000  # about as many as there are; they come in one answer
_PATHS: Final = {
    DataKind.MARKET_METRICS: "/global",
    DataKind.DEFI_METRICS: "/global/decentralized_finance_defi",
}
# Wrapped and staked tokens are left out of the markets since February 2026 unless they are asked for.
_MARKETS: Final[Params] = {"vs_currency": "usd", "order": "market_cap_desc", "include_rehypothecated": "true"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request; `provider_id` is the asset it is about where it is about one, `inactive` what it lists."""

    path: str
    params: Params
    provider_id: str | None = None
    inactive: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The calls of a query in order, the ids they are for, and the days that are wanted of them.

    `exact` is False where the last calls may not be needed.
    """

    calls: tuple[Call, ...]
    ids: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    exact: bool = True


def capabilities(tier: Tier) -> Mapping[DataKind, Capability]:
    """Say what a plan offers; every request costs one credit, and only the paid plan knows more than a year."""
    history = None if tier == "pro" else FREE_HISTORY_DAYS
    return MappingProxyType(
        {
            DataKind.ASSETS: Capability(1, _LISTED),
            DataKind.TOP_ASSETS: Capability(1, ROWS_PER_PAGE),
            DataKind.QUOTES: Capability(1, ROWS_PER_PAGE, needs_ids=True),
            DataKind.MARKET_CAPS: Capability(1, ROWS_PER_PAGE, needs_ids=True),
            DataKind.DAILY_BARS: Capability(1, FREE_HISTORY_DAYS, history_days=history, needs_ids=True),
            DataKind.MARKET_METRICS: Capability(1, 1),
            DataKind.DEFI_METRICS: Capability(1, 1),
        }
    )


def is_id(value: str) -> bool:
    """Tell whether text can be an asset's id: printable, without white space, commas or what has a meaning in a URL."""
    return value.isprintable() and value.strip(".") != "" and _ID.fullmatch(value) is not None


def plan_calls(kind: DataKind, query: Query, now: datetime, tier: Tier) -> Plan:
    """Split a query into calls.

    Without an end it ends with the last final day, without a start it covers 29 days. On the plans that know a year
    it starts no earlier than that. What is known of the present only is not asked for on behalf of the past.
    """
    if query.limit is not None and query.limit < 1:
        return Plan(())
    ids = tuple(dict.fromkeys(query.provider_ids))[: query.limit]
    if kind is DataKind.ASSETS:
        return _plan_listing(ids, query.limit, tier)
    if kind is DataKind.TOP_ASSETS:
        return _plan_ranking(query.limit)
    if kind is DataKind.DAILY_BARS:
        return _plan_charts(ids, query, now, tier)
    return _plan_current(kind, ids, past=query.end is not None and query.end < now.date())


def last_final_day(now: datetime) -> date:
    """Give the last UTC day whose close no longer changes."""
    return (now - FINAL_AFTER).date() - _DAY


def _plan_current(kind: DataKind, ids: tuple[str, ...], *, past: bool) -> Plan:
    if past:
        return Plan(())
    if kind in _PATHS:
        return Plan((Call(_PATHS[kind], {}),))
    return Plan(tuple(_markets_call(1, ROWS_PER_PAGE, ids=",".join(chunk)) for chunk in _chunks(ids)), ids)


def _plan_listing(ids: tuple[str, ...], limit: int | None, tier: Tier) -> Plan:
    statuses = ("active", "inactive") if tier == "pro" else ("active",)
    calls = (
        Call("/coins/list", {"include_platform": "true", "status": status}, inactive=status == "inactive")
        for status in statuses
    )
    return Plan(tuple(calls), ids, exact=len(statuses) == 1 or bool(ids) or limit is None)


def _plan_ranking(limit: int | None) -> Plan:
    size = min(limit or ROWS_PER_PAGE, ROWS_PER_PAGE)
    pages = LARGEST_PAGE_NUMBER if limit is None else min(-(-limit // size), LARGEST_PAGE_NUMBER)
    return Plan(tuple(_markets_call(page, size) for page in range(1, pages + 1)), exact=limit is not None)


def _plan_charts(ids: tuple[str, ...], query: Query, now: datetime, tier: Tier) -> Plan:
    last = min(query.end or now.date(), last_final_day(now))
    first = query.start or last - (DEFAULT_DAYS - 1) * _DAY
    if tier != "pro":
        first = max(first, now.date() - FREE_HISTORY_DAYS * _DAY)
    if first > last:
        return Plan((), ids, first, last)
    # A day closes at the midnight that ends it, and so many days back from now hold as many midnights.
    params: Params = {"vs_currency": "usd", "days": (now.date() - first).days, "interval": "daily"}
    calls = (Call(f"/coins/{quote(asset_id, safe='')}/market_chart", params, asset_id) for asset_id in ids)
    return Plan(tuple(calls), ids, first, last)


def _markets_call(page: int, size: int, **more: str) -> Call:
    return Call("/coins/markets", {**_MARKETS, "per_page": size, "page": page, **more})


def _chunks(ids: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Cut ids into lists that fit one page and one URL, in which a comma takes three characters."""
    chunk: list[str] = []
    length = 0
    for asset_id in ids:
        longer = len(quote(asset_id, safe="")) + 3
        if chunk and (len(chunk) == ROWS_PER_PAGE or length + longer > LONGEST_ID_LIST):
            yield tuple(chunk)
            chunk, length = [], 0
        chunk.append(asset_id)
        length += longer
    if chunk:
        yield tuple(chunk)
