"""Volume signals: a day that trades far more than usual, and trading that fades while the price holds."""

import numpy as np

from agent.analytics.measures import Measures
from agent.analytics.signals.events import event, read_from
from agent.analytics.signals.signal import Family, Reading, Signal

VOLUME_SPIKE = 3.0
DRIED_UP = 0.5
HELD = 0.03
EXPIRY_DAYS = 3  # a day's trading is soon out of date


def _volume_spike(measures: Measures) -> Reading:
    zscore = measures.volume_z
    return event(zscore >= VOLUME_SPIKE, zscore, value=zscore, volume_z=zscore, volume=measures.volume)


def _volume_drying_up(measures: Measures) -> Reading:
    ratio, change = measures.volume_ratio, measures.held_change
    dried_up = (ratio <= DRIED_UP) & (np.abs(change) <= HELD)
    return event(dried_up, ratio, change, value=ratio, volume_ratio=ratio, held_change=change, close_usd=measures.close)


VOLUME_SIGNALS: tuple[Signal, ...] = (
    Signal(
        "volume_spike",
        "The last day's volume is at least 3 standard deviations above the mean of the 20 bars before it.",
        1,
        (("window", 20.0), ("threshold", VOLUME_SPIKE)),
        read_from("measures", _volume_spike),
        Family.VOLUME,
        expires_after_days=EXPIRY_DAYS,
    ),
    Signal(
        "volume_drying_up",
        "The mean volume of the last 5 bars is at most half of that of the 20 bars before them, and the last close is "
        "within 3 % of the close 5 bars before.",
        -1,
        (("window", 5.0), ("baseline", 20.0), ("threshold", DRIED_UP), ("held_change", HELD)),
        read_from("measures", _volume_drying_up),
        Family.VOLUME,
        expires_after_days=EXPIRY_DAYS,
    ),
)
