"""Language models: the calls made to them, what is set aside for calls, kept answers, endpoints and batches."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from agent.store.columns import Amount, Instant
from agent.store.tables.base import Entity


class LlmCall(Entity, table=True):
    """One attempt to call a language model, and what it cost; the cost is empty where the price is not known.

    `retries` are the transport's own, `estimated` says that the tokens were not counted by the server, and `cached`
    that the answer was one of ours, kept from before.
    """

    __tablename__ = "llm_call"
    __table_args__ = (
        CheckConstraint("estimated IN (0, 1)", name="estimated"),
        CheckConstraint("cached IN (0, 1)", name="cached"),
    )

    call_id: int = Field(primary_key=True)
    document_id: str | None = Field(sa_type=Text, nullable=True, index=True)
    run_id: str | None = Field(sa_type=Text, nullable=True)
    purpose: str = Field(sa_type=Text)
    model: str = Field(sa_type=Text)
    host: str = Field(sa_type=Text)
    wire: str = Field(sa_type=Text)
    output_format: str = Field(sa_type=Text)
    prompt_sha256: str = Field(sa_type=Text)
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    reasoning_tokens: int
    estimated: int
    cached: int
    retries: int
    latency_s: float
    cost_usd: Decimal | None = Field(sa_type=Amount, nullable=True)
    outcome: str = Field(sa_type=Text)
    request_id: str | None = Field(sa_type=Text, nullable=True)
    called_at: datetime = Field(sa_type=Instant, index=True)


class LlmReservation(Entity, table=True):
    """What a call may cost at most, set aside before it, and what it did cost once that is known.

    `input_bytes` and `input_tokens` are what a model's tokens are learned from.
    """

    __tablename__ = "llm_reservation"
    __table_args__ = (
        CheckConstraint("reserved_tokens >= 0", name="reserved_tokens"),
        CheckConstraint("(settled_at IS NULL) = (spent_tokens IS NULL)", name="settled"),
    )

    reservation_id: str = Field(primary_key=True, sa_type=Text)
    run_id: str | None = Field(sa_type=Text, nullable=True, index=True)
    purpose: str = Field(sa_type=Text)
    model: str = Field(sa_type=Text)
    input_bytes: int
    reserved_usd: Decimal | None = Field(sa_type=Amount, nullable=True)
    reserved_tokens: int
    made_at: datetime = Field(sa_type=Instant, index=True)
    settled_at: datetime | None = Field(sa_type=Instant, nullable=True)
    spent_usd: Decimal | None = Field(sa_type=Amount, nullable=True)
    spent_tokens: int | None = Field(nullable=True)
    input_tokens: int | None = Field(nullable=True)


class LlmCacheEntry(Entity, table=True):
    """A finished answer kept to be used again; `response` is its JSON text, `usage` what it cost in tokens then."""

    __tablename__ = "llm_cache"

    key: str = Field(primary_key=True, sa_type=Text)
    made_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    model: str = Field(sa_type=Text)
    response: str = Field(sa_type=Text)
    usage: str = Field(sa_type=Text)


class LlmEndpoint(Entity, table=True):
    """What a model behind a host was found able to do, and how it did lately; both are JSON texts."""

    __tablename__ = "llm_endpoint"

    host: str = Field(primary_key=True, sa_type=Text)
    model: str = Field(primary_key=True, sa_type=Text)
    wire: str = Field(primary_key=True, sa_type=Text)
    profile: str | None = Field(sa_type=Text, nullable=True)
    probed_at: datetime | None = Field(sa_type=Instant, nullable=True)
    breaker: str | None = Field(sa_type=Text, nullable=True)


class LlmBatch(Entity, table=True):
    """Requests that were handed to a provider all at once, to be fetched when it has answered them.

    `items` is the JSON text of each request's fingerprint by its name.
    """

    __tablename__ = "llm_batch"
    __table_args__ = (CheckConstraint("state IN ('sent', 'done', 'failed')", name="state"),)

    batch_id: str = Field(primary_key=True, sa_type=Text)
    purpose: str = Field(sa_type=Text)
    host: str = Field(sa_type=Text)
    model: str = Field(sa_type=Text)
    reservation_id: str | None = Field(sa_type=Text, nullable=True)
    items: str = Field(sa_type=Text)
    submitted_at: datetime = Field(sa_type=Instant)
    finished_at: datetime | None = Field(sa_type=Instant, nullable=True)
    state: str = Field(sa_type=Text)
