"""The tokens of the invented market and the parameters their prices follow."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.random import Generator

from datasources.sandbox.blocks import Flags, Floats, Ints, day_index, day_of, generator
from datasources.sandbox.contract import Exchange, Token
from datasources.sandbox.identity import token_id_of
from datasources.sandbox.names import invented_names, slug_of, ticker_of
from datasources.sandbox.roster import CHAINS, EXCHANGES, KNOWN, NAMESAKES, SECTORS

MAXIMUM_TOKENS = 20_000
NEVER = 1_000_000
SECTOR_KEYS = tuple(SECTORS)

_STREAM = 1
# exposure to the market, exposure to the sector, own daily volatility
_SECTOR_TRAITS: dict[str, tuple[float, float, float]] = {
    "layer-1": (1.20, 1.0, 0.022),
    "layer-2": (1.35, 1.0, 0.026),
    "defi": (1.30, 1.0, 0.027),
    "meme": (1.45, 1.5, 0.040),
    "gaming": (1.35, 1.1, 0.030),
    "ai": (1.35, 1.3, 0.032),
    "exchange": (0.80, 0.6, 0.018),
    "rwa": (1.10, 1.0, 0.030),
    "privacy": (0.90, 1.1, 0.027),
    "infrastructure": (1.25, 0.8, 0.024),
    "stablecoin": (0.0, 0.0, 0.0004),
    "gold": (0.03, 0.0, 0.008),
    "wrapped": (0.0, 0.0, 0.0005),
}
_INVENTED_SECTORS = ("layer-1", "layer-2", "defi", "defi", "meme", "meme", "gaming", "ai", "rwa", "infrastructure")
_OWN_TRAITS: dict[str, tuple[float, float, float]] = {"BTC": (1.0, 0.15, 0.005), "ETH": (1.15, 0.4, 0.011)}
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Seedling:
    """A token before it has parameters."""

    token_id: int
    symbol: str
    name: str
    slug: str
    sector: str
    price_usd: float
    market_cap_usd: float
    listed: int  # day index
    delisted: int
    follows: str | None
    known: bool


@dataclass(frozen=True, slots=True)
class Universe:
    """Tokens in a fixed order with one parameter array per trait, all of shape (N,)."""

    tokens: tuple[Token, ...]
    sector: Ints
    market_beta: Floats
    sector_beta: Floats
    own_volatility: Floats  # daily, log
    pull: Floats  # daily speed of return of the own part to its anchor
    anchor: Floats  # log; where the own part ends up
    first_log_price: Floats
    supply: Floats
    turnover: Floats  # share of the market cap that trades on an ordinary day
    follows: Ints  # position of the tracked token, -1 = none
    listed: Ints  # day index of the first bar
    delisted: Ints  # day index of the first day without a bar
    signalled: Flags  # gets trading signals: neither pegged nor gold
    graded: Flags
    fundamental: Floats  # 0 to 100
    technology: Floats

    def active(self, index: int) -> Flags:
        """Which tokens have a bar on the day with this index."""
        return (self.listed <= index) & (index < self.delisted)


def build_universe(tokens: int, seed: int) -> Universe:
    """The universe of `tokens` tokens; raises ValueError outside 1 to 20,000."""
    if not 1 <= tokens <= MAXIMUM_TOKENS:
        raise ValueError(f"the sandbox has 1 to {MAXIMUM_TOKENS} tokens, got {tokens}; change sandbox.tokens")
    source = generator(seed, _STREAM, 0)
    seedlings = _known() + _namesakes(source)
    seedlings += _invented(max(0, tokens - len(seedlings)), source)
    return _with_parameters(seedlings[:tokens], source)


def _known() -> list[Seedling]:
    return [
        Seedling(
            token_id_of(known.symbol), known.symbol, known.name, known.slug, known.sector, known.price_usd,
            known.market_cap_usd, day_index(known.listed_on) if known.listed_on else 0, NEVER, known.follows,
            known=True,
        )
        for known in KNOWN
    ]  # fmt: skip


def _namesakes(source: Generator) -> list[Seedling]:
    prices = 10 ** source.uniform(-6, -2, size=len(NAMESAKES))
    listed = source.integers(350, 950, size=len(NAMESAKES))
    return [
        Seedling(
            50_001 + 13 * position, namesake.symbol, namesake.name, slug_of(namesake.name), "meme",
            float(prices[position]), namesake.market_cap_usd, int(listed[position]), NEVER, None, known=False,
        )
        for position, namesake in enumerate(NAMESAKES)
    ]  # fmt: skip


def _invented(count: int, source: Generator) -> list[Seedling]:
    names = invented_names(count, source)
    sectors = source.integers(0, len(_INVENTED_SECTORS), size=count)
    prices = 10 ** source.uniform(-4.5, 1.5, size=count)
    caps = 2e9 * (np.arange(count) + 9.0) ** -1.25 * np.exp(0.5 * source.standard_normal(count))
    listed = np.where(source.random(count) < 0.22, source.integers(1, 2000, size=count), 0)
    ends = np.where(source.random(count) < 0.06, listed + source.integers(150, 2400, size=count), NEVER)
    return [
        Seedling(
            100_001 + 7 * k, ticker_of(name), name, slug_of(name), _INVENTED_SECTORS[int(sectors[k])],
            float(prices[k]), float(caps[k]), int(listed[k]), int(ends[k]), None, known=False,
        )
        for k, name in enumerate(names)
    ]  # fmt: skip


def _with_parameters(seedlings: Sequence[Seedling], source: Generator) -> Universe:
    count = len(seedlings)
    traits = np.array([_traits(item) for item in seedlings])
    caps = np.array([item.market_cap_usd for item in seedlings])
    prices = np.array([item.price_usd for item in seedlings])
    known = np.array([item.known for item in seedlings])
    pegged = np.array([item.sector == "stablecoin" or item.follows is not None for item in seedlings])
    plain = ~(pegged | np.array([item.sector == "gold" for item in seedlings]))
    small = np.clip(np.log10(1e9 / caps), 0.0, 4.0)  # decades below a billion
    jitter = np.where(plain & (caps < 100e9), np.exp(0.2 * source.standard_normal(count)), 1.0)
    return Universe(
        tokens=tuple(_token(item, source.random(3)) for item in seedlings),
        sector=np.array([SECTOR_KEYS.index(item.sector) for item in seedlings], dtype=np.int64),
        market_beta=traits[:, 0] * np.where(jitter == 1.0, 1.0, np.sqrt(jitter)),
        sector_beta=traits[:, 1].copy(),
        own_volatility=traits[:, 2] * jitter * np.where(plain, 1.0 + 0.25 * small, 1.0),
        pull=np.where(pegged, 0.3, 0.004),
        anchor=_anchors(seedlings, plain, source),
        first_log_price=np.log(prices),
        supply=caps / prices,
        turnover=_turnover(plain, pegged, small, source),
        follows=_followed(seedlings),
        listed=np.array([item.listed for item in seedlings], dtype=np.int64),
        delisted=np.array([item.delisted for item in seedlings], dtype=np.int64),
        signalled=plain,
        graded=plain & (known | (source.random(count) < 0.85)),
        fundamental=np.clip(62 - 6 * small + 12 * source.standard_normal(count), 8, 96),
        technology=np.clip(58 - 4 * small + 14 * source.standard_normal(count), 5, 97),
    )


def _traits(item: Seedling) -> tuple[float, float, float]:
    if item.follows is not None:
        return _SECTOR_TRAITS["wrapped"]
    return _OWN_TRAITS.get(item.symbol, _SECTOR_TRAITS[item.sector])


def _anchors(seedlings: Sequence[Seedling], plain: Flags, source: Generator) -> Floats:
    known = np.array([item.known for item in seedlings])
    drawn = np.where(known, -0.7, -1.6) + np.where(known, 0.4, 0.8) * source.standard_normal(len(seedlings))
    dying = ~known & (source.random(len(seedlings)) < 0.05)
    anchors = np.where(dying, -5.5, drawn)
    anchors[: min(2, len(seedlings))] = 0.1  # the two largest keep their place
    gold = np.array([item.sector == "gold" and item.follows is None for item in seedlings])
    return np.where(plain, anchors, np.where(gold, 0.5, 0.0))


def _turnover(plain: Flags, pegged: Flags, small: Floats, source: Generator) -> Floats:
    drawn = 0.05 * np.exp(0.6 * source.standard_normal(len(plain)) - 0.25 * small)
    stable = np.where(pegged, 0.06, 0.02)
    return np.where(plain, drawn, stable)


def _followed(seedlings: Sequence[Seedling]) -> Ints:
    first: dict[str, int] = {}
    for position, item in enumerate(seedlings):
        first.setdefault(item.symbol, position)
    return np.array([first[item.follows] if item.follows else -1 for item in seedlings], dtype=np.int64)


def _token(item: Seedling, draws: Floats) -> Token:
    chain = list(CHAINS)[int(draws[0] * len(CHAINS))]
    native = item.known and item.sector in {"layer-1", "exchange", "privacy"}
    categories = (SECTORS[item.sector],) if native else (SECTORS[item.sector], CHAINS[chain])
    uncategorised = not item.known and draws[1] < 0.1
    return Token(
        token_id=item.token_id,
        symbol=item.symbol,
        name=item.name,
        slug=item.slug,
        categories=None if uncategorised else categories,
        exchanges=_venues(item, float(draws[2])),
        contract_addresses=() if native else ((chain, _address(chain, item.slug)),),
        listed_on=day_of(item.listed),
        delisted_on=_delisting(item),
    )


def _delisting(item: Seedling) -> date | None:
    return None if item.delisted >= NEVER else day_of(item.delisted)


def _venues(item: Seedling, draw: float) -> tuple[Exchange, ...]:
    count = int(np.clip(2 * np.log10(item.market_cap_usd) - 11, 1, len(EXCHANGES)))
    first = int(draw * (len(EXCHANGES) - count + 1))
    return EXCHANGES[first : first + count]


def _address(chain: str, slug: str) -> str:
    digest = hashlib.sha512(f"sandbox:{slug}".encode()).digest()
    if chain != "solana":
        return "0x" + digest[:20].hex()
    return "".join(_BASE58[byte % len(_BASE58)] for byte in digest[:44])
