"""Wordings as patterns, and what is seen when one fits.

A pattern is the wording itself with `{kind}` or `{slot:kind}` where it varies, for example
`{asset} {rose} {pct} {window}`. It has to fit character by character: nothing is skipped.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from agent.claims.fact import Metric
from agent.claims.grammar.assertions import Assertion, Direction, Figure, Universe
from agent.claims.grammar.slots import READERS
from agent.claims.grammar.values import Noun, Reader, Turn, Value, Window, Word

_SLOT = re.compile(r"\{([^}]+)\}")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the slots of a wording held, by slot name."""

    values: Mapping[str, Value]
    span: tuple[int, int]

    def _get(self, slot: str, kind: type[_T]) -> _T:
        value = self.values[slot]
        if not isinstance(value, kind):
            raise TypeError(f"slot {slot!r} holds {value!r}, not a {kind.__name__}: mend the rule that asks for it")
        return value

    def subject(self, slot: str = "subject") -> str:
        """The subject named in a slot."""
        return self._get(slot, str)

    def figure(self, slot: str) -> Figure:
        """The figure in a slot."""
        return self._get(slot, Figure)

    def turn(self, slot: str) -> Direction:
        """The direction that the word in a slot says."""
        return self._get(slot, Turn).direction

    def place(self, slot: str) -> tuple[int, int]:
        """Where the word in a slot stands."""
        value = self.values[slot]
        return value.span if isinstance(value, Turn) else self._get(slot, Word).span

    def word(self, slot: str) -> str:
        """The words in a slot."""
        return self._get(slot, Word).text

    def window(self, slot: str = "window") -> Window:
        """The span of time in a slot."""
        return self._get(slot, Window)

    def universe(self) -> Universe:
        """The universe of a rank or count."""
        return self._get("universe", Universe)

    def day(self, slot: str = "date") -> date:
        """The day in a slot."""
        return self._get(slot, date)

    def number(self, slot: str) -> int:
        """The rank in a slot."""
        return self._get(slot, int)

    def threshold(self) -> Decimal:
        """The threshold as written."""
        return self._get("threshold", Decimal)

    def noun(self) -> Noun:
        """The figure's noun."""
        return self._get("noun", Noun)


Build = Callable[[Seen], tuple[Assertion, ...]]
"""Makes the assertions of a wording, none where its slots do not go together (an RSI in per cent)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A wording and how to make assertions of what is seen in it."""

    pattern: str
    parts: tuple[str | tuple[str, Reader], ...]
    build: Build

    def make(self, values: Mapping[str, Value], at: int, end: int) -> tuple[Assertion, ...]:
        """The assertions of this wording between two places; none if what its slots hold does not go together."""
        made = self.build(Seen(values, (at, end)))
        return tuple(replace(assertion, clause=(at, end)) for assertion in made)


def rule(pattern: str, build: Build) -> Rule:
    """A rule for this wording; raises KeyError if it names a slot the grammar does not have."""
    parts: list[str | tuple[str, Reader]] = []
    for index, piece in enumerate(_SLOT.split(pattern)):
        if index % 2:
            slot, _, kind = piece.partition(":")
            parts.append((slot, READERS[kind or slot]))
        elif piece:
            parts.append(piece)
    return Rule(pattern, tuple(parts), build)


def stated(metric: Metric, figure: Figure, subject: str | None = None, window: Window | None = None) -> Assertion:
    """The assertion that a figure shows this metric of this subject over this window."""
    return Assertion(
        metric=metric,
        unit=figure.unit,
        subject=subject,
        figure=figure,
        window=None if window is None else window.name,
        start=None if window is None else window.start,
        spans=(figure.span,),
    )
