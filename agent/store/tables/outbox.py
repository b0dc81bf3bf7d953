"""Messages to send: one row for each recipient of a briefing."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field

from agent.store.columns import Instant
from agent.store.tables.base import Entity


class Outbox(Entity, table=True):
    """A message and how far it got; `payload` is frozen when the row is made."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(
            "state IN ('ready', 'claimed', 'sending', 'sent', 'deferred', 'dead', 'in_doubt')",
            name="state",
        ),
        Index(None, "state", "next_at"),
    )

    outbox_id: int = Field(primary_key=True)
    key: str = Field(unique=True, sa_type=Text)
    briefing_id: str = Field(foreign_key="briefing.briefing_id", index=True, sa_type=Text)
    channel: str = Field(sa_type=Text)
    recipient: str = Field(sa_type=Text)
    message_id: str = Field(sa_type=Text)
    payload: bytes
    state: str = Field(sa_type=Text)
    attempts: int
    lease_until: datetime | None = Field(sa_type=Instant, nullable=True)
    lease_token: str | None = Field(sa_type=Text, nullable=True)
    phase_at: datetime = Field(sa_type=Instant)
    next_at: datetime | None = Field(sa_type=Instant, nullable=True)
    error: str | None = Field(sa_type=Text, nullable=True)
    created_at: datetime = Field(sa_type=Instant)
    sent_at: datetime | None = Field(sa_type=Instant, nullable=True)
