"""Changes of price: daily returns, changes over calendar days, their median and breadth, runs of higher closes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent.analytics.bars import Floats, divided
from agent.analytics.errors import AnalyticsError


@dataclass(frozen=True, slots=True)
class Breadth:
    """How many of the changes were up, down and flat; `unknown` counts those that are NaN."""

    risers: int
    fallers: int
    unchanged: int
    unknown: int


def _ratio(now: Floats, before: Floats) -> Floats:
    """`now / before`, NaN where either is missing or `before` is not positive."""
    return divided(now, before, np.isfinite(now) & np.isfinite(before) & (before > 0))


def simple_returns(close: Floats) -> Floats:
    """Return of each day on the day before, as a fraction: close[t] / close[t-1] - 1.

    Days x assets or one series in, the same shape out; the first row is NaN. NaN where either close is missing: a
    return never spans a gap.
    """
    return momentum(close, 1)


def change_pct(close: Floats, days: int) -> Floats:
    """Change of the last row on the row `days` calendar days before, in per cent: (now / before - 1) * 100.

    Days x assets in, one value per asset out (a 0-d array for one series). NaN if either end is missing or the panel
    is shorter. Raises AnalyticsError if `days` is below 1.
    """
    if days < 1:
        raise AnalyticsError(f"a change needs at least 1 day between its ends, got {days}")
    close = np.asarray(close, dtype=np.float64)
    if len(close) <= days:
        return np.full(close.shape[1:], np.nan)
    return np.asarray((_ratio(close[-1], close[-1 - days]) - 1.0) * 100.0)


def momentum(close: Floats, days: int) -> Floats:
    """Change of every row on the row `days` calendar days before, as a fraction: close[t] / close[t-days] - 1.

    Days x assets or one series in, the same shape out. NaN if either end is missing, so for the first `days` rows.
    Raises AnalyticsError if `days` is below 1.
    """
    if days < 1:
        raise AnalyticsError(f"a change needs at least 1 day between its ends, got {days}")
    close = np.asarray(close, dtype=np.float64)
    changes = np.full(close.shape, np.nan)
    changes[days:] = _ratio(close[days:], close[:-days]) - 1.0
    return changes


def median_change(change: Floats) -> float:
    """Take the median of the known changes (of an even number the mean of the middle two); NaN if none is known."""
    known = change[np.isfinite(change)]
    return float(np.median(known)) if known.size else float("nan")


def breadth(change: Floats, flat: float = 0.0) -> Breadth:
    """Count changes above `flat`, below `-flat` and between (unchanged, ends included); NaN is counted as unknown."""
    return Breadth(
        risers=int((change > flat).sum()),
        fallers=int((change < -flat).sum()),
        unchanged=int((np.abs(change) <= flat).sum()),
        unknown=int(np.isnan(change).sum()),
    )


def streak(close: Floats) -> NDArray[np.int64]:
    """Signed number of days in a row, up to the last row, with a higher (+) or a lower (-) close than the day before.

    Days x assets in, one integer per asset out. An unchanged close or a missing day ends a streak, so 0 means that the
    last day was unchanged or cannot be compared.
    """
    close = np.asarray(close, dtype=np.float64)
    if len(close) < 2:
        return np.zeros(close.shape[1:], dtype=np.int64)
    directions = np.nan_to_num(np.sign(np.diff(close, axis=0)))[::-1].astype(np.int64)
    unbroken = np.logical_and.accumulate(directions == directions[0], axis=0)
    return np.asarray(unbroken.sum(axis=0) * directions[0], dtype=np.int64)
