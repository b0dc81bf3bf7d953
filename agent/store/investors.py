"""Investors in crypto assets as providers list them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from agent.store.bulk import Written, merge_rows
from agent.store.columns import instant_number, storable, storable_text
from agent.store.records import row_record
from agent.store.sources import source_id, stored_source_id
from agent.store.tables import investor
from datasources.records import Investor


@dataclass(frozen=True, slots=True)
class InvestorRow:
    """A stored investor; returns are fractions, the score is from 0 to 10."""

    name: str
    website: str | None
    twitter: str | None
    round_count: int | None
    average_return: float | None
    median_return: float | None
    score: float | None
    fetched_at: datetime


def upsert_investors(session: Session, source: str, investors: Sequence[Investor], fetched_at: datetime) -> Written:
    """Store investors; each replaces what was stored under its name before."""
    number, stamp = source_id(session, source), instant_number(fetched_at)
    rows = [
        (
            number,
            storable_text(item.name),
            storable(item.website),
            storable(item.twitter),
            item.round_count,
            item.average_return,
            item.median_return,
            item.score,
            stamp,
        )
        for item in investors
    ]
    return merge_rows(session, investor, rows)


def list_investors(session: Session, source: str) -> tuple[InvestorRow, ...]:
    """Read the investors a source lists, by name."""
    own = investor.c.source_id == stored_source_id(session, source)
    query = select(investor).where(own).order_by(investor.c.name)
    return tuple(row_record(InvestorRow, row) for row in session.execute(query))
