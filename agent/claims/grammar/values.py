"""What a slot of a wording can hold, and what a reader of slots is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agent.claims.grammar.assertions import Direction, Figure, Universe
from agent.claims.grammar.page import Page


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase with its place in the text."""

    text: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Turn:
    """A direction word: where it says the value went, and its place in the text."""

    direction: Direction
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time, and the day it starts from if it is `since`."""

    name: str
    start: date | None = None


Value = str | int | Figure | Word | Turn | Window | Universe | date | Decimal
Reader = Callable[[Page, int], tuple[Value, int] | None]
"""Takes a page and a place and gives what it read there and where that ends, or None."""
