"""Grades, signals and market figures of a day as records."""

from dataclasses import dataclass

import numpy as np

from datasources.sandbox.blocks import Floats, Ints, Recent, day_of
from datasources.sandbox.contract import InvestorGrade, MarketMetrics, TmGrade, TraderGrade, TradingSignal
from datasources.sandbox.grades import HIGH_GRADE, GradeDay, change_pct, grade_day, momentum_word, signal_word
from datasources.sandbox.prices import Prices
from datasources.sandbox.trend import WARM_UP_DAYS, Trends
from datasources.sandbox.universe import Universe

_BULLISH_SHARE = 30.0  # of coins with a high grade, in percent
_BEARISH_SHARE = 16.0
_LOOK_BACK_DAYS = 180
_WEAK_FUNDAMENTALS = 30.0


@dataclass(frozen=True, slots=True)
class Pulse:
    """The market's share of high grades on a day and the signal that follows from it."""

    share_pct: float
    signal: int


class Scores:
    """Grades and signals of a universe; every method takes a day index and the positions of tokens."""

    def __init__(self, universe: Universe, prices: Prices) -> None:
        self._universe = universe
        self._prices = prices
        self._trends = Trends(universe, prices)
        self._grades: Recent[GradeDay] = Recent(self._grade_day, keep=48)
        self._pulses: Recent[Pulse] = Recent(self._pulse, keep=4096)
        self.investor_graded = universe.graded & (universe.fundamental >= _WEAK_FUNDAMENTALS)

    def tm_grades(self, index: int, columns: Ints) -> list[TmGrade]:
        """Overall grades of a day."""
        day, before, signal = self._grades.get(index), self._grades_before(index, 1), self._trends.day(index).signal
        rows = []
        for place in columns.tolist():
            trader_change = change_pct(day.trader[place], before.trader[place])
            rows.append(
                TmGrade(
                    self._universe.tokens[place].token_id,
                    day_of(index),
                    float(day.tm[place]),
                    change_pct(day.tm[place], before.tm[place]),
                    trader_change,
                    float(day.quant[place]),
                    signal_word(day.tm[place]),
                    momentum_word(trader_change),
                    int(signal[place]),
                )
            )
        return rows

    def trader_grades(self, index: int, columns: Ints) -> list[TraderGrade]:
        """Short-term grades of a day."""
        day, before = self._grades.get(index), self._grades_before(index, 1)
        return [
            TraderGrade(
                self._universe.tokens[place].token_id,
                day_of(index),
                float(day.technical[place]),
                float(day.quant[place]),
                float(day.trader[place]),
                change_pct(day.trader[place], before.trader[place]),
            )
            for place in columns.tolist()
        ]

    def investor_grades(self, index: int, columns: Ints) -> list[InvestorGrade]:
        """Long-term grades of a day."""
        day, before = self._grades.get(index), self._grades_before(index, 7)
        return [
            InvestorGrade(
                self._universe.tokens[place].token_id,
                day_of(index),
                float(day.investor[place]),
                change_pct(day.investor[place], before.investor[place]),
                float(day.fundamental[place]),
                float(day.technology[place]),
                float(day.valuation[place]),
            )
            for place in columns.tolist()
        ]

    def trading_signals(self, index: int, columns: Ints) -> list[TradingSignal]:
        """Trend signals of a day."""
        trends, grades = self._trends.day(index), self._grades.get(index)
        graded, invested = self._universe.graded, self.investor_graded
        return [
            TradingSignal(
                self._universe.tokens[place].token_id,
                day_of(index),
                int(trends.signal[place]),
                int(trends.trend[place]),
                _simple(trends.strategy[place]) if graded[place] else None,
                _simple(trends.holding[place]) if graded[place] else None,
                float(grades.trader[place]) if graded[place] else None,
                float(grades.investor[place]) if invested[place] else None,
            )
            for place in columns.tolist()
        ]

    def market_metrics(self, index: int) -> MarketMetrics:
        """Figures of the whole market on a day; tokens that stand for another one are not counted twice."""
        caps = self._prices.market_caps(index)
        counted = self._universe.active(index) & (self._universe.follows < 0)
        pulse = self._pulses.get(index)
        earlier = range(index, max(WARM_UP_DAYS, index - _LOOK_BACK_DAYS) - 1, -1)
        last = next((signal for day in earlier if (signal := self._pulses.get(day).signal)), 0)
        return MarketMetrics(day_of(index), float(caps[counted].sum()), pulse.share_pct, pulse.signal, last)

    def _grades_before(self, index: int, days: int) -> GradeDay:
        if index - days >= 0:
            return self._grades.get(index - days)
        none: Floats = np.full(len(self._universe.tokens), np.nan)
        return GradeDay(none, none, none, none, none, none, none, none)

    def _grade_day(self, index: int) -> GradeDay:
        graded = self._universe.graded & self._universe.active(index)
        graded &= index - self._universe.listed >= WARM_UP_DAYS
        return grade_day(self._trends.day(index), self._universe, self._prices.daily_volatility, graded)

    def _pulse(self, index: int) -> Pulse:
        grades = self._grades.get(index).tm
        grades = grades[np.isfinite(grades)]
        share = 100.0 * float(np.mean(grades >= HIGH_GRADE)) if len(grades) else 0.0
        return Pulse(share, int(share >= _BULLISH_SHARE) - int(share <= _BEARISH_SHARE))


def _simple(log_return: float) -> float:
    return round(float(np.expm1(log_return)), 4)
