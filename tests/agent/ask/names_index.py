"""A lookup of assets in memory, in place of the store's."""

from collections.abc import Iterable

from agent.ask.mention_index import FEWEST_LETTERS, is_one_edit
from agent.ask.tools import Candidate


class NamesIndex:
    """A `NameLookup` over candidates in memory; a name, symbol or slug that several share gives all of them."""

    def __init__(self, assets: Iterable[Candidate], slugs: Iterable[tuple[str, Candidate]] = ()) -> None:
        self._exact: dict[str, dict[int, Candidate]] = {}
        self._names: dict[str, dict[int, Candidate]] = {}
        for asset in assets:
            self._add(asset.name, asset)
            for text in (f"id {asset.asset_id}", asset.symbol or ""):
                self._exact.setdefault(text.lower(), {})[asset.asset_id] = asset
        for slug, asset in slugs:
            self._add(slug, asset)
        self._exact.pop("", None)
        self._by_length: dict[int, list[str]] = {}
        for name in self._names:
            self._by_length.setdefault(len(name), []).append(name)

    def _add(self, text: str, asset: Candidate) -> None:
        for index in (self._exact, self._names):
            index.setdefault(text.lower(), {})[asset.asset_id] = asset

    def candidates(self, text: str) -> tuple[Candidate, ...]:
        """The assets that are called exactly this."""
        return tuple(self._exact.get(text.strip().lower().replace("#", "id "), {}).values())

    def similar(self, text: str) -> tuple[Candidate, ...]:
        """The assets whose name or slug is one edit away."""
        wanted = text.strip().lower()
        if len(wanted) < FEWEST_LETTERS:
            return ()
        near = (name for size in (-1, 0, 1) for name in self._by_length.get(len(wanted) + size, ()))
        close = (self._names[name] for name in near if is_one_edit(wanted, name))
        return tuple({asset_id: asset for found in close for asset_id, asset in found.items()}.values())
