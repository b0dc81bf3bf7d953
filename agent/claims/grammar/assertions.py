"""What a clause asserts, in the terms of the fact that has to back it."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from agent.claims.fact import Metric, Unit

PORTFOLIO = "portfolio"
"""The subject of `your portfolio`: text never says which one, so the facts must hold exactly one."""


class Direction(StrEnum):
    """Where the words say a value went."""

    UP = "up"
    DOWN = "down"
    FLAT = "flat"


class Style(StrEnum):
    """How a figure carries its sign."""

    PLAIN = "plain"  # a minus if negative
    MAGNITUDE = "magnitude"  # never a sign: words around it say the direction
    SIGNED = "signed"  # plus or minus, but none on zero
    TALLY = "tally"  # a count that reads "none" at zero


@dataclass(frozen=True, slots=True)
class Figure:
    """A value as shown: its exact text, what it reads as, how many decimals and which sign were shown."""

    text: str
    value: Decimal
    decimals: int
    sign: str  # "+", "-" or ""
    unit: Unit
    style: Style
    span: tuple[int, int] = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Universe:
    """What a rank or a count is taken over: `tracked` coins, `holdings`, `pairs` of them or `sectors`; how many."""

    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class Bound:
    """A threshold and the side the value is said to be on: `below`, `above` or `crossing`."""

    value: Decimal
    side: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A comparison with a second assertion of the same clause.

    `word` is beat, trailed or matched, higher or lower, or, against an earlier value, up, down or flat.
    """

    word: str
    against: "Assertion"


@dataclass(frozen=True, slots=True)
class Computation:
    """How the value follows from two other assertions of the same clause: `difference`, `times` or `change`.

    `word` is above or below where the words say which side of the other the first is on; a difference without it is
    said to show as nothing.
    """

    operation: str
    left: "Assertion"
    right: "Assertion"
    word: str | None = None


@dataclass(frozen=True, slots=True)
class Assertion:
    """One thing a text states, field by field as in `Fact`; None where the wording leaves a field unsaid.

    `days_before` counts back from the day the sentence speaks of; `held` is set where glue calls the subject a
    holding; `spans` are where in the text the value stands (its figure, its label or the word for it), none if
    the wording shows none; `clause` is where its clause stands.
    """

    metric: Metric
    unit: Unit
    subject: str | None = None
    figure: Figure | None = None
    direction: Direction | None = None
    window: str | None = None
    start: date | None = None
    as_of: date | None = None
    days_before: int = 0
    other: str | None = None
    universe: Universe | None = None
    rank: int | None = None
    from_bottom: bool = False
    label: str | None = None
    threshold: Bound | None = None
    qualifier: str | None = None
    source: str | None = None
    relation: Relation | None = None
    computation: Computation | None = None
    held: bool = False
    spans: tuple[tuple[int, int], ...] = field(default=(), compare=False)
    clause: tuple[int, int] = field(default=(0, 0), compare=False)
