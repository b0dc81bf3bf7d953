"""The open coinbrief grade: short-term and long-term, 0 to 100, for every asset, from its price and volume alone.

A grade is a weighted mean of parts. Each part is one figure of `Measures`, turned into the asset's percentile among
the assets compared that day, so that 50 is the middle of the market on any day. The weights are round numbers set
beforehand, not fitted to returns. What is not known is left out and named; nothing is filled in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from agent.analytics.bars import Flags, Floats, divided
from agent.analytics.errors import AnalyticsError
from agent.analytics.figure import Figure
from agent.analytics.measures import Measures
from agent.analytics.ranks import percentile_ranks

MINIMUM_ASSETS = 10
REQUIRED_WEIGHT = 0.6

# Weights are sums of tenths and twentieths, which binary fractions miss by less than this.
_ROUNDING = 1e-9


class Horizon(StrEnum):
    """Which of the two grades a part belongs to."""

    SHORT_TERM = "short_term"
    LONG_TERM = "long_term"


@dataclass(frozen=True, slots=True)
class GradePart:
    """One part of a grade: its share of the grade's weight (a fraction) and each asset's percentile, NaN if missing.

    `values` is (assets,) or (days, assets); `assets` is how many assets it was known for, 0-d or (days,).
    """

    name: str
    horizon: Horizon
    weight: float
    values: Floats
    assets: Floats


@dataclass(frozen=True, slots=True)
class OwnGrades:
    """Both grades, (assets,) or (days, assets), 0 to 100, NaN where not given, with the parts they are made of.

    The methods speak of one asset's column on one day: of a history, the last unless another row is named.
    """

    short_term: Floats
    long_term: Floats
    parts: tuple[GradePart, ...]
    compared: Flags

    def missing(self, column: int, day: int = -1) -> tuple[str, ...]:
        """Name the parts that the asset lacks, in the order of the parts."""
        return tuple(part.name for part in self.parts if np.isnan(_cell(part.values, column, day)))

    def part(self, name: str, column: int, day: int = -1) -> Figure:
        """Take one part of an asset's grade, or say why it is missing. Raises AnalyticsError for an unknown name."""
        for part in self.parts:
            if part.name == name:
                return Figure.of(_cell(part.values, column, day), self._why_missing(part, column, day))
        raise AnalyticsError(f"no part of the grade is called {name!r}; see own_grade.PARTS")

    def grade(self, horizon: Horizon, column: int, day: int = -1) -> Figure:
        """Take an asset's grade, or say why it has none."""
        values = self.short_term if horizon is Horizon.SHORT_TERM else self.long_term
        if not _cell(self.compared, column, day):
            return Figure.missing("the asset is not among those compared")
        own = [part for part in self.parts if part.horizon is horizon]
        lacking = [part for part in own if np.isnan(_cell(part.values, column, day))]
        known_pct, needed_pct = 100.0 * (1.0 - sum(part.weight for part in lacking)), 100.0 * REQUIRED_WEIGHT
        names = ", ".join(part.name for part in lacking)
        reason = f"parts of {known_pct:.0f} % of the weight are known, {needed_pct:.0f} % are needed; missing: {names}"
        return Figure.of(_cell(values, column, day), reason)

    def _why_missing(self, part: GradePart, column: int, day: int) -> str:
        if not _cell(self.compared, column, day):
            return "the asset is not among those compared"
        known = int(np.atleast_1d(part.assets)[day])
        if known < MINIMUM_ASSETS:
            return f"known for {known} of the assets compared, {MINIMUM_ASSETS} are needed"
        return "not known for this asset"


class _Definition(NamedTuple):
    """A part as it is defined: more of the figure is better."""

    name: str
    horizon: Horizon
    weight: float
    read: Callable[[Measures], Floats]


def _above(close: Floats, average: Floats) -> Floats:
    """Close over its average - 1: where the price stands against its trend."""
    return divided(close, average, np.isfinite(close) & (average > 0)) - 1.0


def _until_last_week(momentum: Floats, momentum_7d: Floats) -> Floats:
    """Momentum that ends a week ago, a fraction: the last week belongs to the short term."""
    return divided(1.0 + momentum, 1.0 + momentum_7d, np.isfinite(momentum) & (momentum_7d > -1)) - 1.0


def _macd_in_ranges(measures: Measures) -> Floats:
    """MACD histogram in average true ranges, so that prices of any size compare."""
    known = np.isfinite(measures.macd_histogram) & (measures.atr > 0)
    return divided(measures.macd_histogram, measures.atr, known)


def _volume_with_price(measures: Measures) -> Floats:
    """Volume gained in the last 5 bars, signed by the price's change over them: volume confirms a move or doubts it."""
    return np.asarray((measures.volume_ratio - 1.0) * np.sign(measures.held_change))


PARTS: tuple[_Definition, ...] = (
    _Definition("momentum_7d", Horizon.SHORT_TERM, 0.20, lambda m: m.momentum_7d),
    _Definition("momentum_30d", Horizon.SHORT_TERM, 0.20, lambda m: m.momentum_30d),
    _Definition("close_to_sma_20", Horizon.SHORT_TERM, 0.10, lambda m: _above(m.close, m.sma_20)),
    _Definition("close_to_sma_50", Horizon.SHORT_TERM, 0.10, lambda m: _above(m.close, m.sma_50)),
    _Definition("directional_trend", Horizon.SHORT_TERM, 0.10, lambda m: m.adx * np.sign(m.plus_di - m.minus_di)),
    _Definition("macd_histogram", Horizon.SHORT_TERM, 0.10, _macd_in_ranges),
    _Definition("on_balance_volume", Horizon.SHORT_TERM, 0.10, lambda m: m.obv_balance),
    _Definition("volume_confirmation", Horizon.SHORT_TERM, 0.10, _volume_with_price),
    _Definition("momentum_90d", Horizon.LONG_TERM, 0.15, lambda m: _until_last_week(m.momentum_90d, m.momentum_7d)),
    _Definition("momentum_365d", Horizon.LONG_TERM, 0.20, lambda m: _until_last_week(m.momentum_365d, m.momentum_7d)),
    _Definition("close_to_sma_200", Horizon.LONG_TERM, 0.20, lambda m: _above(m.close, m.sma_200)),
    _Definition("drawdown", Horizon.LONG_TERM, 0.15, lambda m: m.drawdown),
    _Definition("low_volatility", Horizon.LONG_TERM, 0.10, lambda m: -m.volatility_90d),
    _Definition("low_downside_volatility", Horizon.LONG_TERM, 0.10, lambda m: -m.downside_volatility_90d),
    _Definition("liquidity", Horizon.LONG_TERM, 0.10, lambda m: m.volume),
)


def grade_assets(measures: Measures, tracked: Flags | None = None) -> OwnGrades:
    """Grade every asset against the others of its day.

    Measures of shape (assets,) or (days, assets) in, both grades of that shape out, 0 to 100. `tracked` says who is
    compared ((assets,) or the measures' shape; everyone if None); stablecoins belong outside. A part is missing for an
    asset whose figure is unknown, and for all on a day with fewer than 10 known; a grade is the weighted mean of the
    known parts, NaN if they hold less than 60 % of the weight. Volumes must be in one unit for all assets, US dollars.
    Raises AnalyticsError if `tracked` does not fit.
    """
    compared = _compared(np.shape(measures.close), tracked)
    parts = tuple(_ranked(definition, measures, compared) for definition in PARTS)
    return OwnGrades(
        _weighted(parts, Horizon.SHORT_TERM, compared), _weighted(parts, Horizon.LONG_TERM, compared), parts, compared
    )


def _compared(shape: tuple[int, ...], tracked: Flags | None) -> Flags:
    flags = np.ones(shape, dtype=np.bool_) if tracked is None else np.asarray(tracked, dtype=np.bool_)
    if flags.shape not in (shape, shape[-1:]):
        raise AnalyticsError(f"tracked must be flags of shape {shape[-1:]} or {shape}, got {flags.shape}")
    return np.broadcast_to(flags, shape)


def _ranked(definition: _Definition, measures: Measures, compared: Flags) -> GradePart:
    figure = np.where(compared, definition.read(measures), np.nan)
    values = percentile_ranks(figure, MINIMUM_ASSETS)
    known = np.isfinite(figure).sum(axis=-1).astype(np.float64)
    return GradePart(definition.name, definition.horizon, definition.weight, values, known)


def _weighted(parts: tuple[GradePart, ...], horizon: Horizon, compared: Flags) -> Floats:
    total, weight = np.zeros(compared.shape), np.zeros(compared.shape)
    for part in parts:
        if part.horizon is horizon:
            known = np.isfinite(part.values)
            total += np.where(known, part.weight * part.values, 0.0)
            weight += part.weight * known
    return divided(total, weight, weight >= REQUIRED_WEIGHT - _ROUNDING)


def _cell(values: Floats | Flags, column: int, day: int) -> float:
    """One asset's value on one day; a day's values are their own last row."""
    return float(np.atleast_2d(values)[day, column])
