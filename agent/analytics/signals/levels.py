"""Support and resistance around the price: listed by a provider, or derived from the turning points of 120 days."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Self

import numpy as np

from agent.analytics.bars import MAX_GAP_DAYS, Flags, Floats, Indices, Runs, require_same_shape, required_days
from agent.analytics.errors import AnalyticsError
from agent.analytics.signals.windows import as_panel

SWING_BARS = 5
WINDOW_DAYS = 120
LISTED_DAYS = 90  # what a provider listed longer ago says little of today
# the window, the bars before its oldest swing and the bar before the last row, with the longest gaps between them
LEVEL_DAYS = WINDOW_DAYS + (SWING_BARS + 1) * (MAX_GAP_DAYS + 1)


@dataclass(frozen=True, slots=True)
class Levels:
    """Price levels in USD, (assets,) for a day or (days, assets) for a history; NaN where there is none or none known.

    `support` is the highest level at or below the close and `resistance` the lowest at or above it; `*_previous` are
    those of the asset's bar before, at most 3 missing days earlier. `atr` is the average true range of 14 bars, USD.
    `provided` is 1 where a provider listed the levels, 0 where they are derived, NaN where there are none.
    """

    support: Floats
    resistance: Floats
    support_previous: Floats
    resistance_previous: Floats
    close: Floats
    close_previous: Floats
    atr: Floats
    provided: Floats


def derived_levels(high: Floats, low: Floats, close: Floats, atr: Floats) -> Levels:
    """Derive the levels of the last row from swing lows and swing highs.

    A swing low is a bar whose low is below the lows of the 5 bars on either side of it; it is known 5 bars later.
    Support is the highest swing low of the last 120 days at or below the close; resistance is the lowest swing high at
    or above it. Both are unknown without bars with high and low on nine tenths of these days, all of the run that
    reaches the row. Prices are days x assets, USD, of which the last `LEVEL_DAYS` rows matter; `atr` and the levels
    are (assets,). Raises AnalyticsError for a panel without days and for shapes that do not fit. Source: Williams,
    Trading Chaos (1995), whose fractals have 2 bars on either side.
    """
    return last_levels(SwingBars.of(*(values[-LEVEL_DAYS:] for values in (high, low, close))), close, atr)


def last_levels(bars: "SwingBars", close: Floats, atr: Floats) -> Levels:
    """Read the `derived_levels` off the bars of the last rows of these closes."""
    days, assets = np.shape(bars.runs.has_bar)[::-1]
    if days == 0:
        raise AnalyticsError("a panel needs at least one day to have levels")
    require_same_shape(close=close[-1], atr=atr)
    positions = np.flatnonzero(bars.row == days - 1)
    columns = np.flatnonzero(np.isfinite(close[-1]))
    before = bars.figures(np.maximum(positions - 1, 0))

    at_last, at_previous = np.full((3, assets), np.nan), np.full((3, assets), np.nan)
    at_last[:, columns] = bars.figures(positions)
    at_previous[:, columns] = np.where(positions > bars.start[positions], before, np.nan)
    return levels_of(list(at_last), list(at_previous), atr, 0.0)


def derived_level_history(high: Floats, low: Floats, close: Floats, atr: Floats) -> Levels:
    """Derive the levels of every row as `derived_levels` does for the last one: days x assets in and out."""
    require_same_shape(close=close, atr=atr)
    bars = SwingBars.of(high, low, close)
    positions = np.arange(len(bars.row))
    now = bars.figures(positions)
    before = np.where(positions > bars.start, np.roll(now, 1, axis=1), np.nan)
    restore = bars.runs.restore
    return levels_of([restore(values) for values in now], [restore(values) for values in before], atr, 0.0)


def provided_levels(listed: Sequence[Sequence[float]], close: Floats, close_previous: Floats, atr: Floats) -> Levels:
    """Sort a provider's levels into support and resistance by the price of the day.

    `listed` holds, for each asset, the prices in USD of its last listing if that is at most `LISTED_DAYS` days old,
    else nothing; the other arrays are (assets,) and so is what comes out. A level at the price is both. Raises
    AnalyticsError unless there is one listing for each asset.
    """
    require_same_shape(listed=np.empty(len(listed)), close=close, close_previous=close_previous, atr=atr)
    owners = np.repeat(np.arange(len(listed)), [len(prices) for prices in listed])
    prices = np.fromiter(chain.from_iterable(listed), np.float64)
    now, before = ((*_around(prices, owners, at), at) for at in (close, close_previous))
    return levels_of(now, before, atr, 1.0)


def provided_or_derived(provided: Levels, derived: Levels) -> Levels:
    """Take an asset's levels from the provider where it lists any, and else the derived ones; never some of each."""
    listed = provided.provided == 1
    return Levels(*(np.where(listed, getattr(provided, name), getattr(derived, name)) for name in _FIELDS))


_FIELDS = tuple(field.name for field in fields(Levels))


def _around(prices: Floats, owners: Indices, close: Floats) -> tuple[Floats, Floats]:
    """Find each asset's highest price at or below its close and its lowest at or above it."""
    support, resistance = np.full(close.shape, -np.inf), np.full(close.shape, np.inf)
    below, above = prices <= close[owners], prices >= close[owners]
    np.maximum.at(support, owners[below], prices[below])
    np.minimum.at(resistance, owners[above], prices[above])
    return _finite(support), _finite(resistance)


def levels_of(now: Sequence[Floats], before: Sequence[Floats], atr: Floats, provided: float) -> Levels:
    """Make the record of support, resistance and close, now and at the bar before."""
    support, resistance, close = now
    support_previous, resistance_previous, close_previous = before
    origin = np.where(np.isfinite(support) | np.isfinite(resistance), provided, np.nan)
    return Levels(support, resistance, support_previous, resistance_previous, close, close_previous, atr, origin)


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)


@dataclass(frozen=True, slots=True)
class SwingBars:
    """The bars of a panel laid end to end, as in `Runs`, with what their levels are read from."""

    runs: Runs
    high: Floats
    low: Floats
    close: Floats
    column: Indices
    row: Indices
    start: Indices  # the first bar of the run of each
    day: Indices  # rows counted on from asset to asset, so that no window of one holds bars of another
    measured: Indices  # how many bars up to each have a high and a low, beginning with 0 before the first
    swing_highs: Indices
    swing_lows: Indices

    @classmethod
    def of(cls, high: Floats, low: Floats, close: Floats) -> Self:
        """Lay the bars of days x assets prices in USD, and find their swings."""
        require_same_shape(high=high, low=low, close=close)
        runs = Runs.of(np.isfinite(as_panel(close)))
        highs, lows = runs.lay(high), runs.lay(low)
        start = np.repeat(runs.starts, runs.ends - runs.starts)
        column, row = np.nonzero(runs.has_bar)
        day = column * (len(close) + WINDOW_DAYS) + row
        measured = np.concatenate(([0], np.cumsum(np.isfinite(highs) & np.isfinite(lows))))
        turns = _swing_lows(-highs, start), _swing_lows(lows, start)
        return cls(runs, highs, lows, runs.lay(close), column, row, start, day, measured, *turns)

    def has_range(self) -> Flags:
        """Where there is a bar with high and low, days x assets."""
        flags = np.zeros(self.runs.has_bar.shape, dtype=np.bool_)
        flags[self.runs.has_bar] = np.diff(self.measured) > 0
        return flags.T

    def last_positions(self) -> Indices:
        """Where the last bar of each asset is, -1 without one."""
        count = self.runs.has_bar.sum(axis=1)
        return np.where(count > 0, np.cumsum(count) - 1, -1)

    def figures(self, positions: Indices) -> Floats:
        """Support, resistance and close at the bars in these positions: 3 x positions."""
        close, days = self.close[positions], self.day[positions]
        first = np.maximum(self.start[positions], np.searchsorted(self.day, days - WINDOW_DAYS, side="right"))
        enough = self.measured[positions + 1] - self.measured[first] >= required_days(WINDOW_DAYS)
        known = np.where(enough, first, len(self.close))  # no swing is in a window that begins after the last bar
        support = _highest_below(self.low, self.swing_lows, close, positions, known)
        resistance = -_highest_below(-self.high, self.swing_highs, -close, positions, known)
        return np.stack([support, resistance, close])


def _swing_lows(low: Floats, start: Indices) -> Indices:
    """Find the bars whose low is below those of the bars on either side, all of one run."""
    centre = low[SWING_BARS : max(len(low) - SWING_BARS, SWING_BARS)]
    is_low = start[2 * SWING_BARS :] <= np.arange(len(centre))  # the run of the last bar beside it holds the first one
    for bars in range(1, SWING_BARS + 1):
        for first in (SWING_BARS - bars, SWING_BARS + bars):
            is_low &= centre < low[first : first + len(centre)]
    return np.flatnonzero(is_low) + SWING_BARS


def _highest_below(low: Floats, swings: Indices, close: Floats, positions: Indices, first: Indices) -> Floats:
    """Take the highest swing low at or below each close, of those not before `first` and known at the position."""
    latest = np.searchsorted(swings, positions - SWING_BARS, side="right")
    best = np.full(len(positions), -np.inf)
    for back in range(1, len(swings) + 1):
        swing = swings[np.maximum(latest - back, 0)]
        inside = (latest >= back) & (swing >= first)
        if not inside.any():
            break
        level = low[swing]
        best = np.where(inside & (level <= close) & (level > best), level, best)
    return _finite(best)
