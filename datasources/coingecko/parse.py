"""Rows of CoinGecko's listings, markets and global figures as records. Pure."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Final

from datasources.answers import Json
from datasources.coingecko.plan import is_id
from datasources.context import Context
from datasources.records import AssetListing, Metric, Quote
from datasources.values import (
    LONGEST_NAME,
    LONGEST_SYMBOL,
    Row,
    RowError,
    exact,
    not_negative,
    parse_epoch,
    parse_moment,
    parse_number,
    positive,
    require_text,
    text,
    within,
)

_LONGEST_ADDRESS: Final = 200
# The provider goes on listing what nobody trades any more, with the figures of its last day.
_CURRENT_FOR: Final = timedelta(days=2)
_KEPT_DIGITS: Final = re.compile(r"([0-9]{1,30}\.[0-9]{20})[0-9]+")


def parse_listing(row: Row, *, inactive: bool) -> tuple[AssetListing, ...]:
    """Read a row of `/coins/list`: the slug is the id, platforms without an address are left out."""
    return (replace(_listing(row), contract_addresses=_addresses(row.get("platforms")), inactive=inactive),)


def parse_ranked(row: Row) -> tuple[AssetListing, ...]:
    """Read a row of `/coins/markets` as a listing with its rank.

    Tokens that stand for another one have no place in the plain ranking; theirs is the one that counts them in.
    """
    rank = _rank(row, "market_cap_rank") or _rank(row, "market_cap_rank_with_rehypothecated")
    return (replace(_listing(row), market_cap_rank=rank),)


def parse_quote(row: Row, context: Context) -> tuple[Quote, ...]:
    """Read the price of a row of `/coins/markets`, stamped with its own time, at the latest that of the answer."""
    quoted_at = parse_moment(row.get("last_updated"), "last_updated")
    context.check_day(quoted_at.date())
    price = exact(row.get("current_price"), "current_price")
    return (Quote(asset_id(row), price, min(quoted_at, context.fetched_at)),)


def parse_market_cap(row: Row, context: Context) -> tuple[Metric, ...]:
    """Read the market value of a row of `/coins/markets` and the supply behind it, for the day of the row's own time.

    Null or zero is how the provider says that it knows no value: such a row gives no record. One that was last updated
    more than two days before the answer is refused with a `RowError`.
    """
    found = asset_id(row)
    cap, supply = (not_negative(row.get(name), name) for name in ("market_cap", "circulating_supply"))
    if not cap:
        return ()
    updated_at = parse_moment(row.get("last_updated"), "last_updated")
    context.check_day(updated_at.date())
    if context.fetched_at - updated_at > _CURRENT_FOR:
        raise RowError("last_updated is more than two days ago")
    day = min(updated_at, context.fetched_at).date()
    values = (("asset.market_cap_usd", "usd", cap), ("asset.circulating_supply", "native", supply))
    return tuple(Metric(found, day, name, unit, value) for name, unit, value in values if value)


def parse_global(row: Row, context: Context) -> tuple[Metric, ...]:
    """Read the `data` of `/global`, for the day it was updated on; its time is in seconds."""
    day = context.check_day(parse_epoch(row.get("updated_at"), "updated_at").date())
    caps, volumes, shares = (
        _amounts(row, name) for name in ("total_market_cap", "total_volume", "market_cap_percentage")
    )
    values = (
        ("market.total_market_cap_usd", "usd", _positive_or_none(caps, "usd")),
        ("market.total_volume_usd", "usd", not_negative(volumes.get("usd"), "total_volume.usd")),
        ("market.btc_dominance_pct", "pct", _percentage(shares, "btc")),
        ("market.eth_dominance_pct", "pct", _percentage(shares, "eth")),
        ("market.active_assets", "count", not_negative(row.get("active_cryptocurrencies"), "active_cryptocurrencies")),
    )
    found = tuple(Metric(None, day, name, unit, value) for name, unit, value in values if value is not None)
    return _some(found)


def parse_defi(row: Row, context: Context) -> tuple[Metric, ...]:
    """Read the `data` of `/global/decentralized_finance_defi`, which has no time and is of the day of the answer.

    Its numbers are strings with more digits than a float has.
    """
    day = context.check_day(context.today)
    short = {key: _shortened(value) for key, value in row.items()}
    values = (
        ("defi.market_cap_usd", "usd", _positive_or_none(short, "defi_market_cap")),
        ("defi.trading_volume_24h_usd", "usd", not_negative(short.get("trading_volume_24h"), "trading_volume_24h")),
        ("defi.dominance_pct", "pct", _percentage(short, "defi_dominance")),
    )
    found = tuple(Metric(None, day, name, unit, value) for name, unit, value in values if value is not None)
    return _some(found)


def asset_id(row: Row) -> str:
    """Read the id of an asset, in just the spelling that came; raises `RowError` if none could be asked for by it."""
    value = row.get("id")
    if not isinstance(value, str) or not is_id(value):
        raise RowError("id is missing or cannot be one")
    return value


def _listing(row: Row) -> AssetListing:
    found = asset_id(row)
    symbol = require_text(row.get("symbol"), "symbol", LONGEST_SYMBOL).upper()
    return AssetListing(found, symbol, require_text(row.get("name"), "name", LONGEST_NAME), slug=found)


def _addresses(value: Json) -> tuple[tuple[str, str], ...]:
    if value is None:
        return ()
    if not isinstance(value, dict):
        raise RowError("platforms is not an object")
    pairs = (
        (text(chain, "platforms", LONGEST_NAME), text(address, "platforms", _LONGEST_ADDRESS))
        for chain, address in value.items()
    )
    return tuple(sorted((chain, address) for chain, address in pairs if chain and address))


def _rank(row: Row, name: str) -> int | None:
    rank = parse_number(row.get(name), name)
    if rank is None:
        return None
    if rank < 1 or rank > 1_000_000 or rank != int(rank):
        raise RowError(f"{name} is not a rank")
    return int(rank)


def _amounts(row: Row, name: str) -> Row:
    value = row.get(name)
    if value is not None and not isinstance(value, dict):
        raise RowError(f"{name} is not an object")
    return value or {}


def _positive_or_none(row: Row, name: str) -> float | None:
    return None if row.get(name) is None else positive(row.get(name), name)


def _percentage(row: Row, name: str) -> float | None:
    return within(parse_number(row.get(name), name), 0, 100, name)


def _shortened(value: Json) -> Json:
    return _KEPT_DIGITS.sub(r"\1", value) if isinstance(value, str) else value


def _some(metrics: tuple[Metric, ...]) -> tuple[Metric, ...]:
    if not metrics:
        raise RowError("none of the expected metrics is there")
    return metrics
