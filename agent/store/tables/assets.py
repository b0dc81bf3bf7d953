"""Sources, assets, and what each source calls an asset."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Text
from sqlmodel import Field

from agent.store.columns import Instant, Json
from agent.store.tables.base import Entity


class Source(Entity, table=True):
    """A provider of data."""

    __tablename__ = "source"

    source_id: int = Field(primary_key=True)
    name: str = Field(unique=True, sa_type=Text)
    attribution: str = Field(sa_type=Text)


class Asset(Entity, table=True):
    """An asset; its symbol identifies nothing."""

    __tablename__ = "asset"
    __table_args__ = (CheckConstraint("rank > 0", name="rank"),)

    asset_id: int = Field(primary_key=True)
    symbol: str = Field(sa_column=Column(Text(collation="NOCASE"), nullable=False, index=True))
    name: str = Field(sa_column=Column(Text(collation="NOCASE"), nullable=False, index=True))
    slug: str | None = Field(sa_type=Text, nullable=True)
    rank: int | None = Field(nullable=True)
    categories: list[str] = Field(sa_type=Json, nullable=False)
    first_seen_at: datetime = Field(sa_type=Instant)
    last_seen_at: datetime = Field(sa_type=Instant)


class AssetRef(Entity, table=True):
    """A source's own key of an asset."""

    __tablename__ = "asset_ref"

    source_id: int = Field(primary_key=True, foreign_key="source.source_id")
    provider_id: str = Field(primary_key=True, sa_type=Text)
    asset_id: int = Field(foreign_key="asset.asset_id", index=True)
