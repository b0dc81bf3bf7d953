"""The well-known head of the invented market: real names, rough prices and sizes of the market's first day.

A price is where the invented path starts; nothing after the first day is meant to resemble what really happened.
"""

from datetime import date
from typing import NamedTuple

from datasources.sandbox.contract import Category, Exchange


class Known(NamedTuple):
    """A well-known token; `follows` is the symbol whose price it tracks."""

    symbol: str
    name: str
    slug: str
    sector: str
    price_usd: float
    market_cap_usd: float
    listed_on: date | None = None
    follows: str | None = None


class Namesake(NamedTuple):
    """A token that shares its symbol with a better-known one."""

    symbol: str
    name: str
    market_cap_usd: float


SECTORS: dict[str, Category] = {
    "layer-1": Category(2, "Layer 1 (L1)", "layer-1"),
    "layer-2": Category(3, "Layer 2 (L2)", "layer-2"),
    "defi": Category(5, "Decentralized Finance (DeFi)", "decentralized-finance-defi"),
    "meme": Category(8, "Meme", "meme-token"),
    "gaming": Category(11, "Gaming, Metaverse", "gaming"),
    "ai": Category(14, "Artificial Intelligence (AI)", "artificial-intelligence"),
    "exchange": Category(17, "Exchange-based Tokens", "exchange-based-tokens"),
    "rwa": Category(19, "Real World Assets (RWA)", "real-world-assets-rwa"),
    "privacy": Category(21, "Privacy", "privacy-coins"),
    "infrastructure": Category(23, "Infrastructure", "infrastructure"),
    "stablecoin": Category(30, "Stablecoins", "stablecoins"),
    "gold": Category(33, "Tokenized Gold", "tokenized-gold"),
    "wrapped": Category(36, "Wrapped-Tokens", "wrapped-tokens"),
}

CHAINS: dict[str, Category] = {
    "ethereum": Category(24, "Ethereum Ecosystem", "ethereum-ecosystem"),
    "solana": Category(25, "Solana Ecosystem", "solana-ecosystem"),
    "base": Category(26, "Base Ecosystem", "base-ecosystem"),
    "binance-smart-chain": Category(27, "BNB Chain Ecosystem", "binance-smart-chain"),
}

EXCHANGES: tuple[Exchange, ...] = (
    Exchange("binance", "Binance"),
    Exchange("gdax", "Coinbase Exchange"),
    Exchange("kraken", "Kraken"),
    Exchange("okex", "OKX"),
    Exchange("bybit_spot", "Bybit"),
    Exchange("gate", "Gate"),
    Exchange("kucoin", "KuCoin"),
    Exchange("mxc", "MEXC"),
    Exchange("uniswap_v3", "Uniswap V3 (Ethereum)"),
    Exchange("raydium2", "Raydium"),
)

# fmt: off
KNOWN: tuple[Known, ...] = (
    Known("BTC", "Bitcoin", "bitcoin", "layer-1", 16550, 318e9),
    Known("ETH", "Ethereum", "ethereum", "layer-1", 1200, 147e9),
    Known("USDT", "Tether", "tether", "stablecoin", 1, 66e9),
    Known("BNB", "BNB", "binancecoin", "exchange", 246, 39e9),
    Known("USDC", "USD Coin", "usd-coin", "stablecoin", 1, 44e9),
    Known("XRP", "XRP", "ripple", "layer-1", 0.34, 17e9),
    Known("SOL", "Solana", "solana", "layer-1", 9.96, 9.6e9),
    Known("DOGE", "Dogecoin", "dogecoin", "meme", 0.0702, 9.3e9),
    Known("ADA", "Cardano", "cardano", "layer-1", 0.246, 8.5e9),
    Known("STETH", "Lido Staked Ether", "staked-ether", "wrapped", 1200, 5.7e9, None, "ETH"),
    Known("TRX", "TRON", "tron", "layer-1", 0.0546, 5e9),
    Known("LTC", "Litecoin", "litecoin", "layer-1", 70.1, 5e9),
    Known("DOT", "Polkadot", "polkadot", "layer-1", 4.32, 5e9),
    Known("DAI", "Dai", "dai", "stablecoin", 1, 5e9),
    Known("SHIB", "Shiba Inu", "shiba-inu", "meme", 0.00000807, 4.4e9),
    Known("UNI", "Uniswap", "uniswap", "defi", 5.18, 3.9e9),
    Known("AVAX", "Avalanche", "avalanche-2", "layer-1", 10.9, 3.4e9),
    Known("LEO", "LEO Token", "leo-token", "exchange", 3.55, 3.3e9),
    Known("WBTC", "Wrapped Bitcoin", "wrapped-bitcoin", "wrapped", 16550, 3e9, None, "BTC"),
    Known("LINK", "Chainlink", "chainlink", "infrastructure", 5.57, 2.8e9),
    Known("XMR", "Monero", "monero", "privacy", 147, 2.7e9),
    Known("ATOM", "Cosmos Hub", "cosmos", "layer-1", 9.35, 2.7e9),
    Known("ETC", "Ethereum Classic", "ethereum-classic", "layer-1", 15.7, 2.2e9),
    Known("XLM", "Stellar", "stellar", "layer-1", 0.0713, 1.9e9),
    Known("ARB", "Arbitrum", "arbitrum", "layer-2", 1.31, 1.7e9, date(2023, 3, 23)),
    Known("BCH", "Bitcoin Cash", "bitcoin-cash", "layer-1", 96.9, 1.87e9),
    Known("OKB", "OKB", "okb", "exchange", 26.1, 1.5e9),
    Known("CRO", "Cronos", "crypto-com-chain", "exchange", 0.0562, 1.4e9),
    Known("VET", "VeChain", "vechain", "infrastructure", 0.0159, 1.15e9),
    Known("NEAR", "NEAR Protocol", "near", "layer-1", 1.27, 1.1e9),
    Known("ICP", "Internet Computer", "internet-computer", "layer-1", 3.91, 1.1e9),
    Known("FIL", "Filecoin", "filecoin", "infrastructure", 3.01, 1.1e9),
    Known("SUI", "Sui", "sui", "layer-1", 1.33, 1e9, date(2023, 5, 3)),
    Known("TON", "Toncoin", "the-open-network", "layer-1", 2.29, 2.8e9),
    Known("HYPE", "Hyperliquid", "hyperliquid", "layer-1", 6.9, 2.3e9, date(2024, 11, 29)),
    Known("EOS", "Eos", "eos", "layer-1", 0.87, 0.94e9),
    Known("HBAR", "Hedera", "hedera-hashgraph", "layer-1", 0.0371, 0.9e9),
    Known("LDO", "Lido DAO", "lido-dao", "defi", 0.98, 0.8e9),
    Known("AAVE", "Aave", "aave", "defi", 52.1, 0.74e9),
    Known("WETH", "WETH", "weth", "wrapped", 1200, 4.1e9, None, "ETH"),
    Known("WBETH", "Wrapped Beacon ETH", "wrapped-beacon-eth", "wrapped", 1200, 1.6e9, date(2023, 4, 27), "ETH"),
    Known("CBBTC", "Coinbase Wrapped BTC", "coinbase-wrapped-btc", "wrapped", 16550, 1.1e9, date(2024, 9, 12), "BTC"),
    Known("USDE", "Ethena USDe", "ethena-usde", "stablecoin", 1, 3.1e9, date(2024, 2, 20)),
    Known("FDUSD", "First Digital USD", "first-digital-usd", "stablecoin", 1, 1.4e9, date(2023, 7, 26)),
    Known("APT", "Aptos", "aptos", "layer-1", 3.48, 0.5e9),
    Known("OP", "Optimism", "optimism", "layer-2", 0.92, 0.21e9),
    Known("XAUT", "Tether Gold", "tether-gold", "gold", 1822, 0.45e9),
    Known("PAXG", "PAX Gold", "pax-gold", "gold", 1822, 0.5e9, None, "XAUT"),
    Known("DASH", "Dash", "dash", "privacy", 42.1, 0.46e9),
    Known("ZEC", "Zcash", "zcash", "privacy", 37.2, 0.6e9),
    Known("SAND", "The Sandbox", "the-sandbox", "gaming", 0.379, 0.57e9),
    Known("MANA", "Decentraland", "decentraland", "gaming", 0.298, 0.55e9),
    Known("AXS", "Axie Infinity", "axie-infinity", "gaming", 6.02, 0.6e9),
    Known("GALA", "Gala", "gala", "gaming", 0.0162, 0.11e9),
    Known("CAKE", "PancakeSwap", "pancakeswap-token", "defi", 3.14, 0.5e9),
    Known("CRV", "Curve DAO", "curve-dao-token", "defi", 0.527, 0.35e9),
    Known("SNX", "Synthetix Network", "havven", "defi", 1.44, 0.36e9),
    Known("MKR", "Maker", "maker", "defi", 511, 0.5e9),
    Known("PENDLE", "Pendle", "pendle", "defi", 0.0437, 9e6),
    Known("ENA", "Ethena", "ethena", "defi", 0.61, 0.9e9, date(2024, 4, 2)),
    Known("JUP", "Jupiter", "jupiter-exchange-solana", "defi", 0.57, 0.75e9, date(2024, 1, 31)),
    Known("FET", "Artificial Superintelligence Alliance", "fetch-ai", "ai", 0.0928, 76e6),
    Known("RENDER", "Render", "render-token", "ai", 0.418, 0.16e9),
    Known("TAO", "Bittensor", "bittensor", "ai", 61.7, 0.33e9, date(2023, 3, 2)),
    Known("WLD", "Worldcoin", "worldcoin-wld", "ai", 2.11, 0.26e9, date(2023, 7, 24)),
    Known("INJ", "Injective", "injective-protocol", "layer-1", 1.27, 93e6),
    Known("SEI", "Sei", "sei-network", "layer-1", 0.181, 0.33e9, date(2023, 8, 15)),
    Known("TIA", "Celestia", "celestia", "infrastructure", 2.26, 0.33e9, date(2023, 10, 31)),
    Known("ONDO", "Ondo", "ondo-finance", "rwa", 0.217, 0.3e9, date(2024, 1, 18)),
    Known("OM", "MANTRA", "mantra-dao", "rwa", 0.0262, 16e6),
    Known("CFG", "Centrifuge", "centrifuge", "rwa", 0.153, 58e6),
    Known("PEPE", "Pepe", "pepe", "meme", 0.00000121, 0.5e9, date(2023, 4, 17)),
    Known("BONK", "Bonk", "bonk", "meme", 0.00000077, 43e6),
    Known("FLOKI", "FLOKI", "floki", "meme", 0.0000078, 69e6),
    Known("WIF", "dogwifhat", "dogwifcoin", "meme", 0.162, 0.16e9, date(2023, 12, 13)),
    Known("BITCOIN", "HarryPotterObamaSonic10Inu", "harrypotterobamasonic10in", "meme", 0.021, 21e6,
          date(2023, 5, 22)),
    Known("NEIRO", "First Neiro On Ethereum", "first-neiro-on-ethereum", "meme", 0.00036, 0.15e9, date(2024, 7, 29)),
    Known("ANDY", "ANDY", "andy-on-ethereum", "meme", 0.00011, 0.11e9, date(2024, 3, 14)),
    Known("WOLF", "Landwolf", "landwolf", "meme", 0.0000081, 7.5e6, date(2024, 3, 20)),
    Known("BROCCOLI", "Broccoli", "broccoli-3", "meme", 0.031, 31e6, date(2025, 2, 14)),
    Known("ACH", "Alchemy Pay", "alchemy-pay", "infrastructure", 0.0083, 48e6),
    Known("GHST", "Aavegotchi", "aavegotchi", "gaming", 0.98, 51e6),
    Known("CTK", "Shentu", "certik", "layer-1", 0.66, 64e6),
    Known("RLC", "iExec RLC", "iexec-rlc", "ai", 1.06, 76e6),
    Known("TRONPAD", "TRONPAD", "tronpad", "defi", 0.0014, 0.9e6),
    Known("ACOLYT", "Acolyt", "acolyte-by-virtuals", "ai", 0.021, 21e6, date(2024, 12, 20)),
)

NAMESAKES: tuple[Namesake, ...] = (
    Namesake("PEPE", "Pepe on Base", 4.1e6), Namesake("PEPE", "Pepe Ordinal", 0.35e6),
    Namesake("ANDY", "Andy on Base", 6.3e6), Namesake("ANDY", "Andy on Solana", 1.1e6),
    Namesake("ANDY", "Andy Blast", 0.42e6), Namesake("ANDY", "Andy Alter Ego", 0.16e6),
    Namesake("ANDY", "Andys Cat", 0.05e6),
    Namesake("NEIRO", "Neiro Ethereum", 24e6), Namesake("NEIRO", "Neiro on Sol", 1.3e6),
    Namesake("NEIRO", "Neiro on Base", 0.2e6),
    Namesake("WOLF", "Wolf Solana", 1.9e6), Namesake("WOLF", "Wolf Inu", 0.7e6),
    Namesake("WOLF", "Landwolf on Avax", 0.3e6), Namesake("WOLF", "Moonwolf", 0.1e6),
)
# fmt: on
