"""What providers think: predictions, reports, indices, picks. None of it is ours, and a report is hostile text."""

from sqlalchemy import REAL, CheckConstraint, Column, ForeignKey, Integer, Table, Text

from agent.store.columns import Day, Hour, Instant
from agent.store.tables.base import METADATA


def _source() -> Column[int]:
    return Column("source_id", Integer, ForeignKey("source.source_id"), primary_key=True)


def _asset() -> Column[int]:
    return Column("asset_id", Integer, ForeignKey("asset.asset_id"), primary_key=True)


def _fetched_at() -> Column[object]:
    return Column("fetched_at", Instant, nullable=False)


hourly_signal = Table(
    "hourly_signal",
    METADATA,
    Column("hour", Hour, primary_key=True),
    _source(),
    _asset(),
    Column("signal", Integer, nullable=False),
    Column("position", Integer),
    Column("close_usd", REAL),
    _fetched_at(),
    CheckConstraint("signal IN (-1, 0, 1) AND position IN (-1, 0, 1)", name="signal"),
    sqlite_with_rowid=False,
)

# `scenario` is the worth of the whole market in trillions, 0 for a forecast; `horizon_days` 0 for a scenario.
prediction = Table(
    "prediction",
    METADATA,
    Column("day", Day, primary_key=True),
    _source(),
    _asset(),
    Column("method", Text, primary_key=True),
    Column("outcome", Text, primary_key=True),
    Column("scenario", REAL, primary_key=True),
    Column("horizon_days", Integer, primary_key=True),
    Column("price_usd", REAL, nullable=False),
    Column("return_fraction", REAL),
    Column("market_cap_usd", REAL),
    Column("fdv_usd", REAL),
    _fetched_at(),
    sqlite_with_rowid=False,
)

# Every version of a text is kept, by its digest.
report = Table(
    "report",
    METADATA,
    _source(),
    _asset(),
    Column("name", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("text", Text, nullable=False),
    _fetched_at(),
)

index_fund = Table(
    "index_fund",
    METADATA,
    _source(),
    Column("provider_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("ticker", Text),
    Column("day", Day, nullable=False),
    Column("active", Integer),
    Column("price_usd", REAL),
    Column("asset_count", Integer),
    Column("change_1d_pct", REAL),
    Column("change_7d_pct", REAL),
    Column("change_30d_pct", REAL),
    Column("change_all_time_pct", REAL),
    Column("market_cap_usd", REAL),
    Column("volume_usd", REAL),
    Column("grade", REAL),
    _fetched_at(),
    sqlite_with_rowid=False,
)

index_holding = Table(
    "index_holding",
    METADATA,
    Column("day", Day, primary_key=True),
    _source(),
    Column("index_id", Text, primary_key=True),
    _asset(),
    Column("weight_pct", REAL, nullable=False),
    Column("price_usd", REAL),
    Column("market_cap_usd", REAL),
    Column("return_fraction", REAL),
    _fetched_at(),
    sqlite_with_rowid=False,
)

index_value = Table(
    "index_value",
    METADATA,
    Column("day", Day, primary_key=True),
    _source(),
    Column("index_id", Text, primary_key=True),
    Column("cumulative_return", REAL, nullable=False),
    Column("market_cap_usd", REAL),
    Column("volume_usd", REAL),
    Column("fdv_usd", REAL),
    _fetched_at(),
    sqlite_with_rowid=False,
)

investor = Table(
    "investor",
    METADATA,
    _source(),
    Column("name", Text, primary_key=True),
    Column("website", Text),
    Column("twitter", Text),
    Column("round_count", Integer),
    Column("average_return", REAL),
    Column("median_return", REAL),
    Column("score", REAL),
    _fetched_at(),
    sqlite_with_rowid=False,
)

moonshot = Table(
    "moonshot",
    METADATA,
    _source(),
    Column("symbol", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("picked_at", Instant, primary_key=True),
    Column("ended_at", Instant),
    Column("return_fraction", REAL),
    Column("trader_grade", REAL),
    Column("market_cap_usd", REAL),
    Column("volume_usd", REAL),
    _fetched_at(),
    sqlite_with_rowid=False,
)
