"""Answers of `/prices/current` as quotes: at the price's own time, if the provider is confident of it. Pure."""

from datetime import timedelta
from typing import Final

from datasources.answers import Json
from datasources.context import Context
from datasources.defillama.rows import is_gecko_id, object_of
from datasources.intake import ParsedRow
from datasources.records import Quote
from datasources.values import RowError, exact, parse_epoch, parse_number

PREFIX: Final = "coingecko:"
LEAST_CONFIDENCE: Final = 0.9
CLOCK_SKEW: Final = timedelta(minutes=5)


def parse_prices(answer: Json, context: Context) -> list[ParsedRow]:
    """Read the prices by asset; one the provider does not know is simply not there.

    `confidence` and `decimals` may be absent. Raises `RowError` for an answer without `coins`.
    """
    coins = object_of(object_of(answer).get("coins"), "coins")
    return [_parse_price(key, price, context) for key, price in coins.items()]


def _parse_price(key: str, price: Json, context: Context) -> ParsedRow:
    row: Json = {key: price}
    try:
        return ParsedRow(row, (_read(key, price, context),))
    except RowError as error:
        return ParsedRow(row, fault=str(error))


def _read(key: str, price: Json, context: Context) -> Quote:
    asset = key.removeprefix(PREFIX)
    if asset == key or not is_gecko_id(asset):
        raise RowError("not the price of a CoinGecko id")
    fields = object_of(price, "the price")
    confidence = parse_number(fields.get("confidence"), "confidence")
    if confidence is not None and confidence < LEAST_CONFIDENCE:
        raise RowError(f"confidence is below {LEAST_CONFIDENCE}")
    quoted_at = parse_epoch(fields.get("timestamp"), "timestamp")
    if quoted_at > context.fetched_at + CLOCK_SKEW:
        raise RowError("from the future")
    context.check_day(quoted_at.date())
    return Quote(asset, exact(fields.get("price"), "price"), quoted_at)
