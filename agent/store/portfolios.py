"""Portfolios, their holdings and their target weights; amounts are exact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.dialects.sqlite import insert as upsert
from sqlmodel import Session, col, delete, insert, select

from agent.errors import NameTaken, UnknownRow
from agent.store.records import entity_records
from agent.store.tables import Holding, Portfolio, TargetWeight

WEIGHT_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """A stored portfolio."""

    portfolio_id: int
    name: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """How much of an asset is held; `cost_usd` is what all of it cost, None if that is not known."""

    asset_id: int
    amount: Decimal
    cost_usd: Decimal | None
    updated_at: datetime


def create(session: Session, name: str, created_at: datetime) -> PortfolioRow:
    """Make an empty portfolio; raises NameTaken."""
    if name in names(session):
        raise NameTaken(f"there is a portfolio {name!r} already: choose another name, or change that one")
    new = insert(Portfolio).values(name=name, created_at=created_at).returning(col(Portfolio.portfolio_id))
    return PortfolioRow(int(session.execute(new).scalar_one()), name, created_at)


def get(session: Session, name: str) -> PortfolioRow | None:
    """Read a portfolio by name, None if there is none."""
    found = entity_records(session, PortfolioRow, select(Portfolio).where(Portfolio.name == name))
    return found[0] if found else None


def require(session: Session, name: str) -> PortfolioRow:
    """Read a portfolio by name; raises UnknownRow, naming those there are."""
    found = get(session, name)
    if found is None:
        known = ", ".join(map(repr, names(session))) or "none"
        raise UnknownRow(f"there is no portfolio {name!r} (there are: {known})")
    return found


def names(session: Session) -> tuple[str, ...]:
    """List the names of all portfolios."""
    return tuple(session.exec(select(Portfolio.name).order_by(Portfolio.name)))


def replace_holdings(session: Session, portfolio_id: int, rows: Sequence[HoldingRow]) -> None:
    """Make these the holdings of a portfolio, whatever was there."""
    session.execute(delete(Holding).where(col(Holding.portfolio_id) == portfolio_id))
    for row in rows:
        put_holding(session, portfolio_id, row)


def put_holding(session: Session, portfolio_id: int, row: HoldingRow) -> None:
    """Store a holding in place of what the portfolio held of the asset; raises ValueError unless the amount is > 0."""
    if not row.amount.is_finite() or row.amount <= 0:
        raise ValueError(f"{row.amount} is not an amount that can be held: give a number above 0")
    values = {"amount": row.amount, "cost_usd": row.cost_usd, "updated_at": row.updated_at}
    new = upsert(Holding).values(portfolio_id=portfolio_id, asset_id=row.asset_id, **values)
    session.execute(new.on_conflict_do_update(index_elements=["portfolio_id", "asset_id"], set_=values))


def remove_holding(session: Session, portfolio_id: int, asset_id: int) -> bool:
    """Forget what a portfolio holds of an asset; False if it held none."""
    own = (col(Holding.portfolio_id) == portfolio_id, col(Holding.asset_id) == asset_id)
    return bool(session.execute(delete(Holding).where(*own).returning(col(Holding.asset_id))).all())


def holdings(session: Session, portfolio_id: int) -> tuple[HoldingRow, ...]:
    """Read what a portfolio holds, by asset id."""
    query = select(Holding).where(Holding.portfolio_id == portfolio_id).order_by(col(Holding.asset_id))
    return entity_records(session, HoldingRow, query)


def replace_targets(session: Session, portfolio_id: int, weights: Mapping[int, float], updated_at: datetime) -> None:
    """Make these, by asset id, the target weights of a portfolio; raises ValueError unless they sum to 1."""
    if weights and abs(sum(weights.values()) - 1.0) > WEIGHT_ROUNDING:
        raise ValueError(f"target weights must sum to 1, these sum to {sum(weights.values()):.6f}")
    session.execute(delete(TargetWeight).where(col(TargetWeight.portfolio_id) == portfolio_id))
    for asset_id, weight in sorted(weights.items()):
        values = {"portfolio_id": portfolio_id, "asset_id": asset_id, "weight": weight, "updated_at": updated_at}
        session.execute(insert(TargetWeight).values(**values))


def targets(session: Session, portfolio_id: int) -> dict[int, float]:
    """Read the target weights of a portfolio by asset id; empty if none were set."""
    query = select(TargetWeight).where(TargetWeight.portfolio_id == portfolio_id)
    return {row.asset_id: row.weight for row in session.exec(query.order_by(col(TargetWeight.asset_id)))}
