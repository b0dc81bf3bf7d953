"""Which sources there are, by name; a source's module is imported when it is opened, not before."""

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, cast

from datasources.errors import Unsupported

if TYPE_CHECKING:
    from datetime import datetime

    from datasources.access import Access
    from datasources.base import Source, Terms

# What speaks a provider's format, as module and class.
PROVIDERS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "token_metrics": ("datasources.token_metrics.client", "TokenMetricsSource"),
        "coingecko": ("datasources.coingecko.source", "CoinGeckoSource"),
        "binance": ("datasources.binance.source", "BinanceSource"),
        "coin_metrics": ("datasources.coin_metrics.source", "CoinMetricsSource"),
        "defillama": ("datasources.defillama.source", "DefiLlamaSource"),
        "fear_greed": ("datasources.fear_greed", "FearGreedSource"),
        "mempool": ("datasources.mempool", "MempoolSource"),
    }
)


def open_source(provider: str, name: str, terms: "Terms", access: "Access", **options: Any) -> "Source":  # noqa: ANN401 - each provider has options of its own
    """Open a source that speaks a provider's format; `name` is what its data is stored under.

    Raises `Unsupported` for a provider that is not registered.
    """
    if provider not in PROVIDERS:
        raise Unsupported(provider, f"there is no such source; choose one of {', '.join(PROVIDERS)}")
    module, kind = PROVIDERS[provider]
    factory = cast("Callable[..., Source]", getattr(import_module(module), kind))
    return factory(name, terms, access, **options)


def open_files(terms: "Terms", root: Path, now: "Callable[[], datetime]") -> "Source":
    """Open history on disk."""
    from datasources.files import FilesSource  # noqa: PLC0415 - only what is used is imported

    return FilesSource(terms, root, now=now)
