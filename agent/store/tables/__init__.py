"""Every table of the store: entities are SQLModel classes, bulk rows plain tables."""

from agent.store.tables.assets import Asset, AssetRef, Source, asset_address, asset_alias
from agent.store.tables.bars import bar_daily, bar_day_columns, bar_gap, bar_hourly, bar_revision
from agent.store.tables.base import METADATA, Entity
from agent.store.tables.documents import Answer, Briefing, Fact
from agent.store.tables.ledger import CollectionRun, CreditUse, HostState, Quarantine, ScheduleSlot
from agent.store.tables.market import (
    correlation_peer,
    grade,
    level,
    metric,
    metric_revision,
    quote,
    trading_signal,
)
from agent.store.tables.measured import index_rule, own_grade_day, scan_state, signal, track_record
from agent.store.tables.models import LlmBatch, LlmCacheEntry, LlmCall, LlmEndpoint, LlmReservation
from agent.store.tables.opinions import (
    hourly_signal,
    index_fund,
    index_holding,
    index_value,
    investor,
    moonshot,
    prediction,
    report,
)
from agent.store.tables.outbox import Outbox
from agent.store.tables.passages import Note, Passage, PassageVector
from agent.store.tables.portfolios import Holding, Portfolio, TargetWeight
from agent.store.tables.readings import ReportReading

__all__ = [
    "METADATA",
    "Answer",
    "Asset",
    "AssetRef",
    "Briefing",
    "CollectionRun",
    "CreditUse",
    "Entity",
    "Fact",
    "Holding",
    "HostState",
    "LlmBatch",
    "LlmCacheEntry",
    "LlmCall",
    "LlmEndpoint",
    "LlmReservation",
    "Note",
    "Outbox",
    "Passage",
    "PassageVector",
    "Portfolio",
    "Quarantine",
    "ReportReading",
    "ScheduleSlot",
    "Source",
    "TargetWeight",
    "asset_address",
    "asset_alias",
    "bar_daily",
    "bar_day_columns",
    "bar_gap",
    "bar_hourly",
    "bar_revision",
    "correlation_peer",
    "grade",
    "hourly_signal",
    "index_fund",
    "index_holding",
    "index_rule",
    "index_value",
    "investor",
    "level",
    "metric",
    "metric_revision",
    "moonshot",
    "own_grade_day",
    "prediction",
    "quote",
    "report",
    "scan_state",
    "signal",
    "track_record",
    "trading_signal",
]
