"""Days in blocks: each computed in order from the state the one before left, and any of them on request.

States are kept for ever (they are small), blocks only as long as there is room, so that a day far in the past costs
one block and a long history does not fill the memory.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import date, timedelta
from threading import RLock
from typing import Generic, TypeVar

import numpy as np
from numpy.random import Generator, Philox
from numpy.typing import NDArray

State = TypeVar("State")
Block = TypeVar("Block")

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

EPOCH = date(2023, 1, 1)
BLOCK_DAYS = 64
MEMORY_BYTES = 64_000_000  # for each kind of block


class BlockChain(Generic[State, Block]):
    """Blocks 0, 1, 2 ... of a recursion; `advance(index, state)` gives a block and the state after it.

    States and blocks must never be changed in place. Safe to use from several threads.
    """

    def __init__(self, first: State, advance: Callable[[int, State], tuple[Block, State]], keep: int) -> None:
        self._states = [first]
        self._blocks: OrderedDict[int, Block] = OrderedDict()
        self._advance = advance
        self._keep = keep
        self._lock = RLock()

    def block(self, index: int) -> Block:
        """The block with this index, computed again if it was dropped."""
        with self._lock:
            if index in self._blocks:
                self._blocks.move_to_end(index)
                return self._blocks[index]
            for missing in range(len(self._states) - 1, index):
                self._compute(missing)
            return self._compute(index)

    def _compute(self, index: int) -> Block:
        block, state = self._advance(index, self._states[index])
        if index + 1 == len(self._states):
            self._states.append(state)
        self._blocks[index] = block
        while len(self._blocks) > self._keep:
            self._blocks.popitem(last=False)
        return block


class Recent(Generic[Block]):
    """Results by number that cost something to compute; the latest `keep` that were asked for stay. Thread-safe."""

    def __init__(self, compute: Callable[[int], Block], keep: int) -> None:
        self._compute = compute
        self._keep = keep
        self._results: OrderedDict[int, Block] = OrderedDict()
        self._lock = RLock()

    def get(self, index: int) -> Block:
        """The result with this number."""
        with self._lock:
            if index not in self._results:
                self._results[index] = self._compute(index)
            self._results.move_to_end(index)
            while len(self._results) > self._keep:
                self._results.popitem(last=False)
            return self._results[index]


def blocks_to_keep(bytes_per_block: int) -> int:
    """How many blocks of this size fit into the memory one kind of block may take; at least three."""
    return max(3, MEMORY_BYTES // max(1, bytes_per_block))


def generator(seed: int, stream: int, index: int) -> Generator:
    """The random numbers of one purpose (`stream`) and one block or day, the same in every process."""
    key = np.array([seed, (stream << 32) | index], dtype=np.uint64)
    return Generator(Philox(key=key))


def day_index(day: date) -> int:
    """Days since the market's first day; negative before it."""
    return (day - EPOCH).days


def day_of(index: int) -> date:
    """The day with this index."""
    return EPOCH + timedelta(days=index)
