"""Requests that were handed to a provider all at once, until their answers are fetched."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, insert, select, update

from agent.store.records import entity_records
from agent.store.tables import LlmBatch


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch; `items` is the JSON text of each request's fingerprint by its name."""

    batch_id: str
    purpose: str
    host: str
    model: str
    reservation_id: str | None
    items: str
    submitted_at: datetime
    finished_at: datetime | None = None
    state: str = "sent"


def add_batch(session: Session, row: BatchRow) -> None:
    """Note a batch that was sent."""
    session.execute(insert(LlmBatch).values({name: getattr(row, name) for name in BatchRow.__slots__}))


def open_batches(session: Session, purpose: str) -> tuple[BatchRow, ...]:
    """Read the batches that were sent for a purpose and are not finished, oldest first."""
    query = select(LlmBatch).where(LlmBatch.purpose == purpose, LlmBatch.state == "sent")
    return entity_records(session, BatchRow, query.order_by(col(LlmBatch.submitted_at), col(LlmBatch.batch_id)))


def finish_batch(session: Session, batch_id: str, state: Literal["done", "failed"], at: datetime) -> None:
    """Note what became of a batch."""
    session.execute(update(LlmBatch).where(col(LlmBatch.batch_id) == batch_id).values(state=state, finished_at=at))
