"""Figures over the last days of a series, for every row at once: means, deviations, extremes, what was known before.

A window is of calendar days and ends with its row. A figure over it is NaN if fewer than nine tenths of its days are
known. What a row becomes depends on the rows of its window alone, so that a history and its tail give equal bits.
"""

from collections.abc import Callable

import numpy as np

from agent.analytics.bars import MAX_GAP_DAYS, Flags, Floats, Indices, divided, required_days
from agent.analytics.errors import AnalyticsError


def as_panel(values: Floats) -> Floats:
    """View the values as days x columns of floats. Raises AnalyticsError unless there are two dimensions."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 2:
        raise AnalyticsError(f"expected a panel, days first, got shape {array.shape}")
    return array


def shifted(values: Floats, days: int) -> Floats:
    """Move every row `days` down: row t holds what row t - days held; NaN in the first `days` rows."""
    moved = np.full(values.shape, np.nan)
    moved[days:] = values[: max(len(values) - days, 0)]
    return moved


def previous(values: Floats) -> Floats:
    """Give the last known value before each row, at most `MAX_GAP_DAYS` missing days earlier; NaN if there is none.

    Days x columns in and out, in the unit of the input.
    """
    found = shifted(values, 1)
    for days in range(2, MAX_GAP_DAYS + 2):
        missing = np.isnan(found)
        if not missing.any():
            break
        found = np.where(missing, shifted(values, days), found)
    return found


def change(values: Floats, days: int) -> Floats:
    """Change of each row on the row `days` calendar days before, as a fraction: now / before - 1.

    Days x columns in and out. NaN where either end is missing or the earlier one is not positive.
    """
    return _change(values, shifted(values, days))


def change_at(values: Floats, days: int, rows: Indices) -> Floats:
    """Take these rows of `change`, in their order: rows x columns out."""
    return _change(values[rows], rows_before(values, days, rows))


def _change(now: Floats, before: Floats) -> Floats:
    return divided(now, before, np.isfinite(now) & (before > 0)) - 1.0


def rows_before(values: Floats, days: int, rows: Indices) -> Floats:
    """Take what lies `days` rows before each of these rows, NaN before the first."""
    return np.where((rows >= days)[:, np.newaxis], values[np.maximum(rows - days, 0)], np.nan)


def window_mean(values: Floats, days: int) -> Floats:
    """Mean of the known values of the last `days` rows, the row itself included; NaN below nine tenths of them.

    Days x columns in and out, in the unit of the input.
    """
    known = np.isfinite(values)
    count = known_days(known, days)
    total = _combined(np.where(known, values, 0.0), days, np.add, 0.0)
    return divided(total, count, count >= required_days(days))


def last_window_means(values: Floats, days: int, count: int) -> Floats:
    """Take the last `count` rows of `window_mean`, up to rounding: one by one, which is less work for a few."""
    windows = (values[max(end - days, 0) : end] for end in range(len(values) - count + 1, len(values) + 1))
    return np.array([_mean(window, required_days(days)) for window in windows]).reshape(count, -1)


def _mean(values: Floats, least: int) -> Floats:
    """Mean of the known values of each column, NaN if they are fewer than `least`."""
    total, count = values.sum(axis=0), np.full(values.shape[1], len(values))
    ragged = np.flatnonzero(~np.isfinite(total))
    known = np.isfinite(values[:, ragged])
    total[ragged] = values[:, ragged].sum(axis=0, where=known)
    count[ragged] = np.count_nonzero(known, axis=0)
    return divided(total, count, count >= least)


def window_deviation(values: Floats, mean: Floats, days: int) -> Floats:
    """Standard deviation (ddof=1) of the known values of the last `days` rows; NaN below nine tenths of them.

    Days x columns in and out, in the unit of the input; `mean` is their `window_mean`. Computed in two passes, so that
    what varies little around a large mean keeps its digits.
    """
    squares = np.zeros(values.shape)
    first = required_days(days) - 1
    for back in range(days):
        row = max(first, back)
        gap = values[row - back : max(len(values) - back, 0)] - mean[row:]
        squares[row:] += np.where(np.isfinite(gap), gap, 0.0) ** 2
    count = known_days(np.isfinite(values), days)
    return np.sqrt(divided(squares, count - 1.0, np.isfinite(mean) & (count > 1)))


def window_maximum(values: Floats, days: int) -> Floats:
    """Greatest known value of the last `days` rows, the row itself included; NaN below nine tenths of them.

    Days x columns in and out, in the unit of the input.
    """
    enough = known_days(np.isfinite(values), days) >= required_days(days)
    return np.where(enough, _combined(values, days, np.fmax, np.nan), np.nan)


def known_days(known: Flags, days: int) -> Floats:
    """Count the days that are known among the last `days` rows, the row itself included."""
    counts = np.zeros((len(known) + 1, *known.shape[1:]), dtype=np.int32)
    np.cumsum(known, axis=0, out=counts[1:])
    counts[days + 1 :] -= counts[1 : max(len(counts) - days, 1)].copy()
    return counts[1:].astype(np.float64)


def _combined(values: Floats, days: int, combine: Callable[..., Floats], neutral: float) -> Floats:
    """Combine each row with the `days - 1` rows before it, from blocks of 1, 2, 4 ... rows, each made of two halves.

    That takes about log2(days) passes, and what a row becomes depends on the rows of its window alone.
    """
    result = np.full(values.shape, neutral)
    block, size, done = values, 1, 0
    while size <= days:
        if days & size:
            combine(result[done:], block[: max(len(block) - done, 0)], out=result[done:])
            done += size
        wider = block.copy()
        combine(block[size:], block[: max(len(block) - size, 0)], out=wider[size:])
        block, size = wider, 2 * size
    return result
