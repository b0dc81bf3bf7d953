"""Falls of a portfolio's value: the deepest ones with their dates, and what happened in stretches the reader names."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Floats, Indices, required_days
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.returns import simple_returns
from agent.analytics.risk import NOISE, maximum_drawdown


@dataclass(frozen=True, slots=True)
class Drawdown:
    """One fall: `depth` a negative fraction of the peak; rows of the peak, the trough and the recovery.

    `recovery` is the first row at which the value was back at its peak; None if it has not been yet.
    """

    depth: float
    peak: int
    trough: int
    recovery: int | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """A named stretch of days, from row `first` to row `last`: change in per cent, deepest fall within, a fraction."""

    name: str
    first: int
    last: int
    change_pct: Figure
    maximum_drawdown: Figure


def deepest_drawdowns(values: Floats, count: int = 5) -> tuple[Drawdown, ...]:
    """Find the `count` deepest distinct falls of one series of values, deepest first.

    A fall lasts from the last day at a peak to the first day that is back at it or above, so falls do not overlap: a
    smaller one within a larger one is not counted. Missing days are skipped; rows are those of the series given. Empty
    if the value never fell. Of equal depths the earlier comes first. Raises AnalyticsError for other shapes or a count
    below 1. The depth of the first equals `risk.maximum_drawdown`.
    """
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or count < 1:
        raise AnalyticsError(f"falls are those of one series and at least 1, got shape {values.shape}, count {count}")
    rows = np.flatnonzero(np.isfinite(values) & (values >= 0))
    known = values[rows]
    peaks = np.maximum.accumulate(known)
    # a fall within rounding of its peak is none
    under = known < peaks * (1.0 - NOISE)
    starts = np.flatnonzero(under & ~np.concatenate(([False], under[:-1])))
    if not starts.size:
        return ()
    ends = np.flatnonzero(~under & np.concatenate(([False], under[:-1])))
    depths = np.minimum.reduceat(np.where(under, known / np.where(peaks > 0, peaks, 1.0), 1.0), starts) - 1.0
    deepest = np.argsort(depths, kind="stable")[:count]
    return tuple(_drawdown(known, rows, int(starts[i]), int(ends[i]) if i < len(ends) else None) for i in deepest)


def _drawdown(known: Floats, rows: Indices, start: int, end: int | None) -> Drawdown:
    trough = start + int(known[start:end].argmin())
    depth = float(known[trough] / known[start - 1] - 1.0)
    return Drawdown(depth, int(rows[start - 1]), int(rows[trough]), None if end is None else int(rows[end]))


def named_stretches(values: Floats, stretches: Mapping[str, tuple[int, int]]) -> tuple[Stretch, ...]:
    """Measure one series of values from row `first` to row `last`, both included, of each named stretch.

    A stretch needs a value on both ends and on nine tenths of its days, else its figures state the reason. Raises
    AnalyticsError for rows outside the series or out of order.
    """
    values = np.asarray(values, dtype=np.float64)
    return tuple(_stretch(values, name, first, last) for name, (first, last) in stretches.items())


def _stretch(values: Floats, name: str, first: int, last: int) -> Stretch:
    if not 0 <= first < last < len(values):
        raise AnalyticsError(f"{name!r} must be two rows in order, of the {len(values)} there are; got {first}, {last}")
    within = values[first : last + 1]
    known, needed = int(np.isfinite(within).sum()), required_days(len(within))
    if not np.isfinite(within[[0, -1]]).all():
        reason = f"the portfolio has no value on the first or the last day of {name}"
    elif known < needed:
        reason = f"needs {needed} values in the {len(within)} days of {name}, has {known}"
    else:
        reason = ""
    if reason:
        return Stretch(name, first, last, Figure.missing(reason), Figure.missing(reason))
    change = float(simple_returns(within[[0, -1]])[1]) * 100.0
    worthless = f"the portfolio was worth nothing at the start of {name}"
    fall = float(maximum_drawdown(within))
    return Stretch(name, first, last, Figure.of(change, worthless), Figure.of(fall, worthless))
