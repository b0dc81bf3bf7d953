"""Rows of `/tokens` and `/top-market-cap-tokens` as listings, rows of `/price` as quotes."""

from datasources.answers import Json
from datasources.context import Context
from datasources.records import AssetListing, Quote
from datasources.token_metrics.values import Row, RowError, asset_id, field, positive_decimal, text

_LONGEST_SYMBOL = 40
_LONGEST_NAME = 200


def parse_asset(row: Row, _context: Context) -> tuple[AssetListing, ...]:
    """Read a listing: symbol in upper case, categories by slug, exchanges by id, addresses sorted by chain.

    The slug is `tm_link` or `slug` in just that spelling: `TM_LINK` is a constant URL that means nothing.
    """
    symbol = text(field(row, "TOKEN_SYMBOL"), "TOKEN_SYMBOL", _LONGEST_SYMBOL)
    name = text(field(row, "TOKEN_NAME"), "TOKEN_NAME", _LONGEST_NAME)
    if symbol is None or name is None:
        raise RowError(f"{'TOKEN_SYMBOL' if symbol is None else 'TOKEN_NAME'} is missing")
    listing = AssetListing(
        provider_id=asset_id(row),
        symbol=symbol.upper(),
        name=name,
        slug=text(row.get("tm_link") or row.get("slug"), "tm_link", _LONGEST_NAME),
        categories=_labels(field(row, "CATEGORY_LIST"), "CATEGORY_LIST", ("category_slug", "category_name")),
        exchanges=_labels(field(row, "EXCHANGE_LIST"), "EXCHANGE_LIST", ("exchange_id", "exchange_name")),
        contract_addresses=_addresses(field(row, "CONTRACT_ADDRESS")),
    )
    return (listing,)


def parse_quote(row: Row, context: Context) -> tuple[Quote, ...]:
    """Read a price; the provider gives it no time, so it is stamped with the time of the answer."""
    context.check_day(context.today)
    return (Quote(asset_id(row), positive_decimal(row, "CURRENT_PRICE"), context.fetched_at),)


def _labels(value: Json, name: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    """Read a list of objects by the first of `keys` they have, or of plain strings; null is an empty list."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise RowError(f"{name} is not a list")
    found: dict[str, None] = {}
    for item in value:
        if item is not None and not isinstance(item, dict | str):
            raise RowError(f"{name} holds something that is neither an object nor text")
        raw = next((item[key] for key in keys if item.get(key)), None) if isinstance(item, dict) else item
        label = text(raw, name, _LONGEST_NAME)
        if label is not None:
            found[label] = None
    return tuple(found)


def _addresses(value: Json) -> tuple[tuple[str, str], ...]:
    if value is None:
        return ()
    if not isinstance(value, dict):
        raise RowError("CONTRACT_ADDRESS is not an object")
    pairs = (
        (text(chain, "CONTRACT_ADDRESS", _LONGEST_NAME), text(address, "CONTRACT_ADDRESS", _LONGEST_NAME))
        for chain, address in value.items()
    )
    return tuple(sorted((chain, address) for chain, address in pairs if chain and address))
