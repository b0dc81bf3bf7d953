"""One function of a window, at the last row or at every row.

A window is a block of `count` rows, oldest first, with any number of columns: the last `count` bars of a run, or the
last `count` calendar days. The functions reduce it down its rows, so that a figure is written once for the daily scan
(`LAST_ROW`) and for a history (`EVERY_ROW`). NaN pads a window that reaches beyond the run or the first row.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Flags, Floats, Runs, recent_bars_of

WindowFunction = Callable[..., tuple[Floats, ...]]

_CELLS = 1 << 17  # in a block of windows: a megabyte, which stays in the cache


def at_last_bar(function: WindowFunction, count: int, has_bar: Flags, *values: Floats) -> tuple[Floats, ...]:
    """Apply a function to the last `count` bars of the runs that reach the last row.

    `has_bar` and `values` are days x assets, each result one value per asset. A window without a bar in the last row
    is all NaN.
    """
    return function(*recent_bars_of(count, has_bar, *values))


def at_every_bar(function: WindowFunction, count: int, has_bar: Flags, *values: Floats) -> tuple[Floats, ...]:
    """Apply a function to the last `count` bars of every bar's run; days x assets in and out, NaN without a bar."""
    runs = Runs.of(has_bar)
    laid = [runs.lay(columns) for columns in values]
    run_starts = np.repeat(runs.starts, runs.ends - runs.starts)
    step = max(_CELLS // count, 1)
    blocks = []
    for first in range(0, max(len(run_starts), 1), step):
        starts = run_starts[first : first + step]
        rows = first + np.arange(len(starts)) + np.arange(1 - count, 1)[:, np.newaxis]
        inside, rows = rows >= starts, np.maximum(rows, starts)
        blocks.append(function(*(np.where(inside, series[rows], np.nan) for series in laid)))
    return tuple(runs.restore(np.concatenate(parts)) for parts in zip(*blocks, strict=True))


def at_last_day(function: WindowFunction, count: int, values: Floats) -> tuple[Floats, ...]:
    """Apply a function to the last `count` rows of days x assets values; each result is one value per asset."""
    missing = max(count - len(values), 0)
    return function(np.pad(values, ((missing, 0), (0, 0)), constant_values=np.nan) if missing else values[-count:])


def at_every_day(function: WindowFunction, count: int, values: Floats) -> tuple[Floats, ...]:
    """Apply a function to the last `count` rows as of every row; days x assets in and out."""
    padded = np.pad(values, ((count - 1, 0), (0, 0)), constant_values=np.nan)
    rows = [function(padded[day : day + count]) for day in range(len(values))]
    return tuple(np.stack(parts) for parts in zip(*rows, strict=True))


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that figures are wanted for: how to apply a function to their windows of bars and of days."""

    bars: Callable[..., tuple[Floats, ...]]
    days: Callable[..., tuple[Floats, ...]]


LAST_ROW = Rows(at_last_bar, at_last_day)
EVERY_ROW = Rows(at_every_bar, at_every_day)
