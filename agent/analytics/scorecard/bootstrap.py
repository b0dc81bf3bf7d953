"""How sure a mean over many firings is, when firings of one day, and of days close to each other, move together.

Days are drawn, not firings: all that happened on a day stays together, so the correlation across assets is kept. They
are drawn in blocks of consecutive days (the panel closed to a circle, so that every day is drawn equally often), so the
correlation in time is kept, above all that of outcomes whose windows overlap. Sources: Künsch (1989); circular blocks:
Politis and Romano (1992).
"""

import math
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np

from agent.analytics.bars import Flags, Floats, divided
from agent.analytics.block_bootstrap import circular_blocks
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.risk import NOISE

LEVEL = 0.95
DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its interval at 95 %; each a value or a reason.

    `t_ratio` is how many bootstrap standard errors it is away from what chance alone would give (0, or the base rate),
    `p_value` (two-sided) how probable a ratio at least as far from 0 would then be.
    """

    figure: Figure
    low: Figure
    high: Figure
    t_ratio: Figure
    p_value: Figure

    @classmethod
    def missing(cls, reason: str) -> Self:
        """No estimate, for this reason."""
        nothing = Figure.missing(reason)
        return cls(nothing, nothing, nothing, nothing, nothing)


class Resample(NamedTuple):
    """How often each day is drawn in each draw (draws x days, each row adding up to the days), and the block's days."""

    weights: Floats
    block_days: int


def block_length(days: int, horizon_days: int) -> int:
    """Days in a block: the cube root of the days or twice the horizon, whichever is longer, at most all days.

    Outcomes less than a horizon apart share days; a block of twice the horizon keeps five sixths of the variance that
    this adds. The cube root is the optimal order for other dependence: Hall, Horowitz and Jing (1995).
    """
    return min(max(math.ceil(math.cbrt(days)), 2 * horizon_days), max(days, 1))


def resample_days(days: int, horizon_days: int, rng: np.random.Generator, draws: int = DRAWS) -> Resample:
    """Draw days in circular blocks. Raises AnalyticsError for fewer than 2 draws."""
    if draws < 2:
        raise AnalyticsError(f"a bootstrap needs at least 2 draws, got {draws}")
    block = block_length(days, horizon_days)
    if days == 0:
        return Resample(np.zeros((draws, 0)), block)
    drawn = circular_blocks(days, block, draws, rng)
    places = drawn + np.arange(draws)[:, np.newaxis] * days
    counts = np.bincount(places.ravel(), minlength=draws * days).reshape(draws, days)
    return Resample(counts.astype(np.float64), block)


def estimates(
    sums: Floats,
    counts: Floats,
    resample: Resample,
    empty: str,
    null: Floats | float = 0.0,
    bounds: tuple[float, float] = (-math.inf, math.inf),
) -> list[Estimate]:
    """Estimate one mean per column from each day's sum and number of values, with interval and p-value.

    Days x columns in; `empty` says why there is no figure where nothing is counted; `null` is the value (one for all,
    or per column) that the p-value speaks of, `bounds` are what the interval cannot pass. The interval is the mean plus
    or minus its bootstrap standard error times Student's quantile, with one degree of freedom less than there are days
    with a value that lie a block apart: a signal seen in few episodes gets the wide interval it deserves. Without two
    such days there is no interval.
    """
    # costs a tenth of a second, and most commands score nothing
    from scipy import special  # type: ignore[import-untyped]  # publishes no types  # noqa: PLC0415 - see above

    total = counts.sum(axis=0)
    mean = divided(sums.sum(axis=0), total, total > 0)
    error = _standard_error(resample.weights @ sums, resample.weights @ counts)
    blocks = np.array([separate_days(column > 0, resample.block_days).sum() for column in counts.T])
    freedom = blocks - 1.0
    usable = (freedom >= 1) & (error > NOISE)
    ratio = divided(mean - null, error, usable)
    student = np.where(usable, freedom, 1.0)
    p_value = 2.0 * special.stdtr(student, -np.abs(ratio))
    reach = np.where(usable, error * special.stdtrit(student, (1.0 + LEVEL) / 2.0), np.nan)
    low, high = np.clip(mean - reach, *bounds), np.clip(mean + reach, *bounds)
    return [
        _estimate(figures, number, empty)
        for figures, number in zip(np.stack((mean, low, high, ratio, p_value), axis=1), blocks.tolist(), strict=True)
    ]


def _standard_error(sums: Floats, counts: Floats) -> Floats:
    """Deviation (ddof=1) of the draws' means, per column; a draw that counts nothing is left out."""
    counted = counts > 0
    means = np.where(counted, divided(sums, counts, counted), 0.0)
    number = counted.sum(axis=0)
    centre = divided(means.sum(axis=0), number, number > 0)
    squares = (np.where(counted, means - centre, 0.0) ** 2).sum(axis=0)
    return np.sqrt(divided(squares, number - 1, number > 1))


def separate_days(happened: Flags, apart_days: int) -> Flags:
    """Pick days, from the first on, that are at least this far apart: windows of that length do not overlap.

    (days,) flags in and out; no choice of such days is larger. Whether a day is picked depends on earlier days only.
    """
    picked, free_from = np.zeros(len(happened), dtype=np.bool_), 0
    for day in np.flatnonzero(happened).tolist():
        if day >= free_from:
            picked[day] = True
            free_from = day + apart_days
    return picked


def _estimate(figures: Floats, blocks: int, empty: str) -> Estimate:
    if not math.isfinite(figures[0]):
        return Estimate.missing(empty)
    few = "all values lie within one block of days" if blocks < 2 else "the values do not vary from block to block"
    return Estimate(*(Figure.of(figure, few) for figure in figures.tolist()))
