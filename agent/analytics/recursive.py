"""The figures of `Measures` that remember their whole run, by TA-Lib: at the last row, or at every row."""

import numpy as np

from agent.analytics.bars import Floats, Runs, recent_bars
from agent.analytics.divergence import CLOSE_BARS, RSI_BARS, Divergence, divergence_of
from agent.analytics.indicators import histogram_cross, macd, rsi, series_rsi
from agent.analytics.rolling import at_every_bar
from agent.analytics.trend import atr, directional_movement, full_runs, series_directional
from agent.analytics.windowed import Figures


def recursive_figures(high: Floats, low: Floats, close: Floats) -> Figures:
    """Take every recursive figure at every row, by its name in `Measures`; days x assets in and out."""
    has_bar = np.isfinite(close)
    strength, lines = rsi(close), macd(close)
    (strength_before,) = at_every_bar(lambda bars: (bars[0],), 2, has_bar, strength)
    (cross,) = at_every_bar(lambda *bars: (histogram_cross(*bars),), 2, has_bar, lines.histogram, close)
    diverging = at_every_bar(
        lambda closes, strengths: divergence_of(closes, strengths[-RSI_BARS:]), CLOSE_BARS, has_bar, close, strength
    )
    directional = directional_movement(high, low, close)
    return {
        "rsi": strength,
        "rsi_previous": strength_before,
        "macd": lines.line,
        "macd_signal": lines.signal,
        "macd_histogram": lines.histogram,
        "macd_cross": cross,
        "atr": atr(high, low, close),
        **directional._asdict(),
        **divergence_figures(Divergence(*diverging)),
    }


def last_recursive_figures(high: Floats, low: Floats, close: Floats) -> Figures:
    """Take every recursive figure at the last row, by its name in `Measures`; days x assets in, one value each out.

    Only the runs that reach the last row are computed, and only what is looked at is written down.
    """
    assets = close.shape[1]
    strength = np.full((assets, RSI_BARS), np.nan)
    lines = np.full((3, assets, 2), np.nan)
    directional = np.full((4, assets), np.nan)
    _fill_close_figures(close, strength, lines)
    _fill_range_figures(high, low, close, directional)
    recent = recent_bars(close, CLOSE_BARS, np.isfinite(close))
    return {
        "rsi": strength[:, -1],
        "rsi_previous": strength[:, -2],
        "macd": lines[0, :, -1],
        "macd_signal": lines[1, :, -1],
        "macd_histogram": lines[2, :, -1],
        "macd_cross": histogram_cross(lines[2].T, recent[-2:]),
        **dict(zip(("atr", "adx", "plus_di", "minus_di"), directional, strict=True)),
        **divergence_figures(divergence_of(recent, strength.T)),
    }


def divergence_figures(divergence: Divergence) -> Figures:
    """Name the parts of a divergence as in `Measures`."""
    return {
        "divergence": divergence.direction,
        "divergence_close": divergence.close,
        "divergence_rsi": divergence.rsi,
    }


def _fill_close_figures(close: Floats, strength: Floats, lines: Floats) -> None:
    """Write the last RSIs (assets x bars) and the last two values of the MACD's lines (3 x assets x 2)."""
    import talib  # noqa: PLC0415 - costs half a second, and most commands measure nothing

    runs = Runs.of(np.isfinite(close))
    laid = runs.lay(close)
    for column, start, end in zip(*(part.tolist() for part in runs.current()), strict=True):
        prices = laid[start:end]
        count = min(RSI_BARS, end - start)
        strength[column, -count:] = series_rsi(prices)[0][-count:]
        if end - start > 1:
            for line, values in zip(lines, talib.MACD(prices, 12, 26, 9), strict=True):
                line[column] = values[-2:]


def _fill_range_figures(high: Floats, low: Floats, close: Floats, figures: Floats) -> None:
    """Write the last ATR, ADX, +DI and -DI (4 x assets)."""
    import talib  # noqa: PLC0415 - costs half a second, and most commands measure nothing

    runs = full_runs(high, low, close)
    highs, lows, closes = runs.lay(high), runs.lay(low), runs.lay(close)
    for column, start, end in zip(*(part.tolist() for part in runs.current()), strict=True):
        bars = highs[start:end], lows[start:end], closes[start:end]
        figures[0, column] = talib.ATR(*bars, 14)[-1]
        figures[1:, column] = [line[-1] for line in series_directional(*bars)]
