"""What a mutant is, and the small ways of changing a text that the error classes are made of."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from agent.claims.claim import Claim
from agent.claims.fact import Entity, Fact


@dataclass(frozen=True, slots=True)
class Mutant:
    """A text made false on purpose; `facts` replace those of the true text where it is they that changed."""

    text: str
    class_id: int
    what: str
    facts: tuple[Fact, ...] | None = None


Texts = Iterator[str]
Change = Callable[[str, tuple[str, ...], Random], Texts]
"""Takes a true text, the names in it and a source of chance, and gives false texts."""
Mutants = Callable[[str, Mapping[str, Claim], Sequence[Fact], Mapping[str, Entity], Random], Iterator[Mutant]]
"""`mutants(text, claims, facts, entities, rng)`: false variants of a text that is true of these facts."""

INDEX = re.compile(r'the index "[a-z0-9-]+"', re.IGNORECASE)
NUMBER = re.compile(r"(?<![\w.])[+-]?\$?\d[\d,]*(?:\.\d+)?%?")
FIGURE = re.compile(r"(?<![\w.])[+-]?(?:\$\d[\d,]*(?:\.\d+)?|\d[\d,]*(?:\.\d+)?%|\d[\d,]*\.\d+)(?!\w)")
DAY = re.compile(
    r"\b\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}"
)


def exchanged(text: str, *pairs: tuple[str, str]) -> Texts:
    """Each place of each word of the pairs, replaced by its partner, one at a time."""
    for old, new in pairs:
        yield from replaced(text, old, new)
        yield from replaced(text, new, old)


def replaced(text: str, old: str, *news: str) -> Texts:
    """Each place where these words stand on their own, replaced."""
    for found in re.finditer(rf"(?<!\w){re.escape(old)}(?!\w)", text):
        for new in news:
            yield text[: found.start()] + new + text[found.end() :]


def at_each(text: str, pattern: re.Pattern[str], *changes: Callable[[str], str | None]) -> Texts:
    """Each match of a pattern, changed; None leaves it out."""
    for found in pattern.finditer(text):
        for change in changes:
            new = change(found.group())
            if new is not None and new != found.group():
                yield text[: found.start()] + new + text[found.end() :]


def ended(text: str, *endings: str) -> Texts:
    """The text with more words before its full stop."""
    for ending in endings:
        yield f"{text.removesuffix('.')}{ending}."


def begun(text: str, *openings: str) -> Texts:
    """The text with other words before it."""
    for opening in openings:
        yield f"{opening} {lowered(text)}"


def lowered(text: str) -> str:
    """The text as it goes on in the middle of a sentence: names keep their capital."""
    first = text.split(maxsplit=1)[0]
    plain = first in {
        *("The", "Over", "On", "At", "Your", "Of", "None", "No", "By", "Since", "From", "With", "A", "Against"),
        *("Coinbrief's", "Daily", "Crypto", "Collecting", "Sources", "Fewer", "More"),
        *("Looking", "Stablecoins", "After", "Bringing", "To", "What", "Other"),
    }
    return text[0].lower() + text[1:] if plain else text


def names_in(text: str, entities: Mapping[str, Entity]) -> tuple[str, ...]:
    """The names of assets that stand in a text, the longest of each place only, in order."""
    names = sorted((entity.name for entity in entities.values()), key=len, reverse=True)
    return tuple(dict.fromkeys(re.findall(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", text)))


def made(class_id: int, texts: Iterable[str], what: str = "") -> Iterator[Mutant]:
    """Mutants of these texts."""
    for text in texts:
        yield Mutant(text, class_id, what)
