"""What a portfolio was worth: values, weights and contributions of holdings of fixed amounts.

Two ways of looking back are used, and each figure says which. The *history* of a portfolio is what today's amounts
would have been worth on each day. Its *mix* is what today's weights, kept constant, would have returned on each day.
"""

import numpy as np

from agent.analytics import diversification
from agent.analytics.bars import Flags, Floats
from agent.analytics.errors import AnalyticsError


def held(amounts: Floats) -> Flags:
    """Which holdings have an amount. Raises AnalyticsError for one that is negative or not finite."""
    if not (np.isfinite(amounts) & (np.asarray(amounts) >= 0)).all():
        raise AnalyticsError("amounts must be zero or more and finite; short positions are not supported")
    return np.asarray(np.asarray(amounts) != 0)


def _require_fit(amounts: Floats, closes: Floats) -> None:
    if np.ndim(amounts) != 1 or np.ndim(closes) != 2 or np.shape(closes)[1] != len(amounts) or len(closes) == 0:
        raise AnalyticsError(
            f"expected closes of days x {np.size(amounts)} holdings with at least one day, got {np.shape(closes)}"
        )


def holding_values(amounts: Floats, closes: Floats) -> Floats:
    """Value each holding on each day at today's amounts: days x holdings, USD.

    NaN on days without a close; 0 for a holding with no amount whether it has a close or not.
    """
    _require_fit(amounts, closes)
    return np.where(held(amounts), closes * amounts, 0.0)


def portfolio_values(amounts: Floats, closes: Floats) -> Floats:
    """Value today's amounts on each day, the history of a portfolio: one value per day, USD.

    A day counts only if every holding with an amount has a close; other days are NaN. See `limiting_holding`.
    """
    values: Floats = holding_values(amounts, closes).sum(axis=1)
    return values


def limiting_holding(amounts: Floats, closes: Floats, days: int) -> int | None:
    """Find the column of the holding with the fewest closes in the last `days` rows; None if none lacks any.

    The first such column if there are several. Holdings with no amount are left out.
    """
    _require_fit(amounts, closes)
    missing = np.isnan(closes[-days:]).sum(axis=0) * held(amounts)
    return int(missing.argmax()) if missing.any() else None


def weights(amounts: Floats, closes: Floats) -> Floats:
    """Share of each holding in the value on the last day, as fractions that sum to 1; all NaN if a close is missing."""
    return diversification.weights(holding_values(amounts, closes)[-1])


def contributions_usd(amounts: Floats, closes: Floats, days: int = 1) -> Floats:
    """Split the change in value from `days` calendar days before to the last day by holding, USD.

    One value per holding, NaN where either close is missing, 0 for a holding with no amount. The sum is the change of
    `portfolio_values`.
    """
    values = holding_values(amounts, closes)
    if days < 1:
        raise AnalyticsError(f"a change needs at least 1 day between its ends, got {days}")
    before = values[-1 - days] if len(values) > days else np.where(held(amounts), np.nan, 0.0)
    return np.asarray(values[-1] - before)


def mix_returns(shares: Floats, returns: Floats) -> Floats:
    """Daily returns of a portfolio kept at constant weights: the weighted mean of its holdings' returns, fractions.

    Days x holdings in, one return per day out. NaN on a day on which a holding with weight has no return.
    """
    mix: Floats = np.where(shares != 0, returns * shares, 0.0).sum(axis=1)
    return mix
