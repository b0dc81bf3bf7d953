"""How returns move together: correlation, correlation matrix and its average, beta. Pearson, pairwise complete."""

from typing import NamedTuple

import numpy as np

from agent.analytics.bars import Flags, Floats, Indices, divided
from agent.analytics.errors import AnalyticsError
from agent.analytics.risk import NOISE, moments

MINIMUM_OBSERVATIONS = 30

# Rows of a correlation matrix in one piece of work, so few that a piece stays in the caches.
BLOCK = 128


class Neighbours(NamedTuple):
    """Columns of the assets that each asset correlates with most, and these correlations: assets x count."""

    columns: Indices
    correlations: Floats


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
    the matrix and little beside it; for a whole market see `nearest_neighbours`, which needs no matrix.
    """
    values, known = _standardised(returns)
    assets = values.shape[1]
    if known.all() and len(values) >= max(minimum, 2):
        matrix: Floats = values.T @ values
        np.clip(matrix, -1.0, 1.0, out=matrix)
    else:
        matrix = np.empty((assets, assets))
        flags = known.astype(np.float64)
        for start in range(0, assets, BLOCK):
            rows, rest = slice(start, start + BLOCK), slice(start, None)
            matrix[rows, rest] = _masked_rows(values, flags, rows, rest, minimum)
            matrix[rest, rows] = matrix[rows, rest].T
    diagonal = np.diagonal(matrix)
    np.fill_diagonal(matrix, np.where(np.isnan(diagonal), np.nan, 1.0))
    return matrix


def nearest_neighbours(returns: Floats, count: int, minimum: int = MINIMUM_OBSERVATIONS) -> Neighbours:
    """Find the `count` assets that each asset correlates with most, the highest first.

    Days x assets in. Correlations as in `correlation_matrix`, of which only a block of rows exists at a time. An asset
    is no neighbour of its own; where fewer correlations are known, columns end with -1 and values with NaN. Of equal
    correlations any may come first. Raises AnalyticsError for other shapes or a count below 1.
    """
    if count < 1:
        raise AnalyticsError(f"an asset needs at least 1 neighbour, got {count}")
    values, known = _standardised(returns)
    assets = values.shape[1]
    count = min(count, max(assets - 1, 0))
    columns, correlations = np.full((assets, count), -1, dtype=np.intp), np.full((assets, count), np.nan)
    complete, flags = known.all() and len(values) >= max(minimum, 2), known.astype(np.float64)
    for start in range(0, assets if count else 0, BLOCK):
        rows = slice(start, start + BLOCK)
        if complete:
            block = values[:, rows].T @ values
        else:
            block = np.nan_to_num(_masked_rows(values, flags, rows, slice(None), minimum), copy=False, nan=-np.inf)
        block[np.arange(len(block)), np.arange(start, start + len(block))] = -np.inf
        columns[rows], correlations[rows] = _highest(block, count)
    return Neighbours(columns, correlations)


def _highest(block: Floats, count: int) -> tuple[Indices, Floats]:
    """Columns and values of the `count` highest of each row, highest first; -1 and NaN in place of -infinity."""
    top = np.argpartition(block, -count, axis=1)[:, -count:]
    found = np.take_along_axis(block, top, axis=1)
    order = np.argsort(-found, axis=1, kind="stable")
    top, found = np.take_along_axis(top, order, axis=1), np.take_along_axis(found, order, axis=1)
    there = np.isfinite(found)
    return np.where(there, top, -1), np.clip(np.where(there, found, np.nan), -1.0, 1.0)


def _standardised(returns: Floats) -> tuple[Floats, Flags]:
    """Returns with mean 0 and sum of squares 1 per asset, 0 where unknown; and where they are known and vary."""
    returns = np.asarray(returns, dtype=np.float64)
    if returns.ndim != 2:
        raise AnalyticsError(f"a correlation matrix needs days x assets, got shape {returns.shape}")
    returns = returns[np.isfinite(returns).any(axis=1)]
    count, mean, deviation = moments(returns)
    varied = np.isfinite(deviation) & (deviation > NOISE)
    known = np.isfinite(returns) & varied
    scale = np.where(varied, deviation * np.sqrt(np.maximum(count - 1.0, 1.0)), 1.0)
    return np.where(known, (returns - np.nan_to_num(mean)) / scale, 0.0), known


def _masked_rows(values: Floats, known: Floats, rows: slice, columns: slice, minimum: int) -> Floats:
    """Correlations of some assets with others, from matrix products of values (0 where unknown) and flags (0 and 1)."""
    own, own_known = values[:, rows].T, known[:, rows].T
    values, known = values[:, columns], known[:, columns]
    days_known = own_known @ known
    days = np.maximum(days_known, 1.0)
    own_sums, sums = own @ known, own_known @ values
    own_squares, squares = own**2 @ known, own_known @ values**2
    own_variance, variance = own_squares - own_sums**2 / days, squares - sums**2 / days
    # subtracting nearly equal sums leaves noise of this relative size where a series is constant on the common days
    varied = (own_variance > 1e-12 * own_squares) & (variance > 1e-12 * squares)
    usable = (days_known >= max(minimum, 2)) & varied
    product = np.sqrt(np.where(usable, own_variance, 1.0)) * np.sqrt(np.where(usable, variance, 1.0))
    return np.clip(np.where(usable, (own @ values - own_sums * sums / days) / product, np.nan), -1.0, 1.0)


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
