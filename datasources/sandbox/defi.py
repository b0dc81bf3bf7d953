"""Decentralised finance of the invented market: made of the prices and volumes of its covered tokens.

Each chain's value locked follows its coin's market cap, each protocol's its own chain's; stablecoins breathe slowly
about the token's supply; exchange volumes and fees follow the token's own turnover. One stablecoin is in euros.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from datasources.sandbox.blocks import BLOCK_DAYS, EPOCH, Flags, Floats, Recent, generator
from datasources.sandbox.contract import Defi, DefiLine, Token
from datasources.sandbox.majors import Majors
from datasources.sandbox.universe import Universe

_STREAM = 23
_LINES = 128  # noise columns; more than there can be lines
EURO_USD = 1.08
"""What one unit of the euro stablecoin is worth."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A chain, the symbol of its coin, and the share of the coin's market cap that is locked in it."""

    name: str
    chain_id: int | str | None
    coin: str | None
    share: float


CHAINS = (
    Chain("Ethereum", 1, "ETH", 0.20),
    Chain("Solana", None, "SOL", 0.10),
    Chain("BSC", 56, "BNB", 0.09),
    Chain("Tron", 728126428, "TRX", 0.25),
    Chain("Base", 8453, None, 0.012),
    Chain("Arbitrum", 42161, "ARB", 0.9),
    Chain("Avalanche", 43114, "AVAX", 0.12),
    Chain("Evmos", "9001", None, 0.00001),
)


class DefiSeries:
    """All lines of decentralised finance, for one seed."""

    def __init__(self, universe: Universe, majors: Majors, seed: int) -> None:
        self._universe = universe
        self._majors = majors
        self._seed = seed
        self._noises: Recent[Floats] = Recent(self._noise, keep=512)
        self._covered = [universe.tokens[int(place)] for place in majors.columns]

    def until(self, last: int) -> Defi:
        """The lines of the days up to and with the one with index `last`."""
        candles, noise = self._majors.candles(0, last), self._noise_until(last)
        listed = self._listed(last)
        caps = np.where(listed, candles.close_usd * self._universe.supply[self._majors.columns], 0.0)
        volumes = np.where(listed, candles.volume_usd, 0.0)
        protocols = self._of_category("decentralized-finance-defi")
        return Defi(
            EPOCH,
            chains=tuple(self._chain(chain, caps, noise[:, row]) for row, chain in enumerate(CHAINS)),
            protocols=tuple(self._line(c, 1.4 * caps[:, c] * noise[:, 10 + row]) for row, c in enumerate(protocols)),
            stablecoins=(*self._stablecoins(listed, noise), self._euro(noise[:, 9])),
            volumes=tuple(self._line(c, 2.5 * volumes[:, c] * noise[:, 40 + row]) for row, c in enumerate(protocols)),
            fees=tuple(self._line(c, 0.004 * volumes[:, c] * noise[:, 70 + row]) for row, c in enumerate(protocols)),
        )

    def _chain(self, chain: Chain, caps: Floats, noise: Floats) -> DefiLine:
        owners = [column for column, token in enumerate(self._covered) if token.symbol == chain.coin]
        values = chain.share * caps[:, owners[0] if owners else self._substitute()] * noise
        slug = self._covered[owners[0]].slug if owners else None
        return DefiLine(chain.name, chain.coin if owners else None, slug, _rounded(values), chain.chain_id)

    def _substitute(self) -> int:
        """The coin a chain without one follows: the second-largest, or the only one."""
        return min(1, len(self._covered) - 1)

    def _stablecoins(self, listed: Flags, noise: Floats) -> list[DefiLine]:
        lines = []
        for row, column in enumerate(self._of_category("stablecoins")):
            supply = float(self._universe.supply[self._majors.columns[column]])
            breath = 1.0 + 0.25 * (noise[:, 100 + row] - 1.0)
            values = np.where(listed[:, column], supply * breath, 0.0)
            lines.append(self._line(column, values))
        return lines

    def _euro(self, noise: Floats) -> DefiLine:
        return DefiLine("Sandbox Euro", "SEUR", None, _rounded(3.0e8 * noise), peg="peggedEUR")

    def _line(self, column: int, values: Floats) -> DefiLine:
        token = self._covered[column]
        return DefiLine(token.name, token.symbol, token.slug, _rounded(values))

    def _of_category(self, slug: str) -> list[int]:
        return [column for column, token in enumerate(self._covered) if _first_category(token) == slug][:25]

    def _listed(self, last: int) -> Flags:
        days, columns = np.arange(last + 1)[:, None], self._majors.columns
        flags: Flags = (self._universe.listed[columns] <= days) & (days < self._universe.delisted[columns])
        return flags

    def _noise_until(self, last: int) -> Floats:
        blocks = [self._noises.get(block) for block in range(last // BLOCK_DAYS + 1)]
        return np.concatenate(blocks)[: last + 1]

    def _noise(self, index: int) -> Floats:
        """Factors near 1 that move slowly: two anchors a block apart, and straight lines between them."""
        start, end = (generator(self._seed, _STREAM, place).standard_normal(_LINES) for place in (index, index + 1))
        share = (np.arange(BLOCK_DAYS) / BLOCK_DAYS)[:, None]
        factors: Floats = np.exp(0.12 * ((1.0 - share) * start + share * end))
        return factors


def total(lines: Sequence[DefiLine], position: int) -> float:
    """The sum of all lines on a day by its position; negative positions count from the end."""
    return sum(line.values[position] for line in lines)


def _first_category(token: Token) -> str | None:
    return token.categories[0].slug if token.categories else None


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(np.round(values, 2).tolist())
