"""Ranks of one row's values among each other, ties sharing the middle of their places; what is unknown has no rank."""

import numpy as np

from agent.analytics.bars import Floats, Indices, divided


def mid_ranks(values: Floats) -> Floats:
    """Rank the known values of each row, 1 for the lowest; equal values share the mean of their places.

    (subjects,) or days x subjects in and out. NaN where the value is not finite. Equals scipy.stats.rankdata with
    method "average" over the known values.
    """
    known = np.isfinite(values)
    # what is unknown goes behind all that is known, where it moves no rank
    filled = np.where(known, values, np.inf)
    order = np.argsort(filled, axis=-1)
    middles = _tie_middles(np.take_along_axis(filled, order, axis=-1))
    ranks = np.empty(filled.shape)
    np.put_along_axis(ranks, order, middles, axis=-1)
    ranks[~known] = np.nan
    return ranks


def _tie_middles(ordered: Floats) -> Floats:
    """Mean place, from 1, of the group of equal values that each place of a sorted row belongs to."""
    size = ordered.shape[-1]
    places: Indices = np.arange(size)
    differs = ordered[..., 1:] != ordered[..., :-1]
    edge = np.ones((*ordered.shape[:-1], 1), dtype=np.bool_)
    begins, ends = np.concatenate((edge, differs), axis=-1), np.concatenate((differs, edge), axis=-1)
    first = np.maximum.accumulate(np.where(begins, places, 0), axis=-1)
    backwards = np.where(ends, places, size)[..., ::-1]
    last = np.minimum.accumulate(backwards, axis=-1)[..., ::-1]
    return np.asarray((first + last) / 2.0 + 1.0)


def percentile_ranks(values: Floats, minimum: int) -> Floats:
    """Percentile of each known value in its row, above 0 and below 100: 100 * (rank - 0.5) / n, n the known values.

    (subjects,) or days x subjects in and out. NaN where the value is unknown, and in rows with fewer than `minimum`
    known values. Source: Hazen (1914).
    """
    count = np.isfinite(values).sum(axis=-1, keepdims=True).astype(np.float64)
    ranks = mid_ranks(values)
    return divided(100.0 * (ranks - 0.5), np.broadcast_to(count, ranks.shape), np.isfinite(ranks) & (count >= minimum))
