"""Facts about the reader's own indices: where each stands, and what it did in a week."""

from agent.briefing.facts.index_levels import IndexFigure, IndexLevels
from agent.briefing.snapshot import IndexSeen, Snapshot
from agent.claims.book import FactBook
from agent.claims.wording import INDEX

INDICES_TOLD = 3


def index_key(name: str, figure: str) -> str:
    """The draft key of a figure of an index: `level`, `change_1d` or `change_7d`."""
    return f"{INDEX}{name}/{figure}"


def told_indices(snapshot: Snapshot) -> tuple[IndexSeen, ...]:
    """The indices that are told of: the first few by name, those that are tracked to the day before the others."""
    return tuple(sorted(snapshot.indices, key=lambda seen: (seen.days[-1] != snapshot.as_of, seen.name)))[:INDICES_TOLD]


def add_index_facts(book: FactBook, snapshot: Snapshot) -> None:
    """Draft the level of each index that is told of, and of one tracked to the day its changes over 1 and 7 days."""
    for seen in told_indices(snapshot):
        index = IndexLevels(seen, snapshot.as_of)
        _add(book, index, "level", index.level())
        for days in (1, 7) if index.last == snapshot.as_of else ():
            if (change := index.change(days)) is not None:
                _add(book, index, f"change_{days}d", change)


def _add(book: FactBook, index: IndexLevels, name: str, figure: IndexFigure) -> None:
    key = index_key(index.seen.name, name)
    book.add(key, index.subject, figure.metric, figure.unit, figure.value, figure.derivation, **figure.details)
