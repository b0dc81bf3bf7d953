"""Turning points of prices and their RSI, carried forward a bar at a time, so that divergences need no look back.

What is found is what `divergence_of` finds in the last 66 bars: only the latest swing of each kind counts, so its
price, its RSI and the lowest price since are all that must be remembered of them.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from agent.analytics.averages import Counts
from agent.analytics.bars import Flags, Floats, continued_bars
from agent.analytics.divergence import REACH_BARS, RSI_BARS, SWING_BARS, Divergence

TURN_BARS = 2 * SWING_BARS + 1  # a swing, and the bars on either side of it
_RSI_ROWS = SWING_BARS + 1
_SIGNS = np.array([[1.0], [-1.0]])
_FORGOTTEN = REACH_BARS + 1


@dataclass(frozen=True, slots=True)
class Turns:
    """The latest swings of each asset as of its last bar: arrays of 2 rows, the swing low and the swing high.

    The figures of the second are negative, so that both are lows. `age` counts the bars since the swing (61: none of
    the last 60 bars is one), `close` is in USD, `strength` the RSI; `lowest` is the lowest close since, minus infinity
    after a divergence: no bar diverges twice from one swing. `strengths` counts the bars of the run with an RSI (61: or
    more), `rsi` holds the last 6 RSIs, that of bar n of the run in row n modulo 6.
    """

    strengths: Counts
    age: Counts
    close: Floats
    strength: Floats
    lowest: Floats
    rsi: Floats

    @classmethod
    def nothing(cls, assets: int) -> Self:
        """Remember nothing yet of this many assets."""
        age = np.full((2, assets), _FORGOTTEN, dtype=np.int32)
        close, strength, lowest = np.full((3, 2, assets), np.nan)
        rsi = np.full((_RSI_ROWS, assets), np.nan)
        return cls(np.zeros(assets, dtype=np.int32), age, close, strength, lowest, rsi)

    @classmethod
    def of(cls, closes: Floats, bars: Counts, rsi: Floats) -> Self:
        """Remember what a panel leaves: days x assets, with the number of each asset's last bar in its run.

        `rsi` are the last 61 RSIs of the run, that of bar n in row n modulo 61.
        """
        count = RSI_BARS + TURN_BARS - 1
        recent = continued_bars(closes, count)
        columns, turns = np.arange(len(bars)), cls.nothing(len(bars))
        for first in range(RSI_BARS):  # an older swing is forgotten by the next bar
            window = recent[first : first + TURN_BARS]
            bar = bars - (RSI_BARS - 1 - first)
            _, turns = turns.after(bar, window, np.where(np.isfinite(window[-1]), rsi[bar % RSI_BARS, columns], np.nan))
        return turns

    def after(self, bars: Counts, recent: Floats, rsi: Floats) -> tuple[Divergence, Self]:
        """Carry all assets forward by a day, and find the divergences of its bars.

        `bars` numbers the bar of each asset in its run, `recent` are the last 11 closes of the run (11 x assets, the
        last row NaN without a bar on the day), `rsi` is the RSI at the bar.
        """
        has_bar, begins = np.isfinite(recent[-1]), bars == 1
        strengths = np.where(np.isfinite(rsi), np.minimum(np.where(begins, 0, self.strengths) + 1, RSI_BARS), 0)
        age = np.where(begins, _FORGOTTEN, np.minimum(self.age + 1, _FORGOTTEN))
        low = _SIGNS * recent[-1]
        diverging = (age <= REACH_BARS) & (low < self.lowest) & (_SIGNS * rsi > self.strength)
        found = self._found(diverging, has_bar & (strengths >= RSI_BARS))

        strength_at = self.rsi.copy()
        columns = np.flatnonzero(has_bar)
        strength_at[bars[columns] % _RSI_ROWS, columns] = rsi[columns]
        swing = strength_at[(bars - SWING_BARS) % _RSI_ROWS, np.arange(len(bars))]
        lowest = np.where(diverging, -np.inf, np.minimum(self.lowest, low))
        following = {"strengths": strengths, **self._turned(recent, swing, age, lowest)}
        if not has_bar.all():
            following = {name: np.where(has_bar, value, getattr(self, name)) for name, value in following.items()}
        strengths, age = (following.pop(name).astype(np.int32) for name in ("strengths", "age"))
        return found, type(self)(strengths, age, **following, rsi=strength_at)

    def _found(self, diverging: Flags, known: Flags) -> Divergence:
        """The divergences among these bars; a swing low gives a bullish one, a swing high a bearish one."""
        result = Divergence(np.where(known, 0.0, np.nan), *np.full((2, len(known)), np.nan))
        for row, sign in enumerate(_SIGNS[:, 0]):
            columns = np.flatnonzero(known & diverging[row])
            result.direction[columns] = sign
            result.close[columns] = sign * self.close[row, columns]
            result.rsi[columns] = sign * self.strength[row, columns]
        return result

    def _turned(self, recent: Floats, rsi: Floats, age: Counts, lowest: Floats) -> dict[str, Floats]:
        """Put the bar 5 bars ago in place of the swing where it is one, and forget swings that are too old."""
        centre, sides = recent[SWING_BARS], np.delete(recent, SWING_BARS, axis=0)
        turned = np.stack((centre < sides.min(axis=0), centre > sides.max(axis=0)))
        old, centre = age > REACH_BARS, _SIGNS * centre
        keep = {"close": self.close, "strength": self.strength, "lowest": lowest}
        new = {"close": centre, "strength": _SIGNS * rsi, "lowest": centre}
        values = {name: np.where(turned, new[name], np.where(old, np.nan, keep[name])) for name in new}
        return {"age": np.where(turned, SWING_BARS, age), **values}
