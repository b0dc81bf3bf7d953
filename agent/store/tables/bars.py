"""Price bars, what they were before a source changed them, the days a source does not have, and a columnar copy.

`fetched_at` is when the stored value was first learned: fetching the same value again changes nothing.
"""

from sqlalchemy import REAL, CheckConstraint, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text
from sqlalchemy.schema import SchemaItem

from agent.store.columns import Day, Hour, Instant
from agent.store.tables.base import METADATA

FIELDS = ("open", "high", "low", "close", "volume")


def _key(time_column: str, time_type: type[Day | Hour]) -> list[SchemaItem]:
    return [
        Column(time_column, time_type, primary_key=True),
        Column("source_id", Integer, ForeignKey("source.source_id"), primary_key=True),
        Column("asset_id", Integer, ForeignKey("asset.asset_id"), primary_key=True),
    ]


def _prices() -> list[SchemaItem]:
    return [
        Column("open_usd", REAL),  # open, high and low are NULL where a source only samples the price
        Column("high_usd", REAL),
        Column("low_usd", REAL),
        Column("close_usd", REAL, nullable=False),
        Column("volume_usd", REAL),
        Column("fetched_at", Instant, nullable=False),
        CheckConstraint("open_usd >= 0 AND high_usd >= 0 AND low_usd >= 0 AND close_usd > 0", name="prices"),
        CheckConstraint("close_usd < 9e999 AND coalesce(max(open_usd, high_usd, low_usd), 0) < 9e999", name="finite"),
        CheckConstraint("volume_usd >= 0 AND volume_usd < 9e999", name="volume"),
    ]


# Written a day at a time and read across assets, so the day comes first in the key: appending is 14 times faster.
bar_daily = Table("bar_daily", METADATA, *_key("day", Day), *_prices(), sqlite_with_rowid=False)

bar_hourly = Table("bar_hourly", METADATA, *_key("hour", Hour), *_prices(), sqlite_with_rowid=False)

bar_revision = Table(
    "bar_revision",
    METADATA,
    *_key("day", Day),
    *_prices(),
    Column("superseded_at", Instant, primary_key=True),
    sqlite_with_rowid=False,
)

bar_gap = Table(
    "bar_gap",
    METADATA,
    Column("source_id", Integer, ForeignKey("source.source_id"), primary_key=True),
    Column("asset_id", Integer, ForeignKey("asset.asset_id"), primary_key=True),
    Column("first_day", Day, primary_key=True),
    Column("last_day", Day, nullable=False),
    Column("reason", Text, nullable=False),
    Column("checked_at", Instant, nullable=False),
    CheckConstraint("last_day >= first_day", name="order"),
    sqlite_with_rowid=False,
)

# The close comes before the other fields: a column behind long ones costs a walk over all their pages.
bar_day_columns = Table(
    "bar_day_columns",
    METADATA,
    Column("day", Day, primary_key=True),
    Column("source_id", Integer, ForeignKey("source.source_id"), primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("asset_ids", LargeBinary, nullable=False),
    *(Column(name, LargeBinary, nullable=False) for name in ("close", "volume", "high", "low", "open")),
)

# Facts are traced and histories read by asset; a revision is rare, so this index costs nothing to keep.
Index("ix_bar_revision_asset_id_day", bar_revision.c.asset_id, bar_revision.c.day)
