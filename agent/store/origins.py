"""From which source of a chain each bar of a panel comes. Pure.

Prices of one asset come from its *home*: the first source of the chain that has at least four fifths of the days the
best-covered source has. Another source fills a day only where its price agreed with the home's on the last day that
both have; without such a day nothing says that the two mean the same price.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int8]

NOWHERE = -1


def homes_of(closes: Sequence[Floats]) -> Numbers:
    """Choose the home of each asset, given days x assets closes of each source; -1 for one that no source has."""
    counts = np.stack([np.isfinite(close).sum(axis=0) for close in closes])
    best = counts.max(axis=0)
    covered = counts * 5 >= best * 4
    return np.where(best > 0, covered.argmax(axis=0), NOWHERE).astype(np.int8)


def origins_of(closes: Sequence[Floats], homes: Numbers, tolerance_pct: float) -> Numbers:
    """Tell which source each bar is taken from, days x assets, -1 where there is none.

    The closes of two sources agree if they differ by at most `tolerance_pct` of the smaller one.
    """
    home_close = np.full(closes[0].shape, np.nan)
    for number, close in enumerate(closes):
        own = np.flatnonzero(homes == number)
        home_close[:, own] = close[:, own]
    origins = np.where(np.isfinite(home_close), homes, NOWHERE).astype(np.int8)
    for number, close in enumerate(closes):
        wanted = np.flatnonzero((homes != number) & (homes != NOWHERE) & (origins == NOWHERE).any(axis=0))
        columns = wanted[_agree(home_close[:, wanted], close[:, wanted], tolerance_pct)]
        kept = origins[:, columns]
        origins[:, columns] = np.where((kept == NOWHERE) & np.isfinite(close[:, columns]), number, kept)
    return origins


def _agree(first: Floats, second: Floats, tolerance_pct: float) -> NDArray[np.bool_]:
    """Whether two sources' closes agree on the last day that both have, for each asset."""
    common = np.isfinite(first) & np.isfinite(second)
    last = len(common) - 1 - common[::-1].argmax(axis=0)
    columns = np.arange(common.shape[1])
    one, other = first[last, columns], second[last, columns]
    near = np.abs(one - other) <= tolerance_pct / 100 * np.minimum(one, other)
    return np.asarray(common.any(axis=0) & near)
