"""What a question becomes: calls of typed tools, what is declined, and what the reader has to be told. Records only."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol, TypeAlias

from agent.ask.arguments import Arguments, Window
from agent.ask.tools import Candidate


class Declined(StrEnum):
    """What a question asks for that the data cannot give."""

    ADVICE = "advice"
    FORECAST = "forecast"
    CAUSE = "cause"
    INTRADAY = "intraday"
    TRADE = "trade"


class NameLookup(Protocol):
    """The names of the assets that may be asked about; it only reads."""

    def candidates(self, text: str) -> tuple[Candidate, ...]:
        """The assets whose id (`id 12`), symbol, name or slug is `text`, whatever its case; best first."""
        ...

    def similar(self, text: str) -> tuple[Candidate, ...]:
        """The assets whose name or slug is one edit away from `text`; none if `text` is shorter than five letters."""
        ...


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool; `tool` is a key of `arguments.TOOLS`, or `help`."""

    tool: str
    arguments: Arguments


@dataclass(frozen=True, slots=True)
class Premise:
    """A move that the question takes for granted: the asset (None: the market), 1 or -1, and over what."""

    asset: str | None
    direction: Literal[1, -1]
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A question as understood.

    `understood` says what is looked up, empty where nothing is. `notes` are told to the reader as they are: what was
    taken for what, what was not read, what cannot be done. `candidates` are asked back, `unresolved` are no assets.
    `focus` are metrics, or labels, of the facts that a broad answer has to tell first.
    """

    calls: tuple[Call, ...] = ()
    understood: str = ""
    notes: tuple[str, ...] = ()
    declined: tuple[Declined, ...] = ()
    premise: Premise | None = None
    candidates: tuple[Candidate, ...] = ()
    unresolved: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()


Context: TypeAlias = Plan
"""What a follow-up is completed from: the plan of the question before it."""
