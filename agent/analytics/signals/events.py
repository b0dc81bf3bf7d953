"""How signals are read: what has to be known, and what is read from a part that is not there."""

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from agent.analytics.bars import Flags, Floats
from agent.analytics.signals.ground import Ground
from agent.analytics.signals.signal import Reading

SLOW_EXPIRY_DAYS = 30  # of signals read from 50 and more bars, or from what is graded for the long term

PartName = Literal["measures", "opinions", "levels", "onchain", "market", "sectors"]


def event(happened: Flags, *needed: Floats, value: Floats, **evidence: Floats) -> Reading:
    """Make a reading of an event that is known where every needed figure is; arrays of one shape, any number of axes.

    `evidence` are the figures it was read from, by the name under which they are stored.
    """
    known = np.logical_and.reduce([np.isfinite(figure) for figure in needed])
    return Reading(happened & known, known, value, tuple(evidence.items()))


def read_from(part: PartName, read: Callable[[Any], Reading]) -> Callable[[Ground], Reading]:
    """Turn the reading of one part into one of the whole ground; where that part is None, nothing is known of anybody.

    Then it is read for no asset, not for the market, and of no sectors.
    """

    def read_ground(ground: Ground) -> Reading:
        figures = getattr(ground, part)
        if figures is None:
            *days, assets = ground.measures.close.shape
            subjects = {"market": 1, "sectors": 0}.get(part, assets)
            nobody = np.zeros((*days, subjects), dtype=np.bool_)
            return Reading(nobody, nobody, np.full(nobody.shape, np.nan), ())
        return read(figures)

    return read_ground
