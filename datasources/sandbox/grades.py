"""Grades from trends: pure functions from a day's trends to scores of 0 to 100, and scores to words.

technical  = 100 logistic(distance of the price and of the 10-day mean from the slower mean, in volatilities)
quant      = percentile of the 40-day against the 120-day mean among the graded tokens
trader     = 0.8 technical + 0.2 quant
valuation  = 100 logistic(-distance of the price from the 120-day mean)
investor   = 0.4 fundamental + 0.2 technology + 0.15 valuation + 0.25 100 logistic(40-day against 120-day mean)
tm         = 0.5 trader + 0.3 investor + 0.2 quant
"""

from dataclasses import dataclass

import numpy as np

from datasources.sandbox.blocks import Flags, Floats
from datasources.sandbox.trend import TrendDay
from datasources.sandbox.universe import Universe

HIGH_GRADE = 60.0

_SIGNALS = ((80.0, "Strong Buy"), (60.0, "Buy"), (40.0, "Neutral"), (20.0, "Sell"))
_MOMENTA = (
    (10.0, "Momentum Surging"),
    (2.5, "Gaining Momentum"),
    (-2.5, "Holding Steady"),
    (-10.0, "Losing Momentum"),
)


@dataclass(frozen=True, slots=True)
class GradeDay:
    """All grades of a day, each (N,), NaN where a token has none; rounded to two decimals."""

    technical: Floats
    quant: Floats
    trader: Floats
    fundamental: Floats
    technology: Floats
    valuation: Floats
    investor: Floats
    tm: Floats


def grade_day(trends: TrendDay, universe: Universe, volatility: Floats, graded: Flags) -> GradeDay:
    """The grades of a day; `volatility` is the tokens' daily log volatility, `graded` says who gets any."""
    quick = (trends.fast - trends.slow) / (4.0 * volatility)
    near = (trends.log_close - trends.fast) / (3.0 * volatility)
    far = (trends.slow - trends.long) / (6.0 * volatility)
    technical = 100.0 * logistic(2.0 * quick + 0.8 * near)
    quant = percentile(far, graded)
    trader = 0.8 * technical + 0.2 * quant
    valuation = 100.0 * logistic((trends.long - trends.log_close) / (10.0 * volatility))
    investor = 0.4 * universe.fundamental + 0.2 * universe.technology + 0.15 * valuation + 25.0 * logistic(1.5 * far)
    overall = 0.5 * trader + 0.3 * investor + 0.2 * quant
    parts = (technical, quant, trader, universe.fundamental, universe.technology, valuation, investor, overall)
    return GradeDay(*(np.where(graded, np.round(part, 2), np.nan) for part in parts))


def logistic(values: Floats) -> Floats:
    """1 / (1 + exp(-x)), elementwise."""
    return 1.0 / (1.0 + np.exp(-np.clip(values, -50.0, 50.0)))


def percentile(values: Floats, among: Flags) -> Floats:
    """The share (0 to 100) of the chosen tokens with a lower value, (N,); 50 where fewer than two are chosen."""
    chosen = np.sort(values[among])
    if len(chosen) < 2:
        return np.full(len(values), 50.0)
    return 100.0 * np.clip(np.searchsorted(chosen, values) / (len(chosen) - 1), 0.0, 1.0)


def change_pct(now: float, before: float) -> float | None:
    """The change of a grade in percent, two decimals; None where there is no grade before or it is zero."""
    if not np.isfinite(before) or before == 0.0:
        return None
    return round(100.0 * float(now - before) / float(before), 2)


def signal_word(grade: float) -> str:
    """What the provider calls a grade."""
    return next((word for bound, word in _SIGNALS if grade >= bound), "Strong Sell")


def momentum_word(trader_change_pct: float | None) -> str:
    """What the provider calls the trader grade's change of a day."""
    if trader_change_pct is None:
        return "No Momentum"
    return next((word for bound, word in _MOMENTA if trader_change_pct >= bound), "Momentum Crashing")
