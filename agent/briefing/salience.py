"""How much a claim matters to this reader: by the weight of what it is about, by how unusual it is, by how rare.

Pure arithmetic on figures of the snapshot; the formula stands in docs/methodology.md under "Salience".
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agent.analytics import returns, risk
from agent.analytics.bars import Floats

NOISE_DAYS = 30
BEYOND_NOISE = 3.0  # in its own standard deviations: a move that must be told
_YEAR_DAYS = 365
_WEIGHT_PART, _NOISE_PART, _RARITY_PART = 0.5, 0.3, 0.2
_HALF_NOISE = 2.0  # a move of two standard deviations counts half


@dataclass(frozen=True, slots=True)
class Weighing:
    """What salience is relative to: each holding's weight (a fraction), noise by asset, and firings by signal.

    `noise` is the day's move of an asset in its own standard deviations; `universe` how many assets are tracked.
    """

    weights: Mapping[int, float]
    noise: Mapping[int, float]
    fired: Mapping[str, int]
    universe: int

    def of_asset(self, base: float, asset_id: int, signal: str | None = None, days: int = 1) -> float:
        """The salience of a claim about an asset, perhaps of a signal, over a window of days."""
        noise = self.noise.get(asset_id, 0.0) if days == 1 else 0.0
        rarity = 0.0 if signal is None else rarity_of(self.fired.get(signal, 1), self.universe)
        return salience(base, self.weights.get(asset_id, 0.0), noise, rarity)

    def beyond_noise(self) -> Sequence[int]:
        """The holdings that moved by three of their own standard deviations or more, the heaviest first."""
        found = [asset_id for asset_id in self.weights if self.noise.get(asset_id, 0.0) >= BEYOND_NOISE]
        return sorted(found, key=lambda asset_id: (-self.weights[asset_id], asset_id))


def salience(base: float, weight: float = 0.0, noise: float = 0.0, rarity: float = 0.0) -> float:
    """Where a claim stands between its base (what its kind is worth to anyone) and 1.

    `weight` and `rarity` are fractions, `noise` standard deviations, all from 0; each draws the claim towards 1 by its
    part of the distance that is left: 0.5 sqrt(weight) + 0.3 noise / (noise + 2) + 0.2 rarity.
    """
    pull = _WEIGHT_PART * math.sqrt(min(max(weight, 0.0), 1.0))
    pull += _NOISE_PART * noise / (noise + _HALF_NOISE) if math.isfinite(noise) else _NOISE_PART
    pull += _RARITY_PART * rarity
    return base + (1.0 - base) * pull


def rarity_of(fired: int, universe: int) -> float:
    """1 for a signal that fired for one asset alone, falling to 0 for one that fired for all, by powers of ten."""
    if universe < 2 or fired < 1:
        return 0.0
    return max(0.0, 1.0 - math.log(fired) / math.log(universe))


def noise_units(closes: Floats) -> Floats:
    """Each asset's move of the last day in standard deviations of its 30 daily returns before: |change| / deviation.

    Days x assets in, one value per asset out; NaN where the change is unknown, or nine tenths of those days are, or
    the price stood still on all of them.
    """
    if len(closes) < 2:
        return np.full(closes.shape[1], np.nan)
    recent = returns.simple_returns(closes[-NOISE_DAYS - 2 :])
    deviation = risk.realized_volatility(recent[:-1], NOISE_DAYS) / math.sqrt(_YEAR_DAYS)
    moved = np.where(deviation > risk.NOISE, deviation, np.nan)
    return np.asarray(np.abs(recent[-1]) / moved)
