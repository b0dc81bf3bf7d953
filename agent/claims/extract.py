"""From words to assertions: the grammar of a sentence, written apart from the code that words claims.

    text     = sentence {" " sentence}
    sentence = safe sentence | [glue] clause {joint clause} ["."]
    clause   = one wording of docs/claims.md [", as of D" | " as of D" | " (as of D)"]

Every character has to be read by a rule; a text with two different readings is refused like one with none.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from agent.claims.fact import Entity
from agent.claims.grammar import (
    events,
    gaps,
    general,
    indices,
    makeup,
    market,
    moves,
    portfolio,
    records,
    risk,
    sectors,
    signals,
    stress,
    weights,
)
from agent.claims.grammar.assertions import Assertion
from agent.claims.grammar.glue import Glue, joint, opening
from agent.claims.grammar.hygiene import impurities
from agent.claims.grammar.page import Page
from agent.claims.grammar.slots import READERS
from agent.claims.grammar.tree import Tree

SAFE_SENTENCES = frozenset(
    {
        "This is the first briefing for this portfolio, so there is nothing earlier to compare with.",
        "No gaps: every source answered and every tracked coin has a bar for the last full day.",
        "No signal fired on the day.",
        "No holding is in this portfolio yet.",
        "No data has been collected yet.",
        "No later close has come in since the last briefing.",
    }
)
"""Sentences without a figure. They do say something of the data, so the caller has to name those that hold."""

_WORDINGS = Tree(
    (
        *(*general.RULES, *moves.RULES, *portfolio.RULES, *risk.RULES),
        *(*weights.RULES, *stress.RULES, *makeup.RULES, *sectors.RULES, *indices.RULES, *records.RULES),
        *(*market.RULES, *signals.RULES, *events.RULES, *gaps.RULES),
    )
)
_AS_OF = re.compile(r",? as of | \(as of ", re.ASCII)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a text could not be read: `code` to count by, `detail` in words."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: per sentence its assertions, the safe sentences in it, and what stopped the reader."""

    sentences: tuple[tuple[Assertion, ...], ...] = ()
    safe: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def assertions(self) -> tuple[Assertion, ...]:
        """Everything the text asserts, in order."""
        return tuple(assertion for sentence in self.sentences for assertion in sentence)


def extract(text: str, entities: Mapping[str, Entity]) -> Reading:
    """What a text asserts, if all of it can be read in exactly one way; otherwise no assertion, and the problems."""
    page = Page(text, entities)
    impure = impurities(text, page.names.all)
    if impure:
        return Reading(problems=tuple(Problem("characters", detail) for detail in impure))
    readings = tuple(dict.fromkeys(_texts(page, 0)))
    if len(readings) == 1:
        return readings[0]
    if readings:
        return Reading(problems=(Problem("ambiguous", f"the text has {len(readings)} readings"),))
    return Reading(problems=(_unread(page),))


def _unread(page: Page) -> Problem:
    read, rest = page.text[: page.farthest], page.text[page.farthest :]
    if not rest:
        return Problem("unread", "the text ends in the middle of a claim" if read else "the text is empty")
    return Problem(
        "unread", f"cannot read {rest[:60]!r} after {read[-60:]!r}" if read else f"cannot read {rest[:60]!r}"
    )


def _texts(page: Page, at: int) -> Iterator[Reading]:
    for first, end in _sentences(page, at):
        if end == len(page.text):
            yield first
        elif page.text.startswith(" ", end) and page.text[end - 1] == ".":
            for rest in _texts(page, end + 1):
                yield Reading(first.sentences + rest.sentences, first.safe + rest.safe)


def _sentences(page: Page, at: int) -> Iterator[tuple[Reading, int]]:
    for sentence in SAFE_SENTENCES:
        if page.text.startswith(sentence, at):
            yield Reading(safe=(sentence,)), page.reached(at + len(sentence))
    for glue in opening(page, at):
        for assertions, end in _clauses(page, glue, held=bool(glue.held)):
            stop = end + page.text.startswith(".", end)
            yield Reading(sentences=(assertions,)), page.reached(stop)


def _clauses(page: Page, glue: Glue, *, held: bool) -> Iterator[tuple[tuple[Assertion, ...], int]]:
    """All ways to read a run of clauses from here; what glue calls a holding stays one until other glue ends it."""
    for assertions, end in _clause(page, glue, held=held):
        yield assertions, end
        for following in joint(page, end):
            still = held if following.held is None else following.held
            for rest, last in _clauses(page, following, held=still):
                yield assertions + rest, last


def _clause(page: Page, glue: Glue, *, held: bool) -> Iterator[tuple[tuple[Assertion, ...], int]]:
    for made, end in page.read(_wordings, glue.end):
        if glue.about is not None and made[0].subject != glue.about:
            continue
        yield tuple(replace(assertion, held=True) for assertion in made) if held else made, end


def _wordings(page: Page, at: int) -> tuple[tuple[tuple[Assertion, ...], int], ...]:
    """The different ways to read a clause here, each with and without the day it shows after it."""
    found: dict[tuple[tuple[Assertion, ...], int], None] = {}
    for rule, values, end in _WORDINGS.read(page, at):
        made = rule.make(values, at, end)
        if made:
            found[made, end] = None
            found.update(dict.fromkeys(_dated(page, made, end)))
    return tuple(found)


def _dated(page: Page, assertions: tuple[Assertion, ...], at: int) -> Iterator[tuple[tuple[Assertion, ...], int]]:
    """The clause with an explicit day after it, if there is one; a clause whose days are all shown takes no other."""
    begun = page.match(_AS_OF, at)
    found = None if begun is None else READERS["date"](page, begun.end())
    if begun is None or found is None or not isinstance(found[0], date):
        return
    end: int | None = found[1]
    if begun.group().startswith(" ("):
        end = page.literal(")", found[1])
    if end is not None and not all(assertion.as_of for assertion in assertions):
        yield tuple(_on(assertion, found[0]) for assertion in assertions), end


def _on(assertion: Assertion, day: date) -> Assertion:
    """The assertion on this day; an earlier day that it shows already stays."""
    relation, computation = assertion.relation, assertion.computation
    if relation is not None:
        relation = replace(relation, against=_on(relation.against, day))
    if computation is not None:
        computation = replace(computation, left=_on(computation.left, day), right=_on(computation.right, day))
    return replace(assertion, as_of=assertion.as_of or day, relation=relation, computation=computation)
