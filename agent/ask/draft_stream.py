"""The sentences of an answer's draft as they arrive, each as soon as its last character is there.

The draft is `{"sentences": [{...}, {...}]}`, perhaps in a code fence or after visible thoughts. Only whole objects of
the list are given out; whether the whole draft is well formed is for its end to show.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from agent.briefing.draft import DraftError, DraftSentence, parse_sentence

_LIST = re.compile(r'\{\s*"sentences"\s*:\s*\[')
_LONGEST = 200_000


@dataclass(slots=True)
class SentenceStream:
    """Takes text as it comes and gives the sentences that became whole; what cannot be read is skipped."""

    _text: str = ""
    _at: int = 0  # up to where it was looked at
    _depth: int = 0
    _start: int | None = None  # where the object that is open began
    _in_string: bool = False
    _escaped: bool = False
    _found: bool = field(default=False)
    _closed: bool = False

    def feed(self, text: str) -> tuple[DraftSentence, ...]:
        """The sentences that `text` completes."""
        if self._closed or len(self._text) + len(text) > _LONGEST:
            return ()
        self._text += text
        if not self._found and not self._find_list():
            return ()
        return tuple(self._sentences())

    def _find_list(self) -> bool:
        """Find the last beginning of a list: what stands before it are thoughts."""
        thought = self._text.rfind("</think>")
        if "<think>" in self._text and thought < 0:
            return False
        found = _LIST.search(self._text, max(thought, 0))
        if found is None:
            return False
        self._found, self._at = True, found.end()
        return True

    def _sentences(self) -> Iterator[DraftSentence]:
        while self._at < len(self._text) and not self._closed:
            character = self._text[self._at]
            self._at += 1
            whole = self._step(character)
            if whole is None:
                continue
            try:
                yield parse_sentence(whole)
            except DraftError:
                continue  # the draft as a whole is refused at its end

    def _step(self, character: str) -> str | None:
        """The object that `character` completes, if it does."""
        if self._in_string:
            self._in_string = self._escaped or character != '"'
            self._escaped = character == "\\" and not self._escaped
            return None
        if character == '"':
            self._in_string = True
        elif character == "{":
            self._depth += 1
            if self._depth == 1:
                self._start = self._at - 1
        elif character == "}":
            self._depth -= 1
            if self._depth == 0 and self._start is not None:
                return self._text[self._start : self._at]
        elif character == "]" and self._depth == 0:
            self._closed = True
        return None
