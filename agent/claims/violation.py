"""What the verifier reports."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

CODES: Mapping[str, str] = MappingProxyType(
    {
        "characters": "a character that no text may hold: control, invisible, look-alike digit or minus",
        "unread": "a word or mark that no wording and no glue has",
        "ambiguous": "words with more than one reading",
        "safe": "a sentence without a figure that does not hold for this document",
        "unbacked": "a figure of a kind that no cited fact gives",
        "subject": "of another asset, source or portfolio than the fact",
        "state": "a value that the fact does not have, or a gap that is none",
        "unit": "in another unit than the fact",
        "value": "another figure than the fact shows when rounded",
        "direction": "another direction than the rounded value has",
        "window": "over another span of time",
        "start": "since another day",
        "day": "of another day, or of one that is not shown",
        "other": "against another asset",
        "universe": "among others, or among another number of them",
        "rank": "another place, or counted from the other end",
        "label": "another word than the fact's: a mood, a call, a signal, a reason, a side, a condition",
        "threshold": "another threshold, or the other side of it",
        "qualifier": "another kind of grade, of data or of figure",
        "source": "from another source",
        "comparison": "two figures in another order than the words say",
        "computed": "a figure that does not follow from the figures it is computed of",
        "holding": "put among the holdings, which no fact shows",
        "duplicate": "a claim or a sentence that comes twice",
        "citation": "a cited claim that is unknown or not stated in full, or a figure labelled by another fact",
        "incomplete": "a claim that has to be told is not told",
        "contradiction": "a figure that another sentence gives otherwise",
        "entity": "a row or cell of a table under another name",
        "column": "a cell under a title that it does not belong to",
        "uncited": "a cell that shows something without a fact",
        "figure": "a cell that does not show its fact",
    }
)
"""Every code a violation can have, and what is wrong then. They are counted over time, so none changes its meaning."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One reason why a text may not be published.

    `code` is one of `CODES`, `detail` says what the text states and what the facts hold, `text` is the sentence it
    was found in.
    """

    code: str
    detail: str
    text: str
