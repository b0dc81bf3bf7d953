"""What moves many tokens at once: the market with its volatility regimes, and one factor per sector.

The market is calm, normal or in crisis, changing by a Markov chain of days. Factor levels return slowly to a path
that settles, so that the market neither explodes nor dies however far the clock is set.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from datasources.sandbox.blocks import BLOCK_DAYS, BlockChain, Floats, Ints, generator
from datasources.sandbox.universe import SECTOR_KEYS

_STREAM = 2
_NORMAL = 1
# rows: from calm, normal, crisis; columns: cumulated probability of calm, normal, crisis next
_TRANSITIONS = np.array([[0.970, 0.997, 1.0], [0.020, 0.985, 1.0], [0.0, 0.100, 1.0]])
_DRIFT = (0.0012, 0.0004, -0.0060)
_VOLATILITY = (0.012, 0.022, 0.045)
_STRESS = (0.75, 1.0, 1.8)  # multiplies every other volatility
_SECTOR_VOLATILITY = 0.016
_MARKET_PULL = 0.005
_SECTOR_PULL = 0.006


@dataclass(frozen=True, slots=True)
class FactorBlock:
    """Factor levels at the close of each day of a block, as logs; `stress` and `heat` multiply volatilities."""

    market: Floats  # (B,)
    stress: Floats  # (B,)
    sectors: Floats  # (B, S)
    heat: Floats  # (B, S)


@dataclass(frozen=True, slots=True)
class FactorState:
    """Where the factors stand after a block."""

    regime: int
    market: float
    sectors: Floats
    log_heat: Floats


class Factors:
    """The factor levels of every day, for one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        still = np.zeros(len(SECTOR_KEYS))
        first = FactorState(_NORMAL, 0.0, still, still)
        self._chain: BlockChain[FactorState, FactorBlock] = BlockChain(first, self._advance, keep=512)

    def block(self, index: int) -> FactorBlock:
        """The factors of one block of days."""
        return self._chain.block(index)

    def market_levels(self, index: int, days: int) -> Floats:
        """Log market levels at the closes of the `days` days up to and with day `index`; fewer near the start."""
        first = max(0, index - days + 1)
        blocks = range(first // BLOCK_DAYS, index // BLOCK_DAYS + 1)
        joined = np.concatenate([self.block(block).market for block in blocks])
        return joined[first - blocks[0] * BLOCK_DAYS : index + 1 - blocks[0] * BLOCK_DAYS]

    def stress(self, index: int) -> float:
        """How stressed the market is on the day with this index; 1 is normal."""
        return float(self.block(index // BLOCK_DAYS).stress[index % BLOCK_DAYS])

    def _advance(self, index: int, state: FactorState) -> tuple[FactorBlock, FactorState]:
        source = generator(self._seed, _STREAM, index)
        regimes = _regimes(state.regime, source)
        market = _market_path(state.market, index * BLOCK_DAYS, regimes, source)
        stress = np.take(_STRESS, regimes)
        log_heat = _heat_path(state.log_heat, source)
        heat = np.exp(log_heat)
        sectors = _sector_path(state.sectors, heat * stress[:, None], source)
        after = FactorState(int(regimes[-1]), float(market[-1]), sectors[-1], log_heat[-1])
        return FactorBlock(market, stress, sectors, heat), after


def student(source: Generator, degrees: float, size: tuple[int, ...]) -> Floats:
    """Student-t noise with unit variance, cut at 8 so that no single day destroys a price."""
    noise = source.standard_t(degrees, size=size) / np.sqrt(degrees / (degrees - 2.0))
    cut: Floats = np.clip(noise, -8.0, 8.0)
    return cut


def settling_level(index: int) -> float:
    """The log level the market returns to: a rise that flattens out, and a slow cycle."""
    return float(1.1 * (1.0 - np.exp(-index / 700.0)) + 0.4 * np.sin(2.0 * np.pi * index / 1300.0))


def _regimes(regime: int, source: Generator) -> Ints:
    path = np.empty(BLOCK_DAYS, dtype=np.int64)
    for day, draw in enumerate(source.random(BLOCK_DAYS)):
        regime = int(np.searchsorted(_TRANSITIONS[regime], draw, side="right"))
        path[day] = regime
    return path


def _market_path(level: float, first: int, regimes: Ints, source: Generator) -> Floats:
    noise = student(source, 5.0, (BLOCK_DAYS,))
    moves = np.take(_DRIFT, regimes) + np.take(_VOLATILITY, regimes) * noise
    path = np.empty(BLOCK_DAYS)
    for day in range(BLOCK_DAYS):
        level += moves[day] + _MARKET_PULL * (settling_level(first + day) - level)
        path[day] = level
    return path


def _heat_path(log_heat: Floats, source: Generator) -> Floats:
    noise = source.standard_normal((BLOCK_DAYS, len(SECTOR_KEYS)))
    path = np.empty_like(noise)
    for day in range(BLOCK_DAYS):
        log_heat = 0.95 * log_heat + 0.10 * noise[day]
        path[day] = log_heat
    return path


def _sector_path(levels: Floats, scale: Floats, source: Generator) -> Floats:
    moves = _SECTOR_VOLATILITY * scale * student(source, 5.0, scale.shape)
    path = np.empty_like(moves)
    for day in range(BLOCK_DAYS):
        levels = (1.0 - _SECTOR_PULL) * levels + moves[day]
        path[day] = levels
    return path
