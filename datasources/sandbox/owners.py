"""Rows that belong to tokens, and what an endpoint of the Token Metrics format is."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from datasources.sandbox.contract import MarketData, Token, last_final_day
from datasources.sandbox.wire import Row

Params = Mapping[str, str]
Endpoint = Callable[[MarketData, datetime, Params], list[Row]]


class Owned(Protocol):
    """A row that belongs to a token."""

    @property
    def token_id(self) -> int:
        """Whose row it is."""


OwnedRow = TypeVar("OwnedRow", bound=Owned)


def owned_rows(market: MarketData, records: Sequence[OwnedRow], encode: Callable[[Token, OwnedRow], Row]) -> list[Row]:
    """The wire rows of records, each with its token; a record of a token the market does not know is left out."""
    tokens_by_id = {record.token_id: market.token(record.token_id) for record in records}
    owners = [(tokens_by_id[record.token_id], record) for record in records]
    return [encode(token, record) for token, record in owners if token is not None]


def chosen_tokens(market: MarketData, now: datetime, ids: Sequence[int] | None) -> Sequence[Token]:
    """The listed tokens with these ids, all where there are none, by id."""
    listed = market.tokens(now)
    if ids is None:
        return listed
    wanted = frozenset(ids)
    return [token for token in listed if token.token_id in wanted]


def is_invented(market: MarketData, now: datetime) -> bool:
    """Whether a market has opinions at all: beside real history being replayed nothing is invented."""
    last = last_final_day(now)
    return len(market.market_metrics(now, last, last)) > 0


def share(*what: object) -> float:
    """A number from 0 up to 1 that is always the same for the same arguments and looks drawn by lot."""
    digest = hashlib.blake2b(repr(what).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
