"""Which sources are in use, under which names their data is stored, and what is collected from each.

The market's own source gives the list of assets and everything it has. The others add what it lacks, and daily bars
and quotes as a second opinion. Invented and replayed data never bear a provider's own name.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from datasources.base import Terms
from datasources.records import DataKind
from datasources.terms import TERMS, invented_terms

_K = DataKind

_COINGECKO: Final = (_K.ASSETS, _K.DAILY_BARS, _K.QUOTES, _K.MARKET_METRICS, _K.DEFI_METRICS, _K.MARKET_CAPS)
# In the order in which prices fall back on each other; Token Metrics offers more, which `None` stands for.
_OWN: Final[Mapping[str, tuple[DataKind, ...] | None]] = MappingProxyType(
    {
        "token_metrics": None,
        "binance": (_K.ASSETS, _K.DAILY_BARS),
        "coingecko": _COINGECKO,
        "coin_metrics": (_K.ASSETS, _K.ONCHAIN_METRICS),
        "defillama": (_K.ASSETS, _K.DEFI_METRICS, _K.QUOTES),
        "fear_greed": (_K.SENTIMENT,),
        "mempool": (_K.ASSETS, _K.NETWORK_METRICS),
    }
)
_PUBLIC_MARKET: Final = (*_COINGECKO, _K.TOP_ASSETS)
_FILES: Final = (_K.ASSETS, _K.SENTIMENT, _K.ONCHAIN_METRICS)
_PRICED: Final = frozenset({_K.DAILY_BARS, _K.QUOTES})


@dataclass(frozen=True, slots=True)
class Feed:
    """A source in use.

    `kinds` None means everything it offers by default; `secondary` that its prices are a second opinion only, so
    that no more than the focus is asked of it where each asset costs a request.
    """

    provider: str
    name: str
    terms: Terms
    kinds: tuple[DataKind, ...] | None
    secondary: bool = True


def feeds(market: str, enabled: Collection[str], *, world: str | None, commercial: bool) -> tuple[Feed, ...]:
    """The sources in use, the market's own one first.

    `market` is token_metrics, public, sandbox or files; `world` is None for the real one, else "sandbox" or "replay".
    A source that is not enabled is left out, unless it is the market's own; so is one whose licence forbids
    commercial use, where that is what the data is for.
    """
    if market == "files":
        return (Feed("files", "files", TERMS["files"], None, secondary=False),)
    own = "coingecko" if market == "public" else "token_metrics"
    chosen = [own, *(name for name in _OWN if name != own and name in enabled)]
    if market == "public":
        chosen = [name for name in chosen if name != "token_metrics"]
    if world == "replay":
        chosen = [name for name in chosen if name != "mempool"]  # no history holds what mempool.space tells
    if commercial:
        chosen = [name for name in chosen if name == own or TERMS[name].commercial_use is not False]
    found = [_feed(name, world, own=own) for name in chosen]
    if "files" in enabled:
        found.append(Feed("files", "files", TERMS["files"], _FILES))
    return tuple(found)


def price_chain(used: Collection[Feed]) -> tuple[str, ...]:
    """The names of the sources of daily prices, the market's own first."""
    return tuple(feed.name for feed in used if not feed.secondary or DataKind.DAILY_BARS in (feed.kinds or ()))


def _feed(provider: str, world: str | None, *, own: str) -> Feed:
    kinds = _PUBLIC_MARKET if provider == own == "coingecko" else _OWN[provider]
    if world is None:
        return Feed(provider, provider, TERMS[provider], kinds, secondary=provider != own)
    name = world if provider == "token_metrics" else f"{world}_{provider}"
    terms = invented_terms(provider, replayed=world == "replay")
    return Feed(provider, name, terms, kinds, secondary=provider != own)
