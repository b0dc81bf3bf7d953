"""The tokens that providers of few assets cover, with their whole history kept in small arrays.

Prices of a day are computed for all tokens at once, which is slow for a long history of one; here the few that are
asked for year-long histories stay in memory.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from datasources.sandbox.blocks import BLOCK_DAYS, Floats, Ints, Recent, blocks_to_keep, day_of
from datasources.sandbox.contract import DailyPoint, MarketBar, Token
from datasources.sandbox.prices import Prices
from datasources.sandbox.universe import Universe

PAIRS = 60
CHAINS = 40
QUOTE = "USDT"
_KEPT_BLOCKS = 512
_KEPT_BARS = 100_000
_YEAR_BLOCKS = 8


@dataclass(frozen=True, slots=True)
class Candles:
    """Candles of consecutive days, each (T, K), not rounded: US dollars."""

    open_usd: Floats
    high_usd: Floats
    low_usd: Floats
    close_usd: Floats
    volume_usd: Floats


def pair_places(tokens: Sequence[Token]) -> list[int]:
    """The positions of the first 60 tokens whose symbol no other token has; never the quote asset itself."""
    held = Counter(token.symbol for token in tokens)
    alone = [place for place, token in enumerate(tokens) if held[token.symbol] == 1 and token.symbol != QUOTE]
    return alone[:PAIRS]


def chain_places(tokens: Sequence[Token]) -> list[int]:
    """The positions of the first 40 tokens that are the first of their symbol."""
    first: dict[str, int] = {}
    for place, token in enumerate(tokens):
        first.setdefault(token.symbol, place)
    return list(first.values())[:CHAINS]


class Majors:
    """Candles of the covered tokens; `columns` are their positions in the universe."""

    def __init__(self, universe: Universe, prices: Prices) -> None:
        self._universe = universe
        self._prices = prices
        self.pairs = {universe.tokens[place].symbol: universe.tokens[place] for place in pair_places(universe.tokens)}
        self.chains = chain_places(universe.tokens)
        self.columns: Ints = np.array(sorted({*pair_places(universe.tokens), *self.chains}), dtype=np.int64)
        self._column = {int(place): column for column, place in enumerate(self.columns)}
        self._blocks: Recent[Candles] = Recent(self._cut, _KEPT_BLOCKS)
        self._bars: Recent[list[MarketBar]] = Recent(self._bars_of, _KEPT_BARS // BLOCK_DAYS)

    def covers(self, place: int) -> bool:
        """Whether the token at this position of the universe is among them."""
        return place in self._column

    def column(self, place: int) -> int:
        """Where the candles of a covered token are."""
        return self._column[place]

    def candles(self, first: int, last: int) -> Candles:
        """Candles of the days with index first..last, whether the tokens were listed or not."""
        blocks = range(first // BLOCK_DAYS, last // BLOCK_DAYS + 1)
        found = [self._blocks.get(block) for block in blocks]
        start = first - blocks[0] * BLOCK_DAYS
        cut = slice(start, start + last - first + 1)
        return Candles(
            np.concatenate([block.open_usd for block in found])[cut],
            np.concatenate([block.high_usd for block in found])[cut],
            np.concatenate([block.low_usd for block in found])[cut],
            np.concatenate([block.close_usd for block in found])[cut],
            np.concatenate([block.volume_usd for block in found])[cut],
        )

    def bars(self, place: int, first: int, last: int) -> list[MarketBar]:
        """Bars of a covered token for the listed days among those with index first..last, oldest first."""
        first, last = trading_span(self._universe, place, first, last)
        column, width = self._column[place], len(self.columns)
        blocks = range(first // BLOCK_DAYS, last // BLOCK_DAYS + 1) if first <= last else range(0)
        found = [bar for block in blocks for bar in self._bars.get(block * width + column)]
        start = first - blocks.start * BLOCK_DAYS
        return found[start : start + last - first + 1] if found else []

    def _bars_of(self, number: int) -> list[MarketBar]:
        """All bars of a block for one token, listed or not; both are in the number."""
        block, column = divmod(number, len(self.columns))
        found = self._blocks.get(block)
        prices = (found.open_usd, found.high_usd, found.low_usd, found.close_usd)
        columns = [map(shown, values[:, column].tolist()) for values in prices]
        volumes = map(traded, found.volume_usd[:, column].tolist())
        days = _days(block * BLOCK_DAYS, block * BLOCK_DAYS + BLOCK_DAYS - 1)
        token_id = self._universe.tokens[int(self.columns[column])].token_id
        return [MarketBar(token_id, day, *bar) for day, *bar in zip(days, *columns, volumes, strict=True)]

    def _cut(self, block: int) -> Candles:
        """The covered columns of a block, which makes the full one superfluous."""
        closes, candles = self._prices.block(block), self._prices.candles(block)
        log_close = closes.log_close[:, self.columns]
        opens = np.concatenate([closes.before[None, self.columns], log_close[:-1]])
        return Candles(
            np.exp(opens),
            np.exp(candles.log_high[:, self.columns]),
            np.exp(candles.log_low[:, self.columns]),
            np.exp(log_close),
            candles.volume_usd[:, self.columns],
        )


class Histories:
    """Closes and volumes of any token, day by day; enough blocks are kept for a year of every token."""

    def __init__(self, universe: Universe, prices: Prices) -> None:
        self._universe = universe
        self._prices = prices
        block_bytes = 2 * 8 * BLOCK_DAYS * len(universe.tokens)
        self._blocks: Recent[tuple[Floats, Floats]] = Recent(self._cut, max(_YEAR_BLOCKS, blocks_to_keep(block_bytes)))

    def points(self, place: int, first: int, last: int) -> list[DailyPoint]:
        """The listed days among those with index first..last, oldest first."""
        first, last = trading_span(self._universe, place, first, last)
        if last < first:
            return []
        blocks = range(first // BLOCK_DAYS, last // BLOCK_DAYS + 1)
        cut = slice(first - blocks[0] * BLOCK_DAYS, last - blocks[0] * BLOCK_DAYS + 1)
        found = [self._blocks.get(block) for block in blocks]
        closes = np.concatenate([block[0][:, place] for block in found])[cut]
        volumes = np.concatenate([block[1][:, place] for block in found])[cut]
        values = zip(_days(first, last), np.exp(closes).tolist(), volumes.tolist(), strict=True)
        return [DailyPoint(day, shown(close), traded(volume)) for day, close, volume in values]

    def _cut(self, block: int) -> tuple[Floats, Floats]:
        return self._prices.block(block).log_close, self._prices.candles(block).volume_usd


def trading_span(universe: Universe, place: int, first: int, last: int) -> tuple[int, int]:
    """The part of the days first..last on which a token trades; empty where the end comes before the start."""
    return max(0, first, int(universe.listed[place])), min(last, int(universe.delisted[place]) - 1)


def shown(price: float) -> float:
    """A price as it is served: six significant digits."""
    return float(f"{price:.6g}")


def traded(volume: float) -> float:
    """A volume as it is served: ten significant digits."""
    return float(f"{volume:.10g}")


def _days(first: int, last: int) -> list[date]:
    return [day_of(index) for index in range(first, last + 1)]
