"""Single stored rows and runs of values by their key, so that a published figure can be traced to where it came from.

Keys and values are texts in one spelling (`cell_text`): days and times in ISO format, numbers with all their digits.
In a key, `source` may stand for `source_id`, with the source's name. Figures that are packed into one stored value can
be read by name: those of a structure under the names that lead to them (`score.hit_rate.figure.value`), our own grades
by asset.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from math import isfinite

from sqlalchemy import Column, ColumnElement, Table, select
from sqlmodel import Session

from agent.errors import UnknownRow
from agent.store.columns import Amount, Day, Hour, Instant, JsonValue, json_text
from agent.store.own_grades import own_grades_on
from agent.store.sources import stored_source_id
from agent.store.tables import METADATA

TRACEABLE = frozenset(
    {
        "asset",
        "bar_daily",
        "bar_gap",
        "bar_hourly",
        "bar_revision",
        "briefing",
        "collection_run",
        "correlation_peer",
        "grade",
        "holding",
        "hourly_signal",
        "index_fund",
        "index_holding",
        "index_value",
        "investor",
        "level",
        "metric",
        "metric_revision",
        "moonshot",
        "portfolio",
        "prediction",
        "quote",
        "signal",
        "target_weight",
        "track_record",
        "trading_signal",
    }
)
OWN_GRADES = "own_grade_day"
"""All grades of a day in one packed row; read by day, source and asset, as if there were a row for each asset."""
LEARNED = ("fetched_at", "computed_at", "updated_at", "finished_at", "written_at", "last_seen_at", "checked_at")


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row as texts by column; `fetched_at` is when its values were learned, where the table says so."""

    table: str
    values: Mapping[str, str | None]
    fetched_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoredRange:
    """The values of one column over days that have them, oldest first, and the digest that a `RowRange` carries."""

    table: str
    column: str
    days: tuple[date, ...]
    values: tuple[str | None, ...]
    sha256: str


def read_row(session: Session, table: str, key: Sequence[tuple[str, str]]) -> StoredRow | None:
    """Read the row a `RowRef` names, None if there is none; raises UnknownRow for a table or key that cannot be."""
    if table == OWN_GRADES:
        return _own_grades(session, key)
    source = _table(table)
    query = select(source).where(*_matching(session, source, key)).limit(2)
    rows = session.execute(query).all()
    if not rows:
        return None
    if len(rows) > 1:
        raise UnknownRow(f"{_spelled(key)} names more than one row of {table}: give its whole key")
    values = rows[0]._mapping  # noqa: SLF001 - SQLAlchemy's public name for it starts with _
    learned = next((values[name] for name in LEARNED if name in values), None)
    cells = [(name, values[name]) for name in source.columns.keys()]  # noqa: SIM118 - not a dict
    inner = dict(cell for name, value in cells if isinstance(value, dict) for cell in _inner(name, value))
    return StoredRow(table, inner | {name: cell_text(value) for name, value in cells}, learned)


def read_range(
    session: Session, table: str, key: Sequence[tuple[str, str]], column: str, first: str, last: str
) -> StoredRange:
    """Read the values a `RowRange` names, `first` to `last` being ISO days; raises UnknownRow for what cannot be."""
    source = _table(table)
    if column not in source.columns or "day" not in source.columns:
        raise UnknownRow(f"{table} has no {column!r} by day")
    span = source.c.day.between(_parsed(source.c.day, first), _parsed(source.c.day, last))
    order = [source.c[name] for name in ("day", "asset_id") if name in source.columns]
    query = select(source.c.day, source.c[column]).where(*_matching(session, source, key), span).order_by(*order)
    found = session.execute(query).all()
    values = tuple(cell_text(value) for _, value in found)
    return StoredRange(table, column, tuple(day for day, _ in found), values, values_sha256(values))


def cell_text(value: object) -> str | None:
    """Spell a stored value: ISO days and times, numbers with all their digits, JSON for structures, None for NULL."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case float():
            return repr(value)
        case bytes():
            return value.hex()
        case list() | tuple() | dict():
            structure: JsonValue = value
            return json_text(structure)
    return None if value is None else str(value)


def values_sha256(values: Iterable[str | None]) -> str:
    """Digest values as `cell_text` spells them, one a line, an empty line for NULL."""
    return sha256("\n".join(value or "" for value in values).encode()).hexdigest()


def _inner(name: str, structure: Mapping[str, JsonValue]) -> Iterator[tuple[str, str | None]]:
    """Every figure within a structure, under the names that lead to it."""
    for key, value in structure.items():
        if isinstance(value, dict):
            yield from _inner(f"{name}.{key}", value)
        else:
            yield f"{name}.{key}", cell_text(value)


def _own_grades(session: Session, key: Sequence[tuple[str, str]]) -> StoredRow | None:
    """The grades of one asset on one day, None if that day has none of it; a grade that is not known is None."""
    given = dict(key)
    if given.keys() != {"day", "source", "asset_id"}:
        raise UnknownRow(f"a grade of our own is read by day, source and asset_id, not by {_spelled(key) or 'nothing'}")
    try:
        day, asset_id = date.fromisoformat(given["day"]), int(given["asset_id"])
    except ValueError as error:
        raise UnknownRow(f"{_spelled(key)} names no day and asset: {error}") from error
    grades = own_grades_on(session, given["source"], day)
    column = None if grades is None else grades.column(asset_id)
    if grades is None or column is None:
        return None
    found = {name: float(values[column]) for name, values in grades.by_horizon.items()}
    values = {name: repr(value) if isfinite(value) else None for name, value in found.items()}
    return StoredRow(OWN_GRADES, given | values | {"computed_at": cell_text(grades.computed_at)}, grades.computed_at)


def _table(name: str) -> Table:
    if name not in TRACEABLE:
        raise UnknownRow(f"{name!r} is not a table that figures come from: choose among {', '.join(sorted(TRACEABLE))}")
    return METADATA.tables[name]


def _matching(session: Session, table: Table, key: Sequence[tuple[str, str]]) -> list[ColumnElement[bool]]:
    if not key:
        raise UnknownRow(f"a key is needed to read {table.name}")
    return [_equals(session, table, name, text) for name, text in key]


def _equals(session: Session, table: Table, name: str, text: str) -> ColumnElement[bool]:
    if name == "source" and "source_id" in table.columns:
        return table.c.source_id == stored_source_id(session, text)
    if name not in table.columns:
        raise UnknownRow(f"{table.name} has no column {name!r}")
    return table.c[name] == _parsed(table.c[name], text)


def _parsed(column: Column[object], text: str) -> object:
    kind = column.type
    try:
        if isinstance(kind, Day):
            return date.fromisoformat(text)
        if isinstance(kind, Hour | Instant):
            return _aware(datetime.fromisoformat(text))
        if isinstance(kind, Amount):
            return Decimal(text)
        return kind.python_type(text)
    except (ValueError, InvalidOperation) as error:
        raise UnknownRow(f"{text!r} is not a value of the column {column.name!r}") from error


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no time zone")
    return instant


def _spelled(key: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{name}={text!r}" for name, text in key)
