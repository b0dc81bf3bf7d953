"""How spread a portfolio is: weights, concentration, effective number, diversification ratio."""

import numpy as np

from agent.analytics.bars import Floats
from agent.analytics.errors import AnalyticsError


def weights(values_usd: Floats) -> Floats:
    """Share of each holding in the total value, as fractions that sum to 1.

    One value per holding in and out. All NaN if any value is missing or the total is zero: a share of an unknown total
    is unknown. Raises AnalyticsError for a negative value.
    """
    values = np.asarray(values_usd, dtype=np.float64)
    if (values < 0).any():
        raise AnalyticsError("a holding cannot be worth less than nothing; short positions are not supported")
    total = values.sum()
    return values / total if total > 0 else np.full(values.shape, np.nan)


def herfindahl_index(shares: Floats) -> float:
    """Sum of squared weights: 1 for a single holding, 1/n for n equal ones. NaN if any weight is. Herfindahl (1950)."""
    return float((shares**2).sum()) if shares.size else float("nan")


def effective_number(shares: Floats) -> float:
    """Count the equal holdings that would be as concentrated: 1 / HHI. NaN if any weight is."""
    index = herfindahl_index(shares)
    return 1.0 / index if index > 0 else float("nan")


def top_share(shares: Floats, count: int) -> float:
    """Sum of the `count` largest weights, as a fraction. NaN if any weight is."""
    if count < 1:
        raise AnalyticsError(f"the top needs at least 1 holding, got {count}")
    return float(np.sort(shares)[-count:].sum()) if shares.size else float("nan")


def weighted_volatility(shares: Floats, volatilities: Floats) -> float:
    """Average of the holdings' own volatilities, by weight, in their unit. Holdings of no weight are left out."""
    held = shares != 0
    return float((shares[held] * volatilities[held]).sum()) if held.any() else float("nan")


def diversification_ratio(weighted: float, portfolio: float) -> float:
    """Weighted volatility of the holdings over the volatility of the portfolio: 1 means no diversification at all.

    NaN if either is missing or the portfolio's volatility is zero. At least 1 when both come from the same days and
    weights. Source: Choueifaty and Coignard (2008).
    """
    return weighted / portfolio if portfolio > 0 else float("nan")
