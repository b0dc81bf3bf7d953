"""Correlation over time: every pair of assets in a moving window, and the average over the pairs.

Both centre each asset on its median first. A constant changes no correlation, so nothing is known too early by it; it
keeps squares from drowning small differences. Window sums are made of sums over parts of the window, never of
differences of longer sums, so that a return of 1,000 % does not spoil the windows after it.
"""

import numpy as np

from agent.analytics.bars import Flags, Floats, divided, required_days
from agent.analytics.errors import AnalyticsError
from agent.analytics.risk import NOISE

# Windows in one piece of work: few enough that little outside of them is multiplied.
_ROWS = 32

# Sums of squares carry noise of about this relative size where a series is constant in a window.
_RELATIVE_NOISE = 1e-12


def rolling_correlations(returns: Floats, window: int, minimum: int | None = None) -> Floats:
    """Pearson correlation of every pair in the `window` rows up to each row: days x assets x assets.

    Days x assets of daily returns in. Each pair uses the days that both have; NaN with fewer than `minimum` of them
    (nine tenths of the window by default) or where either does not vary. The result grows with the square of the
    assets: 8 bytes each. Raises AnalyticsError for other shapes or a window below 2. *Equal to*
    `pandas.DataFrame.rolling(window, min_periods=minimum).corr()`.
    """
    returns, minimum = _checked(returns, window, minimum)
    known = np.isfinite(returns)
    columns = zip(returns.T, known.T, strict=True)
    medians = np.array([np.median(column[there]) if there.any() else 0.0 for column, there in columns])
    values = np.where(known, returns - medians, 0.0)
    days, assets = values.shape
    result = np.empty((days, assets, assets))
    sums = _complete_sums(values, known, window, minimum) if _rows_are_whole(known) else None
    for asset in range(assets):
        if sums is None:
            row = _ragged_row(values, known, asset, window, minimum)
        else:
            row = _complete_row(values, sums, asset, window)
        row[:, 0] = np.where(np.isnan(row[:, 0]), np.nan, 1.0)
        result[:, asset, asset:] = row
        result[:, asset:, asset] = row
    return result


def rolling_average_correlation(
    returns: Floats, window: int, minimum: int | None = None, weights: Floats | None = None
) -> Floats:
    """Average correlation over the distinct pairs in the `window` rows up to each row: one value per day.

    Days x assets of daily returns in; only days that every asset has are used, and there must be `minimum` of them
    (nine tenths of the window by default). With weights, each pair counts by the product of its two. NaN with fewer
    than two assets that count, or where one of them does not vary. Takes no pair apart: with u = w / sigma, the
    variance of the sum of u x is the sum of w_i w_j rho_ij, so it costs days x window x assets.
    """
    returns, minimum = _checked(returns, window, minimum)
    shares = np.ones(returns.shape[1]) if weights is None else np.asarray(weights, dtype=np.float64)
    if shares.shape != returns.shape[1:]:
        raise AnalyticsError(f"expected one weight for each of {returns.shape[1]} assets, got shape {shares.shape}")
    counted = np.flatnonzero(shares)
    returns, shares = returns[:, counted], shares[counted]
    whole = np.asarray(np.isfinite(returns).all(axis=1))
    values = np.zeros(returns.shape)
    if whole.any():
        values[whole] = returns[whole] - np.median(returns[whole], axis=0)
    count = _window_sums(whole[:, np.newaxis].astype(np.float64), window)
    deviations = _deviations(count, _window_sums(values, window), _window_sums(values**2, window))
    usable = (count[:, 0] >= minimum) & (deviations > 0).all(axis=1)
    scales = np.where(usable[:, np.newaxis], shares / np.where(deviations > 0, deviations, 1.0), 0.0)
    variance = _window_variances(values, scales, window, np.maximum(count[:, 0], 2.0))
    own, total = (shares**2).sum(), shares.sum() ** 2
    pairs = total - own
    usable &= (len(shares) > 1) and bool(pairs > NOISE * total)
    average = divided(variance - own, np.full(len(values), pairs), usable)
    return np.clip(average, -1.0, 1.0)


def _window_variances(values: Floats, scales: Floats, window: int, count: Floats) -> Floats:
    """Sum of squared differences from their mean of the sums of scaled values, in each row's window at its scales."""
    variances = np.empty(len(values))
    for start in range(0, len(values), _ROWS):
        rows = np.arange(start, min(start + _ROWS, len(values)))
        days = np.arange(max(start - window + 1, 0), rows[-1] + 1)
        age = rows - days[:, np.newaxis]
        mixes = np.where((age >= 0) & (age < window), values[days] @ scales[rows].T, 0.0)
        variances[rows] = (mixes**2).sum(axis=0) - mixes.sum(axis=0) ** 2 / count[rows]
    return variances


def _checked(returns: Floats, window: int, minimum: int | None) -> tuple[Floats, int]:
    """Returns as days x assets, and how many days a window needs."""
    returns = np.asarray(returns, dtype=np.float64)
    if returns.ndim != 2 or window < 2:
        raise AnalyticsError(f"expected days x assets and a window of 2 or more, got {returns.shape}, {window}")
    return returns, max(required_days(window) if minimum is None else minimum, 2)


def _rows_are_whole(known: Flags) -> bool:
    """Whether each day is known for all assets or for none."""
    return bool((known.any(axis=1) == known.all(axis=1)).all())


def _window_sums(values: Floats, window: int) -> Floats:
    """Sum of the `window` rows up to each row, fewer at the start; days x columns in and out.

    Sums of 1, 2, 4 ... rows are each made of two of the length before; a window is made of those that its length has
    as binary digits.
    """
    days = len(values)
    block = np.concatenate((np.zeros((window - 1, values.shape[1])), values))
    sums = np.zeros(values.shape)
    length, done = 1, 0
    while True:
        if window & length:
            sums += block[done : done + days]
            done += length
        if 2 * length > window:
            return sums
        block = block[:-length] + block[length:]
        length *= 2


def _deviations(count: Floats, sums: Floats, squares: Floats) -> Floats:
    """Square root of the sum of squared differences from the window's mean; 0 where a series does not vary."""
    days = np.maximum(count, 1.0)
    variance = squares - sums**2 / days
    varied = (variance > _RELATIVE_NOISE * squares) & (variance > NOISE**2 * days)
    return np.sqrt(np.where(varied, variance, 0.0))


def _complete_sums(values: Floats, known: Flags, window: int, minimum: int) -> tuple[Floats, Floats, Floats]:
    """Means, sums and 1 / deviation (NaN where unknown) of each window, where all assets have the same days."""
    count = _window_sums(known[:, :1].astype(np.float64), window)
    sums = _window_sums(values, window)
    deviations = _deviations(count, sums, _window_sums(values**2, window))
    inverses = divided(np.ones(values.shape), deviations, (count >= minimum) & (deviations > 0))
    return sums / np.maximum(count, 1.0), sums, inverses


def _complete_row(values: Floats, sums: tuple[Floats, Floats, Floats], asset: int, window: int) -> Floats:
    """Correlations of one asset with itself and those after it, where all assets have the same days."""
    means, totals, inverses = sums
    one, rest = slice(asset, asset + 1), slice(asset, None)
    row = _window_sums(values[:, one] * values[:, rest], window)
    row -= means[:, one] * totals[:, rest]
    row *= inverses[:, rest]
    row *= inverses[:, one]
    return np.clip(row, -1.0, 1.0, out=row)


def _ragged_row(values: Floats, known: Flags, asset: int, window: int, minimum: int) -> Floats:
    """Correlations of one asset with itself and those after it, each pair on the days that both have."""
    one, rest = slice(asset, asset + 1), slice(asset, None)
    both = (known[:, one] & known[:, rest]).astype(np.float64)
    a, b = values[:, one] * both, values[:, rest] * both
    count = _window_sums(both, window)
    sum_a, sum_b = _window_sums(a, window), _window_sums(b, window)
    covariance = _window_sums(a * b, window) - sum_a * sum_b / np.maximum(count, 1.0)
    deviation_a = _deviations(count, sum_a, _window_sums(a * a, window))
    deviation_b = _deviations(count, sum_b, _window_sums(b * b, window))
    product = deviation_a * deviation_b
    row = divided(covariance, product, (count >= minimum) & (product > 0))
    return np.clip(row, -1.0, 1.0, out=row)
