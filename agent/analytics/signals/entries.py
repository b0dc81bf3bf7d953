"""How an event is read from a figure: it is inside a level now and was not at the figure before."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from agent.analytics.bars import Flags, Floats
from agent.analytics.signals.events import PartName, event, read_from
from agent.analytics.signals.ground import Ground
from agent.analytics.signals.signal import Reading

Inside = Callable[[Floats, float], Any]  # one of operator.ge, gt, le, lt and eq


def entering(
    part: PartName,
    figure: str,
    inside: Inside,
    level: float,
    *,
    value: str | None = None,
    evidence: Sequence[str] = (),
    given: Callable[[Any], Floats] | None = None,
) -> Callable[[Ground], Reading]:
    """Make the reading of a signal that fires where `figure` enters a level, and not while it stays.

    `part` is the part of the ground and `figure` the name of one of its fields that has a `*_previous` beside it; both
    are evidence, and so are the fields in `evidence`. `value` names the field that is the reading's value, if it is
    not the figure. `given` is a further condition on the part: 1 where it holds, 0 where it does not, NaN where that is
    not known.
    """

    def read(figures: Any) -> Reading:  # noqa: ANN401 - each part is a record of its own
        now, before = getattr(figures, figure), getattr(figures, f"{figure}_previous")
        condition = np.ones(now.shape) if given is None else given(figures)
        entered = inside(now, level) & ~inside(before, level) & (condition == 1)
        seen_in = {name: getattr(figures, name) for name in (figure, f"{figure}_previous", *evidence)}
        return event(entered, now, before, condition, value=getattr(figures, value or figure), **seen_in)

    return read_from(part, read)


def holds(condition: Flags, *figures: Floats) -> Floats:
    """Say 1 where a condition holds and 0 where not; NaN where one of the figures it was read from is unknown."""
    unknown = np.logical_or.reduce([np.isnan(figure) for figure in figures])
    return np.where(unknown, np.nan, condition.astype(np.float64))
