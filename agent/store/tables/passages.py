"""Texts that can be searched: the reader's notes, the passages of every text, and their vectors.

Passages and vectors are rebuildable; the index of words over the passages is made by `agent.store.passages`, because
not every SQLite has the module for it.
"""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from agent.store.columns import Day, Instant
from agent.store.tables.base import Entity


class Note(Entity, table=True):
    """A note that the reader wrote down; `text` is kept as it was written and is shown as a quotation only."""

    __tablename__ = "note"

    note_id: int = Field(primary_key=True)
    written_at: datetime = Field(sa_type=Instant)
    text: str = Field(sa_type=Text)


class Passage(Entity, table=True):
    """A part of a text; `place` is its number in the document, `fingerprint` changes whenever the document does."""

    __tablename__ = "passage"
    __table_args__ = (
        UniqueConstraint("source_kind", "document_id", "place"),
        CheckConstraint("source_kind IN ('briefing', 'report', 'note', 'description')", name="source_kind"),
        CheckConstraint("place >= 0", name="place"),
        {"sqlite_autoincrement": True},  # the number of a passage is cited, so it is never given again
    )

    passage_id: int = Field(primary_key=True)
    source_kind: str = Field(sa_type=Text)
    document_id: str = Field(sa_type=Text)
    place: int
    fingerprint: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    day: date = Field(sa_type=Day)
    title: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    sha256: str = Field(sa_type=Text, index=True)
    indexed_at: datetime = Field(sa_type=Instant)


class PassageVector(Entity, table=True):
    """What an embedding model made of a text with this digest: `vector` holds `dimensions` float32 of length 1."""

    __tablename__ = "passage_vector"
    __table_args__ = (CheckConstraint("dimensions > 0 AND length(vector) = 4 * dimensions", name="vector"),)

    model: str = Field(primary_key=True, sa_type=Text)
    sha256: str = Field(primary_key=True, sa_type=Text)
    dimensions: int
    vector: bytes = Field(sa_type=LargeBinary)
    made_at: datetime = Field(sa_type=Instant)
