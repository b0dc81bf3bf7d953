"""What identifies an asset beyond one source: its CoinGecko id and its contracts, each in one spelling. Pure."""

import re
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

_ODD: Final = re.compile(r"[\s_]+")
_UNUSABLE: Final = re.compile(r"[\s/:]")

# What stands where there is nothing, or for a chain's own coin: it identifies no asset.
_NO_SLUGS: Final = frozenset({"", "-", "undefined", "null", "none", "nan", "n-a", "unknown"})
_NO_ADDRESSES: Final = frozenset(
    {f"0x{'0' * 40}", f"0x{'e' * 40}", f"0x{'0' * 36}dead", "native", "null", "none", "0x"}
)

# The name of a chain is CoinGecko's id of its platform; left are the other names in use.
_CHAINS: Final = MappingProxyType(
    {
        "aptos-mainnet": "aptos",
        "arb": "arbitrum-one",
        "arbitrum": "arbitrum-one",
        "arbitrum-mainnet": "arbitrum-one",
        "avax": "avalanche",
        "avax-c": "avalanche",
        "avalanche-c": "avalanche",
        "avalanche-c-chain": "avalanche",
        "base-mainnet": "base",
        "binance": "binance-smart-chain",
        "binance-chain": "binance-smart-chain",
        "binancecoin": "binance-smart-chain",
        "bep20": "binance-smart-chain",
        "bnb": "binance-smart-chain",
        "bnb-chain": "binance-smart-chain",
        "bnb-smart-chain": "binance-smart-chain",
        "bsc": "binance-smart-chain",
        "erc20": "ethereum",
        "eth": "ethereum",
        "ethereum-mainnet": "ethereum",
        "mainnet": "ethereum",
        "ftm": "fantom",
        "fantom-opera": "fantom",
        "gnosis": "xdai",
        "gnosis-chain": "xdai",
        "harmony": "harmony-shard-0",
        "heco": "huobi-token",
        "hedera": "hedera-hashgraph",
        "kaia": "klay-token",
        "kcc": "kucoin-community-chain",
        "klaytn": "klay-token",
        "matic": "polygon-pos",
        "matic-network": "polygon-pos",
        "metis": "metis-andromeda",
        "near": "near-protocol",
        "okc": "okex-chain",
        "okexchain": "okex-chain",
        "op": "optimistic-ethereum",
        "op-mainnet": "optimistic-ethereum",
        "optimism": "optimistic-ethereum",
        "polygon": "polygon-pos",
        "sei": "sei-v2",
        "sol": "solana",
        "solana-mainnet": "solana",
        "spl": "solana",
        "ton": "the-open-network",
        "toncoin": "the-open-network",
        "trc20": "tron",
        "tron-mainnet": "tron",
        "trx": "tron",
        "world-chain-mainnet": "world-chain",
        "worldchain": "world-chain",
        "zksync-era": "zksync",
        "era": "zksync",
    }
)


class Contract(NamedTuple):
    """A token contract, chain and address in their one spelling."""

    chain: str
    address: str


@lru_cache(maxsize=1024)
def normal_chain(name: str) -> str:
    """Give a chain its one name: CoinGecko's id of the platform, or the name itself in lower case with hyphens."""
    spelt = _ODD.sub("-", name.strip().lower())
    return _CHAINS.get(spelt, spelt)


def normal_address(address: str) -> str:
    """Give an address its one spelling: an EVM address in lower case, any other as it came."""
    bare = address.strip()
    return bare.lower() if len(bare) == 42 and bare.startswith(("0x", "0X")) else bare


def parse_contract(chain: str, address: str) -> Contract | None:
    """Read a contract; None if the chain or address is empty or stands for no contract."""
    where, found = normal_chain(chain), normal_address(address)
    return Contract(where, found) if where and found and found.lower() not in _NO_ADDRESSES else None


def parse_slug(text: str | None) -> str | None:
    """Read a CoinGecko id; None for what cannot be one: nothing, a placeholder, a web address."""
    bare = (text or "").strip()
    return None if bare.lower() in _NO_SLUGS or _UNUSABLE.search(bare) else bare
