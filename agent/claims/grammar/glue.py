"""The neutral words that may stand between claims, and the sentences that state no market fact."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from agent.claims.grammar.page import Page
from agent.claims.grammar.slots import READERS

_OF_THE_READER = ("among your holdings", "in your portfolio")
_OF_OTHERS = ("in the market", "elsewhere")
_PLAIN = ("and", "while", "meanwhile", "also", "overall", "finally", "first", "then")
_PHRASE = re.compile(rf"(?:{'|'.join((*_OF_THE_READER, *_OF_OTHERS, *_PLAIN))})(?=[ ,:])", re.ASCII)
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
    return _phrases(page, Glue(at))


def joint(page: Page, at: int) -> Iterator[Glue]:
    """The ways to read the glue between two claims: a mark, neutral words, or both; a bare space joins nothing."""
    mark = page.match(_JOINT, at)
    if mark is None:
        return
    for glue in _phrases(page, Glue(mark.end())):
        if mark.group(1) or glue.end > mark.end():
            yield glue


def _phrases(page: Page, so_far: Glue) -> Iterator[Glue]:
    yield so_far
    said = _phrase(page, so_far)
    after = None if said is None else page.match(_JOINT, said.end)
    if said is not None and after is not None:
        yield from _phrases(page, replace(said, end=after.end()))


def _phrase(page: Page, so_far: Glue) -> Glue | None:
    begun = page.literal("as for ", so_far.end)
    subject = None if begun is None else READERS["subject"](page, begun)
    if subject is not None:
        return replace(so_far, end=subject[1], about=str(subject[0]))
    found = page.match(_PHRASE, so_far.end)
    if found is None:
        return None
    held = True if found.group() in _OF_THE_READER else False if found.group() in _OF_OTHERS else so_far.held
    return replace(so_far, end=found.end(), held=held)
