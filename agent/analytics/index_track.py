"""How a model index went: its level day by day, what it held and traded, and its performance.

Everything of a day is decided with the closes and market values of that day and before.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from agent.analytics.bars import Floats, required_days
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.index_book import IndexBook
from agent.analytics.index_records import IndexMarket, IndexState, IndexTrack
from agent.analytics.index_rules import IndexRule, rebalance_flags
from agent.analytics.returns import change_pct, simple_returns
from agent.analytics.risk import maximum_drawdown, realized_volatility

VOLATILITY_DAYS = 90
DRAWDOWN_DAYS = 365


@dataclass(frozen=True, slots=True)
class IndexPerformance:
    """Changes over calendar days (per cent), volatility per year and deepest fall (fractions) up to the last day."""

    change_1d_pct: Figure
    change_7d_pct: Figure
    change_30d_pct: Figure
    change_365d_pct: Figure
    volatility_90d: Figure
    maximum_drawdown_365d: Figure


def track_index(rule: IndexRule, market: IndexMarket, after: IndexState | None = None) -> IndexTrack:
    """Track an index from its start, or on from a state, to the last day of the market.

    The level is the sum of units times price. A constituent without a close keeps its last one for up to 3 days; after
    that the level is NaN. After more than 7 days, on a day on which another constituent has a close, it is sold at
    that last close and the proceeds, less costs, go to those that have one, in proportion to their value. A rebalance
    that cannot be made is made on the first day on which it can.

    Going on from a state gives the same as tracking all days at once, provided that the market holds the 90 days
    before, where the weighting needs them. Raises AnalyticsError if the market begins too late or lacks what the rule
    needs (market values, ranks, kinds, categories). Source of the rules: common practice of index providers; a level
    without divisor, from units, as in S&P Dow Jones Indices, *Index Mathematics Methodology*.
    """
    state = after or IndexState(rule.start - timedelta(days=1), due=False, constituents=())
    days = market.days.astype("datetime64[D]")
    done = np.datetime64(state.day, "D")
    if len(days) and days[0] > done + 1:
        raise AnalyticsError(f"the market begins on {days[0]}, it must begin on {done + 1} or before")
    book = IndexBook.of(rule, market, state)
    flags = rebalance_flags(rule.rebalance, rule.start, days)
    rows = np.flatnonzero(days > done)
    level = np.array([book.close_day(int(row), due=bool(flags[row])) for row in rows], dtype=np.float64)
    return IndexTrack(
        days=days[rows],
        level=level,
        without_level=tuple(book.without_level),
        rebalances=tuple(book.rebalances),
        postponed=tuple(book.postponed),
        exits=tuple(book.exits),
        state=book.state(days[-1].item()) if len(rows) else state,
    )


def index_performance(level: Floats) -> IndexPerformance:
    """Measure an index by its levels, one per calendar day, oldest first, NaN where there is none.

    A change needs a level at both ends, volatility nine tenths of 90 daily returns, the drawdown nine tenths of 366
    levels; otherwise the figure is a reason.
    """
    level = np.asarray(level, dtype=np.float64)
    changes = [
        Figure.of(float(change_pct(level, days)), f"there is no level on the last day or {days} days before it")
        for days in (1, 7, 30, 365)
    ]
    known = int(np.isfinite(level[-DRAWDOWN_DAYS - 1 :]).sum())
    needed, returns = required_days(DRAWDOWN_DAYS + 1), required_days(VOLATILITY_DAYS)
    fall = float(maximum_drawdown(level[-DRAWDOWN_DAYS - 1 :])) if known >= needed else float("nan")
    return IndexPerformance(
        change_1d_pct=changes[0],
        change_7d_pct=changes[1],
        change_30d_pct=changes[2],
        change_365d_pct=changes[3],
        volatility_90d=Figure.of(
            float(realized_volatility(simple_returns(level), VOLATILITY_DAYS)),
            f"needs {returns} daily returns in the last {VOLATILITY_DAYS} days",
        ),
        maximum_drawdown_365d=Figure.of(
            fall, f"needs {needed} levels in the last {DRAWDOWN_DAYS + 1} days, has {known}"
        ),
    )
