"""A portfolio measured from all sides: its diversification, its falls, what it is in the end and where it lies."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from agent.analytics import portfolio, tail_risk
from agent.analytics.bars import Floats, required_days
from agent.analytics.diversification_report import DiversificationReport, diversification_report
from agent.analytics.drawdowns import Drawdown
from agent.analytics.figure import Figure
from agent.analytics.report import HISTORY_DAYS
from agent.analytics.returns import simple_returns
from agent.briefing.holding_traits import Classified, Spread, spreads
from agent.briefing.wanted import Wanted
from agent.measuring.exposures import SeenThrough, classified, read_underlyings, see_through
from agent.measuring.positions import Position, held_only, positions, shares_of
from agent.measuring.study import Study, read_study
from agent.store.engine import Store


@dataclass(frozen=True, slots=True)
class HoldingTail:
    """The mean loss of a holding by itself on the worst twentieth of its last 365 days: per cent, and US dollars."""

    loss_pct: Figure
    loss_usd: Figure


@dataclass(frozen=True, slots=True)
class DatedFall:
    """A fall of the portfolio's value at today's amounts; `recovered` is None if it is not back at its peak yet."""

    depth: float
    peak: date
    trough: date
    recovered: date | None


@dataclass(frozen=True, slots=True)
class PortfolioAnalysis:
    """A portfolio at the close of `as_of`; what is per holding, and every column, is in the order of `holdings`.

    `first_day` is the first day of the closes that the deepest falls were looked for in.
    """

    portfolio: str
    as_of: date
    source: str
    first_day: date
    holdings: tuple[Position, ...]
    report: DiversificationReport
    tails: tuple[HoldingTail, ...]
    deepest_365d: DatedFall | None
    deepest: tuple[DatedFall, ...]
    seen_through: SeenThrough
    classified: tuple[Classified, ...]
    spreads: tuple[Spread, ...]


def portfolio_analysis(store: Store, wanted: Wanted) -> PortfolioAnalysis:
    """Read a portfolio and measure it; raises UnknownRow, NothingHeld and NoPrices."""
    with store.reader() as session:
        study = held_only(read_study(session, wanted))
        underlyings = read_underlyings(session, study)
    report = diversification_report(study.quantities, study.closes, study.bitcoin, study.market)
    values = portfolio.holding_values(study.quantities, study.closes)
    kinds = classified(study)
    return PortfolioAnalysis(
        portfolio=study.portfolio,
        as_of=study.as_of,
        source=study.source,
        first_day=_first_valued(study, values.sum(axis=1)),
        holdings=positions(study),
        report=report,
        tails=_tails(study, values[-1]),
        deepest_365d=None if report.deepest_365d is None else _dated(study, report.deepest_365d),
        deepest=tuple(_dated(study, fall) for fall in report.crises),
        seen_through=see_through(study, values[-1], underlyings),
        classified=kinds,
        spreads=spreads(shares_of(study), kinds),
    )


def _first_valued(study: Study, values: Floats) -> date:
    known = np.flatnonzero(np.isfinite(values))
    return _day(study, int(known[0])) if len(known) else study.as_of


def _tails(study: Study, values: Floats) -> tuple[HoldingTail, ...]:
    returns, needed = simple_returns(study.closes)[-HISTORY_DAYS:], required_days(HISTORY_DAYS)
    found = []
    for column, value in enumerate(values.tolist()):
        own = returns[:, column]
        known = int(np.isfinite(own).sum())
        reason = f"needs {needed} daily returns in the last {HISTORY_DAYS} days, has {known}"
        loss = tail_risk.conditional_value_at_risk(own) if known >= needed else np.nan
        unpriced = f"no close on {study.as_of}" if known >= needed else reason
        found.append(HoldingTail(Figure.of(loss * 100.0, reason), Figure.of(loss * value, unpriced)))
    return tuple(found)


def _dated(study: Study, fall: Drawdown) -> DatedFall:
    back = None if fall.recovery is None else _day(study, fall.recovery)
    return DatedFall(fall.depth, _day(study, fall.peak), _day(study, fall.trough), back)


def _day(study: Study, row: int) -> date:
    day: date = study.days[row].astype(object)
    return day
