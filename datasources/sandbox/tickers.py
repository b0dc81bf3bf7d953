"""Proper names of the tickers that exchanges use; a ticker that is not here keeps the ticker as its name.

A coin quoted by the thousand is no other source's coin: its slug is its own.
"""

PROPER_NAMES: dict[str, tuple[str, str]] = {  # name and slug by ticker
    "1000BONK": ("Bonk x1000", "1000bonk"),
    "1000PEPE": ("Pepe x1000", "1000pepe"),
    "AAVE": ("Aave", "aave"),
    "ADA": ("Cardano", "cardano"),
    "AIA": ("DeAgentAI", "deagentai"),
    "APT": ("Aptos", "aptos"),
    "ARB": ("Arbitrum", "arbitrum"),
    "ASTER": ("Aster", "aster-2"),
    "AVAX": ("Avalanche", "avalanche-2"),
    "AVNT": ("Avantis", "avantis"),
    "BLESS": ("Bless Network", "bless-2"),
    "BNB": ("BNB", "binancecoin"),
    "BTC": ("Bitcoin", "bitcoin"),
    "COAI": ("ChainOpera AI", "chainopera-ai"),
    "CRV": ("Curve DAO", "curve-dao-token"),
    "DOGE": ("Dogecoin", "dogecoin"),
    "DOT": ("Polkadot", "polkadot"),
    "ENA": ("Ethena", "ethena"),
    "ETC": ("Ethereum Classic", "ethereum-classic"),
    "ETH": ("Ethereum", "ethereum"),
    "EVAA": ("EVAA Protocol", "evaa-protocol"),
    "F": ("SynFutures", "synfutures"),
    "FARTCOIN": ("Fartcoin", "fartcoin"),
    "HBAR": ("Hedera", "hedera-hashgraph"),
    "HYPE": ("Hyperliquid", "hyperliquid"),
    "KGEN": ("KGeN", "kgen"),
    "LDO": ("Lido DAO", "lido-dao"),
    "LIGHT": ("Bitlight Labs", "bitlight-labs"),
    "LINK": ("Chainlink", "chainlink"),
    "LTC": ("Litecoin", "litecoin"),
    "MNT": ("Mantle", "mantle"),
    "NEAR": ("NEAR Protocol", "near"),
    "ONDO": ("Ondo", "ondo-finance"),
    "OP": ("Optimism", "optimism"),
    "PENGU": ("Pudgy Penguins", "pudgy-penguins"),
    "PUMPFUN": ("Pump.fun", "pump-fun"),
    "RECALL": ("Recall Network", "recall"),
    "SEI": ("Sei", "sei-network"),
    "SNX": ("Synthetix Network", "havven"),
    "SOL": ("Solana", "solana"),
    "SUI": ("Sui", "sui"),
    "TAO": ("Bittensor", "bittensor"),
    "UNI": ("Uniswap", "uniswap"),
    "WIF": ("dogwifhat", "dogwifcoin"),
    "WLD": ("Worldcoin", "worldcoin-wld"),
    "XAUT": ("Tether Gold", "tether-gold"),
    "XPIN": ("XPIN Network", "xpin-network"),
    "XPL": ("Plasma", "plasma"),
    "XRP": ("XRP", "ripple"),
    "ZEC": ("Zcash", "zcash"),
}


def proper_name(ticker: str) -> tuple[str, str]:
    """Name and slug of a ticker."""
    return PROPER_NAMES.get(ticker, (ticker, ticker.lower()))
