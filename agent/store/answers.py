"""Questions that were asked and the answers given, with the facts behind them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, insert, select

from agent.store.facts import FactRow, save_facts
from agent.store.records import entity_records
from agent.store.tables import Answer, Fact


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A stored answer; `document` is its JSON text."""

    answer_id: str
    asked_at: datetime
    question: str
    document: str


def save_answer(session: Session, row: AnswerRow, facts: Sequence[FactRow]) -> None:
    """Store an answer with its facts; one that is stored already stays as it is."""
    if get_answer(session, row.answer_id) is None:
        session.execute(insert(Answer).values({name: getattr(row, name) for name in AnswerRow.__slots__}))
        save_facts(session, row.answer_id, facts)


def get_answer(session: Session, answer_id: str) -> AnswerRow | None:
    """Read an answer by its id, None if there is none."""
    found = entity_records(session, AnswerRow, select(Answer).where(Answer.answer_id == answer_id))
    return found[0] if found else None


def list_answers(session: Session, limit: int = 50) -> tuple[AnswerRow, ...]:
    """Read the last answers, newest first."""
    query = select(Answer).order_by(col(Answer.asked_at).desc(), Answer.answer_id).limit(limit)
    return entity_records(session, AnswerRow, query)


def delete_answers(session: Session, before: datetime) -> int:
    """Delete the answers asked for before a time, with their facts, and give their number."""
    old = select(Answer.answer_id).where(Answer.asked_at < before)
    found = tuple(session.exec(old))
    session.execute(delete(Fact).where(col(Fact.document_id).in_(old)))
    session.execute(delete(Answer).where(col(Answer.asked_at) < before))
    return len(found)
