"""A reader's holdings on their way into the store: every line means exactly one asset, or nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from agent.errors import UnknownRow
from agent.portfolio.holdings_csv import HoldingLine, parse_holdings_csv
from agent.portfolio.resolution import Candidate, Holding, resolve
from agent.store import portfolios
from agent.store.assets import AssetRow, find_assets, get_assets
from agent.store.engine import Store
from agent.store.portfolios import HoldingRow, PortfolioRow


@dataclass(frozen=True, slots=True)
class HeldAsset:
    """A holding with its asset, for showing."""

    asset: AssetRow
    amount: Decimal
    cost_usd: Decimal | None


def import_holdings(store: Store, source: str, name: str, data: bytes, now: datetime) -> tuple[Holding, ...]:
    """Make the lines of a CSV file the holdings of a portfolio; raises HoldingsError and stores nothing."""
    lines = parse_holdings_csv(data)
    with store.writer() as session:
        found = resolve(lines, lambda line: candidates(session, source, line))
        portfolio = ensure_portfolio(session, name, now)
        portfolios.replace_holdings(session, portfolio.portfolio_id, [_row(item, now) for item in found])
    return found


def add_holding(store: Store, source: str, name: str, line: HoldingLine, now: datetime) -> Holding:
    """Put one holding into a portfolio in place of what it held of that asset; raises HoldingsError."""
    with store.writer() as session:
        (found,) = resolve([line], lambda wanted: candidates(session, source, wanted))
        portfolio = ensure_portfolio(session, name, now)
        portfolios.put_holding(session, portfolio.portfolio_id, _row(found, now))
    return found


def remove_holding(store: Store, name: str, text: str) -> AssetRow:
    """Forget what a portfolio holds of an asset, by its symbol, its name or the source's id.

    Raises UnknownRow, which names what is held, unless exactly one holding is meant.
    """
    wanted = text.casefold()
    with store.writer() as session:
        held = [item.asset for item in held_assets(session, name)]
        meant = [asset for asset in held if wanted in _called(asset)]
        if len(meant) != 1:
            listed = (
                ", ".join(f"{asset.name} ({'/'.join(asset.refs.values())})" for asset in meant or held) or "nothing"
            )
            several = f"several holdings called {text!r}" if meant else f"no {text!r}"
            raise UnknownRow(f"portfolio {name!r} has {several}; it holds {listed}")
        portfolios.remove_holding(session, portfolios.require(session, name).portfolio_id, meant[0].asset_id)
    return meant[0]


def _called(asset: AssetRow) -> set[str]:
    return {text.casefold() for text in (asset.symbol, asset.name, *asset.refs.values()) if text}


def candidates(session: Session, source: str, line: HoldingLine) -> Sequence[Candidate]:
    """The assets of a source that a line may mean."""
    texts = {text for text in (line.symbol, line.token_id, line.name) if text}
    rows = {row.asset_id: row for text in texts for row in find_assets(session, text) if source in row.refs}
    return [
        Candidate(row.asset_id, row.symbol, row.name, (row.refs[source],), row.rank)
        for row in sorted(rows.values(), key=lambda row: (row.rank is None, row.rank or 0, row.asset_id))
    ]


def ensure_portfolio(session: Session, name: str, now: datetime) -> PortfolioRow:
    """The portfolio of this name, made if there is none."""
    return portfolios.get(session, name) or portfolios.create(session, name, now)


def held_assets(session: Session, name: str) -> tuple[HeldAsset, ...]:
    """What a portfolio holds, largest assets first; raises UnknownRow."""
    rows = portfolios.holdings(session, portfolios.require(session, name).portfolio_id)
    assets = get_assets(session, [row.asset_id for row in rows])
    held = [HeldAsset(assets[row.asset_id], row.amount, row.cost_usd) for row in rows]
    return tuple(sorted(held, key=lambda item: (item.asset.rank is None, item.asset.rank or 0, item.asset.asset_id)))


def _row(holding: Holding, now: datetime) -> HoldingRow:
    return HoldingRow(holding.asset_id, holding.amount, holding.cost_usd, now)
