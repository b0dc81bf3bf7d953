"""Every table of the store: entities are SQLModel classes, bulk rows plain tables."""

from agent.store.tables.assets import Asset, AssetRef, Source
from agent.store.tables.bars import bar_daily, bar_day_columns, bar_gap, bar_hourly, bar_revision
from agent.store.tables.base import METADATA, Entity
from agent.store.tables.documents import Answer, Briefing, Fact, LlmCall
from agent.store.tables.ledger import CollectionRun, Quarantine, ScheduleSlot
from agent.store.tables.market import correlation_peer, grade, level, metric, quote, signal, trading_signal
from agent.store.tables.outbox import Outbox
from agent.store.tables.portfolios import Holding, Portfolio

__all__ = [
    "METADATA",
    "Answer",
    "Asset",
    "AssetRef",
    "Briefing",
    "CollectionRun",
    "Entity",
    "Fact",
    "Holding",
    "LlmCall",
    "Outbox",
    "Portfolio",
    "Quarantine",
    "ScheduleSlot",
    "Source",
    "bar_daily",
    "bar_day_columns",
    "bar_gap",
    "bar_hourly",
    "bar_revision",
    "correlation_peer",
    "grade",
    "level",
    "metric",
    "quote",
    "signal",
    "trading_signal",
]
