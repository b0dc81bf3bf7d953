"""What a bad day costs: historical value at risk and conditional value at risk of daily returns."""

import math

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.errors import AnalyticsError

LEVEL = 0.95


def value_at_risk(returns: Floats, level: float = LEVEL) -> float:
    """Smallest loss that at most 1 - `level` of the days exceeded, a positive fraction for a loss.

    One series of daily returns in; unknown days are left out. With n days it is the (floor((1 - level) n) + 1)-th
    largest loss: the sixth of 100 days at 95 %. NaN without a known day. Raises AnalyticsError if `level` is not
    between 0 and 1. Source: Rockafellar and Uryasev (2002); equal to `skfolio.measures.value_at_risk`.
    """
    losses, tail = _worst_first(returns, level)
    return float(losses[min(math.floor(tail), len(losses) - 1)]) if losses.size else float("nan")


def conditional_value_at_risk(returns: Floats, level: float = LEVEL) -> float:
    """Mean loss of the worst 1 - `level` of the days, a positive fraction for a loss.

    One series of daily returns in; unknown days are left out. (1 - level) n is rarely whole: of 365 days the worst 18
    count in full and the 19th by a quarter. NaN without a known day. Raises AnalyticsError if `level` is not between 0
    and 1. Source: Rockafellar and Uryasev (2002); equal to `skfolio.measures.cvar`.
    """
    losses, tail = _worst_first(returns, level)
    if not losses.size:
        return float("nan")
    whole = min(math.floor(tail), len(losses) - 1)
    return float((losses[:whole].sum() + losses[whole] * (tail - whole)) / tail)


def _worst_first(returns: Floats, level: float) -> tuple[Floats, float]:
    """Known losses, largest first, and how many of them make the tail."""
    if not 0.0 < level < 1.0:
        raise AnalyticsError(f"the level of a tail figure must be between 0 and 1, got {level}")
    returns = np.asarray(returns, dtype=np.float64)
    losses = np.sort(-returns[np.isfinite(returns)])[::-1]
    tail = (1.0 - level) * len(losses)
    # (1 - 0.9) * 10 is a hair below 1; a tail of a whole number of days must count as such
    whole = round(tail)
    return losses, float(whole) if whole and math.isclose(tail, whole, rel_tol=1e-12) else tail
