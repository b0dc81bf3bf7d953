"""What a day's scan remembers for the next one, and its form as bytes."""

from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from agent.analytics.averages import Averages
from agent.analytics.bars import Floats
from agent.analytics.divergence import RSI_BARS
from agent.analytics.errors import AnalyticsError

Ids = NDArray[np.int64]
Sums = NDArray[np.uint64]

_FORMAT = b"coinbrief scan 1"
_HEADER = np.dtype([("format", "S16"), ("days", "<u4"), ("tail_days", "<u4"), ("assets", "<u4")])


@dataclass(frozen=True, slots=True)
class ScanState:
    """What a scan leaves for the one of the day after.

    `days` counts the rows from the panel's first, the anchor, to the day of the state. `tail_days` is how many rows of
    high, low, close and volume the next day needs, its own included. Per asset: its id, a checksum of its closes, the
    averages, and (61 x assets) its last RSIs, that of bar n of its run in row n modulo 61.
    """

    days: int
    tail_days: int
    asset_ids: Ids
    checksum: Sums
    averages: Averages
    rsi: Floats

    @classmethod
    def nothing(cls, assets: int) -> Self:
        """Remember nothing yet of this many assets."""
        ids, checksum = np.zeros(assets, dtype=np.int64), np.zeros(assets, dtype=np.uint64)
        return cls(0, 1, ids, checksum, Averages.nothing(assets), np.full((RSI_BARS, assets), np.nan))

    def arrays(self) -> tuple[NDArray[Any], ...]:
        """List the arrays, in the order in which they are packed; the last axis of each is the assets."""
        averages = (getattr(self.averages, field.name) for field in fields(self.averages))
        return self.asset_ids, self.checksum, *averages, self.rsi

    def of(self, asset_ids: Ids) -> Self:
        """Copy the state of these assets, in this order; of an asset that is not in it nothing is remembered."""
        blank = type(self).nothing(len(asset_ids))
        old: Any = slice(None)
        new: Any = slice(None)
        if not np.array_equal(self.asset_ids, asset_ids):
            _, old, new = np.intersect1d(self.asset_ids, asset_ids, assume_unique=True, return_indices=True)
        for ours, theirs in zip(self.arrays(), blank.arrays(), strict=True):
            theirs[..., new] = ours[..., old]
        ids = np.array(asset_ids, dtype=np.int64)
        return type(self)(self.days, self.tail_days, ids, blank.checksum, blank.averages, blank.rsi)

    def to_bytes(self) -> bytes:
        """Pack: 620 bytes per asset, the same on every machine."""
        header = np.array((_FORMAT, self.days, self.tail_days, len(self.asset_ids)), dtype=_HEADER)
        packed = (array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes() for array in self.arrays())
        return header.tobytes() + b"".join(packed)

    @classmethod
    def from_bytes(cls, packed: bytes) -> Self:
        """Unpack what `to_bytes` gave. Raises AnalyticsError for anything else, such as another version's."""
        if len(packed) < _HEADER.itemsize or not packed.startswith(_FORMAT):
            raise AnalyticsError(f"this is no scan state of version {_FORMAT.decode()!r}; scan in full")
        _, days, tail_days, assets = np.frombuffer(packed, _HEADER, 1)[0].tolist()
        length = len(cls.nothing(0).to_bytes()) + assets * (len(cls.nothing(1).to_bytes()) - _HEADER.itemsize)
        if len(packed) != length:
            raise AnalyticsError(f"a scan state of {assets} assets has {length} bytes, got {len(packed)}; scan in full")
        blank = cls.nothing(assets)
        position = _HEADER.itemsize
        for array in blank.arrays():
            stored = np.frombuffer(packed, array.dtype.newbyteorder("<"), array.size, position)
            array[...] = stored.reshape(array.shape)
            position += array.nbytes
        return cls(days, tail_days, blank.asset_ids, blank.checksum, blank.averages, blank.rsi)
