"""Divergence: the price goes beyond an earlier turning point, and its momentum does not.

A swing low is a bar whose close is below the closes of the 5 bars on either side. At the last bar there is a bullish
divergence if its close is the lowest since the most recent swing low of the 60 bars before, and below it, while its
RSI is above the RSI of that swing low, and no bar in between was such a bar already. Bearish: the mirror image, with
swing highs. A swing is known 5 bars later, so it is at least 6 bars old.
"""

from typing import NamedTuple

import numpy as np

from agent.analytics.bars import Flags, Floats, Indices

SWING_BARS = 5
REACH_BARS = 60

RSI_BARS = REACH_BARS + 1
CLOSE_BARS = RSI_BARS + SWING_BARS  # the oldest swing needs bars before it


class Divergence(NamedTuple):
    """1 bullish, -1 bearish, 0 none, NaN unknown; and the close and the RSI of the swing where it is not 0."""

    direction: Floats
    close: Floats
    rsi: Floats


def may_diverge(close: Floats) -> Flags:
    """Whether the last close of each window can be the lowest, or the highest, since a swing; few can.

    `close` is 6 or more bars x anything; NaN is no such close.
    """
    before, now = close[-1 - SWING_BARS : -1], close[-1]
    return np.asarray((now < before.min(axis=0)) | (now > before.max(axis=0)))


def divergence_of(close: Floats, rsi: Floats) -> Divergence:
    """Find the divergences between price and RSI at the last bar of each window.

    `close` is 66 bars x anything, USD, `rsi` the last 61 of these bars; one value each out. Unknown unless all are
    known. Swings of 5 bars within 60 are the customary reach of charting programs.
    """
    known = np.isfinite(close).all(axis=0) & np.isfinite(rsi).all(axis=0)
    result = Divergence(*np.full((3, close.shape[1]), np.nan))
    result.direction[known] = 0.0
    columns = np.flatnonzero(known & may_diverge(close))
    for sign in (1.0, -1.0):
        found, swing = _bullish(sign * close[:, columns], sign * rsi[:, columns])
        diverging, swing = columns[found], swing[found]
        result.direction[diverging] = sign
        result.close[diverging] = close[SWING_BARS + swing, diverging]
        result.rsi[diverging] = rsi[swing, diverging]
    return result


def _bullish(close: Floats, rsi: Floats) -> tuple[Flags, Indices]:
    """Whether there is a bullish divergence at the last bar, and at which of the last 61 bars its swing low is."""
    swings = RSI_BARS - 1 - SWING_BARS
    centre = close[SWING_BARS : SWING_BARS + swings]
    low = np.ones(centre.shape, dtype=np.bool_)
    for bars in range(1, SWING_BARS + 1):
        for start in (SWING_BARS - bars, SWING_BARS + bars):
            low &= centre < close[start : start + swings]
    swing = swings - 1 - low[::-1].argmax(axis=0)
    since = np.arange(RSI_BARS)[:, np.newaxis] >= swing
    lowest = np.minimum.accumulate(np.where(since, close[SWING_BARS:], np.inf), axis=0)
    columns = np.arange(close.shape[1])
    diverging = (close[SWING_BARS:][1:] < lowest[:-1]) & since[:-1] & (rsi[1:] > rsi[swing, columns])
    return low.any(axis=0) & diverging[-1] & ~diverging[:-1].any(axis=0), swing
