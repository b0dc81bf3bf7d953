"""Momentum signals: RSI extremes, MACD crosses, and closes that the RSI does not follow."""

from functools import partial

from agent.analytics.divergence import REACH_BARS, SWING_BARS
from agent.analytics.measures import Measures
from agent.analytics.signals.events import event, read_from
from agent.analytics.signals.signal import Family, Reading, Signal

RSI_OVERSOLD = 30.0
RSI_OVERBOUGHT = 70.0


def _rsi_oversold(measures: Measures) -> Reading:
    now, before = measures.rsi, measures.rsi_previous
    entered = (now < RSI_OVERSOLD) & (before >= RSI_OVERSOLD)
    return event(entered, now, before, value=now, rsi=now, rsi_previous=before)


def _rsi_overbought(measures: Measures) -> Reading:
    now, before = measures.rsi, measures.rsi_previous
    entered = (now > RSI_OVERBOUGHT) & (before <= RSI_OVERBOUGHT)
    return event(entered, now, before, value=now, rsi=now, rsi_previous=before)


def _macd_cross(measures: Measures, direction: int) -> Reading:
    cross, histogram = measures.macd_cross, measures.macd_histogram
    return event(
        cross == direction,
        cross,
        value=histogram,
        macd_usd=measures.macd,
        macd_signal_usd=measures.macd_signal,
        macd_histogram_usd=histogram,
    )


def _divergence(measures: Measures, direction: int) -> Reading:
    divergence = measures.divergence
    return event(
        divergence == direction,
        divergence,
        value=measures.rsi,
        close_usd=measures.close,
        rsi=measures.rsi,
        divergence_close_usd=measures.divergence_close,
        divergence_rsi=measures.divergence_rsi,
    )


_MACD_PERIODS = (("fast", 12.0), ("slow", 26.0), ("signal", 9.0))
_DIVERGENCE = (("rsi_period", 14.0), ("swing_bars", float(SWING_BARS)), ("reach", float(REACH_BARS)))

MOMENTUM_SIGNALS: tuple[Signal, ...] = (
    Signal(
        "rsi_oversold",
        "The 14-day RSI fell below 30 at the last close, from 30 or above.",
        -1,
        (("period", 14.0), ("threshold", RSI_OVERSOLD)),
        read_from("measures", _rsi_oversold),
        Family.MOMENTUM,
    ),
    Signal(
        "rsi_overbought",
        "The 14-day RSI rose above 70 at the last close, from 70 or below.",
        1,
        (("period", 14.0), ("threshold", RSI_OVERBOUGHT)),
        read_from("measures", _rsi_overbought),
        Family.MOMENTUM,
    ),
    Signal(
        "macd_bullish_cross",
        "The MACD (12, 26, 9) crossed above its signal line at the last close.",
        1,
        _MACD_PERIODS,
        read_from("measures", partial(_macd_cross, direction=1)),
        Family.MOMENTUM,
    ),
    Signal(
        "macd_bearish_cross",
        "The MACD (12, 26, 9) crossed below its signal line at the last close.",
        -1,
        _MACD_PERIODS,
        read_from("measures", partial(_macd_cross, direction=-1)),
        Family.MOMENTUM,
    ),
    Signal(
        "bullish_divergence",
        f"The last close fell below the last swing low ({SWING_BARS} bars on either side) of the {REACH_BARS} bars "
        "before it, and the 14-day RSI is above the RSI of that swing low.",
        1,
        _DIVERGENCE,
        read_from("measures", partial(_divergence, direction=1)),
        Family.MOMENTUM,
    ),
    Signal(
        "bearish_divergence",
        f"The last close rose above the last swing high ({SWING_BARS} bars on either side) of the {REACH_BARS} bars "
        "before it, and the 14-day RSI is below the RSI of that swing high.",
        -1,
        _DIVERGENCE,
        read_from("measures", partial(_divergence, direction=-1)),
        Family.MOMENTUM,
    ),
)
