"""The facts behind a document, so that every figure in it can be traced."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import literal_column
from sqlmodel import Session, col, insert, select

from agent.store.records import entity_records
from agent.store.tables import Fact


@dataclass(frozen=True, slots=True)
class FactRow:
    """A stored fact of a briefing or an answer; `payload` is its JSON text."""

    document_id: str
    fact_id: str
    subject: str
    metric: str
    payload: str


def save_facts(session: Session, document_id: str, facts: Sequence[FactRow]) -> None:
    """Store the facts of a new document; raises ValueError for a fact of another document."""
    if other := [fact for fact in facts if fact.document_id != document_id]:
        raise ValueError(f"fact {other[0].fact_id!r} belongs to {other[0].document_id!r}, not to {document_id!r}")
    if facts:
        session.execute(insert(Fact), [{name: getattr(fact, name) for name in FactRow.__slots__} for fact in facts])


def find_fact(session: Session, fact_id: str, document_id: str | None = None) -> FactRow | None:
    """Read a fact by its id, of one document or of the one stored last that has it; None if there is none."""
    query = select(Fact).where(Fact.fact_id == fact_id)
    if document_id is not None:
        query = query.where(Fact.document_id == document_id)
    found = entity_records(session, FactRow, query.order_by(literal_column("fact.rowid").desc()).limit(1))
    return found[0] if found else None


def facts_of(session: Session, document_id: str) -> tuple[FactRow, ...]:
    """Read all facts of a document by id."""
    query = select(Fact).where(Fact.document_id == document_id).order_by(col(Fact.fact_id))
    return entity_records(session, FactRow, query)
