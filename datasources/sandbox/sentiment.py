"""The fear and greed index of the invented market, and the words for its values."""

import numpy as np

from datasources.sandbox.blocks import Floats, Ints

_MOMENTUM_DAYS = 30
_VOLATILITY_DAYS = 14
FIRST_DAY = _MOMENTUM_DAYS + 1
_LABELS = ((25, "Extreme Fear"), (46, "Fear"), (54, "Neutral"), (75, "Greed"))


def index_values(market_levels: Floats) -> Ints:
    """The index for the days after day 30, from log market levels of all days before, (T,) -> (T - 30,).

    50 plus 130 times the 30-day log return of the market, less 900 times its 14-day volatility above 2.2 %, within
    5 and 95.
    """
    if len(market_levels) <= _MOMENTUM_DAYS:
        return np.zeros(0, dtype=np.int64)
    momentum = market_levels[_MOMENTUM_DAYS:] - market_levels[:-_MOMENTUM_DAYS]
    windows = np.lib.stride_tricks.sliding_window_view(np.diff(market_levels), _VOLATILITY_DAYS)
    volatility = windows.std(axis=1)[-len(momentum) :]
    values = np.clip(50.0 + 130.0 * momentum - 900.0 * (volatility - 0.022), 5, 95)
    rounded: Ints = values.round().astype(np.int64)
    return rounded


def index_label(value: int) -> str:
    """The class of an index value, by the thresholds the real index has shown since 2018."""
    return next((label for bound, label in _LABELS if value <= bound), "Extreme Greed")
