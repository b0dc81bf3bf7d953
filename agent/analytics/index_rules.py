"""The rules of a model index: which assets it may hold, how it weighs them, and when it is rebalanced."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from agent.analytics.bars import Flags, Floats
from agent.analytics.errors import AnalyticsError
from agent.analytics.look_through import KINDS

Days = NDArray[np.datetime64]

BASE_LEVEL = 100.0
HIGHEST_COST_BPS = 1000
WITHOUT_PRICE_OF_THEIR_OWN = frozenset({"stablecoin", "wrapped", "bridged", "staked"})


class Weighting(StrEnum):
    """What the weight of a constituent is in proportion to."""

    EQUAL = "equal"
    CAP = "cap"
    SQRT_CAP = "sqrt_cap"
    INVERSE_VOLATILITY = "inverse_volatility"


class Schedule(StrEnum):
    """When an index is rebalanced: at the close of each Monday, of the first day of each month or quarter, or never."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    BUY_AND_HOLD = "buy-and-hold"


@dataclass(frozen=True, slots=True)
class Largest:
    """The `count` largest assets by market value, of a category if one is given, without the kinds excluded.

    Raises AnalyticsError, naming the field, for values that are not allowed.
    """

    count: int
    excluded_kinds: frozenset[str] = WITHOUT_PRICE_OF_THEIR_OWN
    category: str | None = None

    def __post_init__(self) -> None:
        _require(self.count >= 1, "universe.count", self.count, "at least 1")
        unknown = self.excluded_kinds - KINDS
        _require(not unknown, "universe.excluded_kinds", sorted(unknown), f"among {', '.join(sorted(KINDS))}")
        _require(self.category != "", "universe.category", self.category, "the slug of a category, or None")


@dataclass(frozen=True, slots=True)
class Listed:
    """The assets listed, whatever they are. Raises AnalyticsError, naming the field, if there is none or one twice."""

    asset_ids: tuple[int, ...]

    def __post_init__(self) -> None:
        distinct = len(set(self.asset_ids)) == len(self.asset_ids)
        _require(bool(self.asset_ids) and distinct, "universe.asset_ids", self.asset_ids, "one or more, none twice")

    @property
    def count(self) -> int:
        """How many assets the index holds at most."""
        return len(self.asset_ids)


@dataclass(frozen=True, slots=True)
class IndexRule:
    """A model index. It stands at 100 at the close of its `start` day, on which it is bought without cost.

    `max_weight` is the most one asset may weigh after a rebalance, a fraction; `cost_bps` is paid on every sale and
    purchase of a later rebalance. Raises AnalyticsError, naming the field and what is allowed.
    """

    name: str
    universe: Largest | Listed
    start: date
    weighting: Weighting = Weighting.CAP
    rebalance: Schedule = Schedule.MONTHLY
    max_weight: float | None = None
    cost_bps: float = 0.0

    def __post_init__(self) -> None:
        _require(bool(self.name.strip()), "name", self.name, "a name that is not empty")
        _require(self.weighting in set(Weighting), "weighting", self.weighting, f"one of {', '.join(Weighting)}")
        _require(self.rebalance in set(Schedule), "rebalance", self.rebalance, f"one of {', '.join(Schedule)}")
        allowed = f"from 0 to {HIGHEST_COST_BPS}"
        _require(0 <= self.cost_bps <= HIGHEST_COST_BPS, "cost_bps", self.cost_bps, allowed)
        if self.max_weight is not None:
            least = 1 / self.universe.count
            allowed = f"from {least:.4g} (1 / {self.universe.count} assets) to 1"
            _require(is_feasible(self.max_weight, self.universe.count), "max_weight", self.max_weight, allowed)


def is_feasible(max_weight: float, count: int) -> bool:
    """Tell whether `count` weights of at most `max_weight` can sum to 1."""
    return max_weight <= 1 and max_weight * count >= 1 - 1e-12


def rebalance_flags(schedule: Schedule, start: date, days: Days) -> Flags:
    """Flag the days at whose close the index is due to be rebalanced: its start and every day of its schedule after.

    One flag per day; days before the start have none.
    """
    days = days.astype("datetime64[D]")
    first = np.datetime64(start, "D")
    months = days.astype("datetime64[M]")
    begins_month = days == months.astype("datetime64[D]")
    due = {
        Schedule.WEEKLY: (days.astype(np.int64) + 3) % 7 == 0,  # 1970-01-01 was a Thursday
        Schedule.MONTHLY: begins_month,
        Schedule.QUARTERLY: begins_month & (months.astype(np.int64) % 3 == 0),
        Schedule.BUY_AND_HOLD: np.zeros(days.shape, dtype=np.bool_),
    }[schedule]
    flags: Flags = (days == first) | (due & (days > first))
    return flags


def capped_weights(sizes: Floats, max_weight: float | None = None) -> Floats:
    """Weights in proportion to the sizes, none above the cap; what is cut off goes to the others in proportion.

    One weight per size, fractions that sum to 1. Repeated until none is above the cap, since what is passed on may lift
    another one above it. Raises AnalyticsError for a size that is not above 0 and for a cap too low to sum to 1.
    """
    sizes = np.asarray(sizes, dtype=np.float64)
    if not sizes.size or not (np.isfinite(sizes) & (sizes > 0)).all():
        raise AnalyticsError("weights need one size or more, each finite and above 0")
    weights: Floats = sizes / sizes.max()
    weights /= weights.sum()
    if max_weight is None:
        return weights
    if not is_feasible(max_weight, len(sizes)):
        raise AnalyticsError(f"{len(sizes)} weights of at most {max_weight} cannot sum to 1")
    capped = np.zeros(sizes.shape, dtype=np.bool_)
    while (over := ~capped & (weights > max_weight)).any():
        capped |= over
        if capped.all():
            return np.full(sizes.shape, 1 / len(sizes))
        weights[capped] = max_weight
        weights[~capped] *= (1 - max_weight * capped.sum()) / weights[~capped].sum()
    return weights


def _require(holds: bool, field: str, given: object, allowed: str) -> None:  # noqa: FBT001 - what must hold comes first
    if not holds:
        raise AnalyticsError(f"{field} must be {allowed}, got {given!r}")
