"""What the columns of a panel are: coins or stand-ins, large or small, and of which sectors."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from agent.analytics.bars import Flags
from agent.briefing.snapshot import BITCOIN_SLUGS
from agent.store.figure_panels import Ids

LARGEST = 50


class Trait(Protocol):
    """What is asked of an asset, whichever record it is read into."""

    @property
    def kind(self) -> str:
        """`coin`, or what it is instead."""

    @property
    def rank(self) -> int | None:
        """Its place by market value, the largest first."""

    @property
    def slug(self) -> str | None:
        """Its CoinGecko id."""

    @property
    def categories(self) -> tuple[str, ...]:
        """The sectors that it belongs to."""


@dataclass(frozen=True, slots=True)
class TraitColumns:
    """The traits of a panel's columns, in their order."""

    traits: tuple[Trait | None, ...]

    @classmethod
    def of(cls, asset_ids: Ids, traits: Mapping[int, Trait]) -> "TraitColumns":
        """Look the columns up."""
        return cls(tuple(map(traits.get, asset_ids.tolist())))

    @property
    def coins(self) -> Flags:
        """Which are coins of their own; what is not known to be something else is taken for one."""
        return np.array([item is None or item.kind == "coin" for item in self.traits], dtype=np.bool_)

    @property
    def largest(self) -> Flags:
        """Which are the largest coins by market value."""
        unranked = float("inf")
        ranks = np.array(
            [(item.rank or unranked) if item is not None and item.kind == "coin" else unranked for item in self.traits]
        )
        first = np.argsort(ranks, kind="stable")[:LARGEST]
        flags = np.zeros(len(ranks), dtype=np.bool_)
        flags[first[ranks[first] < unranked]] = True
        return flags

    @property
    def bitcoin(self) -> int | None:
        """Bitcoin's column."""
        return next((place for place, item in enumerate(self.traits) if item and item.slug in BITCOIN_SLUGS), None)

    def sectors(self) -> tuple[tuple[str, ...], Flags]:
        """The categories that coins belong to, and sectors x assets flags of which belong to which."""
        groups: dict[tuple[str, ...], list[int]] = {}  # thousands of coins share a few dozen lists of categories
        for place, item in enumerate(self.traits):
            if item is not None and item.kind == "coin" and item.categories:
                groups.setdefault(item.categories, []).append(place)
        names = tuple(sorted({category for categories in groups for category in categories}))
        row_of = {name: row for row, name in enumerate(names)}
        flags = np.zeros((len(names), len(self.traits)), dtype=np.bool_)
        for categories, places in groups.items():
            flags[np.ix_([row_of[category] for category in categories], places)] = True
        return names, flags
