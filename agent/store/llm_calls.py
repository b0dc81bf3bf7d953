"""The calls made to language models, their tokens and their cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, delete, insert, select, update

from agent.store.records import entity_records
from agent.store.tables import LlmCall

_TELLING = ("called_at", "purpose", "model", "host", "prompt_sha256", "latency_s", "outcome", "request_id")


@dataclass(frozen=True, slots=True)
class LlmCallRow:
    """A call to a model; `cost_usd` is None where the price is not known, `outcome` ok, cached or the error's code.

    `estimated` and `cached` are 0 or 1: the server did not count the tokens, and the answer was one kept from before.
    """

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
    reasoning_tokens: int = 0
    wire: str = "chat"
    output_format: str = ""
    retries: int = 0
    estimated: int = 0
    cached: int = 0
    run_id: str | None = None


def record_calls(session: Session, rows: Sequence[LlmCallRow]) -> None:
    """Write calls down, in the order they were made.

    One that was written when it was made, before there was a document, is only given its document.
    """
    for row in rows:
        values = {field.name: getattr(row, field.name) for field in fields(LlmCallRow)}
        written = None if row.document_id is None else _without_document(session, values)
        if written is None:
            session.execute(insert(LlmCall).values(values))
        else:
            session.execute(update(LlmCall).where(col(LlmCall.call_id) == written).values(document_id=row.document_id))


def _without_document(session: Session, values: Mapping[str, object]) -> int | None:
    """The first call that is the same in all but its document and its run."""
    same = (col(getattr(LlmCall, name)) == value for name, value in values.items() if name in _TELLING)
    query = select(LlmCall.call_id).where(col(LlmCall.document_id).is_(None), *same)
    return session.exec(query.order_by(col(LlmCall.call_id)).limit(1)).first()


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


def calls_since(session: Session, since: datetime, until: datetime | None = None) -> tuple[LlmCallRow, ...]:
    """Read all calls made from `since` on and before `until`, oldest first."""
    query = select(LlmCall).where(LlmCall.called_at >= since).order_by(col(LlmCall.call_id))
    if until is not None:
        query = query.where(LlmCall.called_at < until)
    return entity_records(session, LlmCallRow, query)


def forget_calls(session: Session, before: datetime) -> None:
    """Delete the calls made before a time."""
    session.execute(delete(LlmCall).where(col(LlmCall.called_at) < before))
