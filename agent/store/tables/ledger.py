"""What the service did and when: collections, rows set aside, credits, hosts left alone, slots of the schedules."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field

from agent.store.columns import Day, Instant
from agent.store.tables.base import Entity


class CollectionRun(Entity, table=True):
    """One attempt to collect one kind of data from one source.

    A rejected one brought suspiciously little; a deferred one was left out because the credits are planned for others.
    """

    __tablename__ = "collection_run"
    __table_args__ = (
        CheckConstraint("status IN ('running', 'ok', 'partial', 'failed', 'rejected', 'deferred')", name="status"),
        Index("ix_collection_run_source_kind_status", "source", "kind", "status"),
    )

    run_id: int = Field(primary_key=True)
    source: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    started_at: datetime = Field(sa_type=Instant, index=True)
    finished_at: datetime | None = Field(sa_type=Instant, nullable=True)
    status: str = Field(sa_type=Text)
    expected: int | None = Field(nullable=True)
    received: int
    written: int
    revised: int
    quarantined: int
    requests: int
    error_class: str | None = Field(sa_type=Text, nullable=True)
    error: str | None = Field(sa_type=Text, nullable=True)
    watermark_day: date | None = Field(sa_type=Day, nullable=True)


class Quarantine(Entity, table=True):
    """A row that could not become a record, once for however often it came."""

    __tablename__ = "quarantine"
    __table_args__ = (UniqueConstraint("source", "kind", "row_sha256"),)

    quarantine_id: int = Field(primary_key=True)
    run_id: int = Field(foreign_key="collection_run.run_id", index=True)
    source: str = Field(sa_type=Text)
    kind: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    raw: str = Field(sa_type=Text)
    row_sha256: str = Field(sa_type=Text)
    seen_count: int
    first_seen_at: datetime = Field(sa_type=Instant)
    last_seen_at: datetime = Field(sa_type=Instant)


class ScheduleSlot(Entity, table=True):
    """One planned moment of a schedule and what became of it."""

    __tablename__ = "schedule_slot"
    __table_args__ = (CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'skipped')", name="state"),)

    schedule: str = Field(primary_key=True, sa_type=Text)
    slot: datetime = Field(primary_key=True, sa_type=Instant)
    state: str = Field(sa_type=Text)
    attempts: int
    lease_until: datetime | None = Field(sa_type=Instant, nullable=True)
    lease_token: str | None = Field(sa_type=Text, nullable=True)
    started_at: datetime | None = Field(sa_type=Instant, nullable=True)
    finished_at: datetime | None = Field(sa_type=Instant, nullable=True)
    error: str | None = Field(sa_type=Text, nullable=True)


class CreditUse(Entity, table=True):
    """The credits of a provider in one of its periods: reserved before a request, spent once it was sent."""

    __tablename__ = "credit_use"
    __table_args__ = (CheckConstraint("spent >= 0 AND reserved >= spent", name="amounts"),)

    source: str = Field(primary_key=True, sa_type=Text)
    period_start: date = Field(primary_key=True, sa_type=Day)
    kind: str = Field(primary_key=True, sa_type=Text)
    reserved: int
    spent: int


class HostState(Entity, table=True):
    """How a host did lately: failures in a row, and since when it is left alone."""

    __tablename__ = "host_state"

    host: str = Field(primary_key=True, sa_type=Text)
    failures: int
    opened_at: datetime | None = Field(sa_type=Instant, nullable=True)
