"""How returns move together: correlation, correlation matrix and its average, beta. Pearson, pairwise complete."""

import numpy as np

from agent.analytics.bars import Floats, divided
from agent.analytics.errors import AnalyticsError
from agent.analytics.risk import NOISE, moments

MINIMUM_OBSERVATIONS = 30


def _paired(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Both arrays, broadcast to one shape, with NaN on every day that either misses."""
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.ndim == 2 and b.ndim == 1 and len(a) == len(b):
        b = np.broadcast_to(b[:, np.newaxis], a.shape)
    if a.shape != b.shape:
        raise AnalyticsError(f"series to compare must cover the same days and assets, got {a.shape} and {b.shape}")
    both = np.isfinite(a) & np.isfinite(b)
    return np.where(both, a, np.nan), np.where(both, b, np.nan)


def _covariance(a: Floats, b: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Count pairs, and take the covariance (ddof=1) and both standard deviations of paired series, per column."""
    count, mean_a, deviation_a = moments(a)
    _, mean_b, deviation_b = moments(b)
    products = np.nan_to_num((a - mean_a) * (b - mean_b)).sum(axis=0)
    return count, divided(products, count - 1, count > 1), deviation_a, deviation_b


def correlation(a: Floats, b: Floats, minimum: int = MINIMUM_OBSERVATIONS) -> Floats:
    """Pearson correlation of daily returns on the days that both have, -1 to 1.

    `a` is one series or days x assets, `b` a series of the same days (or a panel like `a`); one value per column of
    `a` out. NaN with fewer than `minimum` common days or if either does not vary on them.
    """
    count, covariance, deviation_a, deviation_b = _covariance(*_paired(a, b))
    usable = (count >= max(minimum, 2)) & (deviation_a > NOISE) & (deviation_b > NOISE)
    ratio = divided(covariance, deviation_a * deviation_b, usable)
    return np.clip(ratio, -1.0, 1.0)


def beta(a: Floats, b: Floats, minimum: int = MINIMUM_OBSERVATIONS) -> Floats:
    """Slope of the returns of `a` on those of `b`: covariance / variance of `b`, on the days that both have.

    Shapes as in `correlation`. NaN with fewer than `minimum` common days or if `b` does not vary on them.
    """
    count, covariance, _, deviation_b = _covariance(*_paired(a, b))
    usable = (count >= max(minimum, 2)) & (deviation_b > NOISE)
    return divided(covariance, deviation_b**2, usable)


def correlation_matrix(returns: Floats, minimum: int = MINIMUM_OBSERVATIONS) -> Floats:
    """Pearson correlation of every pair of assets on the days that both have: assets x assets, symmetric.

    Days x assets in. NaN for a pair with fewer than `minimum` common days or where either does not vary on them. Holds
    about ten arrays of assets x assets at a time: for up to some 2,000 assets.
    """
    returns = np.asarray(returns, dtype=np.float64)
    if returns.ndim != 2:
        raise AnalyticsError(f"a correlation matrix needs days x assets, got shape {returns.shape}")
    returns = returns[np.isfinite(returns).any(axis=1)]
    _, mean, deviation = moments(returns)
    varied = np.isfinite(deviation) & (deviation > NOISE)
    known = np.isfinite(returns) & varied
    scale = np.where(varied, deviation, 1.0)
    centred = np.where(known, (returns - np.nan_to_num(mean)) / scale, 0.0)
    if known.all() and len(returns) >= max(minimum, 2):
        matrix: Floats = centred.T @ centred / (len(returns) - 1)
    else:
        matrix = _masked_correlation(centred, known.astype(np.float64), minimum)
    diagonal = np.diagonal(matrix)
    np.fill_diagonal(matrix, np.where(np.isnan(diagonal), np.nan, 1.0))
    return np.clip(matrix, -1.0, 1.0)


def _masked_correlation(centred: Floats, known: Floats, minimum: int) -> Floats:
    """Correlations from matrix products of standardised values (0 where missing) and of the flags of what is known."""
    count = known.T @ known
    sums = centred.T @ known
    squares = (centred**2).T @ known
    days = np.maximum(count, 1.0)
    covariance = centred.T @ centred - sums * sums.T / days
    variance = squares - sums**2 / days
    # subtracting nearly equal sums leaves noise of this relative size where a series is constant on the common days
    varied = variance > 1e-12 * squares
    usable = (count >= max(minimum, 2)) & varied & varied.T
    product = np.sqrt(np.where(usable, variance, 1.0)) * np.sqrt(np.where(usable, variance, 1.0)).T
    return np.where(usable, covariance / product, np.nan)


def average_correlation(matrix: Floats, weights: Floats | None = None) -> float:
    """Mean of the correlations of distinct pairs; with weights, each pair counts by the product of its two weights.

    Assets x assets in. NaN with fewer than two assets, if any pair that counts is NaN, or if no pair has weight.
    """
    first, second = np.triu_indices(len(matrix), k=1)
    pairs = matrix[first, second]
    if weights is None:
        return float(pairs.mean()) if pairs.size else float("nan")
    products = weights[first] * weights[second]
    counted = products != 0
    total = products[counted].sum()
    return float((pairs[counted] * products[counted]).sum() / total) if total > 0 else float("nan")
