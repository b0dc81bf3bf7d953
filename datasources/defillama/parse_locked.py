"""Rows of `/v2/chains` and `/protocols` as value locked now, in US dollars, by asset. Pure.

A row's own `tvl` counts, never the sum over `chainTvls`: that mixes chains with what is borrowed, staked or in pools
and counts twice. Rows that name the same asset are added up; where one of them cannot be read the asset has no value.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from datasources.answers import Json
from datasources.context import Context
from datasources.defillama.rows import finite_sum, gecko_id, identity
from datasources.intake import ParsedRow
from datasources.records import Metric
from datasources.values import RowError, not_negative

CHAIN_TVL: Final = "defi.chain_tvl_usd"
PROTOCOL_TVL: Final = "defi.protocol_tvl_usd"
# What exchanges hold and what a chain's own bridge locks is listed among the protocols but is none.
_NO_PROTOCOLS: Final = frozenset({"CEX", "Chain"})


@dataclass(frozen=True, slots=True)
class _Locked:
    key: str
    asset: str
    tvl_usd: float | None
    row: Json


def parse_chain_tvl(rows: Sequence[Json], context: Context, ids: Collection[str]) -> list[ParsedRow]:
    """Read the value locked on the chains of each asset, labelled with the day of the answer; no ids are all."""
    return _Sums("name", ids).take(rows).parsed(CHAIN_TVL, context)


def parse_protocol_tvl(rows: Sequence[Json], context: Context, ids: Collection[str]) -> list[ParsedRow]:
    """Read the value locked in the protocols of each asset, labelled with the day of the answer; no ids are all.

    Rows of the categories CEX and Chain are no protocols.
    """
    protocols = [row for row in rows if not (isinstance(row, dict) and _is_other(row.get("category")))]
    return _Sums("id", ids).take(protocols).parsed(PROTOCOL_TVL, context)


def _is_other(category: Json) -> bool:
    return isinstance(category, str) and category in _NO_PROTOCOLS


class _Sums:
    """The rows of each asset, each once, and what cannot be read."""

    def __init__(self, key: str, ids: Collection[str]) -> None:
        self._key = key
        self._ids = frozenset(ids)
        self._seen: dict[str, _Locked] = {}
        self._faults: list[ParsedRow] = []
        self._unreadable: set[str] = set()

    def take(self, rows: Sequence[Json]) -> "_Sums":
        for row in rows:
            try:
                locked = self._read(row)
            except RowError as error:
                self._faults.append(ParsedRow(row, fault=str(error)))
                continue
            if locked is None:
                continue
            first = self._seen.setdefault(locked.key, locked)
            if (first.asset, first.tvl_usd) != (locked.asset, locked.tvl_usd):
                self._faults.append(ParsedRow(row, fault="contradicts an earlier row about the same thing"))
        return self

    def parsed(self, name: str, context: Context) -> list[ParsedRow]:
        groups: dict[str, list[_Locked]] = {}
        for locked in self._seen.values():
            if locked.tvl_usd is not None and locked.asset not in self._unreadable:
                groups.setdefault(locked.asset, []).append(locked)
        return [_total(asset, group, name, context) for asset, group in groups.items()] + self._faults

    def _read(self, row: Json) -> _Locked | None:
        if not isinstance(row, dict):
            raise RowError("not an object")
        asset = gecko_id(row)
        if asset is None or (self._ids and asset not in self._ids):
            return None
        try:
            return _Locked(identity(row, self._key), asset, not_negative(row.get("tvl"), "tvl"), row)
        except RowError:
            self._unreadable.add(asset)
            raise


def _total(asset: str, group: Sequence[_Locked], name: str, context: Context) -> ParsedRow:
    row = group[0].row
    try:
        total_usd = finite_sum((locked.tvl_usd or 0.0 for locked in group), "tvl")
    except RowError as error:
        return ParsedRow(row, fault=str(error))
    return ParsedRow(row, (Metric(asset, context.today, name, "usd", total_usd),))
