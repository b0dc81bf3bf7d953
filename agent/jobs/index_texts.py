"""Brings the search up to date with what was written and collected; each text once, however often it runs.

A killed run leaves whole documents behind, and the next one goes on with the rest.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from agent.jobs.searchable import searchable_texts
from agent.llm.embeddings import MOST_TEXTS, EmbeddingModel
from agent.llm.errors import LLMError
from agent.store.embeddings import ALL_KINDS, forget_stray_vectors, put_vectors, texts_without_vector
from agent.store.engine import Store
from agent.store.notes import remove_note
from agent.store.passages import (
    NO_WORD_INDEX,
    ensure_word_index,
    indexed_documents,
    put_document,
    remove_documents,
    word_index_agrees,
)

MOST_NEW_VECTORS = 2048
_DOCUMENTS_PER_WRITE = 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class IndexReport:
    """How many documents were indexed, passages removed and vectors made; `notes` say what could not be done."""

    indexed: int = 0
    removed: int = 0
    vectors: int = 0
    notes: tuple[str, ...] = ()


def index_texts(
    store: Store,
    clock: Callable[[], datetime],
    embedder: EmbeddingModel | None = None,
    *,
    embeddable: Collection[str] = ALL_KINDS,
) -> IndexReport:
    """Bring the passages up to date with the texts, and make vectors of those of the kinds `embeddable`.

    An endpoint that fails leaves its vectors for the next run and is told in the notes.
    """
    with store.reader() as session:
        texts = {text.key: text for text in searchable_texts(session)}
        indexed, agrees = indexed_documents(session), word_index_agrees(session)
    changed = [text for key, text in texts.items() if indexed.get(key) != text.fingerprint]
    gone = indexed.keys() - texts.keys()
    notes = () if agrees else _index_words(store)
    for part in _parts(changed, _DOCUMENTS_PER_WRITE):
        with store.writer() as session:
            for text in part:
                put_document(session, text.document(session), clock())
    removed = 0
    if gone or changed:
        with store.writer() as session:
            removed = remove_documents(session, gone)
            forget_stray_vectors(session)
    made, failed = _embed(store, clock, embedder, embeddable) if embedder is not None else (0, ())
    return IndexReport(len(changed), removed, made, notes + failed)


def forget_note(store: Store, note_id: int) -> None:
    """Remove a note with its passages and vectors; raises UnknownRow."""
    with store.writer() as session:
        remove_note(session, note_id)
        remove_documents(session, [("note", str(note_id))])
        forget_stray_vectors(session)


def _index_words(store: Store) -> tuple[str, ...]:
    with store.writer() as session:
        return () if ensure_word_index(session) else (NO_WORD_INDEX,)


def _embed(
    store: Store, clock: Callable[[], datetime], embedder: EmbeddingModel, kinds: Collection[str]
) -> tuple[int, tuple[str, ...]]:
    """Make the vectors that are missing, up to a limit; how many were made, and what went wrong."""
    with store.reader() as session:
        texts = texts_without_vector(session, embedder.model, MOST_NEW_VECTORS + 1, kinds)
    made = 0
    for part in _parts(texts[:MOST_NEW_VECTORS], MOST_TEXTS):
        try:
            vectors = embedder.embed([item.text for item in part])
            by_digest = dict(zip((item.sha256 for item in part), vectors, strict=True))
            with store.writer() as session:
                put_vectors(session, embedder.model, by_digest, clock())
        except LLMError as error:
            return made, (f"Not all texts could be searched by meaning: {error.plain}",)
        except ValueError as error:
            return made, (f"Not all texts could be searched by meaning: {error}.",)
        made += len(part)
    left = len(texts) > MOST_NEW_VECTORS
    return made, ("More texts are left to be searched by meaning; the next run goes on with them.",) if left else ()


def _parts(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
