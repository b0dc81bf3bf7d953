"""For whom a briefing is arranged: which sections come first, how many sentences each may have, and in which tone."""

from dataclasses import dataclass
from typing import Literal

from agent.claims.claim import SectionKey

Reader = Literal["holder", "researcher", "operator"]
Length = Literal["short", "standard", "deep"]
Tone = Literal["neutral", "brisk", "conversational"]

_ORDERS: dict[Reader, tuple[SectionKey, ...]] = {
    "holder": (
        SectionKey.SINCE_LAST,
        SectionKey.PORTFOLIO,
        SectionKey.MARKET,
        SectionKey.MOVERS,
        SectionKey.SIGNALS,
        SectionKey.GAPS,
    ),
    "researcher": (
        SectionKey.SIGNALS,
        SectionKey.MOVERS,
        SectionKey.MARKET,
        SectionKey.SINCE_LAST,
        SectionKey.PORTFOLIO,
        SectionKey.GAPS,
    ),
    "operator": (
        SectionKey.GAPS,
        SectionKey.SINCE_LAST,
        SectionKey.PORTFOLIO,
        SectionKey.MARKET,
        SectionKey.MOVERS,
        SectionKey.SIGNALS,
    ),
}
_FOREMOST: dict[Reader, frozenset[SectionKey]] = {
    "holder": frozenset({SectionKey.PORTFOLIO}),
    "researcher": frozenset({SectionKey.SIGNALS, SectionKey.MOVERS}),
    "operator": frozenset({SectionKey.GAPS}),
}
_FOREMOST_SENTENCES: dict[Length, int] = {"short": 4, "standard": 12, "deep": 20}
_OTHER_SENTENCES: dict[Length, int] = {"short": 2, "standard": 8, "deep": 12}
_WORDS_A_MINUTE = 200


@dataclass(frozen=True, slots=True)
class Profile:
    """A reader, a length and a tone; none of them changes what is true, and mandatory claims are in every one."""

    reader: Reader = "holder"
    length: Length = "standard"
    tone: Tone = "neutral"

    @property
    def order(self) -> tuple[SectionKey, ...]:
        """All sections, what matters most to this reader first."""
        return _ORDERS[self.reader]

    def most_sentences(self, key: SectionKey) -> int:
        """How many sentences a section may have; mandatory claims may make it longer."""
        counts = _FOREMOST_SENTENCES if key in _FOREMOST[self.reader] else _OTHER_SENTENCES
        return counts[self.length]


STANDARD = Profile()
"""What is written unless something else is asked for."""


def reading_time_s(text: str) -> int:
    """How long a text takes to read at 200 words a minute, in seconds, rounded up."""
    return -(-len(text.split()) * 60 // _WORDS_A_MINUTE)
