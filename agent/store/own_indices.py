"""Indices of our own: their rules, and their values and holdings beside those of providers.

What such an index holds and is worth is stored as a provider's would be, under the source `coinbrief`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session

from agent.errors import NameTaken, UnknownRow
from agent.store.bulk import Cell, insert_rows, raw_connection
from agent.store.columns import JsonValue, day_number, instant_number
from agent.store.records import row_record
from agent.store.sources import source_id, stored_source_id
from agent.store.tables import index_fund, index_holding, index_rule, index_value

OWN_SOURCE = "coinbrief"


@dataclass(frozen=True, slots=True)
class IndexRuleRow:
    """The rule of an index of our own, as JSON has it."""

    name: str
    rule: Mapping[str, JsonValue]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class OwnIndex:
    """How an index of our own stands: its return since its start by day, and what it held from each rebalance on."""

    name: str
    returns: Sequence[tuple[date, float]]
    holdings: Sequence[tuple[date, int, float]]  # the day of the rebalance, the asset, its weight in per cent

    @property
    def last_day(self) -> date:
        """The newest day that the index has a value of."""
        return self.returns[-1][0]


def create_index_rule(session: Session, row: IndexRuleRow) -> None:
    """Store a new rule; raises NameTaken."""
    if any(known.name == row.name for known in index_rules(session)):
        raise NameTaken(f"there is an index {row.name!r} already: choose another name, or delete that one")
    values = {"name": row.name, "rule": dict(row.rule), "created_at": row.created_at}
    session.execute(insert(index_rule).values(**values))


def index_rules(session: Session) -> tuple[IndexRuleRow, ...]:
    """Read every rule, by name."""
    rows = session.execute(select(index_rule).order_by(index_rule.c.name))
    return tuple(row_record(IndexRuleRow, row) for row in rows)


def require_index_rule(session: Session, name: str) -> IndexRuleRow:
    """Read a rule by name; raises UnknownRow, naming those there are."""
    rules = {row.name: row for row in index_rules(session)}
    if name not in rules:
        known = ", ".join(map(repr, rules)) or "none"
        raise UnknownRow(f"there is no index {name!r} of our own (there are: {known})")
    return rules[name]


def delete_index(session: Session, name: str) -> None:
    """Forget a rule and all that was stored of its index; raises UnknownRow."""
    require_index_rule(session, name)
    session.execute(delete(index_rule).where(index_rule.c.name == name))
    _clear(session, stored_source_id(session, OWN_SOURCE), name)


def put_own_index(session: Session, index: OwnIndex, computed_at: datetime) -> None:
    """Store an index in place of what was stored of it; raises ValueError for one without a value."""
    if not index.returns:
        raise ValueError(f"the index {index.name!r} has no value to store")
    number, stamp = source_id(session, OWN_SOURCE), instant_number(computed_at)
    _clear(session, number, index.name)
    connection = raw_connection(session)
    held_on = max((day for day, _, _ in index.holdings), default=None)
    known: dict[str, Cell] = {
        "source_id": number,
        "provider_id": index.name,
        "name": index.name,
        "day": day_number(index.last_day),
        "active": 1,
        "asset_count": sum(day == held_on for day, _, _ in index.holdings),
        "fetched_at": stamp,
    }
    insert_rows(connection, index_fund, [tuple(known.get(column.name) for column in index_fund.columns)])
    values = [(day_number(day), number, index.name, value, None, None, None, stamp) for day, value in index.returns]
    insert_rows(connection, index_value, values)
    held = [
        (day_number(day), number, index.name, asset_id, weight_pct, None, None, None, stamp)
        for day, asset_id, weight_pct in index.holdings
    ]
    insert_rows(connection, index_holding, held)


def _clear(session: Session, number: int, name: str) -> None:
    for table, key in ((index_fund, "provider_id"), (index_value, "index_id"), (index_holding, "index_id")):
        session.execute(delete(table).where(table.c.source_id == number, table.c[key] == name))
