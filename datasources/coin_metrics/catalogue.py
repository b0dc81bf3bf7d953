"""What the catalogue says is free: for each asset, the daily on-chain metrics of the community. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from datasources.answers import Json
from datasources.files.onchain_columns import ONCHAIN_COLUMNS
from datasources.intake import ParsedRow
from datasources.values import Row, RowError

# What Coin Metrics calls a metric, under our name and unit; prices come from elsewhere, with their own rules.
WANTED: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {column: named for column, named in ONCHAIN_COLUMNS.items() if column != "PriceUSD"}
)
_TICKER: Final = re.compile(r"[a-z0-9][a-z0-9_.]{0,39}")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The wanted metrics that are free, by asset (none without any), and the rows that could not be read."""

    free: Mapping[str, frozenset[str]]
    faults: tuple[ParsedRow, ...] = field(default=())


def parse_catalogue(rows: Sequence[Json], known: Mapping[str, object]) -> Catalogue:
    """Read the rows of all pages; of an asset that is there twice the metrics are put together.

    Assets that are not `known` are passed over.
    """
    free: dict[str, frozenset[str]] = {}
    faults = []
    for row in rows:
        try:
            ticker, columns = _parse_row(row)
        except RowError as error:
            faults.append(ParsedRow(row, fault=str(error)))
            continue
        if ticker in known and columns:
            free[ticker] = free.get(ticker, frozenset()) | columns
    return Catalogue(MappingProxyType(free), tuple(faults))


def is_ticker(value: Json) -> bool:
    """Tell whether a value looks like a ticker of the provider, which are lower-case."""
    return isinstance(value, str) and _TICKER.fullmatch(value) is not None


def _parse_row(row: Json) -> tuple[str, frozenset[str]]:
    if not isinstance(row, dict):
        raise RowError("not an object")
    ticker = row.get("asset")
    if not isinstance(ticker, str) or not is_ticker(ticker):
        raise RowError("asset is not a ticker")
    metrics = _objects(row, "metrics")
    names = (metric["metric"] for metric in metrics if _is_free(metric))
    return ticker, frozenset(name for name in names if isinstance(name, str))


def _is_free(metric: Row) -> bool:
    name = metric.get("metric")
    if not isinstance(name, str):
        raise RowError("metric is not text")
    if name not in WANTED:
        return False
    offers = _objects(metric, "frequencies")
    return any(offer.get("frequency") == "1d" and offer.get("community") is True for offer in offers)


def _objects(row: Row, name: str) -> list[Row]:
    items = row.get(name)
    if not isinstance(items, list):
        raise RowError(f"{name} is not a list")
    objects = [item for item in items if isinstance(item, dict)]
    if len(objects) < len(items):
        raise RowError(f"{name} holds something that is not an object")
    return objects
