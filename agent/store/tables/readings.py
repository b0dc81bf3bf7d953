"""What models made of the texts that providers wrote."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from agent.store.columns import Instant, Json
from agent.store.tables.base import Entity


class ReportReading(Entity, table=True):
    """What a model made of the text with this digest; one that gave no valid answer is kept as unreadable, with none.

    `topics` and `days` are lists of texts, `asset_ids` one of numbers, `quotes` one of objects with `start` and `end`
    (the numbers of sentences) and `text`.
    """

    __tablename__ = "report_reading"
    __table_args__ = (
        CheckConstraint("state IN ('read', 'unreadable')", name="state"),
        CheckConstraint("(state = 'read') = (sentiment IS NOT NULL)", name="sentiment"),
    )

    sha256: str = Field(primary_key=True, sa_type=Text)
    model: str = Field(primary_key=True, sa_type=Text)
    state: str = Field(sa_type=Text)
    topics: list[str] = Field(sa_type=Json, nullable=False)
    sentiment: str | None = Field(sa_type=Text, nullable=True)
    asset_ids: list[int] = Field(sa_type=Json, nullable=False)
    days: list[str] = Field(sa_type=Json, nullable=False)
    quotes: list[dict[str, int | str]] = Field(sa_type=Json, nullable=False)
    prompt_sha256: str = Field(sa_type=Text)
    read_at: datetime = Field(sa_type=Instant)
