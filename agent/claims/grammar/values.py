"""What a slot of a wording can hold, and what a reader of slots is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from agent.claims.fact import Metric, Unit
from agent.claims.grammar.assertions import Direction, Figure, Style, Universe
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


@dataclass(frozen=True, slots=True)
class Noun:
    """A figure by name: what it is of besides its subject, and how its values are shown.

    `units` are those it can be in; `said` is the noun as it stands in the text.
    """

    metric: Metric
    units: tuple[Unit, ...]
    style: Style
    said: str
    qualifier: str | None = None
    window: Window | None = None
    other: str | None = None

    @property
    def span(self) -> tuple[str | None, date | None]:
        """The name of its window and the day that starts from, if it has them."""
        return (None, None) if self.window is None else (self.window.name, self.window.start)

    @property
    def name(self) -> str:
        """The metric with its own qualifier, as facts that are computed of it name it."""
        return f"{self.metric}:{self.qualifier}" if self.qualifier else str(self.metric)


Value = str | int | Figure | Word | Turn | Window | Universe | Noun | date | Decimal
Reader = Callable[[Page, int], tuple[Value, int] | None]
"""Takes a page and a place and gives what it read there and where that ends, or None."""
