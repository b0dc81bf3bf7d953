"""What a day's scan remembers for the next one, and its form as bytes."""

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from agent.analytics.averages import Averages
from agent.analytics.errors import AnalyticsError
from agent.analytics.highs import Highs
from agent.analytics.signals.level_memory import LevelMemory
from agent.analytics.turns import Turns

Ids = NDArray[np.int64]
Array = NDArray[Any]

_FORMAT = b"coinbrief scan 2"
_COUNTS = ("days", "tail_days", "close_days", "high_from", "assets", "swings")
_HEADER = np.dtype([("format", "S16"), *((name, "<u4") for name in _COUNTS)])


@dataclass(frozen=True, slots=True)
class ScanState:
    """What a scan leaves for the one of the day after.

    `days` counts the rows from the panel's first, the anchor, to the day of the state. `tail_days` is how many rows of
    high, low and volume the next day needs, its own included, and `close_days` how many of closes; `highs` begin with
    row `high_from`. Per asset: its id, its averages, its turning points, its high of a year and its levels.
    """

    days: int
    tail_days: int
    close_days: int
    high_from: int
    asset_ids: Ids
    averages: Averages
    turns: Turns
    highs: Highs
    levels: LevelMemory

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """The numbers that are not of an asset, in the order of the header."""
        return self.days, self.tail_days, self.close_days, self.high_from

    def arrays(self) -> tuple[Array, ...]:
        """List the arrays, in the order in which they are packed."""
        parts = (self.averages, self.turns, self.highs, self.levels)
        return self.asset_ids, *(getattr(part, field.name) for part in parts for field in fields(part))

    def of(self, asset_ids: Ids) -> Self:
        """Take the state of these assets, in this order; of an asset that is not in it nothing is remembered."""
        if np.array_equal(self.asset_ids, asset_ids):
            return self
        _, old, new = np.intersect1d(self.asset_ids, asset_ids, assume_unique=True, return_indices=True)
        blank = type(self).nothing(asset_ids, *self.counts)
        for part, other in ((blank.averages, self.averages), (blank.turns, self.turns), (blank.highs, self.highs)):
            for field in fields(part):
                getattr(part, field.name)[..., new] = getattr(other, field.name)[..., old]
        return replace(blank, levels=self.levels.of_columns(old, new, len(asset_ids)))

    @classmethod
    def nothing(
        cls, asset_ids: Ids, days: int, tail_days: int, close_days: int, high_from: int, swings: int = 0
    ) -> Self:
        """Remember nothing yet of these assets, with room for so many swings."""
        assets, ids = len(asset_ids), np.array(asset_ids, dtype=np.int64)
        parts = Averages.nothing(assets), Turns.nothing(assets), Highs.nothing(assets)
        return cls(days, tail_days, close_days, high_from, ids, *parts, LevelMemory.nothing(assets, swings))

    def to_bytes(self) -> bytes:
        """Pack: 284 bytes per asset and 16 per swing, the same on every machine."""
        header = np.array((_FORMAT, *self.counts, len(self.asset_ids), len(self.levels.row)), dtype=_HEADER)
        packed = (array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes() for array in self.arrays())
        return header.tobytes() + b"".join(packed)

    @classmethod
    def from_bytes(cls, packed: bytes) -> Self:
        """Unpack what `to_bytes` gave. Raises AnalyticsError for anything else, such as another version's."""
        if len(packed) < _HEADER.itemsize or not packed.startswith(_FORMAT):
            raise AnalyticsError(f"this is no scan state of version {_FORMAT.decode()!r}; scan in full")
        _, days, tail_days, close_days, high_from, assets, swings = np.frombuffer(packed, _HEADER, 1)[0].tolist()
        length = _HEADER.itemsize + assets * _bytes_of(1, 0) + swings * _bytes_of(0, 1)
        if len(packed) != length:
            raise AnalyticsError(f"a scan state of {assets} assets has {length} bytes, got {len(packed)}; scan in full")
        ids = np.zeros(assets, dtype=np.int64)
        blank = cls.nothing(ids, days, tail_days, close_days, high_from, swings)
        position = _HEADER.itemsize
        for array in blank.arrays():
            stored = np.frombuffer(packed, array.dtype.newbyteorder("<"), array.size, position)
            array[...] = stored.reshape(array.shape)
            position += array.nbytes
        return blank


def _bytes_of(assets: int, swings: int) -> int:
    blank = ScanState.nothing(np.zeros(assets, dtype=np.int64), 0, 0, 0, 0, swings)
    return sum(array.nbytes for array in blank.arrays())
