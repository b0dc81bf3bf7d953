"""Finished answers of language models, kept to be used again for the very same request."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.dialects.sqlite import insert as upsert
from sqlmodel import Session, col, delete, select

from agent.store.records import entity_records
from agent.store.tables import LlmCacheEntry


@dataclass(frozen=True, slots=True)
class CacheRow:
    """A kept answer; `response` and `usage` are JSON texts."""

    key: str
    made_at: datetime
    expires_at: datetime
    model: str
    response: str
    usage: str


def cached_answer(session: Session, key: str, now: datetime) -> CacheRow | None:
    """Read the answer kept under a key, None if there is none or its time is over."""
    query = select(LlmCacheEntry).where(LlmCacheEntry.key == key, LlmCacheEntry.expires_at > now)
    found = entity_records(session, CacheRow, query)
    return found[0] if found else None


def keep_answer(session: Session, row: CacheRow) -> None:
    """Keep an answer unless one is kept and good still, and forget those whose time is over."""
    forget_answers(session, row.made_at)
    values = {name: getattr(row, name) for name in CacheRow.__slots__}
    session.execute(upsert(LlmCacheEntry).values(values).on_conflict_do_nothing())


def forget_answers(session: Session, now: datetime) -> None:
    """Delete the answers whose time is over."""
    session.execute(delete(LlmCacheEntry).where(col(LlmCacheEntry.expires_at) <= now))
