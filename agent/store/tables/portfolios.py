"""Portfolios, what they hold and what they are meant to hold."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field

from agent.store.columns import Amount, Instant
from agent.store.tables.base import Entity


class Portfolio(Entity, table=True):
    """A named set of holdings."""

    __tablename__ = "portfolio"
    __table_args__ = (CheckConstraint("name <> ''", name="name"),)

    portfolio_id: int = Field(primary_key=True)
    name: str = Field(unique=True, sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)


class Holding(Entity, table=True):
    """How much of an asset a portfolio holds, and what it cost if that is known."""

    __tablename__ = "holding"

    portfolio_id: int = Field(primary_key=True, foreign_key="portfolio.portfolio_id")
    asset_id: int = Field(primary_key=True, foreign_key="asset.asset_id")
    amount: Decimal = Field(sa_type=Amount)
    cost_usd: Decimal | None = Field(sa_type=Amount, nullable=True)
    updated_at: datetime = Field(sa_type=Instant)


class TargetWeight(Entity, table=True):
    """The share of a portfolio's value that an asset is meant to have; those of a portfolio sum to 1."""

    __tablename__ = "target_weight"
    __table_args__ = (CheckConstraint("weight > 0 AND weight <= 1", name="weight"),)

    portfolio_id: int = Field(primary_key=True, foreign_key="portfolio.portfolio_id")
    asset_id: int = Field(primary_key=True, foreign_key="asset.asset_id")
    weight: float
    updated_at: datetime = Field(sa_type=Instant)
