"""The calls made to language models, their tokens and their cost."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, insert, select

from agent.store.records import entity_records
from agent.store.tables import LlmCall


@dataclass(frozen=True, slots=True)
class LlmCallRow:
    """A call to a model; `cost_usd` is None where the price is not known, `outcome` ok or the class of the error."""

    document_id: str | None
    purpose: str
    model: str
    host: str
    prompt_sha256: str
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    latency_s: float
    cost_usd: Decimal | None
    outcome: str
    request_id: str | None
    called_at: datetime


def record_calls(session: Session, rows: Sequence[LlmCallRow]) -> None:
    """Write calls down, in the order they were made."""
    names = [field.name for field in fields(LlmCallRow)]
    if rows:
        session.execute(insert(LlmCall), [{name: getattr(row, name) for name in names} for row in rows])


def calls_of(session: Session, document_id: str) -> tuple[LlmCallRow, ...]:
    """Read the calls made for a document, oldest first."""
    query = select(LlmCall).where(LlmCall.document_id == document_id).order_by(col(LlmCall.call_id))
    return entity_records(session, LlmCallRow, query)


def list_calls(session: Session, *, since: datetime | None = None, limit: int = 50) -> tuple[LlmCallRow, ...]:
    """Read the last calls, newest first, none made before `since`."""
    query = select(LlmCall).order_by(col(LlmCall.call_id).desc()).limit(limit)
    if since is not None:
        query = query.where(LlmCall.called_at >= since)
    return entity_records(session, LlmCallRow, query)


def spent_usd(session: Session, since: datetime) -> Decimal:
    """Add up the known costs of the calls made from `since` on."""
    costs = session.exec(select(col(LlmCall.cost_usd)).where(LlmCall.called_at >= since))
    return sum((cost for cost in costs if cost is not None), Decimal(0))
