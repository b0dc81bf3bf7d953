"""Every signal there is, in the order in which the hits of a subject are listed."""

from agent.analytics.errors import AnalyticsError
from agent.analytics.signals.crossings import OPINION_SIGNALS
from agent.analytics.signals.level_signals import LEVEL_SIGNALS
from agent.analytics.signals.market import MARKET_SIGNALS
from agent.analytics.signals.onchain import ONCHAIN_SIGNALS
from agent.analytics.signals.sectors import SECTOR_SIGNALS
from agent.analytics.signals.signal import Signal
from agent.analytics.signals.technical import TECHNICAL_SIGNALS

SIGNALS: tuple[Signal, ...] = (
    *TECHNICAL_SIGNALS,
    *LEVEL_SIGNALS,
    *OPINION_SIGNALS,
    *ONCHAIN_SIGNALS,
    *SECTOR_SIGNALS,
    *MARKET_SIGNALS,
)

_BY_NAME = {signal.name: signal for signal in SIGNALS}


def signal_named(name: str) -> Signal:
    """Find a signal by its name. Raises AnalyticsError if none is called that."""
    try:
        return _BY_NAME[name]
    except KeyError:
        raise AnalyticsError(f"there is no signal {name!r}; there are {', '.join(_BY_NAME)}") from None
