"""A month's plan of credits: how often each kind of data can be fetched until the credits start anew. Pure.

Every need is first given its slowest useful pace, then faster ones, step by step, in stages:

1. what is held, up to once a day (or the pace it wants, if that is slower),
2. the market as a whole, likewise,
3. the watchlists, likewise,
4. what is held, up to every six hours,
5. everything else there is, up to once a week,
6. the market and the watchlists, up to every six hours,
7. everything else there is, at the pace it wants,
8. the rest of the paces that are wanted.

Within a stage the cheap steps come before the dear ones, of equal ones the slower paces, and then the need that was
named first. A stage ends with the first step it cannot pay; what is left goes to the next one. So a need never loses
anything to one of a later stage, and more credits take nothing from a need unless one of an earlier stage gets more.

A plan is made anew from what is left whenever it is needed, so that it corrects itself. It assumes that everything
runs at once and then at its pace, which is never too little.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

SAFETY_SHARE: Final = 0.10
# The paces between the slowest useful one and the one that is wanted: 60 days to an hour.
PACES_H: Final = (1440.0, 720.0, 336.0, 168.0, 72.0, 48.0, 24.0, 12.0, 8.0, 6.0, 4.0, 3.0, 2.0, 1.0)

_SIX_HOURS_H: Final = 6.0
_DAY_H: Final = 24.0
_WEEK_H: Final = 168.0


class Tier(IntEnum):
    """Whom a need serves, the most important first; what the holdings cannot do without belongs to them."""

    HOLDINGS = 0
    MARKET = 1
    WATCHLIST = 2
    UNIVERSE = 3


@dataclass(frozen=True, slots=True)
class Need:
    """Something to fetch again and again.

    `runs_per_day` is how often it is wanted, less than 1 for less than daily; `slowest_days` is the longest pause after
    which it is still of use. Raises `ValueError` if the two contradict each other or a number makes no sense.
    """

    name: str
    tier: Tier
    credits_per_run: int
    runs_per_day: float
    slowest_days: float

    def __post_init__(self) -> None:
        if self.credits_per_run < 0 or not (0 < self.runs_per_day <= 1440 and 0 < self.slowest_days <= 366):
            raise ValueError(f"{self.name}: credits, runs and days must be positive and finite")
        if self.slowest_days * self.runs_per_day < 0.999:
            raise ValueError(f"{self.name}: the slowest useful pace is faster than the one that is wanted")

    @property
    def paces_h(self) -> tuple[float, ...]:
        """The paces it can have, in hours from one run to the next, the slowest first."""
        return _paces_h(self.slowest_days * _DAY_H, _DAY_H / self.runs_per_day)


@dataclass(frozen=True, slots=True)
class PlannedNeed:
    """What a need gets until the credits start anew; `every` None means that it is left out."""

    need: Need
    every: timedelta | None
    runs: int = 0
    credits: int = 0
    left_out: str = ""  # why, in plain words; empty unless it is left out
    stretched: str = ""  # how much less often than wanted, in plain words; empty if it has the pace it wants

    def due(self, last_run: datetime | None, now: datetime) -> bool:
        """Whether it is to run now; a tenth of its pace, half an hour at most, early counts as on time."""
        if self.every is None:
            return False
        return last_run is None or now - last_run >= self.every - min(self.every / 10, timedelta(minutes=30))


@dataclass(frozen=True, slots=True)
class CreditPlan:
    """What every need gets, in the order in which they were named; `usable` is what is left less the safety share."""

    needs: tuple[PlannedNeed, ...]
    credits_left: int | None  # None = nothing is counted
    usable: int | None

    @property
    def credits(self) -> int:
        """What the plan takes until the credits start anew."""
        return sum(planned.credits for planned in self.needs)

    @property
    def by_key(self) -> Mapping[tuple[str, Tier], PlannedNeed]:
        """What every need gets, by its name and tier."""
        return MappingProxyType({(planned.need.name, planned.need.tier): planned for planned in self.needs})

    @property
    def left_out(self) -> tuple[str, ...]:
        """Why each need that is left out is, in plain words."""
        return tuple(planned.left_out for planned in self.needs if planned.left_out)

    @property
    def stretched(self) -> tuple[str, ...]:
        """Which needs run less often than wanted, in plain words."""
        return tuple(planned.stretched for planned in self.needs if planned.stretched)


class _Step(NamedTuple):
    """One pace faster for one need: `price` orders the steps of a stage, `cost` is what it takes in all."""

    stage: int
    price: int
    runs_per_hour: float
    position: int
    level: int
    cost: int


def plan_credits(
    needs: Sequence[Need], credits_left: int | None, days_left: float, safety_share: float = SAFETY_SHARE
) -> CreditPlan:
    """Plan how often each need runs in the days until the credits start anew.

    `credits_left` None means that nothing is counted, so everything has the pace it wants; `safety_share` of the
    credits is kept for requests that have to be repeated. Raises `ValueError` for a need that is named twice in one
    tier, for days that are not positive, and for a share outside 0 to 1.
    """
    if len({(need.name, need.tier) for need in needs}) < len(needs):
        raise ValueError("a need is named twice in one tier")
    if not (0 < days_left <= 366 and 0 <= safety_share < 1):
        raise ValueError("the days left must be positive, the safety share from 0 to 1")
    usable = None if credits_left is None else max(0, math.floor(credits_left * (1 - safety_share) + 1e-9))
    levels = _levels(needs, math.inf if usable is None else usable, days_left)
    left = None if usable is None else usable - sum(map(_cost, needs, levels, [days_left] * len(needs)))
    planned = tuple(_planned(need, level, days_left, left) for need, level in zip(needs, levels, strict=True))
    return CreditPlan(planned, credits_left, usable)


def _levels(needs: Sequence[Need], budget: float, days_left: float) -> list[int]:
    """Take step after step while the budget lasts; gives how many paces of each need are taken, 0 = left out."""
    levels = [0] * len(needs)
    spent_up: set[int] = set()
    steps = [step for position, need in enumerate(needs) for step in _steps(need, position, days_left)]
    for step in sorted(steps):
        if step.stage in spent_up or step.level != levels[step.position] + 1:
            continue
        if step.cost > budget:
            spent_up.add(step.stage)
            continue
        budget -= step.cost
        levels[step.position] = step.level
    return levels


def _steps(need: Need, position: int, days_left: float) -> Iterator[_Step]:
    stage, price, spent = 0, need.credits_per_run, 0
    for level, pace_h in enumerate(need.paces_h, start=1):
        cost = _runs(pace_h, days_left) * need.credits_per_run - spent
        spent += cost
        # The first step is priced by a single run: to have something at all comes before having it more often.
        stage, price = max(stage, _stage(need.tier, pace_h, level)), price if level == 1 else max(price, cost)
        yield _Step(stage, price, 1 / pace_h, position, level, cost)


def _stage(tier: Tier, pace_h: float, level: int) -> int:
    """Give the stage of the list above, from 0, that a pace belongs to; the first pace belongs to the earliest one."""
    if tier is Tier.UNIVERSE:
        return 4 if level == 1 or pace_h >= _WEEK_H else 6
    if level == 1 or pace_h >= _DAY_H:
        return int(tier)
    if pace_h >= _SIX_HOURS_H:
        return 3 if tier is Tier.HOLDINGS else 5
    return 7


@lru_cache(maxsize=256)
def _paces_h(slowest_h: float, wanted_h: float) -> tuple[float, ...]:
    between = (pace_h for pace_h in PACES_H if wanted_h < pace_h < slowest_h)
    return (slowest_h, *between, *((wanted_h,) if wanted_h < slowest_h else ()))


def _runs(pace_h: float, days_left: float) -> int:
    return math.ceil(days_left * _DAY_H / pace_h - 1e-9)


def _cost(need: Need, level: int, days_left: float) -> int:
    return _runs(need.paces_h[level - 1], days_left) * need.credits_per_run if level else 0


def _planned(need: Need, level: int, days_left: float, left: int | None) -> PlannedNeed:
    who = f"{need.name} ({need.tier.name.lower()})"
    if level == 0:
        least, pace = _cost(need, 1, days_left), _pace_words(need.paces_h[0])
        verb = "is" if left == 1 else "are"
        why = f"{who}: left out; even {pace} it takes {least} credits this month, and {left} {verb} free"
        return PlannedNeed(need, None, left_out=why)
    pace_h, wanted_h = need.paces_h[level - 1], need.paces_h[-1]
    words = "" if level == len(need.paces_h) else f"{who}: {_pace_words(pace_h)} instead of {_pace_words(wanted_h)}"
    runs = _runs(pace_h, days_left)
    return PlannedNeed(need, timedelta(hours=pace_h), runs, runs * need.credits_per_run, stretched=words)


def _pace_words(pace_h: float) -> str:
    for unit, hours in (("day", _DAY_H), ("hour", 1.0), ("minute", 1 / 60)):
        if pace_h >= hours:
            count = pace_h / hours
            return f"every {unit}" if count == 1 else f"every {count:.3g} {unit}s"
    return "every minute"
