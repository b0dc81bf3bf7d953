"""The highest close of a year, carried forward a day at a time.

A highest value cannot be taken back when its day leaves the window. So the days that will leave it within a month of
the scan that remembers are kept apart: what is remembered is of the days behind them, and they themselves are read
again, which are 31 days at most.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from agent.analytics.averages import Counts
from agent.analytics.bars import MAX_GAP_DAYS, Floats, divided, required_days
from agent.analytics.windowed import HIGH_DAYS

AHEAD_DAYS = 31


@dataclass(frozen=True, slots=True)
class Highs:
    """What is remembered of each asset's closes from a certain day on; the days before it are to be read again.

    `high` is the highest close since then in USD, 0 without one; `known` counts the closes; `drawdown` is the one as of
    the asset's last bar, NaN where unknown.
    """

    high: Floats
    known: Counts
    drawdown: Floats

    @classmethod
    def nothing(cls, assets: int) -> Self:
        """Remember nothing yet of this many assets."""
        return cls(np.zeros(assets), np.zeros(assets, dtype=np.int32), np.full(assets, np.nan))

    @classmethod
    def of(cls, closes: Floats, drawdown: Floats) -> Self:
        """Remember the closes of these days, and the drawdowns as of their last bars."""
        high = np.fmax.reduce(closes, axis=0, initial=0.0)
        return cls(high, np.count_nonzero(np.isfinite(closes), axis=0).astype(np.int32), drawdown)

    def after(self, old: Floats, close: Floats, absent: Counts) -> Self:
        """Carry all assets forward by one day, NaN in `close` without a bar.

        `old` are the days of the window before those that are remembered, `absent` the days since each asset's last
        bar as of the day before. Drawdowns are those of `risk.drawdown` over 365 days.
        """
        has_bar = np.isfinite(close)
        high, known = np.fmax(self.high, close), (self.known + has_bar).astype(np.int32)
        count = known + np.count_nonzero(np.isfinite(old), axis=0)
        peak = np.fmax(high, np.fmax.reduce(old, axis=0, initial=0.0))
        usable = (count >= required_days(HIGH_DAYS)) & has_bar & (peak > 0)
        drawdown = divided(close, peak, usable) - 1.0
        return type(self)(high, known, np.where(has_bar, drawdown, self.previous(absent)))

    def previous(self, absent: Counts) -> Floats:
        """The drawdown as of the bar before the next day, where that is at most 3 missing days earlier."""
        return np.where(absent <= MAX_GAP_DAYS, self.drawdown, np.nan)


def first_remembered(days: int) -> int:
    """The first of so many rows that is remembered: those before it leave the window within a month."""
    return max(days + AHEAD_DAYS + 1 - HIGH_DAYS, 0)
