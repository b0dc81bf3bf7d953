"""Levels, return statistics and correlations of tokens as of a day."""

from datetime import date

import numpy as np

from datasources.sandbox.blocks import Floats, Ints, Recent, day_of
from datasources.sandbox.contract import Correlations, Levels, QuantMetrics
from datasources.sandbox.prices import Prices
from datasources.sandbox.quant import LEVEL_DAYS, quant_metrics, top_correlations, turning_points, unit_returns
from datasources.sandbox.universe import Universe

_CORRELATION_DAYS = 90
_PARTNERS = 1000
_LEAST_LEVEL_DAYS = 60


class Report:
    """Reports on a universe; every method takes a day index and the positions of tokens that trade that day."""

    def __init__(self, universe: Universe, prices: Prices) -> None:
        self._universe = universe
        self._prices = prices
        self._unit_returns: Recent[Floats] = Recent(self._unit_returns_until, keep=2)

    def levels(self, index: int, columns: Ints) -> list[Levels]:
        """Turning points of the last year; None below 60 closes."""
        first, closes = self._closes(index, columns)
        return [
            Levels(self._token_id(place), day_of(index), _levels(first, closes[:, row]))
            for row, place in enumerate(columns.tolist())
        ]

    def quant_metrics(self, index: int, columns: Ints) -> list[QuantMetrics]:
        """Return statistics of the last year; None below 90 closes."""
        _, closes = self._closes(index, columns)
        rows = []
        for row, place in enumerate(columns.tolist()):
            listed = int(self._universe.listed[place])
            first_close = float(np.exp(self._prices.log_closes(listed, listed, columns[row : row + 1])[0, 0]))
            figures = quant_metrics(closes[:, row], first_close, max(1, index - listed))
            rows.append(QuantMetrics(self._token_id(place), day_of(index), figures))
        return rows

    def correlations(self, index: int, columns: Ints) -> list[Correlations]:
        """The strongest correlations of 90 days; None for a shorter history and for tokens without grades."""
        returns = self._unit_returns.get(index)
        whole = np.flatnonzero(np.isfinite(returns).all(axis=0))
        caps = self._prices.market_caps(index)[whole]
        partners = np.sort(whole[np.argsort(-caps, kind="stable")[:_PARTNERS]])
        return [
            Correlations(self._token_id(place), day_of(index), self._top(returns, place, partners))
            for place in columns.tolist()
        ]

    def _top(self, returns: Floats, place: int, partners: Ints) -> tuple[tuple[str, float], ...] | None:
        others = partners[partners != place]
        best = top_correlations(returns[:, place], returns[:, others]) if self._universe.graded[place] else None
        if best is None:
            return None
        return tuple((self._universe.tokens[others[column]].name, value) for column, value in best)

    def _unit_returns_until(self, index: int) -> Floats:
        if index < _CORRELATION_DAYS:
            return np.full((1, len(self._universe.tokens)), np.nan)
        return unit_returns(self._prices.log_closes(index - _CORRELATION_DAYS, index))

    def _closes(self, index: int, columns: Ints) -> tuple[int, Floats]:
        first = max(0, index - LEVEL_DAYS + 1)
        return first, np.exp(self._prices.log_closes(first, index, columns))

    def _token_id(self, place: int) -> int:
        return self._universe.tokens[place].token_id


def _levels(first: int, closes: Floats) -> tuple[tuple[date, float], ...] | None:
    known = np.flatnonzero(np.isfinite(closes))
    if len(known) < _LEAST_LEVEL_DAYS:
        return None
    start = int(known[0])
    points = turning_points(closes[start:])
    return tuple((day_of(first + start + place), float(f"{price:.6g}")) for place, price in points)
