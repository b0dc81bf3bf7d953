"""Rows of `/v2/chains` and `/protocols` as assets: those that have a CoinGecko id. Pure.

Several rows may name the same asset (the versions of a protocol); they give one listing, with the shortest name.
`chainId` may be a number, null or text and is not read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from datasources.answers import Json
from datasources.defillama.rows import gecko_id
from datasources.intake import ParsedRow
from datasources.records import AssetListing
from datasources.values import LONGEST_NAME, LONGEST_SYMBOL, Row, RowError, require_text, text


@dataclass(frozen=True, slots=True)
class _Named:
    asset: str
    symbol: str | None
    name: str
    row: Json

    @property
    def order(self) -> tuple[bool, int, str, str]:
        """The row with a symbol and the shortest name comes first, in whatever order the rows are."""
        return self.symbol is None, len(self.name), self.name, self.symbol or ""


def parse_listings(rows: Sequence[Json], symbol_key: str, *, without: frozenset[str] = frozenset()) -> list[ParsedRow]:
    """Read the assets, in the order of their first rows; those in `without` are listed already."""
    groups: dict[str, list[_Named]] = {}
    parsed = []
    for row in rows:
        try:
            named = _read(row, symbol_key)
        except RowError as error:
            parsed.append(ParsedRow(row, fault=str(error)))
            continue
        if named is not None and named.asset not in without:
            groups.setdefault(named.asset, []).append(named)
    return [_listing(min(group, key=lambda named: named.order)) for group in groups.values()] + parsed


def _read(row: Json, symbol_key: str) -> _Named | None:
    if not isinstance(row, dict):
        raise RowError("not an object")
    asset = gecko_id(row)
    if asset is None:
        return None
    return _Named(asset, _symbol(row, symbol_key), require_text(row.get("name"), "name", LONGEST_NAME), row)


def _symbol(row: Row, key: str) -> str | None:
    symbol = text(row.get(key), key, LONGEST_SYMBOL)
    return None if symbol == "-" else symbol


def _listing(named: _Named) -> ParsedRow:
    if named.symbol is None:
        return ParsedRow(named.row, fault="its asset has no symbol")
    return ParsedRow(named.row, (AssetListing(named.asset, named.symbol, named.name, named.asset),))
