"""Words of others, shown as such: plain, short, with who wrote them and when; never a claim, a link or an order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from agent.briefing.render.wording import source_text
from agent.claims.figures import day_text
from agent.claims.plain_text import ELLIPSIS, cut, plain
from agent.store.passages import PassageRow, SourceKind

MOST_LETTERS = 300
MOST_LABEL_LETTERS = 120
_MARKS = str.maketrans(dict.fromkeys('"\u201c\u201d\u201e\u201f\u00ab\u00bb\u300c\u300d\u300e\u300f', "'"))
_LEAD = 60  # letters before the word that was found


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage, or its part, as it may be shown; raises ValueError for a text that is not plain or too long."""

    text: str
    source_kind: SourceKind
    source: str
    title: str
    day: date
    passage_id: int

    def __post_init__(self) -> None:
        for text, most in (
            (self.text, MOST_LETTERS),
            (self.source, MOST_LABEL_LETTERS),
            (self.title, MOST_LABEL_LETTERS),
        ):
            if len(text) > most or _quotable(text) != text:
                raise ValueError("a quotation is plain, short and without quotation marks: make it with `quote_of`")


def quote_of(passage: PassageRow, words: Sequence[str] = ()) -> Quote:
    """What is quoted of a passage: up to 300 characters, about the first of these words if it holds one."""
    return Quote(
        text=excerpt(_quotable(passage.text), words),
        source_kind=passage.source_kind,
        source=_shortened(_quotable(source_text(passage.source)), MOST_LABEL_LETTERS),
        title=_shortened(_quotable(passage.title), MOST_LABEL_LETTERS),
        day=passage.day,
        passage_id=passage.passage_id,
    )


def _quotable(text: str) -> str:
    """The text made plain, without a mark that could end the quotation around it."""
    return plain(plain(text).translate(_MARKS))


def excerpt(text: str, words: Sequence[str] = ()) -> str:
    """A part of a plain text, 300 characters at the longest, that begins and ends between two words."""
    found = re.search("|".join(map(re.escape, words)), text, re.IGNORECASE) if words else None
    if found is None or found.end() <= MOST_LETTERS - len(ELLIPSIS) - 1:
        return _shortened(text, MOST_LETTERS)
    start = text.find(" ", max(0, found.start() - _LEAD), found.start()) + 1 or found.start()
    return f"{ELLIPSIS} {_shortened(text[start:], MOST_LETTERS - len(ELLIPSIS) - 1)}"


def _shortened(text: str, most: int) -> str:
    """A beginning that is plain still: a cut within a long word may make a link of what was none."""
    short = cut(text, most)
    while (again := cut(_quotable(short), most)) != short:
        short = again
    return short


def quotation(quote: Quote) -> str:
    """The quote in one line: its words in quotation marks, then whose they are, what of, and of which day."""
    return f'"{quote.text}" - {quote.source}, {quote.title}, {day_text(quote.day)}'
