"""How sectors do against the whole market. A sector is any group of assets: a category, a narrative, a chain.

Members count equally: a sector's return is the median of theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agent.analytics.bars import MAX_GAP_DAYS, Flags, Floats, Indices, divided
from agent.analytics.errors import AnalyticsError
from agent.analytics.signals.windows import as_panel, change_at, previous, rows_before, shifted

SHORT_DAYS = 7
LONG_DAYS = 30
RANK_BACK_DAYS = 7
LEAST_MEMBERS = 3
LEAST_MOVED = 10  # of 3 members all rise on one day of 8 by chance alone
LEAST_RANKED = 4
MOST_LEADERS = 3

# The longest way back: the start of the return that the rank of a week ago rests on.
SECTOR_DAYS = RANK_BACK_DAYS + LONG_DAYS + 1
# How many days ago the days lie that the standing of a day and the one before it (over a gap) are read from, and the
# rank of a week before.
_READ_BACK_DAYS = (*range(MAX_GAP_DAYS + 2), RANK_BACK_DAYS)


@dataclass(frozen=True, slots=True)
class SectorFigures:
    """Figures of sectors, each (sectors,) for a day or (days, sectors) for a history; NaN where unknown.

    Returns are fractions: medians over the members, `relative_*` less the median over all assets. `rank` is among the
    `ranked` sectors by `relative_30d`, 1 the best, equal ones sharing the better rank; `*_week_before` are those of 7
    days before. `standing` is 1 among the leaders, -1 among the laggards and 0 between: 3 sectors each, or a quarter
    of them, rounded up, if that is fewer. `advancers` is the share that rose on the day of the members that moved,
    `advancers_excess` that share less the same of all assets. `members` have a close on the day. `*_previous` is the
    last known figure before the day (at most 3 missing days earlier).
    """

    members: Floats
    return_7d: Floats
    return_30d: Floats
    relative_7d: Floats
    relative_30d: Floats
    rank: Floats
    ranked: Floats
    rank_week_before: Floats
    ranked_week_before: Floats
    standing: Floats
    standing_previous: Floats
    advancers: Floats
    advancers_excess: Floats
    advancers_excess_previous: Floats


def measure_sectors(
    close: Floats, membership: Flags, minimum_members: int = LEAST_MEMBERS, *, last_day: bool = False
) -> SectorFigures:
    """Measure sectors for every day; no figure looks at a later row.

    `close` is days x assets in USD, `membership` sectors x assets, taken as given for all days. Returns known for
    fewer than `minimum_members` members are NaN, and so are ranks among fewer than 4 sectors and shares of fewer than
    10 members that moved. The figures of a day need the `SECTOR_DAYS` rows up to it. With `last_day` nothing is
    computed but what the last row needs, and that row alone is of use. Raises AnalyticsError for shapes that do not
    fit and for a minimum below 1.
    """
    close, membership = as_panel(close), np.asarray(membership, dtype=np.bool_)
    if membership.ndim != 2 or membership.shape[1] != close.shape[1]:
        raise AnalyticsError(f"membership must be sectors x {close.shape[1]} assets, got shape {membership.shape}")
    if minimum_members < 1:
        raise AnalyticsError(f"a sector needs at least 1 member, got a minimum of {minimum_members}")
    sectors = [np.flatnonzero(members) for members in membership]
    rows = _rows(len(close), last_day=last_day)
    lately = rows[:1] if last_day else rows
    return_7d, relative_7d = _returns(close, SHORT_DAYS, sectors, minimum_members, lately)
    return_30d, relative_30d = _returns(close, LONG_DAYS, sectors, minimum_members, rows)
    rank, ranked = _ranks(relative_30d)
    standing = _standing(rank, ranked)
    advancers, excess = _advancers(close, sectors, rows)
    return SectorFigures(
        members=_at(lately, len(close), _count(np.isfinite(close[lately]), sectors)),
        return_7d=return_7d,
        return_30d=return_30d,
        relative_7d=relative_7d,
        relative_30d=relative_30d,
        rank=rank,
        ranked=ranked,
        rank_week_before=shifted(rank, RANK_BACK_DAYS),
        ranked_week_before=shifted(ranked, RANK_BACK_DAYS),
        standing=standing,
        standing_previous=previous(standing),
        advancers=advancers,
        advancers_excess=excess,
        advancers_excess_previous=previous(excess),
    )


def _rows(days: int, *, last_day: bool) -> Indices:
    """The rows that are computed."""
    if not last_day:
        return np.arange(days)
    rows = days - 1 - np.array(_READ_BACK_DAYS)
    return rows[rows >= 0]


def _at(rows: Indices, days: int, values: Floats) -> Floats:
    """Put computed rows where they belong, NaN elsewhere."""
    spread = np.full((days, values.shape[1]), np.nan)
    spread[rows] = values
    return spread


def _median(values: Floats, least: int) -> Floats:
    """Median of the known values of each row; NaN if they are fewer than `least`."""
    count = np.isfinite(values).sum(axis=1)
    median = np.full(len(values), np.nan)
    rows = np.flatnonzero(count >= least)
    ordered, count = np.sort(values[rows], axis=1), count[rows]  # NaN comes last
    places = np.arange(len(rows))
    median[rows] = (ordered[places, (count - 1) // 2] + ordered[places, count // 2]) / 2.0
    return median


def _returns(close: Floats, days: int, sectors: Sequence[Indices], least: int, rows: Indices) -> tuple[Floats, Floats]:
    """Sectors' median returns over the days, and what they exceed the median of all assets by."""
    changes = change_at(close, days, rows)
    medians = np.empty((len(rows), len(sectors)))
    for sector, members in enumerate(sectors):
        medians[:, sector] = _median(changes[:, members], least)
    relative = medians - _median(changes, least)[:, np.newaxis]
    return _at(rows, len(close), medians), _at(rows, len(close), relative)


def _ranks(values: Floats) -> tuple[Floats, Floats]:
    """Each row's ranks, 1 the greatest, equal values sharing the better one, and of how many."""
    known = np.isfinite(values)
    ranked = np.broadcast_to(known.sum(axis=1, keepdims=True), values.shape).astype(np.float64)
    ascending = np.sort(-values, axis=1)
    better = [np.searchsorted(row, wanted) for row, wanted in zip(ascending, -values, strict=True)]
    rank = np.array(better, dtype=np.float64).reshape(values.shape) + 1.0
    return np.where(known & (ranked >= LEAST_RANKED), rank, np.nan), ranked


def _standing(rank: Floats, ranked: Floats) -> Floats:
    leaders = np.minimum(MOST_LEADERS, np.ceil(ranked / 4.0))
    standing = (rank <= leaders).astype(np.float64) - (rank > ranked - leaders)
    return np.where(np.isfinite(rank), standing, np.nan)


def _count(flags: Flags, sectors: Sequence[Indices]) -> Floats:
    """Count each sector's members for which the flags (days x assets) are set, by day."""
    counts = np.empty((len(flags), len(sectors)))
    for sector, members in enumerate(sectors):
        counts[:, sector] = flags[:, members].sum(axis=1)
    return counts


def _advancers(close: Floats, sectors: Sequence[Indices], rows: Indices) -> tuple[Floats, Floats]:
    """Share of each sector's members that rose, of those that moved, and its excess over that of all assets."""
    before, close_then = rows_before(close, 1, rows), close[rows]
    rose, moved = close_then > before, (close_then > before) | (close_then < before)
    share, market_share = (_share(rose, moved, groups) for groups in (sectors, [np.arange(close.shape[1])]))
    return _at(rows, len(close), share), _at(rows, len(close), share - market_share)


def _share(rose: Flags, moved: Flags, sectors: Sequence[Indices]) -> Floats:
    of = _count(moved, sectors)
    return divided(_count(rose, sectors), of, of >= LEAST_MOVED)
