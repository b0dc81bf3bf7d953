"""Levels of a provider's grade (0 to 100) and the thresholds it crosses from one day to the next.

Grades are compared as they are shown, rounded half-even to one decimal, so that a text never says "from 80.0 to 80.3,
crossing 80".
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from agent.analytics.bars import Floats

HIGH = 80.0
LOW = 30.0
THRESHOLDS = (HIGH, LOW)


class GradeLevel(StrEnum):
    """Bands of a grade: high from 80 up, low below 30, middle between."""

    HIGH = "high"
    MIDDLE = "middle"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Crossing:
    """A threshold that a grade crossed: direction 1 if it came to or above it, -1 if it fell below."""

    threshold: float
    direction: int


def grade_level(grade: float) -> GradeLevel | None:
    """Name the band of a grade as it is shown; None for NaN."""
    if math.isnan(grade):
        return None
    shown = float(np.round(grade, 1))
    if shown >= HIGH:
        return GradeLevel.HIGH
    return GradeLevel.LOW if shown < LOW else GradeLevel.MIDDLE


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


def crossings(previous: float, current: float, thresholds: tuple[float, ...] = THRESHOLDS) -> tuple[Crossing, ...]:
    """Every threshold that lies between two grades, in the order they were passed; none if either is NaN."""
    found = []
    for threshold in sorted(thresholds, reverse=current < previous):
        direction = threshold_crossing(np.array(previous), np.array(current), threshold).item()
        if direction in (1.0, -1.0):
            found.append(Crossing(threshold, int(direction)))
    return tuple(found)
