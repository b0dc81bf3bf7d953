"""Walking forward through history: what confidence would have said at each firing, and what then happened."""

from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import Flags, Floats, Indices, divided
from agent.analytics.confidence import probability
from agent.analytics.scorecard.bootstrap import separate_days
from agent.analytics.scorecard.outcomes import Outcomes
from agent.analytics.scorecard.signal_score import Firings, require_fitting


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """One entry per firing whose horizon is over, oldest first: the day (row), what was predicted, what happened.

    `predicted` is a probability, NaN for firings before which no outcome at all was complete.
    """

    day: Indices
    predicted: Floats
    happened: Flags


def walk_forward(signal: Firings, outcomes: Outcomes) -> TrackRecord:
    """Predict each firing of a signal only from outcomes that were complete when it fired.

    At a firing on day t, all rates count days of entry up to t - h only (h the horizon): later ones exit after t, and
    are purged. The prediction is that of `confidence`, at full data quality, for the score on the panel that ends with
    day t. Nothing for a signal without a direction. Raises AnalyticsError for shapes that do not fit. Source: purging,
    López de Prado, Advances in Financial Machine Learning (2018), chapter 7.
    """
    require_fitting(signal, outcomes)
    if not signal.direction:
        return TrackRecord(np.zeros(0, dtype=np.intp), np.zeros(0), np.zeros(0, dtype=np.bool_))
    over = np.isfinite(outcomes.returns)
    right = outcomes.returns > 0 if signal.direction > 0 else outcomes.returns < 0
    predicted = _predictions(signal, over, right, outcomes.horizon_days)
    day, subject = np.nonzero(signal.fired & over)
    return TrackRecord(day, predicted[day], right[day, subject])


def _predictions(signal: Firings, over: Flags, right: Flags, horizon_days: int) -> Floats:
    """Probability of each day (days,), for a firing on it."""
    fired, known = signal.fired & over, signal.known & over
    rates = [_share_by(right, among, horizon_days) for among in (fired, known)]
    windows = [
        _complete_by(separate_days(among.sum(axis=1) > 0, horizon_days), horizon_days) for among in (fired, known)
    ]
    return probability(rates[0], windows[0], rates[1], windows[1])


def _share_by(right: Flags, among: Flags, horizon_days: int) -> Floats:
    """Share of the outcomes complete by each day that were right; NaN before there is one."""
    number = _complete_by(among.sum(axis=1), horizon_days)
    return divided(_complete_by((among & right).sum(axis=1), horizon_days), number, number > 0)


def _complete_by(per_day: Indices | Flags, horizon_days: int) -> Floats:
    """Sum, for each day, a figure over the days of entry whose outcome was complete on it."""
    total = np.zeros(len(per_day))
    total[horizon_days:] = np.cumsum(per_day)[:-horizon_days]
    return total
