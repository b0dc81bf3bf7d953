"""The neutral words that may stand between claims, and the places where they may stand.

The list is the one of docs/claims.md. A word that is not on it fails: causes, contrasts, numbers, names and directions
are kept out by not being listed, never by being recognised.
"""

import re
from enum import StrEnum
from itertools import pairwise

JOINERS = frozenset({"and", "while"})
"""Words that may join two claims; a semicolon does too."""
HOLDING_PHRASES = frozenset(
    {
        "among your holdings",
        "in your portfolio",
        "within your portfolio",
        "turning to your holdings",
        "turning to your portfolio",
    }
)
"""Phrases that put what follows among the holdings."""
MARKET_PHRASES = frozenset({"in the market", "across the market", "in the wider market", "turning to the market"})
"""Phrases that put what follows in the market as a whole."""
OPENING_ONLY = frozenset({"overall", "finally", "lastly", "first", "to begin with", "then", "next"})
"""Phrases that order the text; between two claims they would order the events."""
OPENERS = (
    frozenset(
        {
            "meanwhile",
            "also",
            "in addition",
            "besides",
            "separately",
            "as for",
            "elsewhere",
            "on the data side",
            "among the signals",
        }
    )
    | HOLDING_PHRASES
    | MARKET_PHRASES
    | OPENING_ONLY
)
"""Phrases that may open a sentence or, but for those of `OPENING_ONLY`, follow a joiner."""

_PHRASES = sorted(JOINERS | OPENERS, key=len, reverse=True)
_LEXEME = re.compile("|".join([*(rf"{phrase}(?![a-z])" for phrase in _PHRASES), "[,;:]", " +"]))
_LONGEST = 80


class Place(StrEnum):
    """Where in a sentence a piece of glue stands."""

    OPENING = "opening"
    BETWEEN = "between"
    CLOSING = "closing"


def glue_tokens(text: str) -> tuple[str, ...] | None:
    """The phrases and marks `text` is made of, or None if anything else is in it.

    Case is ignored; the ASCII space is the only space, and two marks never stand side by side.
    """
    if len(text) > _LONGEST or not text.isascii():
        return None
    rest, tokens = text.lower(), list[str]()
    while rest:
        match = _LEXEME.match(rest)
        if match is None or (tokens and tokens[-1][-1].isalpha() and match[0][0].isalpha()):
            return None
        tokens.append(match[0])
        rest = rest[match.end() :]
    words = tuple(token for token in tokens if token.strip())
    marks = [not token[0].isalpha() for token in words]
    return None if any(left and right for left, right in pairwise(marks)) else words


def placed_glue(text: str, place: Place) -> str | None:
    """`text` as it is printed at `place`, spaces and marks put right; None if it is no glue or does not fit there.

    Two claims without a joiner get a semicolon. A full stop at the end is the composer's and is taken off here.
    """
    tokens = glue_tokens(text.rstrip().removesuffix(".") if place is Place.CLOSING else text)
    if tokens is None:
        return None
    words = [token for token in tokens if token[0].isalpha()]
    if place is Place.CLOSING:
        return "" if not words else None
    if place is Place.OPENING:
        return _opening(words)
    return _between(words, semicolon=";" in tokens)


def _opening(words: list[str]) -> str | None:
    if JOINERS.intersection(words) or len(words) > 2:
        return None
    return f"{', '.join(words)}, " if words else ""


def _between(words: list[str], *, semicolon: bool) -> str | None:
    joiners = [word for word in words if word in JOINERS]
    openers = [word for word in words if word not in JOINERS]
    misplaced = bool(joiners) and words[0] not in JOINERS
    if len(joiners) > 1 or len(openers) > 1 or misplaced or OPENING_ONLY.intersection(openers):
        return None
    start = f" {joiners[0]} " if joiners and not semicolon else f"; {joiners[0]} " if joiners else "; "
    return start + (f"{openers[0]}, " if openers else "")
