"""What a request of the Token Metrics format asks for: page, days and tokens. Anything out of range is `BadQuery`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from datasources.sandbox.contract import MarketData, Token

T = TypeVar("T")

DEFAULT_LIMIT = 50
MAXIMUM_LIMIT = 100
MAXIMUM_DAYS = 30
"""The longest range of days, both ends counted; the provider's clients speak of a limit of 29 days."""

UNSUPPORTED = ("marketcap", "volume", "fdv", "traderGrade", "investorGrade", "traderGradePercentChange")
"""Filters the sandbox refuses rather than ignores."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class BadQuery(Exception):
    """A parameter is missing, malformed or out of range; the provider answers all of these with the same 400."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of rows; the first is 1."""

    limit: int
    number: int

    def cut(self, rows: Sequence[T]) -> Sequence[T]:
        """The rows of this page."""
        start = self.limit * (self.number - 1)
        return rows[start : start + self.limit]


def parse_page(params: Mapping[str, str], size_name: str = "limit") -> Page:
    """The page asked for; raises BadQuery unless 1 <= size <= 100 and page >= 1."""
    limit = parse_whole(params, size_name, DEFAULT_LIMIT)
    number = parse_whole(params, "page", 1)
    if not 1 <= limit <= MAXIMUM_LIMIT or number < 1:
        raise BadQuery(f"{size_name} is 1 to {MAXIMUM_LIMIT} and page starts at 1")
    return Page(limit, number)


def parse_whole(params: Mapping[str, str], name: str, default: int) -> int:
    """A whole number of at most nine digits; raises BadQuery."""
    text = params.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise BadQuery(f"{name} is not a whole number")
    return int(text)


def parse_days(params: Mapping[str, str], now: datetime) -> tuple[date, date]:
    """First and last day asked for, both included; raises BadQuery for more than 30 days.

    No endDate means today, no startDate the 30 days up to the end.
    """
    start, end = _day(params, "startDate"), _day(params, "endDate")
    if start is not None and end is not None and start > end:
        raise BadQuery("startDate comes after endDate")
    last = end or max(now.astimezone(UTC).date(), start or date.min)
    first = start or date.fromordinal(max(1, last.toordinal() - MAXIMUM_DAYS + 1))
    if (last - first).days >= MAXIMUM_DAYS:
        raise BadQuery(f"the range is longer than {MAXIMUM_DAYS} days")
    return first, last


def parse_ids(params: Mapping[str, str], market: MarketData, now: datetime) -> tuple[int, ...] | None:
    """The tokens asked for, None for all; parameters are combined with AND, symbols and names match in any case."""
    refused = [name for name in UNSUPPORTED if name in params]
    if refused:
        raise BadQuery(f"the sandbox cannot filter by {', '.join(refused)}")
    asked = _id_list(params)
    filters = {name: _list(params[name]) for name in _FILTERS if name in params}
    if not filters:
        return asked
    found = dict.fromkeys(token.token_id for token in market.tokens(now) if _matches(token, filters))
    return tuple(found) if asked is None else tuple(token_id for token_id in asked if token_id in found)


def _id_list(params: Mapping[str, str]) -> tuple[int, ...] | None:
    text = params.get("token_id")
    if text is None:
        return None
    return tuple(dict.fromkeys(parse_whole({"token_id": part.strip()}, "token_id", 0) for part in text.split(",")))


def _matches(token: Token, filters: Mapping[str, frozenset[str]]) -> bool:
    return all(_FILTERS[name](token) & wanted for name, wanted in filters.items())


def _symbol(token: Token) -> frozenset[str]:
    return frozenset({token.symbol.casefold()})


def _name(token: Token) -> frozenset[str]:
    return frozenset({token.name.casefold()})


def _categories(token: Token) -> frozenset[str]:
    return frozenset(category.slug for category in token.categories or ())


def _exchanges(token: Token) -> frozenset[str]:
    return frozenset(exchange.exchange_id for exchange in token.exchanges)


def _addresses(token: Token) -> frozenset[str]:
    return frozenset(f"{chain}:{address}".casefold() for chain, address in token.contract_addresses)


_FILTERS = {
    "symbol": _symbol,
    "token_name": _name,
    "category": _categories,
    "exchange": _exchanges,
    "blockchain_address": _addresses,
}


def _list(text: str) -> frozenset[str]:
    return frozenset(part.strip().casefold() for part in text.split(","))


def _day(params: Mapping[str, str], name: str) -> date | None:
    text = params.get(name)
    if text is None:
        return None
    if not _DAY.fullmatch(text):
        raise BadQuery(f"{name} is not YYYY-MM-DD")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadQuery(f"{name} is not a day") from error
