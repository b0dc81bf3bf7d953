"""Paired comparison of two variants over the same cases: exact tests and intervals, no averages that hide flips."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from typing import Final

import numpy as np

LEVEL: Final = 0.05
DRAWS: Final = 2000
FEWEST_CLUSTERS: Final = 5
"""Fewer clusters than this give an interval that is too short, so no figure is called significant by it."""


@dataclass(frozen=True, slots=True)
class Flips:
    """How pass and fail changed from the first variant to the second.

    `p_value` is McNemar's exact one, two-sided: under no difference each flip is as likely one way as the other.
    """

    both: int
    only_first: int
    only_second: int
    neither: int
    p_value: float

    @property
    def is_significant(self) -> bool:
        """Whether a difference this large would come by chance in less than one of twenty comparisons."""
        return self.p_value < LEVEL


@dataclass(frozen=True, slots=True)
class Shift:
    """By how much a figure is larger with the second variant, with its interval at 95 %.

    `low` and `high` are None where there are too few clusters to say.
    """

    mean: float
    low: float | None
    high: float | None
    pairs: int
    clusters: int

    @property
    def is_significant(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def mcnemar_exact(pairs: Sequence[tuple[bool, bool]]) -> Flips:
    """Flips of (first passed, second passed) and McNemar's exact p: twice the binomial tail of the rarer flip, <= 1.

    Source: Q. McNemar (1947), *Psychometrika* 12; the exact form is the sign test on discordant pairs.
    """
    counts = dict.fromkeys(((True, True), (True, False), (False, True), (False, False)), 0)
    for first, second in pairs:
        counts[first, second] += 1
    one, other = counts[True, False], counts[False, True]
    flips = one + other
    tail = sum(comb(flips, k) for k in range(min(one, other) + 1)) / 2**flips
    return Flips(counts[True, True], one, other, counts[False, False], min(1.0, 2 * tail))


def clustered_shift(
    first: Sequence[float], second: Sequence[float], clusters: Sequence[str], seed: int = 0, draws: int = DRAWS
) -> Shift:
    """The mean of second less first, with a percentile bootstrap that draws whole clusters with replacement.

    Cases of one market move together, so it is markets that are drawn. Raises ValueError for sequences of different
    lengths or none at all. Source: Davison and Hinkley (1997), *Bootstrap Methods*, section 3.8.
    """
    if not first or not len(first) == len(second) == len(clusters):
        raise ValueError("a comparison needs as many figures of the second variant as of the first, and at least one")
    differences = np.asarray(second, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    names = sorted(set(clusters))
    members = np.array([names.index(name) for name in clusters])
    mean = float(differences.mean())
    if len(names) < FEWEST_CLUSTERS:
        return Shift(mean, None, None, len(differences), len(names))
    sums = np.bincount(members, weights=differences, minlength=len(names))
    sizes = np.bincount(members, minlength=len(names))
    drawn = np.random.default_rng(seed).integers(0, len(names), size=(draws, len(names)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.percentile(means, [100 * LEVEL / 2, 100 * (1 - LEVEL / 2)])
    return Shift(mean, float(low), float(high), len(differences), len(names))
