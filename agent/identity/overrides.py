"""A person's own corrections to which asset is which: a TOML file, read and checked.

[[same]]                    # this key means that asset
source = "token_metrics"
id = "3375"
asset = "bitcoin"           # a CoinGecko id, or "source:id"

[[different]]               # this key is an asset of its own, whatever else says
source = "token_metrics"
id = "42001"

[[kind]]                    # what an asset is: coin, stablecoin, wrapped, bridged or staked
asset = "wrapped-bitcoin"
kind = "wrapped"
underlying = "bitcoin"      # may be left out
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

from agent.identity.errors import OverridesError
from agent.identity.keys import parse_slug
from agent.identity.kinds import AssetKind
from agent.identity.worlds import world_of

_TABLES: Final = {
    "same": (("source", "id", "asset"), ()),
    "different": (("source", "id"), ()),
    "kind": (("asset", "kind"), ("underlying",)),
}
_HEADER: Final = re.compile(r"\s*\[\[\s*(\w+)\s*\]\]")
_SOURCE: Final = re.compile(r"[a-z0-9_]+")


class SourceKey(NamedTuple):
    """A source's own key of an asset."""

    source: str
    provider_id: str

    def __str__(self) -> str:
        return f"{self.source}:{self.provider_id}"


AssetName = str | SourceKey  # a CoinGecko id, or a source's key


@dataclass(frozen=True, slots=True)
class KindOverride:
    """What an asset is said to be."""

    asset: AssetName
    kind: AssetKind
    underlying: AssetName | None = None


@dataclass(frozen=True, slots=True)
class Overrides:
    """What the file says."""

    same: Mapping[SourceKey, AssetName] = field(default_factory=dict)
    different: frozenset[SourceKey] = frozenset()
    kinds: tuple[KindOverride, ...] = ()


NO_OVERRIDES: Final = Overrides()


def load_overrides(path: Path | None) -> Overrides:
    """Read the file; no path means no overrides. Raises OverridesError with every problem, by line and entry."""
    if path is None:
        return NO_OVERRIDES
    try:
        data = path.read_text(encoding="utf-8")
    except OSError as error:
        raise OverridesError(path, [f"it cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise OverridesError(path, ["it is not UTF-8 text"]) from None
    return parse_overrides(data, path)


def parse_overrides(text: str, path: Path) -> Overrides:
    """Read the text of a file; raises OverridesError with every problem, by line and entry."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise OverridesError(path, [str(error)]) from None
    reader = _Reader(_lines_of(text))
    found = reader.read(document)
    if reader.problems:
        raise OverridesError(path, reader.problems)
    return found


def _lines_of(text: str) -> Mapping[tuple[str, int], int]:
    """The line of each entry's header."""
    lines: dict[tuple[str, int], int] = {}
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            counts[header[1]] = counts.get(header[1], 0) + 1
            lines[header[1], counts[header[1]]] = number
    return lines


class _Reader:
    """Reads a document entry by entry and gathers what is wrong."""

    def __init__(self, lines: Mapping[tuple[str, int], int]) -> None:
        self._lines = lines
        self._place = ""
        self.problems: list[str] = []
        self._same: dict[SourceKey, AssetName] = {}
        self._different: set[SourceKey] = set()
        self._kinds: dict[AssetName, KindOverride] = {}

    def read(self, document: Mapping[str, object]) -> Overrides:
        """Read all tables; problems are gathered."""
        for table, entries in document.items():
            if table not in _TABLES:
                self.problems.append(f"there is no table [[{table}]]; known are [[same]], [[different]] and [[kind]]")
            elif not isinstance(entries, list):
                self.problems.append(f"{table} must be written as [[{table}]], once for each entry")
            else:
                for values in self._entries(table, entries):
                    self._take(table, values)
        return Overrides(self._same, frozenset(self._different), tuple(self._kinds.values()))

    def _entries(self, table: str, entries: list[object]) -> Iterator[Mapping[str, str]]:
        required, optional = _TABLES[table]
        for number, entry in enumerate(entries, 1):
            line = self._lines.get((table, number))
            self._place = f"{f'line {line}, ' if line else ''}[[{table}]] number {number}"
            values = entry if isinstance(entry, dict) else {}
            wrong = [
                *(f"{name} is missing" for name in required if name not in values),
                *(f"there is no {name} here" for name in values if name not in (*required, *optional)),
                *(f"{name} must be text in quotes" for name, value in values.items() if not _is_text(value)),
            ]
            self.problems += [f"{self._place}: {problem}" for problem in wrong]
            if not wrong:
                yield {name: str(value).strip() for name, value in values.items()}

    def _take(self, table: str, values: Mapping[str, str]) -> None:
        try:
            {"same": self._take_same, "different": self._take_different, "kind": self._take_kind}[table](values)
        except ValueError as error:
            self.problems.append(f"{self._place}: {error}")

    def _take_same(self, values: Mapping[str, str]) -> None:
        key, asset = _source_key(values), _asset_name(values["asset"])
        if key == asset:
            raise ValueError(f"{key} is said to be itself")
        if isinstance(asset, SourceKey) and world_of(asset.source) != world_of(key.source):
            raise ValueError(f"{key.source} and {asset.source} describe different markets and share no asset")
        if isinstance(asset, SourceKey) and asset.source == key.source:
            raise ValueError(f"{key} and {asset} are keys of one source, which means two assets by them")
        if key in self._same or key in self._different:
            raise ValueError(f"{key} has an entry already")
        if rival := next((one for one, other in self._same.items() if _rivals(one, other, key, asset)), None):
            raise ValueError(f"{rival} is said to be {asset} already, and two keys of one source are never one asset")
        self._same[key] = asset

    def _take_different(self, values: Mapping[str, str]) -> None:
        key = _source_key(values)
        if key in self._same or key in self._different:
            raise ValueError(f"{key} has an entry already")
        self._different.add(key)

    def _take_kind(self, values: Mapping[str, str]) -> None:
        asset = _asset_name(values["asset"])
        if values["kind"] not in tuple(AssetKind):
            raise ValueError(f"kind must be one of {', '.join(AssetKind)}")
        if asset in self._kinds:
            raise ValueError(f"{asset} has an entry already")
        underlying = _asset_name(values["underlying"]) if "underlying" in values else None
        if underlying == asset:
            raise ValueError(f"{asset} cannot stand for itself")
        self._kinds[asset] = KindOverride(asset, AssetKind(values["kind"]), underlying)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _rivals(one: SourceKey, asset: AssetName, other: SourceKey, other_asset: AssetName) -> bool:
    return one.source == other.source and asset == other_asset


def _source_key(values: Mapping[str, str]) -> SourceKey:
    if not _SOURCE.fullmatch(values["source"]):
        raise ValueError("source must be a source's name, such as token_metrics")
    return SourceKey(values["source"], values["id"])


def _asset_name(text: str) -> AssetName:
    source, colon, provider_id = text.partition(":")
    if colon:
        if not _SOURCE.fullmatch(source) or not provider_id:
            raise ValueError("asset must be a CoinGecko id or source:id, such as token_metrics:3375")
        return SourceKey(source, provider_id)
    if parse_slug(text) is None:
        raise ValueError("asset must be a CoinGecko id or source:id, such as token_metrics:3375")
    return text
