"""Signals of sectors and narratives: rotation in and out, and days on which most of a sector rises on its own."""

from operator import eq, ge

from agent.analytics.bars import Floats
from agent.analytics.signals.entries import entering, holds
from agent.analytics.signals.sector_figures import SECTOR_DAYS, SectorFigures, measure_sectors
from agent.analytics.signals.signal import Family, Signal, Subject

__all__ = ["SECTOR_DAYS", "SECTOR_SIGNALS", "SectorFigures", "measure_sectors"]

ADVANCERS = 0.80
ADVANCERS_EXCESS = 0.30


def _was_in_lower_half(sectors: SectorFigures) -> Floats:
    rank, ranked = sectors.rank_week_before, sectors.ranked_week_before
    return holds(rank > (ranked + 1.0) / 2.0, rank, ranked)


def _was_in_upper_half(sectors: SectorFigures) -> Floats:
    rank, ranked = sectors.rank_week_before, sectors.ranked_week_before
    return holds(rank < (ranked + 1.0) / 2.0, rank, ranked)


def _mostly_advancing(sectors: SectorFigures) -> Floats:
    return holds(sectors.advancers >= ADVANCERS, sectors.advancers)


_RANKS = ("rank", "ranked", "rank_week_before", "ranked_week_before", "relative_30d", "return_30d", "members")
_ROTATION = (("window", 30.0), ("days_before", 7.0), ("leaders", 3.0), ("leading_share", 0.25))

SECTOR_SIGNALS: tuple[Signal, ...] = (
    Signal(
        "sector_rotation_in",
        "By median 30-day return against all assets the sector came among the 3 best (of fewer than 9 the best "
        "quarter), and 7 days before it was in the lower half.",
        1,
        _ROTATION,
        entering("sectors", "standing", eq, 1.0, value="rank", evidence=_RANKS, given=_was_in_lower_half),
        Family.ROTATION,
        Subject.SECTOR,
    ),
    Signal(
        "sector_rotation_out",
        "By median 30-day return against all assets the sector came among the 3 worst (of fewer than 9 the worst "
        "quarter), and 7 days before it was in the upper half.",
        -1,
        _ROTATION,
        entering("sectors", "standing", eq, -1.0, value="rank", evidence=_RANKS, given=_was_in_upper_half),
        Family.ROTATION,
        Subject.SECTOR,
    ),
    Signal(
        "sector_breadth_surge",
        "At least 80 % of the sector's members rose, and that share came to exceed that of all assets by 30 points.",
        1,
        (("threshold", ADVANCERS_EXCESS), ("advancers", ADVANCERS)),
        entering(
            "sectors",
            "advancers_excess",
            ge,
            ADVANCERS_EXCESS,
            evidence=("advancers", "members", "return_7d", "relative_7d"),
            given=_mostly_advancing,
        ),
        Family.BREADTH,
        Subject.SECTOR,
    ),
)
