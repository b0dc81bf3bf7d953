"""Whether the holdings move together more than they did: the average pair correlation now, and before."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.figure import Figure
from agent.analytics.rolling_correlation import rolling_average_correlation

WINDOW_DAYS = 90
HISTORY_DAYS = 365


@dataclass(frozen=True, slots=True)
class CorrelationTrend:
    """Average pair correlation of the last 90 days, and what it gained on 30 and on 90 days before.

    `history` has that of each of the last 365 days, oldest first, None where it is not known.
    """

    now: Figure
    change_30d: Figure
    change_90d: Figure
    history: tuple[float | None, ...]

    @classmethod
    def missing(cls, reason: str) -> Self:
        """No trend, for this reason."""
        none = Figure.missing(reason)
        return cls(none, none, none, ())


def correlation_trend(returns: Floats) -> CorrelationTrend:
    """Follow the average correlation of days x holdings of daily returns over the last 365 days.

    Each value is of the 90 days up to its own, on days that every holding has, of which there must be nine tenths. The
    windows of today and of 30 days before share 60 days, so a change is a third of a new window against a third of an
    old one; those of 90 days before share none.
    """
    if returns.shape[1] < 2:
        return CorrelationTrend.missing(f"needs 2 holdings, has {returns.shape[1]}")
    recent = returns[-(HISTORY_DAYS + WINDOW_DAYS - 1) :]
    averages = rolling_average_correlation(recent, WINDOW_DAYS)[-HISTORY_DAYS:]

    def ago(days: int) -> float:
        return float(averages[-1 - days]) if len(averages) > days else float("nan")

    def reason(days: int) -> str:
        end = f"up to {days} days before" if days else "to the last"
        return f"in the {WINDOW_DAYS} days {end}, too few have a return of every holding, or a holding did not move"

    now = ago(0)
    return CorrelationTrend(
        now=Figure.of(now, reason(0)),
        change_30d=Figure.of(now - ago(30), reason(0 if np.isnan(now) else 30)),
        change_90d=Figure.of(now - ago(90), reason(0 if np.isnan(now) else 90)),
        history=tuple(None if np.isnan(each) else each for each in averages.tolist()),
    )
