"""The neutral words that may stand before and between claims."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.claims.grammar.page import Page
from agent.claims.grammar.slots import READERS

_OF_THE_READER = (
    *("among your holdings", "in your portfolio", "within your portfolio"),
    *("turning to your holdings", "turning to your portfolio"),
)
_OF_OTHERS = (
    *("in the market", "across the market", "in the wider market", "turning to the market"),
    "elsewhere",
)
_PLAIN = ("meanwhile", "also", "in addition", "besides", "separately", "on the data side", "among the signals")
_LINKS = (*_OF_THE_READER, *_OF_OTHERS, *_PLAIN, "and", "while")
_ORDERING = ("overall", "finally", "lastly", "first", "to begin with", "then", "next")
"""These order the text, so they stand before its first claim; between two claims they would order the events."""


def _any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(phrases)})(?=[ ,:])", re.ASCII)


_OPENERS, _JOINERS = _any_of((*_LINKS, *_ORDERING)), _any_of(_LINKS)
_MOST_PHRASES = 4
_JOINT = re.compile(r"([,;:]?) ", re.ASCII)


@dataclass(frozen=True, slots=True)
class Glue:
    """What the words between two claims say about the claim that follows.

    `held` is True after `among your holdings`, False after `elsewhere`, None if nothing was said; `about` is the
    subject of `as for X`.
    """

    end: int
    held: bool | None = None
    about: str | None = None


def opening(page: Page, at: int) -> Iterator[Glue]:
    """The ways to read the glue before the first claim of a sentence; no glue at all is one of them."""
    return _phrases(page, Glue(at), _OPENERS)


def joint(page: Page, at: int) -> Iterator[Glue]:
    """The ways to read the glue between two claims: a mark, neutral words, or both; a bare space joins nothing."""
    mark = page.match(_JOINT, at)
    if mark is None:
        return
    for glue in _phrases(page, Glue(mark.end()), _JOINERS):
        if mark.group(1) or glue.end > mark.end():
            yield glue


def _phrases(page: Page, so_far: Glue, words: re.Pattern[str]) -> Iterator[Glue]:
    yield so_far
    for _ in range(_MOST_PHRASES):
        said = _phrase(page, so_far, words)
        after = None if said is None else page.match(_JOINT, said.end)
        if said is None or after is None:
            return
        so_far = replace(said, end=after.end())
        yield so_far


def _phrase(page: Page, so_far: Glue, words: re.Pattern[str]) -> Glue | None:
    begun = page.literal("as for ", so_far.end)
    subject = None if begun is None else READERS["subject"](page, begun)
    if subject is not None:
        return replace(so_far, end=subject[1], about=str(subject[0]))
    found = page.match(words, so_far.end)
    if found is None:
        return None
    held = True if found.group() in _OF_THE_READER else False if found.group() in _OF_OTHERS else so_far.held
    return replace(so_far, end=found.end(), held=held)
