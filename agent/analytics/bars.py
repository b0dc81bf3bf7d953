"""Which rows of an asset's column are its bars, where its runs begin and how many days a window needs.

A *bar* is a finite value. Bars with at most `MAX_GAP_DAYS` missing days between them form one *run*; after a longer
gap a new run begins, and nothing before it is remembered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from agent.analytics.errors import AnalyticsError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]

MAX_GAP_DAYS = 3

_BLOCK_COLUMNS = 1024  # assets whose bars are looked for at a time, so that the arrays stay in the cache


def required_days(window: int) -> int:
    """Count how many of `window` days must be there for a figure over them: nine tenths, rounded up (81 of 90)."""
    if window < 1:
        raise AnalyticsError(f"a window must be at least 1 day long, got {window}")
    return -(-window * 9 // 10)


def as_columns(values: Floats) -> Floats:
    """View the values as days x assets; one series becomes one column. Raises AnalyticsError for other shapes."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim not in (1, 2):
        raise AnalyticsError(f"expected one series (days) or a panel (days x assets), got shape {array.shape}")
    return array[:, np.newaxis] if array.ndim == 1 else array


def require_same_shape(**arrays: Floats) -> None:
    """Raise AnalyticsError, with every name and shape, unless all arrays have one shape."""
    shapes = {name: np.shape(array) for name, array in arrays.items()}
    if len(set(shapes.values())) > 1:
        listed = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise AnalyticsError(f"arrays of one panel must have one shape, got {listed}")


def divided(top: Floats, bottom: Floats, where: Flags) -> Floats:
    """Divide where the flags say so, and give NaN elsewhere, without a warning."""
    quotient: Floats = np.divide(top, bottom, out=np.full(np.shape(where), np.nan), where=where)
    return quotient


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of a panel, over its bars laid end to end: asset after asset, each oldest first, gaps left out.

    Run i is `laid[starts[i] : ends[i]]` of the values that `lay` gives. Bars between runs, if there are any, belong to
    none.
    """

    has_bar: Flags  # assets x days
    starts: Indices
    ends: Indices

    @classmethod
    def of(cls, has_bar: Flags) -> Self:
        """Find the runs in days x assets flags of where the bars are."""
        days, assets = has_bar.shape
        flags = np.ascontiguousarray(has_bar.T)
        if flags.all():
            starts = np.arange(assets if days else 0) * days
            return cls(flags, starts, starts + days)
        # days added behind each asset make the next asset's first bar look like one after a gap
        padded = np.pad(flags, ((0, 0), (0, MAX_GAP_DAYS + 1)))
        positions = np.flatnonzero(padded)
        breaks = np.flatnonzero(np.diff(positions) > MAX_GAP_DAYS + 1) + 1
        bounds = np.concatenate(([0], breaks, [len(positions)])) if len(positions) else np.zeros(1, dtype=np.intp)
        return cls(flags, bounds[:-1], bounds[1:])

    def within(self, usable: Flags) -> Self:
        """Split the runs at the bars that are not usable, given laid, and keep what lies between."""
        begins, stops = np.zeros((2, len(usable)), dtype=np.bool_)
        begins[self.starts] = stops[self.ends - 1] = True
        begins[1:] |= ~usable[:-1]
        stops[:-1] |= ~usable[1:]
        return type(self)(self.has_bar, np.flatnonzero(begins & usable), np.flatnonzero(stops & usable) + 1)

    def current(self) -> tuple[Indices, Indices, Indices]:
        """Find the assets with a run that reaches the last day, and where it starts and ends."""
        if not self.has_bar.size or not len(self.ends):
            return (np.zeros(0, dtype=np.intp),) * 3
        columns = np.flatnonzero(self.has_bar[:, -1])
        ends = np.cumsum(self.has_bar.sum(axis=1))[columns]
        found = np.minimum(np.searchsorted(self.ends, ends), len(self.ends) - 1)
        reaching = self.ends[found] == ends
        return columns[reaching], self.starts[found[reaching]], ends[reaching]

    def lay(self, values: Floats) -> Floats:
        """Take the bars of days x assets values and lay them end to end."""
        if self.has_bar.all():
            return np.ascontiguousarray(values.T).ravel()
        return np.asarray(values.T[self.has_bar])

    def restore(self, laid: Floats) -> Floats:
        """Put laid values back to days x assets, NaN where there is no bar."""
        if self.has_bar.all():
            return laid.reshape(self.has_bar.shape).T
        values = np.full(self.has_bar.shape, np.nan)
        values[self.has_bar] = laid
        return values.T


def recent_bars(values: Floats, count: int, has_bar: Flags) -> Floats:
    """Take the last `count` bars of the run that reaches the last row: count x assets, oldest first.

    `values` and `has_bar` are days x assets. NaN pads a shorter run from the top; all NaN for an asset with no bar in
    the last row.
    """
    return recent_bars_of(count, has_bar, values)[0]


def recent_bars_of(count: int, has_bar: Flags, *values: Floats) -> tuple[Floats, ...]:
    """Take the `recent_bars` of several values with bars on the same days; views of them where no bar is missing."""
    unbroken = _unbroken(has_bar, count)
    if unbroken.all() and len(has_bar) >= count:
        return tuple(columns[-count:] for columns in values)
    windows = tuple(np.full((count, has_bar.shape[1]), np.nan) for _ in values)
    for window, panel in zip(windows, values, strict=True):
        if unbroken.any():
            window[:, unbroken] = panel[-count:, unbroken]
    for columns, rows, known in _recent_rows(has_bar, count, ~unbroken):
        for window, panel in zip(windows, values, strict=True):
            bars = panel[rows, columns]
            window[:, columns] = bars if known.all() else np.where(known, bars, np.nan)
    return windows


def continued_bars(values: Floats, count: int) -> Floats:
    """Take the last `count` bars of every run that a bar on the next day would continue: count x assets, NaN on top.

    `values` are days x assets.
    """
    recent = values[-count * (MAX_GAP_DAYS + 1) :]
    followed = np.vstack((recent, np.ones((1, recent.shape[1]))))
    return recent_bars(followed, count + 1, np.isfinite(followed))[:-1]


def days_of_recent_bars(has_bar: Flags, count: int) -> int:
    """Count the last rows that hold the last `count` bars of every run that a bar on the next day would continue.

    `has_bar` is days x assets. At most `count` times `MAX_GAP_DAYS + 1` rows, and no more than there are.
    """
    ragged = has_bar[:, ~_unbroken(has_bar, count)]
    next_day = np.vstack((ragged, np.ones((1, ragged.shape[1]), dtype=np.bool_)))
    found = _recent_rows(next_day, count + 1, np.ones(ragged.shape[1], dtype=np.bool_))
    oldest = min((int(rows.min(initial=0)) for _, rows, _ in found), default=0)
    return min(len(has_bar), max(count, -1 - oldest))


def _unbroken(has_bar: Flags, count: int) -> Flags:
    """Which assets have a bar in each of the last `count` rows."""
    return np.asarray(has_bar[-count:].all(axis=0) & (len(has_bar) >= count))


def _recent_rows(has_bar: Flags, count: int, wanted: Flags) -> Iterator[tuple[Indices, Indices, Flags]]:
    """Find the rows of the last `count` bars of the runs that reach the last row, some columns at a time.

    Yields columns, rows (count x columns, -1 the last), and which of these are of the run; the others repeat its first.
    """
    columns = np.flatnonzero(wanted & has_bar[-1]) if len(has_bar) else np.zeros(0, dtype=np.intp)
    for first in range(0, len(columns), _BLOCK_COLUMNS):
        yield from _recent_rows_of(has_bar, count, columns[first : first + _BLOCK_COLUMNS])


def _recent_rows_of(has_bar: Flags, count: int, columns: Indices) -> Iterator[tuple[Indices, Indices, Flags]]:
    """Find them for these columns, all with a bar in the last row."""
    # within a run, `count` bars cannot spread wider than the last of these, and seldom spread beyond the first
    for reach in (count + count // 4 + MAX_GAP_DAYS, count * (MAX_GAP_DAYS + 1)):
        days = min(reach, len(has_bar))
        runs = Runs.of(has_bar[-days:, columns])
        _, starts, ends = runs.current()
        # where each bar is in its asset's row of the flags, less the days, is its row from the end
        rows = np.flatnonzero(runs.has_bar)
        offsets = np.arange(1, len(columns) + 1) * days
        bars = np.arange(count)[:, np.newaxis] - count
        full = ends - starts >= count
        yield columns[full], rows[ends[full] + bars] - offsets[full], np.ones((1, int(full.sum())), dtype=np.bool_)
        short = ~full & ((rows[starts] - offsets > MAX_GAP_DAYS - days) | (days == len(has_bar)))
        known = ends[short] + bars >= starts[short]
        yield columns[short], rows[np.maximum(ends[short] + bars, starts[short])] - offsets[short], known
        columns = columns[~full & ~short]
