"""One portfolio at the last close: value, holdings, how spread it is, and its line beside Bitcoin's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import numpy as np
from sqlmodel import Session

from agent.analytics import returns
from agent.analytics.portfolio import holding_values, portfolio_values
from agent.analytics.report import PortfolioReport
from agent.briefing.document import Series
from agent.briefing.facts.portfolio import held_closes, measure_portfolio
from agent.briefing.gather import read_snapshot
from agent.briefing.series import chart_series
from agent.briefing.snapshot import Floats, Snapshot
from agent.briefing.wanted import Wanted
from agent.store.assets import get_assets
from dashboard.readings.market import display_names, known

EDITION = "dashboard"


@dataclass(frozen=True, slots=True)
class Holding:
    """One holding; weights are fractions, what is not known is None."""

    asset_id: int
    name: str
    symbol: str
    amount: Decimal
    close_usd: float | None
    value_usd: float | None
    weight: float | None
    contribution_1d_usd: float | None
    change_1d_pct: float | None
    change_7d_pct: float | None
    change_30d_pct: float | None


@dataclass(frozen=True, slots=True)
class PortfolioDetail:
    """A measured portfolio; `report` is None while it holds nothing."""

    name: str
    as_of: date
    fetched_at: datetime
    report: PortfolioReport | None
    change_7d_pct: float | None
    change_30d_pct: float | None
    holdings: tuple[Holding, ...]
    lines: tuple[Series, ...]


def read_portfolio(
    session: Session, name: str, source: str, others: Sequence[str], today: date
) -> PortfolioDetail | None:
    """Read and measure a portfolio; None if there is no price yet. Raises UnknownRow for a name that is not stored."""
    snapshot = read_snapshot(session, Wanted(name, today, EDITION, source, tuple(others)))
    if snapshot is None:
        return None
    report = measure_portfolio(snapshot)
    if report is None:
        return PortfolioDetail(name, snapshot.as_of, snapshot.fetched_at, None, None, None, (), ())
    amounts, closes = held_closes(snapshot)
    values = portfolio_values(amounts, closes)
    return PortfolioDetail(
        name=name,
        as_of=snapshot.as_of,
        fetched_at=snapshot.fetched_at,
        report=report,
        change_7d_pct=known(float(returns.change_pct(values, 7))),
        change_30d_pct=known(float(returns.change_pct(values, 30))),
        holdings=_holdings(session, snapshot, report, amounts, closes),
        lines=chart_series(snapshot),
    )


def _holdings(
    session: Session, snapshot: Snapshot, report: PortfolioReport, amounts: Floats, closes: Floats
) -> tuple[Holding, ...]:
    rows = get_assets(session, [holding.asset_id for holding in snapshot.holdings])
    names = display_names(rows)
    values = holding_values(amounts, closes)[-1]
    changes = {days: np.atleast_1d(returns.change_pct(closes, days)) for days in (1, 7, 30)}
    made = [
        Holding(
            asset_id=holding.asset_id,
            name=names[holding.asset_id],
            symbol=rows[holding.asset_id].symbol,
            amount=holding.amount,
            close_usd=known(closes[-1, place]),
            value_usd=known(values[place]),
            weight=report.weights[place].value,
            contribution_1d_usd=report.contributions_1d_usd[place].value,
            change_1d_pct=known(changes[1][place]),
            change_7d_pct=known(changes[7][place]),
            change_30d_pct=known(changes[30][place]),
        )
        for place, holding in enumerate(snapshot.holdings)
    ]
    return tuple(sorted(made, key=lambda holding: (holding.value_usd is None, -(holding.value_usd or 0))))
