"""What a signal is: a registered definition, and what one reading of it found.

A signal is an event of the last bar: a level that was entered, a line that was crossed. Its direction says which way
the measured thing went, 1 up, -1 down, 0 neither; it is not a forecast.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from agent.analytics.bars import Flags, Floats

if TYPE_CHECKING:
    from agent.analytics.signals.ground import Ground


class Subject(StrEnum):
    """What a signal is about."""

    ASSET = "asset"
    SECTOR = "sector"
    MARKET = "market"


class Family(StrEnum):
    """What kind of evidence a signal rests on."""

    TREND = "trend"
    MOMENTUM = "momentum"
    VOLUME = "volume"
    LEVELS = "levels"
    DRAWDOWN = "drawdown"
    GRADES = "grades"
    PROVIDER = "provider"
    ROTATION = "rotation"
    BREADTH = "breadth"
    SENTIMENT = "sentiment"
    ONCHAIN = "onchain"
    DEFI = "defi"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a signal found: whether it fired, whether it could be known, its figure and its evidence.

    Every array has the shape of the ground it was read from: (subjects,) for a day, (days, subjects) for a history.
    Where it is not known it has not fired.
    """

    fired: Flags
    known: Flags
    value: Floats
    evidence: tuple[tuple[str, Floats], ...]


@dataclass(frozen=True, slots=True)
class Signal:
    """A registered signal.

    `definition` is one sentence with every parameter in it; `direction` is 1, -1 or 0; `parameters` are named numbers;
    `read` finds it in a ground, for a day or a history alike; `expires_after_days` is for how many days after it fired
    it counts as live. `restated` says that its provider rewrites history, so that only what was learned at the time
    may be scored.
    """

    name: str
    definition: str
    direction: int
    parameters: tuple[tuple[str, float], ...]
    read: Callable[["Ground"], Reading]
    family: Family
    subject: Subject = Subject.ASSET
    expires_after_days: int = 7
    restated: bool = False


@dataclass(frozen=True, slots=True)
class SignalHit:
    """A signal that fired for the subject in this column; the evidence names every figure it was read from."""

    subject: Subject
    column: int
    name: str
    direction: int
    value: float
    evidence: tuple[tuple[str, float], ...]
