"""Well-known assets that stand for another one, by CoinGecko id; the second id is what they are worth in the end."""

from types import MappingProxyType
from typing import Final

WRAPPED: Final = MappingProxyType(
    {
        "wrapped-bitcoin": "bitcoin",
        "coinbase-wrapped-btc": "bitcoin",
        "tbtc": "bitcoin",
        "kraken-wrapped-btc": "bitcoin",
        "weth": "ethereum",
        "wbnb": "binancecoin",
        "wrapped-solana": "solana",
        "wrapped-avax": "avalanche-2",
        "wrapped-fantom": "fantom",
        "wrapped-xdai": "xdai",
        "wrapped-hype": "hyperliquid",
        "wrapped-tron": "tron",
        "wrapped-near": "near",
        "wrapped-cro": "crypto-com-chain",
        "wrapped-sei": "sei-network",
    }
)

BRIDGED: Final = MappingProxyType(
    {
        "binance-bitcoin": "bitcoin",
        "renbtc": "bitcoin",
        "huobi-btc": "bitcoin",
        "bitcoin-avalanche-bridged-btc-b": "bitcoin",
        "arbitrum-bridged-wbtc-arbitrum-one": "bitcoin",
        "arbitrum-bridged-weth-arbitrum-one": "ethereum",
        "l2-standard-bridged-weth-base": "ethereum",
        "l2-standard-bridged-weth-optimism": "ethereum",
        "binance-peg-weth": "ethereum",
        "binance-peg-xrp": "ripple",
        "binance-peg-dogecoin": "dogecoin",
        "binance-peg-cardano": "cardano",
        "binance-bridged-usdt-bnb-smart-chain": "tether",
        "binance-bridged-usdc-bnb-smart-chain": "usd-coin",
        "bridged-usdc-polygon-pos-bridge": "usd-coin",
        "arbitrum-bridged-usdt-arbitrum": "tether",
        "polygon-bridged-usdt-polygon": "tether",
    }
)

STAKED: Final = MappingProxyType(
    {
        "staked-ether": "ethereum",
        "wrapped-steth": "ethereum",
        "rocket-pool-eth": "ethereum",
        "coinbase-wrapped-staked-eth": "ethereum",
        "wrapped-eeth": "ethereum",
        "ether-fi-staked-eth": "ethereum",
        "kelp-dao-restaked-eth": "ethereum",
        "renzo-restaked-eth": "ethereum",
        "mantle-staked-ether": "ethereum",
        "frax-ether": "ethereum",
        "staked-frax-ether": "ethereum",
        "sweth": "ethereum",
        "wrapped-beacon-eth": "ethereum",
        "lombard-staked-btc": "bitcoin",
        "solv-protocol-solvbtc-bbn": "bitcoin",
        "msol": "solana",
        "jito-staked-sol": "solana",
        "binance-staked-sol": "solana",
        "lido-staked-sol": "solana",
        "jupiter-staked-sol": "solana",
        "blazestake-staked-sol": "solana",
        "benqi-liquid-staked-avax": "avalanche-2",
        "ankr-staked-bnb": "binancecoin",
        "lista-staked-bnb": "binancecoin",
        "stader-bnbx": "binancecoin",
        "lido-staked-matic": "matic-network",
        "stride-staked-atom": "cosmos",
    }
)

UNDERLYING: Final = MappingProxyType({**WRAPPED, **BRIDGED, **STAKED})

STABLECOINS: Final = frozenset(
    {
        "tether",
        "usd-coin",
        "dai",
        "usds",
        "ethena-usde",
        "first-digital-usd",
        "paypal-usd",
        "true-usd",
        "usdd",
        "frax",
        "frax-usd",
        "ripple-usd",
        "usd1-wlfi",
        "usdtb",
        "gemini-dollar",
        "paxos-standard",
        "binance-usd",
        "liquity-usd",
        "crvusd",
        "gho",
        "global-dollar",
        "usual-usd",
        "usdx-money-usdx",
        "nusd",
        "magic-internet-money",
        "alchemix-usd",
        "terrausd",
        "euro-coin",
        "stasis-eurs",
        "tether-eurt",
    }
)
