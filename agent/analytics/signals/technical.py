"""Every signal that is read from prices and volumes alone."""

from agent.analytics.signals.drawdown import DRAWDOWN_SIGNALS
from agent.analytics.signals.momentum import MOMENTUM_SIGNALS
from agent.analytics.signals.signal import Signal
from agent.analytics.signals.trend import TREND_SIGNALS
from agent.analytics.signals.volume import VOLUME_SIGNALS

TECHNICAL_SIGNALS: tuple[Signal, ...] = (*MOMENTUM_SIGNALS, *TREND_SIGNALS, *VOLUME_SIGNALS, *DRAWDOWN_SIGNALS)
