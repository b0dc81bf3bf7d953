"""The way of prices through a day: hourly candles that add up exactly to the daily one.

The path is a Brownian bridge of 24 steps from open to close, kept inside the day's range; the hour with the highest
(lowest) end carries the day's high (low). Between two full hours the price moves straight on a log scale.
"""

from dataclasses import dataclass

import numpy as np

from datasources.sandbox.blocks import Floats, generator
from datasources.sandbox.prices import DayPrices

HOURS = 24
_STREAM = 5


@dataclass(frozen=True, slots=True)
class DayPath:
    """A day by the hour: prices at the 25 full hours, (25, N), and highs, lows and volumes of its 24 hours, (24, N)."""

    points: Floats
    highs: Floats
    lows: Floats
    volumes: Floats


def day_path(seed: int, index: int, day: DayPrices) -> DayPath:
    """The path of all tokens through the day with this index."""
    source = generator(seed, _STREAM, index)
    span = np.log(day.high_usd) - np.log(day.low_usd)
    steps = source.standard_normal((HOURS, len(span))) * span / 8.0
    walk = np.concatenate([np.zeros((1, len(span))), np.cumsum(steps, axis=0)])
    share = np.linspace(0.0, 1.0, HOURS + 1)[:, None]
    straight = (1.0 - share) * np.log(day.open_usd) + share * np.log(day.close_usd)
    points = np.clip(np.exp(straight + walk - share * walk[-1]), day.low_usd, day.high_usd)
    points[0], points[-1] = day.open_usd, day.close_usd
    weights = 0.3 + source.random((HOURS, len(span)))
    highs, lows = _ranges(points, day)
    return DayPath(points, highs, lows, day.volume_usd * weights / weights.sum(axis=0))


def price_within(path: DayPath, seconds: float) -> Floats:
    """Prices of all tokens so many seconds into the day, (N,)."""
    hour, rest = divmod(seconds, 3600.0)
    start, end = path.points[int(hour)], path.points[int(hour) + 1]
    moved: Floats = start * (end / start) ** (rest / 3600.0)
    return moved


def _ranges(points: Floats, day: DayPrices) -> tuple[Floats, Floats]:
    highs = np.maximum(points[:-1], points[1:])
    lows = np.minimum(points[:-1], points[1:])
    tokens = np.arange(points.shape[1])
    highs[highs.argmax(axis=0), tokens] = day.high_usd
    lows[lows.argmin(axis=0), tokens] = day.low_usd
    return highs, lows
