"""Search over what was written: by words always, by meaning too where an embedding model is configured."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from agent.ask.quotes import Quote, quote_of
from agent.claims.plain_text import visible
from agent.llm.embeddings import EmbeddingModel
from agent.llm.errors import LLMError
from agent.store.embeddings import Vector, VectorIndex
from agent.store.engine import Store
from agent.store.passages import NO_WORD_INDEX, get_passages, search_words, words_of

MOST_QUERY_LETTERS = 400
MOST_QUOTES = 8
_CANDIDATES = 50  # of each list
_RANK_CONSTANT = 60  # of reciprocal rank fusion, as in Cormack, Clarke and Buettcher (2009)
WORDS_ALONE = "Searched by words alone: {why}"


@dataclass(frozen=True, slots=True)
class Recalled:
    """What was found, the best first; `notes` say in plain words how the search was less than it should be."""

    quotes: tuple[Quote, ...]
    notes: tuple[str, ...] = ()


class Library:
    """Searches one store; keep it for as long as questions may come, because it keeps the vectors it has read."""

    def __init__(self, store: Store, embedder: EmbeddingModel | None = None) -> None:
        self._store = store
        self._embedder = embedder
        self._vectors = VectorIndex(embedder.model if embedder is not None else "")

    def search(
        self, query: str, start: date | None = None, end: date | None = None, limit: int = MOST_QUOTES
    ) -> Recalled:
        """The passages of these days, both included, that fit the query best, as quotations.

        An empty query finds nothing. An embedding endpoint that fails is told in a note, and words alone are searched.
        """
        wanted = visible(query)[:MOST_QUERY_LETTERS]
        words = words_of(wanted)
        if not words or limit <= 0:
            return Recalled(())
        vector, notes = self._vector(wanted)
        with self._store.reader() as session:
            found = search_words(session, words, _CANDIDATES, start, end)
            near, more = self._nearest(session, vector, start, end)
            best = fused([found.passage_ids, near])
            passages = get_passages(session, best)
        known = (number for number in best if number in passages)
        ordered = sorted(known, key=lambda number: passages[number].source_kind == "description")
        notes += more + (() if found.ranked else (NO_WORD_INDEX,))
        ranked = (quote_of(passages[number], words) for number in ordered)
        return Recalled(_distinct(ranked, limit), notes)

    def _vector(self, query: str) -> tuple[Vector | None, tuple[str, ...]]:
        """The query's vector, made before the store is opened: a reader that waits for a server holds it up."""
        if self._embedder is None:
            return None, ()
        try:
            return self._embedder.embed([query])[0], ()
        except LLMError as error:
            return None, (WORDS_ALONE.format(why=error.plain),)

    def _nearest(
        self, session: Session, vector: Vector | None, start: date | None, end: date | None
    ) -> tuple[tuple[int, ...], tuple[str, ...]]:
        if vector is None:
            return (), ()
        try:
            return self._vectors.nearest(session, vector, _CANDIDATES, start, end), ()
        except ValueError as error:
            return (), (WORDS_ALONE.format(why=f"{error}."),)


def fused(rankings: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """One ranking of several by reciprocal rank fusion; of equal scores the one that an earlier ranking has higher."""
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, start=1):
            scores[item] = scores.get(item, 0.0) + 1 / (_RANK_CONSTANT + rank)
    return tuple(sorted(scores, key=lambda item: -scores[item]))  # the sort keeps the order of equal ones


def _distinct(quotes: Iterable[Quote], limit: int) -> tuple[Quote, ...]:
    """The first ones with different texts: a sentence that many briefings have is shown of the best of them."""
    first: dict[str, Quote] = {}
    for quote in quotes:
        first.setdefault(quote.text, quote)
        if len(first) == limit:
            break
    return tuple(first.values())
