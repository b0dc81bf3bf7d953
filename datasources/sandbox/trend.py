"""Trends read off the log closes: exponential means, the trading signal and what following it would have earned.

The signal turns to 1 when the 10-day mean rises above the 40-day mean by a fifth of the token's daily volatility, and
to -1 when it falls below by as much. The strategy holds the token from the day after a turn to 1 until the day after
a turn to -1. Both start `WARM_UP_DAYS` after the listing; nothing before the listing is used.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from datasources.sandbox.blocks import BLOCK_DAYS, BlockChain, Floats, blocks_to_keep
from datasources.sandbox.prices import Prices
from datasources.sandbox.universe import Universe

WARM_UP_DAYS = 20
_FAST, _SLOW, _LONG = 2.0 / 11.0, 2.0 / 41.0, 2.0 / 121.0
_BAND = 0.2  # of the daily volatility

Signs = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class TrendDay:
    """The trends of all tokens on a day, each (N,); a token younger than the warm-up has trend 0."""

    log_close: Floats
    fast: Floats
    slow: Floats
    long: Floats
    trend: Signs
    signal: Signs
    strategy: Floats  # log return since the first signal
    holding: Floats


@dataclass(frozen=True, slots=True)
class TrendBlock:
    """The trend days of one block, oldest first."""

    days: tuple[TrendDay, ...]


class Trends:
    """The trends of every token on every day."""

    def __init__(self, universe: Universe, prices: Prices) -> None:
        self._universe = universe
        self._prices = prices
        count = len(universe.tokens)
        none, unset = np.zeros(count, dtype=np.int8), np.zeros(count)
        first = TrendDay(unset, unset, unset, unset, none, none, unset, unset)
        keep = blocks_to_keep(BLOCK_DAYS * count * (7 * 8 + 2))
        self._chain: BlockChain[TrendDay, TrendBlock] = BlockChain(first, self._advance, keep)

    def day(self, index: int) -> TrendDay:
        """The trends on the day with this index."""
        return self._chain.block(index // BLOCK_DAYS).days[index % BLOCK_DAYS]

    def _advance(self, index: int, state: TrendDay) -> tuple[TrendBlock, TrendDay]:
        days: list[TrendDay] = []
        for row, log_close in enumerate(self._prices.block(index).log_close):
            state = self._next(index * BLOCK_DAYS + row, log_close, state)
            days.append(state)
        return TrendBlock(tuple(days)), replace(state, log_close=state.log_close.copy())  # a view would keep its block

    def _next(self, day: int, log_close: Floats, before: TrendDay) -> TrendDay:
        age = day - self._universe.listed
        new = age <= 0
        fast = np.where(new, log_close, before.fast + _FAST * (log_close - before.fast))
        slow = np.where(new, log_close, before.slow + _SLOW * (log_close - before.slow))
        long = np.where(new, log_close, before.long + _LONG * (log_close - before.long))
        trend = self._turned(fast - slow, before.trend, age)
        signal = np.where(trend != before.trend, trend, 0).astype(np.int8)
        move = np.where(age > WARM_UP_DAYS, log_close - before.log_close, 0.0)
        return TrendDay(
            log_close, fast, slow, long, trend, signal,
            before.strategy + np.where(before.trend > 0, move, 0.0),
            before.holding + move,
        )  # fmt: skip

    def _turned(self, gap: Floats, before: Signs, age: NDArray[np.int64]) -> Signs:
        band = _BAND * self._prices.daily_volatility
        turned = np.where(gap > band, 1, np.where(gap < -band, -1, before))
        started = np.where(age == WARM_UP_DAYS, np.where(gap >= 0, 1, -1), turned)
        trend: Signs = np.where(age < WARM_UP_DAYS, 0, started).astype(np.int8)
        return trend
