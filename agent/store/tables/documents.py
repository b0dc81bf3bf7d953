"""What was written: briefings, answers, and the facts behind them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field

from agent.store.columns import Day, Instant
from agent.store.tables.base import Entity


class Briefing(Entity, table=True):
    """A finished briefing; `document` and `report` are JSON texts kept byte for byte."""

    __tablename__ = "briefing"
    __table_args__ = (
        UniqueConstraint("portfolio_id", "day", "edition", "revision"),
        UniqueConstraint("portfolio_id", "day", "edition", "snapshot_sha256"),
        CheckConstraint("revision > 0", name="revision"),
    )

    briefing_id: str = Field(primary_key=True, sa_type=Text)
    portfolio_id: int = Field(foreign_key="portfolio.portfolio_id")
    day: date = Field(sa_type=Day)
    edition: str = Field(sa_type=Text)
    revision: int
    as_of: date = Field(sa_type=Day)
    written_at: datetime = Field(sa_type=Instant)
    writer: str = Field(sa_type=Text)
    step: str = Field(sa_type=Text)
    model: str | None = Field(sa_type=Text, nullable=True)
    prompt_sha256: str | None = Field(sa_type=Text, nullable=True)
    verifier_version: str = Field(sa_type=Text)
    snapshot_sha256: str = Field(sa_type=Text)
    document: str = Field(sa_type=Text)
    report: str = Field(sa_type=Text)


class Fact(Entity, table=True):
    """A fact of a briefing or an answer; `payload` is its JSON text."""

    __tablename__ = "fact"

    document_id: str = Field(primary_key=True, sa_type=Text)
    fact_id: str = Field(primary_key=True, sa_type=Text, index=True)
    subject: str = Field(sa_type=Text)
    metric: str = Field(sa_type=Text)
    payload: str = Field(sa_type=Text)


class Answer(Entity, table=True):
    """An answered question; `document` is the answer's JSON text."""

    __tablename__ = "answer"

    answer_id: str = Field(primary_key=True, sa_type=Text)
    asked_at: datetime = Field(sa_type=Instant, index=True)
    question: str = Field(sa_type=Text)
    document: str = Field(sa_type=Text)
