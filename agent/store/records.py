"""How a row of the database becomes a frozen record with fields of the same names."""

from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy.engine import Row
from sqlmodel import Session

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from sqlmodel.sql.expression import SelectOfScalar

    from agent.store.tables import Entity

R = TypeVar("R", bound="DataclassInstance")
E = TypeVar("E", bound="Entity")


def entity_record(kind: type[R], entity: "Entity") -> R:
    """Freeze an entity: every field of `kind` is read from the attribute of the same name."""
    return kind(**{field.name: getattr(entity, field.name) for field in fields(kind)})


def entity_records(session: Session, kind: type[R], query: "SelectOfScalar[E]") -> tuple[R, ...]:
    """Freeze every entity a query finds, as it is in the database now, whatever the session remembers of it."""
    found = session.exec(query, execution_options={"populate_existing": True})
    return tuple(entity_record(kind, entity) for entity in found)


def row_record(kind: type[R], row: Row[Any]) -> R:
    """Freeze a row of a query: every field of `kind` is read from the column of the same name."""
    values = row._mapping  # noqa: SLF001 - SQLAlchemy's public name for it starts with _
    return kind(**{field.name: values[field.name] for field in fields(kind)})
