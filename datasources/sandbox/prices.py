"""The price of every token on every day: log closes from factors and own noise, candles and volumes from the closes.

log close = first log price + market beta x market level + sector beta x sector level + own part,

where the own part is a fat-tailed walk (Student-t, 4 degrees) that returns slowly to the token's anchor. A token that
follows another one has that token's log close plus a tiny own part. Open is the close of the day before; high and low
lie outside open and close by exponential amounts; volume follows market cap and the size of the move.
"""

from dataclasses import dataclass

import numpy as np

from datasources.sandbox.blocks import BLOCK_DAYS, BlockChain, Floats, Ints, Recent, blocks_to_keep, generator
from datasources.sandbox.factors import FactorBlock, Factors, student
from datasources.sandbox.universe import NEVER, Universe

_NOISE_STREAM = 3
_CANDLE_STREAM = 4
_DYING_DAYS = 60
_DYING_DRIFT = -0.04
_LARGEST_MOVE = 0.9  # of the own part in a day, log
_SETTLING_DAYS = 500.0
_MARKET_VOLATILITY = 0.022
_SECTOR_VOLATILITY = 0.016


@dataclass(frozen=True, slots=True)
class PriceState:
    """Where prices stand after a block: the own parts and the last log closes, shape (N,)."""

    own: Floats
    log_close: Floats


@dataclass(frozen=True, slots=True)
class PriceBlock:
    """Log closes of a block, (B, N), and the log closes of the day before it, (N,)."""

    before: Floats
    log_close: Floats


@dataclass(frozen=True, slots=True)
class Candles:
    """Highs and lows as logs and volumes in US dollars, each (B, N)."""

    log_high: Floats
    log_low: Floats
    volume_usd: Floats


@dataclass(frozen=True, slots=True)
class DayPrices:
    """One day of all tokens, each (N,), listed or not; prices are not rounded."""

    open_usd: Floats
    high_usd: Floats
    low_usd: Floats
    close_usd: Floats
    volume_usd: Floats


class Prices:
    """Prices of a universe, for one seed; arrays are days x tokens in the universe's order."""

    def __init__(self, universe: Universe, factors: Factors, seed: int) -> None:
        self._universe = universe
        self._factors = factors
        self._seed = seed
        self.daily_volatility = typical_volatility(universe)
        block_bytes = BLOCK_DAYS * len(universe.tokens) * 8
        first = PriceState(np.zeros(len(universe.tokens)), _first_levels(universe))
        self._chain: BlockChain[PriceState, PriceBlock] = BlockChain(first, self._advance, blocks_to_keep(block_bytes))
        self._candles: Recent[Candles] = Recent(self._draw_candles, blocks_to_keep(3 * block_bytes))

    def block(self, index: int) -> PriceBlock:
        """Log closes of one block of days."""
        return self._chain.block(index)

    def candles(self, index: int) -> Candles:
        """Highs, lows and volumes of one block of days."""
        return self._candles.get(index)

    def day(self, index: int) -> DayPrices:
        """Open, high, low, close and volume of all tokens on the day with this index."""
        block, row = divmod(index, BLOCK_DAYS)
        closes, candles = self.block(block), self.candles(block)
        before = closes.log_close[row - 1] if row else closes.before
        return DayPrices(
            np.exp(before),
            np.exp(candles.log_high[row]),
            np.exp(candles.log_low[row]),
            np.exp(closes.log_close[row]),
            candles.volume_usd[row],
        )

    def log_closes(self, first: int, last: int, columns: Ints | None = None) -> Floats:
        """Log closes of days first..last inclusive, (T, K); NaN outside a token's listing."""
        chosen = np.arange(len(self._universe.tokens)) if columns is None else columns
        days = np.arange(first, last + 1)
        blocks = range(first // BLOCK_DAYS, last // BLOCK_DAYS + 1)
        joined = np.concatenate([self.block(block).log_close[:, chosen] for block in blocks])
        start = first - blocks[0] * BLOCK_DAYS
        closes: Floats = joined[start : start + len(days)]
        listed, delisted = self._universe.listed[chosen], self._universe.delisted[chosen]
        trades = (listed <= days[:, None]) & (days[:, None] < delisted)
        return np.where(trades, closes, np.nan)

    def market_caps(self, index: int) -> Floats:
        """Supply times close on the day with this index, US dollars, (N,), listed or not."""
        closes = self.block(index // BLOCK_DAYS).log_close[index % BLOCK_DAYS]
        caps: Floats = np.exp(closes) * self._universe.supply
        return caps

    def _advance(self, index: int, state: PriceState) -> tuple[PriceBlock, PriceState]:
        factors = self._factors.block(index)
        own = self._own_path(index, state.own, factors)
        universe = self._universe
        log_close = universe.first_log_price + own + factors.market[:, None] * universe.market_beta
        log_close += factors.sectors[:, universe.sector] * universe.sector_beta
        followers = np.flatnonzero(universe.follows >= 0)
        log_close[:, followers] = log_close[:, universe.follows[followers]] + own[:, followers]
        return PriceBlock(state.log_close, log_close), PriceState(own[-1].copy(), log_close[-1].copy())

    def _own_path(self, index: int, own: Floats, factors: FactorBlock) -> Floats:
        universe = self._universe
        noise = student(generator(self._seed, _NOISE_STREAM, index), 4.0, (BLOCK_DAYS, len(universe.tokens)))
        tense = universe.pull < 0.1  # pegged tokens do not feel the market's nerves
        scale = np.where(tense, factors.heat[:, universe.sector] * factors.stress[:, None], 1.0)
        moves = np.clip(noise * scale * universe.own_volatility, -_LARGEST_MOVE, _LARGEST_MOVE)
        days = np.arange(index * BLOCK_DAYS, (index + 1) * BLOCK_DAYS)
        left = universe.delisted - days[:, None]
        moves += np.where((universe.delisted < NEVER) & (left > 0) & (left <= _DYING_DAYS), _DYING_DRIFT, 0.0)
        for row, day in enumerate(days):
            settled = universe.anchor * (1.0 - np.exp(-(day + 1) / _SETTLING_DAYS))
            own = own + universe.pull * (settled - own) + moves[row]
            moves[row] = own
        return moves

    def _draw_candles(self, index: int) -> Candles:
        closes, factors, universe = self.block(index), self._factors.block(index), self._universe
        source = generator(self._seed, _CANDLE_STREAM, index)
        opens = np.concatenate([closes.before[None, :], closes.log_close[:-1]])
        scale = self.daily_volatility * factors.stress[:, None]
        upper = np.maximum(opens, closes.log_close) + 0.35 * scale * source.standard_exponential(opens.shape)
        lower = np.minimum(opens, closes.log_close) - 0.35 * scale * source.standard_exponential(opens.shape)
        surprise = np.minimum(np.abs(closes.log_close - opens) / self.daily_volatility, 6.0)
        market_cap = np.exp(closes.log_close) * universe.supply
        activity = np.exp(0.5 * surprise - 0.35 + 0.35 * source.standard_normal(opens.shape))
        return Candles(upper, lower, market_cap * universe.turnover * activity)


def typical_volatility(universe: Universe) -> Floats:
    """Daily log volatility of each token on a normal day, (N,); a follower has that of the token it follows."""
    common = (universe.market_beta * _MARKET_VOLATILITY) ** 2 + (universe.sector_beta * _SECTOR_VOLATILITY) ** 2
    total = np.sqrt(common + universe.own_volatility**2)
    leader = np.where(universe.follows >= 0, universe.follows, np.arange(len(total)))
    return total[leader]


def _first_levels(universe: Universe) -> Floats:
    leader = np.where(universe.follows >= 0, universe.follows, np.arange(len(universe.tokens)))
    return universe.first_log_price[leader]
