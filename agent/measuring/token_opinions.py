"""What providers say of an asset, its levels, and our own grades of it: everything that has a day of its own."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from sqlmodel import Session

from agent.analytics.figure import Figure
from agent.analytics.signals.levels import (
    LEVEL_DAYS,
    LISTED_DAYS,
    derived_levels,
    provided_levels,
    provided_or_derived,
)
from agent.analytics.signals.opinions import measure_opinions
from agent.briefing.gather import SEEN_DAYS
from agent.claims.figures import day_text
from agent.measuring.ground import OPINION_DAYS, Scope
from agent.measuring.token_series import TokenSeries
from agent.store.figure_panels import Span, trading_signal_panel
from agent.store.grades import grades_on, previous_grade
from agent.store.levels import levels_on
from datasources.records import GradeKind


@dataclass(frozen=True, slots=True)
class LevelsAround:
    """Support and resistance in USD; `origin` is "provider" or "derived", `listed_on` the day of a provider's list."""

    support_usd: Figure
    resistance_usd: Figure
    origin: str
    listed_on: date | None


@dataclass(frozen=True, slots=True)
class TokenGrade:
    """A provider's grade, 0 to 100, of `day`.

    `change_pct` is the provider's own figure in per cent; `change_points` is measured against its grade before, of
    `previous_day`.
    """

    kind: str
    grade: Figure
    day: date | None
    label: str | None
    change_pct: Figure
    change_points: Figure
    previous_day: date | None


@dataclass(frozen=True, slots=True)
class TradingSignalNow:
    """A provider's trading signal of `day`: 1, 0 or -1.

    A 0 takes no side: the last 1 or -1 stays in force, for `days_in_force`, and the price has changed by
    `change_since` (a fraction) from the close of the day on which it began.
    """

    signal: Figure
    day: date | None
    days_in_force: Figure
    change_since: Figure


def read_levels(session: Session, scope: Scope, series: TokenSeries) -> LevelsAround:
    """Take the levels that the provider listed in the last 90 days, or else those that the bars show."""
    listed = levels_on(session, scope.source, series.asset_id, scope.day)
    fresh = [row for row in listed if row.day >= scope.day - timedelta(days=LISTED_DAYS)]
    bars, measures, tail = series.bars, series.measures, slice(-LEVEL_DAYS, None)
    derived = derived_levels(bars.high[tail], bars.low[tail], bars.close[tail], measures.atr)
    prices = [row.level_usd for row in fresh]
    provided = provided_levels([prices], measures.close, measures.close_previous, measures.atr)
    levels = provided_or_derived(provided, derived)
    from_provider = bool(levels.provided[0] == 1)
    if not np.isfinite(series.close[-1]):
        reason = f"there is no bar of {day_text(scope.day)}"
    elif from_provider:
        reason = "the provider lists no level on this side of the price"
    else:
        reason = "no swing of 120 days on this side of the price, or too few bars"
    return LevelsAround(
        Figure.of(float(levels.support[0]), reason),
        Figure.of(float(levels.resistance[0]), reason),
        "provider" if from_provider else "derived",
        fresh[0].day if from_provider else None,
    )


def read_token_grades(session: Session, source: str, asset_id: int, until: date) -> tuple[TokenGrade, ...]:
    """Read the provider's last grade of each kind, none older than a week before `until`."""
    return tuple(_grade(session, source, asset_id, kind, until) for kind in GradeKind)


def _grade(session: Session, source: str, asset_id: int, kind: GradeKind, until: date) -> TokenGrade:
    row = grades_on(session, source, kind, until, since=until - timedelta(days=SEEN_DAYS)).get(asset_id)
    if row is None:
        nothing = Figure.missing(f"none was received for the {SEEN_DAYS} days up to {day_text(until)}")
        return TokenGrade(kind.value, nothing, None, None, nothing, nothing, None)
    before = previous_grade(session, source, kind, asset_id, row.day)
    given = np.nan if row.change_pct is None else row.change_pct
    moved = np.nan if before is None else row.value - before.value
    return TokenGrade(
        kind.value,
        Figure.of(row.value, "not a number"),
        row.day,
        row.label,
        Figure.of(given, "the provider gave none"),
        Figure.of(moved, "no earlier grade is stored"),
        None if before is None else before.day,
    )


def read_trading_signal(session: Session, scope: Scope, series: TokenSeries) -> TradingSignalNow:
    """Read the provider's last trading signal of a week, and what followed the one in force."""
    first = scope.back(OPINION_DAYS)
    panel = trading_signal_panel(session, scope.source, Span(first, scope.day, np.array([series.asset_id])))
    known = np.flatnonzero(np.isfinite(panel[-SEEN_DAYS:, 0]))
    if not len(known):
        nothing = Figure.missing(f"none was received for the {SEEN_DAYS} days up to {day_text(scope.day)}")
        return TradingSignalNow(nothing, None, nothing, nothing)
    row = len(panel) - min(SEEN_DAYS, len(panel)) + int(known[-1])
    unknown = np.full(panel.shape, np.nan)
    opinions = measure_opinions(unknown, unknown, panel, series.bars.close[-len(panel) :])
    reason = f"it began before the first stored signal, or more than {OPINION_DAYS} days ago"
    return TradingSignalNow(
        Figure.of(panel[row, 0], "not a number"),
        first + timedelta(days=row),
        Figure.of(opinions.days_since_signal[row, 0], reason),
        Figure.of(opinions.return_since_signal[row, 0], reason),
    )
