"""Support and resistance carried forward a day at a time, from what is remembered of the swings of the last 120 days.

The levels are those that `derived_levels` finds in the bars themselves.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from agent.analytics.bars import MAX_GAP_DAYS, Flags, Floats, Indices, recent_bars_of, required_days
from agent.analytics.signals.levels import SWING_BARS, WINDOW_DAYS, Levels, SwingBars, levels_of

Rows = NDArray[np.int32]
Words = NDArray[np.uint64]

_TURN_BARS = 2 * SWING_BARS + 1
_WORD_BITS = 64
_MASKS = np.array([[(1 << _WORD_BITS) - 1], [(1 << (WINDOW_DAYS - _WORD_BITS)) - 1]], dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class LevelMemory:
    """What is remembered of the swings of the last 120 days, and of each asset as of its last bar.

    Of each swing: the column of its asset, its row counted from the anchor, and its price in USD, negative for a swing
    high. Of each asset: a bit for each of the last 128 days (the last day is the lowest of the first word) that says
    whether its run has a bar with high and low, and the levels at its last bar, USD, NaN without.
    """

    owner: Rows
    row: Rows
    price: Floats
    measured: Words
    support: Floats
    resistance: Floats

    @classmethod
    def nothing(cls, assets: int, swings: int = 0) -> Self:
        """Remember nothing yet of this many assets, with room for so many swings."""
        owner, row = np.zeros((2, swings), dtype=np.int32)
        measured = np.zeros((2, assets), dtype=np.uint64)
        return cls(owner, row, np.zeros(swings), measured, *np.full((2, assets), np.nan))

    @classmethod
    def of(cls, bars: SwingBars, row: int) -> Self:
        """Remember what the bars of the last `LEVEL_DAYS` days leave, the last of which is this row.

        Of an asset whose run a bar on the next day would not continue nothing is remembered.
        """
        assets, days = bars.runs.has_bar.shape
        last, starts, positions = np.full(assets, -days), np.full(assets, days), bars.last_positions()
        last[positions >= 0] = bars.row[positions[positions >= 0]]
        goes_on = last >= days - 1 - MAX_GAP_DAYS
        last = np.where(goes_on, last, days - 1)
        starts[goes_on] = bars.row[bars.start[positions[goes_on]]]
        swings = np.concatenate((bars.swing_lows, bars.swing_highs))
        price = np.concatenate((bars.low[bars.swing_lows], -bars.high[bars.swing_highs]))
        owner, rows = bars.column[swings], bars.row[swings]
        kept = rows >= np.maximum(starts, last + 1 - WINDOW_DAYS)[owner]
        owner, rows, price = owner[kept], rows[kept], price[kept]

        # the levels at a last bar some days ago are those of the 120 days up to it, which reach back further
        flags = bars.has_range() & (np.arange(days)[:, np.newaxis] >= starts)
        enough = _measured_days(_words(flags, days - 1 - last)) >= required_days(WINDOW_DAYS)
        at = np.full(assets, np.nan)
        at[goes_on & enough] = bars.close[positions[goes_on & enough]]
        recent = rows > days - 1 - WINDOW_DAYS
        places = owner[recent].astype(np.int32), (rows[recent] + row + 1 - days).astype(np.int32), price[recent]
        return cls(*places, _words(flags, np.zeros(assets, dtype=np.intp)), *_nearest(owner, price, at))

    def after(self, row: int, begins: Flags, high: Floats, low: Floats, close: Floats) -> Self:
        """Carry all assets forward by a day, to this row; `begins` are the assets whose run begins on it.

        The prices are the last 44 days or more (or all there are), days x assets, USD, NaN in `close` without a bar.
        """
        kept = (self.row > row - WINDOW_DAYS) & ~begins[self.owner]
        new = _turned(row, high, low, close)
        owner, rows = np.concatenate((self.owner[kept], new[0])), np.concatenate((self.row[kept], new[1]))
        price = np.concatenate((self.price[kept], new[2]))
        has_bar = np.isfinite(close[-1])
        now = has_bar & np.isfinite(high[-1]) & np.isfinite(low[-1])
        newer, older = np.where(begins, np.uint64(0), self.measured)
        measured = np.stack((newer << np.uint64(1) | now, older << np.uint64(1) | newer >> np.uint64(_WORD_BITS - 1)))
        at = np.where(_measured_days(measured) >= required_days(WINDOW_DAYS), close[-1], np.nan)
        support, resistance = _nearest(owner, price, at)
        kept_levels = np.where(has_bar, support, self.support), np.where(has_bar, resistance, self.resistance)
        return type(self)(owner, rows, price, measured, *kept_levels)

    def levels(self, before: Self, goes_on: Flags, close: Floats, close_previous: Floats, atr: Floats) -> Levels:
        """The levels of the day, with those of the day before; `goes_on` are the assets whose run has earlier bars."""
        has_bar = np.isfinite(close)
        now = (np.where(has_bar, self.support, np.nan), np.where(has_bar, self.resistance, np.nan), close)
        previous = (before.support, before.resistance, close_previous)
        return levels_of(now, [np.where(has_bar & goes_on, values, np.nan) for values in previous], atr, 0.0)

    def of_columns(self, old: Indices, new: Indices, assets: int) -> Self:
        """Take the memory of these columns as these ones of so many; of the others nothing is remembered."""
        column = np.full(len(self.support), -1, dtype=np.int32)
        column[old] = new
        owner = column[self.owner]
        kept = owner >= 0
        blank = type(self).nothing(assets)
        for name in ("measured", "support", "resistance"):
            getattr(blank, name)[..., new] = getattr(self, name)[..., old]
        return replace(blank, owner=owner[kept], row=self.row[kept], price=self.price[kept])


def _turned(row: int, high: Floats, low: Floats, close: Floats) -> tuple[Rows, Rows, Floats]:
    """The swings that the last row makes known: column, row and price of each."""
    days = slice(-_TURN_BARS * (MAX_GAP_DAYS + 1), None)
    high, low, has_bar = high[days], low[days], np.isfinite(close[days])
    rows = np.broadcast_to(np.arange(row + 1 - len(high), row + 1.0)[:, np.newaxis], high.shape)
    found = []
    *prices_of, rows = recent_bars_of(_TURN_BARS, has_bar, low, -high, rows)
    for prices in prices_of:
        centre, sides = prices[SWING_BARS], np.delete(prices, SWING_BARS, axis=0)
        columns = np.flatnonzero(centre < sides.min(axis=0))
        found.append((columns.astype(np.int32), rows[SWING_BARS, columns].astype(np.int32), centre[columns]))
    owner, at, price = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return owner, at, price


def _nearest(owner: Rows | Indices, price: Floats, close: Floats) -> tuple[Floats, Floats]:
    """Each asset's highest swing low at or below its close, and its lowest swing high at or above it."""
    is_high = np.signbit(price)
    reached = price <= np.where(is_high, -close[owner], close[owner])
    found = []
    for kind in (reached & ~is_high, reached & is_high):
        best = np.full(close.shape, -np.inf)
        np.maximum.at(best, owner[kind], price[kind])
        found.append(np.where(np.isfinite(best), best, np.nan))
    return found[0], -found[1]


def _measured_days(words: Words) -> NDArray[np.int64]:
    """Count the bits of the last 120 days."""
    return np.asarray(np.bitwise_count(words & _MASKS).sum(axis=0, dtype=np.int64))


def _words(flags: Flags, back: Indices) -> Words:
    """Pack the last 128 of days x assets flags into bits, as of so many days before the last row of each asset."""
    days = 2 * _WORD_BITS
    rows = len(flags) - 1 - back - np.arange(days)[:, np.newaxis]
    bits = (rows >= 0) & flags[np.maximum(rows, 0), np.arange(flags.shape[1])]
    packed = np.packbits(bits, axis=0, bitorder="little")
    return np.array(np.ascontiguousarray(packed.T).view("<u8").T, dtype=np.uint64, order="C")
