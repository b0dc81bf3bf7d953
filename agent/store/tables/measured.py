"""What we measured ourselves: signals, our own grades, how both did so far, and what a scan needs to go on from."""

from sqlalchemy import REAL, CheckConstraint, Column, ForeignKey, Integer, LargeBinary, Table, Text

from agent.store.columns import Day, Instant, Json
from agent.store.tables.base import METADATA


def _source() -> Column[int]:
    return Column("source_id", Integer, ForeignKey("source.source_id"), primary_key=True)


def _computed_at() -> Column[object]:
    return Column("computed_at", Instant, nullable=False)


# An asset, a sector (asset 0 and its name) or the market (asset 0 and no name), hence no foreign key.
signal = Table(
    "signal",
    METADATA,
    Column("day", Day, primary_key=True),
    _source(),
    Column("asset_id", Integer, primary_key=True),
    Column("sector", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("direction", Integer, nullable=False),
    Column("value", REAL),
    Column("expires_on", Day),
    Column("confidence", REAL),
    Column("sample_size", Integer),
    Column("proven", Integer, nullable=False),
    Column("evidence", Json, nullable=False),
    _computed_at(),
    CheckConstraint("direction IN (-1, 0, 1)", name="direction"),
    CheckConstraint("asset_id >= 0 AND (asset_id = 0 OR sector = '')", name="subject"),
    CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
    CheckConstraint("proven IN (0, 1)", name="proven"),
    sqlite_with_rowid=False,
)

# A day of grades is one row: 12,000 grades with their parts take a tenth of the room and of the time of single rows.
own_grade_day = Table(
    "own_grade_day",
    METADATA,
    Column("day", Day, primary_key=True),
    _source(),
    Column("rows", Integer, nullable=False),
    Column("asset_ids", LargeBinary, nullable=False),
    Column("short_term", LargeBinary, nullable=False),
    Column("long_term", LargeBinary, nullable=False),
    Column("part_names", Json, nullable=False),
    Column("parts", LargeBinary, nullable=False),
    _computed_at(),
)

# Rebuildable: what the indicators remember after a day; dropped in the transaction that changes a bar of that day.
scan_state = Table(
    "scan_state",
    METADATA,
    _source(),
    Column("day", Day, primary_key=True),
    Column("anchor_day", Day, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    _computed_at(),
)

# How a signal or a grade did up to `day`; `score` holds the figures.
track_record = Table(
    "track_record",
    METADATA,
    Column("day", Day, primary_key=True),
    _source(),
    Column("name", Text, primary_key=True),
    Column("horizon_days", Integer, primary_key=True),
    Column("score", Json, nullable=False),
    _computed_at(),
    CheckConstraint("horizon_days > 0", name="horizon"),
    sqlite_with_rowid=False,
)

# An index of our own; what it holds and is worth stands with the indices of providers.
index_rule = Table(
    "index_rule",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("rule", Json, nullable=False),
    Column("created_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
