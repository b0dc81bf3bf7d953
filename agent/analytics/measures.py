"""What every signal is read from: the indicators of the last row of a panel, each computed once."""

from dataclasses import dataclass

import numpy as np

from agent.analytics import indicators
from agent.analytics.bars import MAX_GAP_DAYS, Floats, recent_bars, require_same_shape
from agent.analytics.errors import AnalyticsError
from agent.analytics.risk import drawdown

HIGH_DAYS = 365


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
    """Indicators at the last row, one value per asset, NaN where unknown; `*_previous` are of the bar before.

    RSI 0 to 100; closes, extremes and MACD in USD; crosses and breakouts 1, -1 or 0; volume in standard deviations;
    drawdowns as fractions of the 365-day high.
    """

    close: Floats
    rsi: Floats
    rsi_previous: Floats
    macd: Floats
    macd_signal: Floats
    macd_histogram: Floats
    macd_cross: Floats
    previous_high: Floats
    previous_low: Floats
    breakout: Floats
    volume: Floats
    volume_z: Floats
    drawdown: Floats
    drawdown_previous: Floats


def measure(panel: PanelArrays) -> Measures:
    """Measure the last row of a panel. Raises AnalyticsError for a panel without days."""
    close = panel.close
    if len(close) == 0:
        raise AnalyticsError("a panel needs at least one day to be measured")
    rsi_before, rsi_now = recent_bars(indicators.rsi(close), 2, np.isfinite(close))
    lines = indicators.macd(close)
    extremes = indicators.previous_extreme(panel.high, panel.low, close=close)
    return Measures(
        close=close[-1],
        rsi=rsi_now,
        rsi_previous=rsi_before,
        macd=lines.line[-1],
        macd_signal=lines.signal[-1],
        macd_histogram=lines.histogram[-1],
        macd_cross=indicators.macd_cross(lines.histogram, close),
        previous_high=extremes.high,
        previous_low=extremes.low,
        breakout=indicators.breakout(panel.high, panel.low, close),
        volume=panel.volume[-1],
        volume_z=indicators.volume_zscore(panel.volume),
        drawdown=drawdown(close, HIGH_DAYS),
        drawdown_previous=_previous_drawdown(close),
    )


def _previous_drawdown(close: Floats) -> Floats:
    """Drawdown as of the bar before the last row, if it is at most `MAX_GAP_DAYS` missing days away."""
    previous = np.full(close.shape[1], np.nan)
    earlier = np.isfinite(close[-2 : -3 - MAX_GAP_DAYS : -1])
    if len(earlier) == 0:
        return previous
    back = np.where(earlier.any(axis=0), earlier.argmax(axis=0), -1)
    for days in np.unique(back[back >= 0]).tolist():
        columns = back == days
        previous[columns] = drawdown(close[: len(close) - 1 - days, columns], HIGH_DAYS)
    return previous
