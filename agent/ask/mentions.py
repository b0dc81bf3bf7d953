"""Names made of everyday words: the grammar alone cannot see them, the data can (`The Graph`, `USD Coin`)."""

import re
from collections.abc import Iterator
from dataclasses import replace

from agent.ask.grammar import MOST_CHARACTERS, Intent, Topic, parse_question
from agent.ask.tools import AskData

_WORD = re.compile(r"[\w$#.&-]*\w")
_MOST_WORDS = 4


def with_names(intent: Intent, question: str, data: AskData) -> Intent:
    """`intent` with its mentions widened to the names in the data that they are a part of.

    A question that means nothing by its words alone is searched for names made of two to four of them.
    """
    words = _WORD.findall(question[:MOST_CHARACTERS])
    if intent.mentions:
        return replace(intent, mentions=tuple(_widened(mention, words, data) for mention in intent.mentions))
    if intent.topic is not Topic.UNKNOWN:
        return intent
    name = next((name for name in _runs(words) if data.resolve(name)), None)
    return intent if name is None else parse_question(question, (name,))


def _widened(mention: str, words: list[str], data: AskData) -> str:
    """The mention with the word before it, after it or both, if that is a name; else as it was."""
    own = mention.split()
    for start in range(len(words) - len(own) + 1):
        end = start + len(own)
        if words[start:end] != own:
            continue
        before, after = max(start - 1, 0), min(end + 1, len(words))
        for low, high in ((before, after), (before, end), (start, after)):
            wide = " ".join(words[low:high])
            if high - low > len(own) and data.resolve(wide):
                return wide
    return mention


def _runs(words: list[str]) -> Iterator[str]:
    for length in range(_MOST_WORDS, 1, -1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])
