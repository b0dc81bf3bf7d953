"""Which names a text may use, and for which subject each stands."""

from collections import defaultdict
from collections.abc import Mapping

from agent.claims.fact import Entity

YOUR_PORTFOLIO = "your portfolio"


class Names:
    """The names of a document, found by longest match.

    A name that two subjects share names neither, and no entity can be called `your portfolio`.
    """

    def __init__(self, entities: Mapping[str, Entity]) -> None:
        subjects: defaultdict[str, set[str]] = defaultdict(set)
        for entity in entities.values():
            subjects[entity.name].add(entity.subject)
        self._subjects = {name: next(iter(owners)) for name, owners in subjects.items() if _usable(name, owners)}
        self._by_initial: defaultdict[str, list[str]] = defaultdict(list)
        for name in sorted(self._subjects, key=len, reverse=True):
            self._by_initial[name[0]].append(name)

    @property
    def all(self) -> tuple[str, ...]:
        """Every usable name."""
        return tuple(self._subjects)

    def asset_at(self, text: str, at: int) -> tuple[str, int] | None:
        """The asset whose name is the longest to stand at this place, and where it ends."""
        return self._at("asset:", text, at)

    def sector_at(self, text: str, at: int) -> tuple[str, int] | None:
        """The sector whose name is the longest to stand at this place, and where it ends."""
        return self._at("sector:", text, at)

    def _at(self, kind: str, text: str, at: int) -> tuple[str, int] | None:
        for name in self._by_initial.get(text[at : at + 1], ()):
            subject = self._subjects[name]
            if subject.startswith(kind) and text.startswith(name, at):
                return subject, at + len(name)
        return None


def _usable(name: str, owners: set[str]) -> bool:
    return len(owners) == 1 and name.strip() == name != "" and name.casefold() != YOUR_PORTFOLIO
