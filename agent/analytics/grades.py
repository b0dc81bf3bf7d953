"""Thresholds that a provider's grade (0 to 100) crosses, and its change, from one day to the next.

Grades are compared as they are shown, rounded half-even to one decimal, so that a text never says "from 80.0 to 80.3,
crossing 80".
"""

import numpy as np

from agent.analytics.bars import Floats

HIGH = 80.0
LOW = 30.0
THRESHOLDS = (HIGH, LOW)


def threshold_crossing(previous: Floats, current: Floats, threshold: float) -> Floats:
    """Whether grades crossed the threshold: 1 from below to at or above it, -1 from at or above to below, 0 no.

    Arrays of one shape in and out; NaN where either grade is.
    """
    before, now = np.round(previous, 1) >= threshold, np.round(current, 1) >= threshold
    crossed = now.astype(np.float64) - before.astype(np.float64)
    return np.where(np.isnan(previous) | np.isnan(current), np.nan, crossed)


def grade_change(previous: Floats, current: Floats) -> Floats:
    """Points from one grade to the next as both are shown, rounded again to one decimal (60.1 to 70.1 is 10.0).

    Arrays of one shape in and out; NaN where either grade is.
    """
    return np.asarray(np.round(np.round(current, 1) - np.round(previous, 1), 1))
