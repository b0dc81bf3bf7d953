"""What sources say about assets and the market besides bars.

As with bars, `fetched_at` is when the stored value was first learned.
"""

from sqlalchemy import REAL, CheckConstraint, Column, ForeignKey, Integer, Table, Text

from agent.store.columns import Amount, Day, Instant, Json
from agent.store.tables.base import METADATA


def _source() -> Column[int]:
    return Column("source_id", Integer, ForeignKey("source.source_id"), primary_key=True)


def _asset() -> Column[int]:
    return Column("asset_id", Integer, ForeignKey("asset.asset_id"), primary_key=True)


quote = Table(
    "quote",
    METADATA,
    _source(),
    _asset(),
    Column("price_usd", Amount, nullable=False),
    Column("quoted_at", Instant, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)

grade = Table(
    "grade",
    METADATA,
    Column("day", Day, primary_key=True),
    _source(),
    Column("kind", Text, primary_key=True),
    _asset(),
    Column("value", REAL, nullable=False),
    Column("change_pct", REAL),
    Column("label", Text),
    Column("parts", Json, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    CheckConstraint("value BETWEEN 0 AND 100", name="value"),
    sqlite_with_rowid=False,
)

trading_signal = Table(
    "trading_signal",
    METADATA,
    Column("day", Day, primary_key=True),
    _source(),
    _asset(),
    Column("signal", Integer, nullable=False),
    Column("trend", Integer),
    Column("strategy_return", REAL),
    Column("holding_return", REAL),
    Column("fetched_at", Instant, nullable=False),
    CheckConstraint("signal IN (-1, 0, 1)", name="signal"),
    sqlite_with_rowid=False,
)

level = Table(
    "level",
    METADATA,
    Column("day", Day, primary_key=True),
    _source(),
    _asset(),
    Column("level_usd", REAL, primary_key=True),
    Column("formed_on", Day),
    Column("fetched_at", Instant, nullable=False),
    CheckConstraint("level_usd > 0 AND level_usd < 9e999", name="level"),
    sqlite_with_rowid=False,
)

metric = Table(
    "metric",
    METADATA,
    Column("day", Day, primary_key=True),
    _source(),
    Column("name", Text, primary_key=True),
    Column("asset_id", Integer, primary_key=True),  # 0 is the whole market, hence no foreign key
    Column("unit", Text, nullable=False),
    Column("value", REAL, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    CheckConstraint("asset_id >= 0", name="asset"),
    sqlite_with_rowid=False,
)

# What a source said of a day before it changed its mind; `fetched_at` is when the old value was learned.
metric_revision = Table(
    "metric_revision",
    METADATA,
    Column("day", Day, primary_key=True),
    _source(),
    Column("name", Text, primary_key=True),
    Column("asset_id", Integer, primary_key=True),
    Column("unit", Text, nullable=False),
    Column("value", REAL, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    Column("superseded_at", Instant, primary_key=True),
    sqlite_with_rowid=False,
)

correlation_peer = Table(
    "correlation_peer",
    METADATA,
    Column("day", Day, primary_key=True),
    _source(),
    _asset(),
    Column("other_name", Text, primary_key=True),
    Column("correlation", REAL, nullable=False),
    Column("fetched_at", Instant, nullable=False),
    CheckConstraint("correlation BETWEEN -1 AND 1", name="correlation"),
    sqlite_with_rowid=False,
)
