"""Candles as bars and pairs as listings. Pure.

A candle that is not over is no record: the exchange gives the current one too, and its figures still change. It is left
out without a word and comes again, finished.
"""

from datetime import UTC, datetime, time, timedelta
from typing import Final

from datasources.answers import Json
from datasources.binance.pairs import PAIRS, QUOTE_ASSET, Pairs
from datasources.binance.plan import Interval
from datasources.candles import candle_fault
from datasources.context import Context
from datasources.intake import ParsedRow, read_row
from datasources.records import AssetListing, DailyBar, HourlyBar
from datasources.values import Row, RowError, not_negative, parse_epoch, require_number

_FIELDS: Final = ("openTime", "open", "high", "low", "close", "volume", "closeTime", "quoteVolume")
_PRICES: Final = ("open", "high", "low", "close")
_MICROSECONDS_FROM: Final = 10**14  # as milliseconds this would be the year 5138
_IDLE: Final = frozenset({"BREAK", "HALT", "PRE_TRADING", "POST_TRADING", "END_OF_DAY", "AUCTION_MATCH"})
_DAY: Final = timedelta(days=1)

Prices = tuple[float, float, float, float, float | None]


def parse_candle(provider_id: str, row: Json, interval: Interval, context: Context) -> ParsedRow:
    """Read one candle, a list of figures in a fixed order, as a daily or an hourly bar."""
    if not isinstance(row, list):
        return ParsedRow(row, fault="not a list of figures")
    named: Row = {"symbol": provider_id, **dict(zip(_FIELDS, row, strict=False))}
    return read_row(named, lambda found: _bars(provider_id, found, interval, context))


def opened_at(row: Json) -> datetime | None:
    """Give the time a candle opens; None if it has none that can be read."""
    try:
        return _moment(row[0], "openTime") if isinstance(row, list) and row else None
    except RowError:
        return None


def parse_pair(row: Row, pairs: Pairs = PAIRS) -> tuple[AssetListing, ...]:
    """Read a pair as a listing of its base asset; none for one that is not in the table."""
    symbol = row.get("symbol")
    if not isinstance(symbol, str):
        raise RowError("symbol is missing or not text")
    pair = pairs.get(symbol)
    if pair is None:
        return ()
    if row.get("baseAsset") != pair.symbol or row.get("quoteAsset") != QUOTE_ASSET:
        raise RowError("the pair is not of the assets that its symbol says")
    status = row.get("status")
    if not isinstance(status, str) or status not in {"TRADING", *_IDLE}:
        raise RowError("status is missing or not a known one")
    listing = AssetListing(pair.provider_id, pair.symbol, pair.name, slug=pair.coingecko_id, inactive=status in _IDLE)
    return (listing,)


def _bars(provider_id: str, row: Row, interval: Interval, context: Context) -> tuple[DailyBar | HourlyBar, ...]:
    opens, closes = _moment(row.get("openTime"), "openTime"), _moment(row.get("closeTime"), "closeTime")
    if (opens - datetime.combine(opens.date(), time(), UTC)) % interval.length:
        raise RowError("it does not open with its day or hour")
    if not opens < closes or closes - opens > interval.length:
        raise RowError("it does not close within its day or hour")
    unfinished = closes >= context.fetched_at or opens > context.fetched_at - interval.length
    if unfinished and opens <= context.fetched_at:
        return ()
    context.check_day(opens.date())
    if unfinished:
        return ()
    if interval.length == _DAY:
        return (DailyBar(provider_id, opens.date(), *_prices(row)),)
    return (HourlyBar(provider_id, opens, *_prices(row)),)


def _moment(value: Json, name: str) -> datetime:
    number = require_number(value, name)
    return parse_epoch(value, name, per_second=1_000_000 if number >= _MICROSECONDS_FROM else 1_000)


def _prices(row: Row) -> Prices:
    first, high, low, last = (require_number(row.get(name), name) for name in _PRICES)
    volume = not_negative(row.get("quoteVolume"), "quoteVolume")
    fault = candle_fault(first, high, low, last, volume)
    if fault is not None:
        raise RowError(fault)
    return first, high, low, last, volume
