"""The passages of stored texts, and the search for words in them.

Words are found with SQLite's FTS5 where it has that module, and otherwise one by one. What a reader looks for is never
read as a query language: it is a list of words, each quoted.
"""

import re
import sqlite3
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Literal

from sqlmodel import Session, col, select

from agent.store.bulk import raw_connection
from agent.store.columns import day_number, instant_number
from agent.store.records import entity_records
from agent.store.tables import Passage

SourceKind = Literal["briefing", "report", "note", "description"]
DocumentKey = tuple[SourceKind, str]

NO_WORD_INDEX = (
    "This SQLite has no full-text search (its FTS5 module is missing), so words were looked for one by one; "
    "use a Python whose SQLite has FTS5 for better and faster results."
)
MOST_WORDS = 24
MOST_WORD_LETTERS = 40
_WORD = re.compile(r"\w+")
_FTS_MODULE = "fts5"
# Everyday words that every passage holds and no search is about.
_FILLERS = frozenset(
    {
        "a",
        "about",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
    }
    | {"from", "had", "has", "have", "how", "i", "in", "is", "it", "its", "me", "my", "of", "on", "or", "our", "say"}
    | {
        "said",
        "says",
        "show",
        "tell",
        "that",
        "the",
        "there",
        "they",
        "this",
        "to",
        "was",
        "we",
        "were",
        "what",
        "when",
    }
    | {"where", "which", "who", "why", "will", "with", "would", "you", "your"}
)
_DISAGREE = """
    SELECT 1 FROM passage WHERE passage_id NOT IN (SELECT id FROM passage_words_docsize)
    UNION ALL SELECT 1 FROM passage_words_docsize WHERE id NOT IN (SELECT passage_id FROM passage)
    LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A stored passage; `sha256` is the digest of its text."""

    passage_id: int
    source_kind: SourceKind
    document_id: str
    place: int
    source: str
    day: date
    title: str
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Document:
    """A text to be indexed: its passages in order, and a fingerprint that changes whenever it does."""

    key: DocumentKey
    fingerprint: str
    source: str
    day: date
    title: str
    passages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WordMatches:
    """The passages that hold any of the words, the best first; `ranked` says whether by FTS5."""

    passage_ids: tuple[int, ...]
    ranked: bool


def text_digest(text: str) -> str:
    """The digest that a text's vector is kept under."""
    return sha256(text.encode()).hexdigest()


def indexed_documents(session: Session) -> Mapping[DocumentKey, str]:
    """The fingerprint of each document that has passages."""
    rows = raw_connection(session).execute(
        "SELECT source_kind, document_id, fingerprint FROM passage WHERE place = 0"  # of each the first one
    )
    return {(kind, document_id): fingerprint for kind, document_id, fingerprint in rows}


def put_document(session: Session, document: Document, indexed_at: datetime) -> None:
    """Store the passages of a document in place of those it had; one without a passage is kept as an empty one."""
    connection = raw_connection(session)
    remove_documents(session, [document.key])
    kind, document_id = document.key
    rows = []
    for place, text in enumerate(document.passages or ("",)):
        cursor = connection.execute(
            "INSERT INTO passage (source_kind, document_id, place, fingerprint, source, day, title, text, sha256, "
            "indexed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(kind, document_id, place, document.fingerprint, document.source, day_number(document.day)),
                *(document.title, text, text_digest(text), instant_number(indexed_at)),
            ),
        )
        rows.append((cursor.lastrowid, document.title, text))
    _index_words(connection, "INSERT INTO passage_words (rowid, title, text) VALUES (?, ?, ?)", rows)


def remove_documents(session: Session, keys: Iterable[DocumentKey]) -> int:
    """Forget the passages of documents, and say how many there were."""
    connection, gone = raw_connection(session), 0
    for key in keys:
        rows = connection.execute(
            "DELETE FROM passage WHERE source_kind = ? AND document_id = ? RETURNING passage_id, title, text", key
        ).fetchall()
        gone += len(rows)
        forget = "INSERT INTO passage_words (passage_words, rowid, title, text) VALUES ('delete', ?, ?, ?)"
        _index_words(connection, forget, rows)
    return gone


def ensure_word_index(session: Session) -> bool:
    """Make the index of words, or make it anew if it does not agree with the passages; False without FTS5."""
    connection = raw_connection(session)
    try:
        connection.execute(
            f"CREATE VIRTUAL TABLE IF NOT EXISTS passage_words USING {_FTS_MODULE}"
            "(title, text, content='passage', content_rowid='passage_id', prefix='2 3', "
            "tokenize='unicode61 remove_diacritics 2')"
        )
        if connection.execute(_DISAGREE).fetchone():  # written by a program without the module
            connection.execute("INSERT INTO passage_words (passage_words) VALUES ('rebuild')")
    except sqlite3.OperationalError as error:
        if not _lacks_module(error):
            raise
        return False
    return True


def word_index_agrees(session: Session) -> bool:
    """Whether there is an index of words, of exactly the passages that are stored."""
    connection = raw_connection(session)
    return _has_word_index(connection) and connection.execute(_DISAGREE).fetchone() is None


def words_of(query: str) -> tuple[str, ...]:
    """The words of what a reader looks for, each once, everyday words only if there are no others."""
    found = _WORD.findall(unicodedata.normalize("NFKC", query).casefold())
    words = tuple(dict.fromkeys(word[:MOST_WORD_LETTERS] for word in found))
    return tuple(word for word in words if word not in _FILLERS)[:MOST_WORDS] or words[:MOST_WORDS]


def search_words(
    session: Session, words: Sequence[str], limit: int, start: date | None = None, end: date | None = None
) -> WordMatches:
    """Find the passages of these days with any word, or with a longer word that begins with it.

    By BM25, of equal ones the newest first; without an index of words by how many of them a passage holds. What assets
    are comes after all that was written: there is one such text of every asset.
    """
    if not words or limit <= 0:
        return WordMatches((), ranked=True)
    connection = raw_connection(session)
    days = (day_number(start or date.min), day_number(end or date.max))
    try:
        if _has_word_index(connection):
            return WordMatches(_by_rank(connection, words, limit, days), ranked=True)
    except sqlite3.OperationalError as error:
        if not _lacks_module(error):
            raise
    return WordMatches(_by_count(connection, words, limit, days), ranked=False)


def get_passages(session: Session, ids: Collection[int]) -> Mapping[int, PassageRow]:
    """Read passages by id; an id that is not stored is missing from the result."""
    rows = entity_records(session, PassageRow, select(Passage).where(col(Passage.passage_id).in_(ids)))
    return {row.passage_id: row for row in rows}


def _has_word_index(connection: sqlite3.Connection) -> bool:
    found = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'passage_words'"
    return connection.execute(found).fetchone() is not None


def _index_words(connection: sqlite3.Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Keep the index of words in step where there is one; without its module it is made anew when that is back."""
    if not _has_word_index(connection):
        return
    try:
        connection.executemany(statement, rows)
    except sqlite3.OperationalError as error:
        if not _lacks_module(error):
            raise


def _lacks_module(error: sqlite3.OperationalError) -> bool:
    return "no such module" in str(error)


def _by_rank(
    connection: sqlite3.Connection, words: Sequence[str], limit: int, days: tuple[int, int]
) -> tuple[int, ...]:
    # a word of one letter is looked for whole: every text has words that begin with it
    match = " OR ".join(f'"{word}"' + " *" * (len(word) > 1) for word in (word.replace('"', "") for word in words))
    rows = connection.execute(
        "SELECT passage_id FROM passage_words JOIN passage ON passage_id = passage_words.rowid "
        "WHERE passage_words MATCH ? AND day BETWEEN ? AND ? "
        "ORDER BY source_kind = 'description', round(bm25(passage_words), 6), day DESC, passage_id LIMIT ?",
        (match.replace("\0", " "), *days, limit),
    )
    return tuple(passage_id for (passage_id,) in rows)


def _holding(word: str) -> str:
    """The pattern of LIKE for texts that hold the word."""
    return "%" + re.sub("([!%_])", r"!\1", word.replace("\0", "")) + "%"


def _by_count(
    connection: sqlite3.Connection, words: Sequence[str], limit: int, days: tuple[int, int]
) -> tuple[int, ...]:
    holds = " + ".join(["(title || ' ' || text LIKE ? ESCAPE '!')"] * len(words))
    patterns = [_holding(word) for word in words]
    rows = connection.execute(
        f"SELECT passage_id FROM (SELECT passage_id, day, source_kind, {holds} AS held FROM passage) "  # noqa: S608 - marks only
        "WHERE held > 0 AND day BETWEEN ? AND ? "
        "ORDER BY source_kind = 'description', held DESC, day DESC, passage_id LIMIT ?",
        (*patterns, *days, limit),
    )
    return tuple(passage_id for (passage_id,) in rows)
