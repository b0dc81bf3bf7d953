"""What every signal is read from: the figures of a panel's last row, or of every row, each computed once."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np

from agent.analytics.bars import Floats, require_same_shape
from agent.analytics.errors import AnalyticsError
from agent.analytics.recursive import last_recursive_figures, recursive_figures
from agent.analytics.rolling import EVERY_ROW, LAST_ROW, Rows
from agent.analytics.windowed import Figures, windowed_figures

_BLOCK_ASSETS = 1024  # their columns of 400 days are laid out at a time: 3 megabytes a field


@dataclass(frozen=True, slots=True)
class PanelArrays:
    """Daily bars, each array days x assets, oldest row first, NaN where there is no bar; volume in any one unit.

    High, low and volume may be NaN where there is a close: what is read from them is not known then. Rows are
    consecutive calendar days. Raises AnalyticsError unless all four arrays are two-dimensional and of one shape.
    """

    high: Floats
    low: Floats
    close: Floats
    volume: Floats

    def __post_init__(self) -> None:
        require_same_shape(high=self.high, low=self.low, close=self.close, volume=self.volume)
        if np.ndim(self.close) != 2:
            raise AnalyticsError(f"a panel is days x assets, got shape {np.shape(self.close)}")


@dataclass(frozen=True, slots=True)
class Measures:
    """Figures of every asset, NaN where unknown: (assets,) at the last row, or (days, assets) at every row.

    `*_previous` are of the asset's bar before, at most 3 missing days earlier. RSI, ADX and DI 0 to 100; closes,
    averages, bands, extremes, ATR and MACD in USD; crosses, breakouts and divergence 1, -1 or 0; volume in the
    unit of the panel, its z-score in standard deviations; all others fractions, volatilities per year. Definitions:
    docs/methodology.md, "Indicators" and "Risk".
    """

    close: Floats
    close_previous: Floats
    rsi: Floats
    rsi_previous: Floats
    macd: Floats
    macd_signal: Floats
    macd_histogram: Floats
    macd_cross: Floats
    sma_20: Floats
    sma_50: Floats
    sma_50_previous: Floats
    sma_200: Floats
    sma_200_previous: Floats
    bollinger_upper: Floats
    bollinger_lower: Floats
    atr: Floats
    adx: Floats
    plus_di: Floats
    minus_di: Floats
    previous_high: Floats
    previous_low: Floats
    previous_high_55: Floats
    previous_low_55: Floats
    breakout: Floats
    volume: Floats
    volume_z: Floats
    volume_ratio: Floats
    obv_balance: Floats
    held_change: Floats
    momentum_7d: Floats
    momentum_30d: Floats
    momentum_90d: Floats
    momentum_365d: Floats
    volatility_30d: Floats
    volatility_90d: Floats
    downside_volatility_90d: Floats
    drawdown: Floats
    drawdown_previous: Floats
    divergence: Floats
    divergence_close: Floats
    divergence_rsi: Floats


def measure(panel: PanelArrays) -> Measures:
    """Measure the last row of a panel; each figure has one value per asset.

    Raises AnalyticsError for a panel without days.
    """
    return _measured(panel, last_recursive_figures, LAST_ROW)


def measure_history(panel: PanelArrays) -> Measures:
    """Measure every row of a panel; each figure is days x assets, its row t what `measure` gives for rows 0 to t.

    Raises AnalyticsError for a panel without days. Costs about 40 times what `measure` does.
    """
    return _measured(panel, recursive_figures, EVERY_ROW)


def _measured(panel: PanelArrays, recursive: Callable[[Floats, Floats, Floats], Figures], rows: Rows) -> Measures:
    if len(panel.close) == 0:
        raise AnalyticsError("a panel needs at least one day to be measured")
    blocks = []
    for first in range(0, max(panel.close.shape[1], 1), _BLOCK_ASSETS):
        columns = slice(first, first + _BLOCK_ASSETS)
        high, low, close = panel.high[:, columns], panel.low[:, columns], panel.close[:, columns]
        windowed = windowed_figures(rows, close, high, low, close, panel.volume[:, columns])
        blocks.append(recursive(high, low, close) | windowed)
    # taken out of the blocks one by one, so that a long history is not held twice
    return Measures(**{name: np.concatenate([block.pop(name) for block in blocks], axis=-1) for name in _NAMES})


_NAMES = tuple(field.name for field in fields(Measures))
