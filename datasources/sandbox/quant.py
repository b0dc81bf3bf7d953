"""Return statistics, correlations and turning points, computed from the closes the market really shows.

Arrays are oldest first; closes are (T, N), NaN = no bar. Years have 365 days. Results are plain numbers, fractions
and not percent.
"""

import numpy as np

from datasources.sandbox.blocks import Floats

QUANT_FIELDS = (
    "VOLATILITY", "ALL_TIME_RETURN", "CAGR", "SHARPE", "SORTINO", "MAX_DRAWDOWN", "SKEW", "TAIL_RATIO",
    "RISK_REWARD_RATIO", "PROFIT_FACTOR", "KURTOSIS", "DAILY_VALUE_AT_RISK", "DAILY_RETURN_AVG", "DAILY_RETURN_STD",
)  # fmt: skip
MINIMUM_DAYS = 90
LEVEL_DAYS = 365
TOP_CORRELATIONS = 20
_REACH = 10  # days on either side that a turning point stands out from
_LEVELS = 12
_YEAR = 365.0


def quant_metrics(closes: Floats, first_close: float, age_days: int) -> tuple[float, ...] | None:
    """The figures named by `QUANT_FIELDS` of one token, (T,) closes of its last year; None below 90 closes.

    ALL_TIME_RETURN and CAGR run from `first_close`, `age_days` ago; KURTOSIS is excess kurtosis; DAILY_VALUE_AT_RISK
    the 5 % quantile; TAIL_RATIO the 95 % quantile over the 5 % one; RISK_REWARD_RATIO the CAGR over the drawdown.
    """
    known = closes[np.isfinite(closes)]
    if len(known) < MINIMUM_DAYS:
        return None
    returns = np.diff(known) / known[:-1]
    growth = float(known[-1] / first_close)
    cagr = growth ** (_YEAR / age_days) - 1.0
    mean, deviation = float(returns.mean()), float(returns.std(ddof=1))
    downside = float(np.sqrt(np.mean(np.minimum(returns, 0.0) ** 2)))
    low, high = (float(value) for value in np.quantile(returns, (0.05, 0.95)))
    drawdown = float((known / np.maximum.accumulate(known) - 1.0).min())
    centred = (returns - mean) / returns.std()
    lost = float(-returns[returns < 0].sum())
    figures = (
        deviation * _YEAR**0.5, growth - 1.0, cagr, mean / deviation * _YEAR**0.5, mean / downside * _YEAR**0.5,
        drawdown, float((centred**3).mean()), abs(high / low), cagr / -drawdown,
        float(returns[returns > 0].sum()) / lost, float((centred**4).mean()) - 3.0, low, mean, deviation,
    )  # fmt: skip
    return tuple(float(f"{figure:.6g}") for figure in figures)


def unit_returns(log_closes: Floats) -> Floats:
    """Daily log returns, (T - 1, N), each column shifted and scaled to mean 0 and length 1; NaN columns stay NaN."""
    returns = np.diff(log_closes, axis=0)
    centred = returns - returns.mean(axis=0)
    unit: Floats = centred / np.sqrt((centred**2).sum(axis=0))
    return unit


def top_correlations(own: Floats, partners: Floats) -> list[tuple[int, float]] | None:
    """The 20 of the partners' columns, (T, P), that correlate most with `own`, (T,), by size, in column order.

    Both hold unit returns. None if `own` has a gap or there are fewer than 20 partners.
    """
    if not np.isfinite(own).all() or partners.shape[1] < TOP_CORRELATIONS:
        return None
    values = own @ partners
    best = np.sort(np.argsort(-np.abs(values), kind="stable")[:TOP_CORRELATIONS])
    return [(int(place), round(float(values[place]), 3)) for place in best]


def turning_points(closes: Floats) -> list[tuple[int, float]]:
    """Positions and closes, (T,), that are the highest or lowest of the 10 days on either side; the last 12 of them."""
    if len(closes) < 2 * _REACH + 1:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(closes, 2 * _REACH + 1)
    middle = windows[:, _REACH]
    turning = (middle == windows.max(axis=1)) | (middle == windows.min(axis=1))
    places = np.flatnonzero(turning)[-_LEVELS:] + _REACH
    return [(int(place), float(closes[place])) for place in places]
