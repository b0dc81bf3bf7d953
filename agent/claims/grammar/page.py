"""A text being read: its characters, its names, what was read where, and how far any rule has understood it."""

import re
from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

from agent.claims.fact import Entity
from agent.claims.grammar.names import Names

_T = TypeVar("_T")
_SENTENCE_START = re.compile(r"(?:^|(?<=\. ))[A-Z]", re.ASCII)


class Page:
    """The text, with the first letter of every sentence also tried in lower case.

    Names are compared with the text as it is, everything else may be capitalised at the start of a sentence.
    `farthest` is the first place that no rule has read beyond: where a reader should look if the text is refused.
    """

    def __init__(self, text: str, entities: Mapping[str, Entity]) -> None:
        self.text = text
        self.names = Names(entities)
        self.farthest = 0
        self._lowered = _SENTENCE_START.sub(lambda start: start.group().lower(), text)
        self._seen: dict[tuple[Hashable, int], object] = {}

    def read(self, reader: "Callable[[Page, int], _T]", at: int) -> _T:
        """What this reader reads at this place; it is asked once."""
        key = (reader, at)
        if key not in self._seen:
            self._seen[key] = reader(self, at)
        return self._seen[key]  # type: ignore[return-value]  # stored two lines up by the same reader

    def words(self, at: int, length: int) -> tuple[str, str]:
        """The characters at this place: with the sentence's first letter in lower case, and as they are."""
        return self._lowered[at : at + length], self.text[at : at + length]

    def literal(self, words: str, at: int) -> int | None:
        """Where these words end if they stand at this place."""
        if not (self._lowered.startswith(words, at) or self.text.startswith(words, at)):
            return None
        return self.reached(at + len(words))

    def match(self, pattern: re.Pattern[str], at: int) -> re.Match[str] | None:
        """The pattern's match at this place, in the text with sentence starts in lower case."""
        found = pattern.match(self._lowered, at)
        if found is not None:
            self.reached(found.end())
        return found

    def reached(self, at: int) -> int:
        """Notes that the text has been understood up to this place, and gives the place back."""
        self.farthest = max(self.farthest, at)
        return at
