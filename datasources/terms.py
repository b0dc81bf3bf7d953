"""Under which terms the data of each provider may be used, as far as its own pages say."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from datasources.base import Terms

_UNVERIFIED: Final = "no licence is published; check with the provider"

TERMS: Final[Mapping[str, Terms]] = MappingProxyType(
    {
        "token_metrics": Terms("Data by Token Metrics", "https://www.tokenmetrics.com", "API terms of your plan", None),
        "coingecko": Terms(
            "Data provided by CoinGecko",
            "https://www.coingecko.com",
            "CoinGecko API terms of your plan; the free ones are said to give no commercial licence",
            None,
        ),
        "coin_metrics": Terms(
            "On-chain data by Coin Metrics",
            "https://coinmetrics.io",
            "CC BY-NC 4.0, non-commercial",
            commercial_use=False,
        ),
        "defillama": Terms("DeFi data by DefiLlama", "https://defillama.com", _UNVERIFIED, None),
        "fear_greed": Terms(
            "Fear and greed index by Alternative.me",
            "https://alternative.me/crypto/fear-and-greed-index/",
            _UNVERIFIED,
            None,
        ),
        "binance": Terms(
            "Spot prices in USDT by Binance",
            "https://www.binance.com",
            "Binance terms of use, public market data",
            None,
        ),
        "mempool": Terms("Bitcoin network data by mempool.space", "https://mempool.space", _UNVERIFIED, None),
        "files": Terms(
            "History on disk (on-chain: Coin Metrics, CC BY-NC 4.0; sentiment: alternative.me)",
            "",
            "that of whoever made the files; Coin Metrics data is non-commercial",
            None,
        ),
    }
)


def invented_terms(provider: str, *, replayed: bool) -> Terms:
    """The terms of what the sandbox gives in place of a provider; a replay stays under the licence of its files."""
    if replayed:
        allowed = False if provider == "coin_metrics" else None
        named = f"; {TERMS[provider].attribution}" if provider in {"coin_metrics", "fear_greed"} else ""
        return Terms(f"Replayed market history{named}", "", TERMS["files"].licence, allowed)
    words = "Invented market data of the coinbrief sandbox"
    return Terms(words, "", "none needed: this is not a provider's data", commercial_use=True)
