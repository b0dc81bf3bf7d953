"""Which rows of an asset's column are its bars, where its runs begin and how many days a window needs.

A *bar* is a finite value. Bars with at most `MAX_GAP_DAYS` missing days between them form one *run*; after a longer
gap a new run begins, and nothing before it is remembered.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from agent.analytics.errors import AnalyticsError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]

MAX_GAP_DAYS = 3


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

    Run i is `laid[starts[i] : ends[i]]` of the values that `lay` gives.
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
    recent = np.full((count, values.shape[1]), np.nan)
    if len(values) == 0 or not has_bar[-1].any():
        return recent
    days = count * (MAX_GAP_DAYS + 1)  # within a run, `count` bars cannot spread wider
    values, has_bar = values[-days:], has_bar[-days:]
    panel = Runs.of(has_bar)
    current = np.flatnonzero(has_bar[-1])
    ends = np.cumsum(has_bar.sum(axis=0))[current]
    starts = panel.starts[np.searchsorted(panel.ends, ends)]
    rows = ends - count + np.arange(count)[:, np.newaxis]
    recent[:, current] = np.where(rows >= starts, panel.lay(values)[np.maximum(rows, starts)], np.nan)
    return recent
