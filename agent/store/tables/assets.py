"""Sources, assets, what each source calls an asset, and by what it may be recognised."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, Table, Text
from sqlmodel import Field

from agent.store.columns import Instant, Json
from agent.store.tables.base import METADATA, Entity


class Source(Entity, table=True):
    """A provider of data and the terms of its use; `commercial_use` is NULL where the terms do not say."""

    __tablename__ = "source"

    source_id: int = Field(primary_key=True)
    name: str = Field(unique=True, sa_type=Text)
    attribution: str = Field(sa_type=Text)
    url: str = Field(sa_type=Text)
    licence: str = Field(sa_type=Text)
    commercial_use: bool | None = Field(nullable=True)


class Asset(Entity, table=True):
    """An asset; its symbol identifies nothing. `slug` is its CoinGecko id where any source knows it."""

    __tablename__ = "asset"
    __table_args__ = (
        CheckConstraint("rank > 0", name="rank"),
        CheckConstraint("kind IN ('coin', 'stablecoin', 'wrapped', 'bridged', 'staked')", name="kind"),
    )

    asset_id: int = Field(primary_key=True)
    symbol: str = Field(sa_column=Column(Text(collation="NOCASE"), nullable=False, index=True))
    name: str = Field(sa_column=Column(Text(collation="NOCASE"), nullable=False, index=True))
    slug: str | None = Field(sa_type=Text, nullable=True, index=True)
    rank: int | None = Field(nullable=True)
    categories: list[str] = Field(sa_type=Json, nullable=False)
    kind: str = Field(sa_type=Text)
    underlying_id: int | None = Field(nullable=True, foreign_key="asset.asset_id")
    inactive: bool
    first_seen_at: datetime = Field(sa_type=Instant)
    last_seen_at: datetime = Field(sa_type=Instant)


class AssetRef(Entity, table=True):
    """A source's own key of an asset, and why it is thought to mean this one.

    `evidence` is new, slug, address or override; `doubt` says what spoke against a link that was not made.
    """

    __tablename__ = "asset_ref"

    source_id: int = Field(primary_key=True, foreign_key="source.source_id")
    provider_id: str = Field(primary_key=True, sa_type=Text)
    asset_id: int = Field(foreign_key="asset.asset_id", index=True)
    evidence: str = Field(sa_type=Text)
    doubt: str | None = Field(sa_type=Text, nullable=True)
    linked_at: datetime = Field(sa_type=Instant)


# A contract as each source lists it, chain and address normalised.
asset_address = Table(
    "asset_address",
    METADATA,
    Column("chain", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("source_id", Integer, ForeignKey("source.source_id"), primary_key=True),
    Column("asset_id", Integer, ForeignKey("asset.asset_id"), primary_key=True),
    sqlite_with_rowid=False,
)

# What an asset was called before: renamed assets are still found.
asset_alias = Table(
    "asset_alias",
    METADATA,
    Column("asset_id", Integer, ForeignKey("asset.asset_id"), primary_key=True),
    Column("symbol", Text(collation="NOCASE"), primary_key=True),
    Column("name", Text(collation="NOCASE"), primary_key=True),
    Column("last_seen_at", Instant, nullable=False),
    sqlite_with_rowid=False,
)
