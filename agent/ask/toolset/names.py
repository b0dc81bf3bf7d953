"""What a question's subjects are called: names that differ from those of every other asset of the market."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from agent.briefing.facts.sectors import sector_print_name
from agent.claims.fact import Entity
from agent.claims.naming import NamedAsset, entity_names, subject_of
from agent.measuring.provider_words import provider_words

_LOOKALIKES = str.maketrans("01i", "oll")
SECTOR = "sector:"
_Row = tuple[int, str, str]  # id, name and symbol; thousands are read, and few become a record


class Names:
    """The names of a market's assets; only those that are asked for, and what might look like them, are made."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        self._assets = {row[0]: row for row in rows}

    def add(self, rows: Iterable[_Row]) -> None:
        """Know more assets, such as those that only other sources list: id, name and symbol of each."""
        for row in rows:
            if row[0] not in self._assets:
                self._assets[row[0]] = row
                for look in _looks(row):
                    self._alike.setdefault(look, []).append(row)

    def entities(self, subjects: Iterable[str]) -> Mapping[str, Entity]:
        """The printable names of assets and sectors by subject, each unique in the market; others are passed over."""
        wanted = list(dict.fromkeys(subjects))
        chosen = [row for subject in wanted if (row := self._row(subject)) is not None]
        rivals = {row[0]: row for own in chosen for look in _looks(own) for row in self._alike[look]}
        named = entity_names(NamedAsset(*rivals[key]) for key in sorted(rivals))
        found = {subject_of(row[0]): named[subject_of(row[0])] for row in chosen}
        sectors = (subject for subject in wanted if subject.startswith(SECTOR))
        return found | {subject: Entity(subject, sector_name(subject)) for subject in sectors}

    def _row(self, subject: str) -> _Row | None:
        kind, _, number = subject.partition(":")
        return self._assets.get(int(number)) if kind == "asset" else None

    @cached_property
    def _alike(self) -> dict[str, list[_Row]]:
        """The assets by every look that the name or the symbol of each may have."""
        found: dict[str, list[_Row]] = {}
        for row in self._assets.values():
            for look in _looks(row):
                found.setdefault(look, []).append(row)
        return found


def sector_name(subject: str) -> str:
    """A sector's name as it is printed; of one that is not safe in a sentence, what can be taken for nothing else."""
    sector = subject.removeprefix(SECTOR)
    return sector_print_name(sector) or provider_words(sector)


def _looks(row: _Row) -> set[str]:
    """The name and the symbol as a quick eye reads them: either may become what the asset is called."""
    _, name, symbol = row
    return {_look(" ".join(name.split())), _look(symbol)}


def _look(text: str) -> str:
    letters = text.casefold()
    if not letters.isascii():
        decomposed = unicodedata.normalize("NFKD", letters)
        letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return letters.translate(_LOOKALIKES)
