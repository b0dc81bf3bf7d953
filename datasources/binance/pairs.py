"""Which asset a spot pair is about: the CoinGecko id and the name of each base asset that we are certain of.

An exchange names assets by symbols, and symbols identify nothing, so only what is in this table is listed. Left out are
units of a thousand (1000SATS: its price is that of 1,000), symbols that were given to another asset or counted anew
(STRAX, SUN, QUICK), and stablecoins, which in USDT say more about USDT.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

QUOTE_ASSET: Final = "USDT"


@dataclass(frozen=True, slots=True)
class Pair:
    """A base asset that is traded against USDT; before `first_day` the same symbol was another asset."""

    symbol: str
    coingecko_id: str
    name: str
    first_day: date | None = None

    @property
    def provider_id(self) -> str:
        """The exchange's name of the pair."""
        return self.symbol + QUOTE_ASSET


_PAIRS: Final = (
    Pair("BTC", "bitcoin", "Bitcoin"),
    Pair("ETH", "ethereum", "Ethereum"),
    Pair("BNB", "binancecoin", "BNB"),
    Pair("SOL", "solana", "Solana"),
    Pair("XRP", "ripple", "XRP"),
    Pair("DOGE", "dogecoin", "Dogecoin"),
    Pair("ADA", "cardano", "Cardano"),
    Pair("TRX", "tron", "TRON"),
    Pair("AVAX", "avalanche-2", "Avalanche"),
    Pair("DOT", "polkadot", "Polkadot"),
    Pair("LINK", "chainlink", "Chainlink"),
    Pair("LTC", "litecoin", "Litecoin"),
    Pair("BCH", "bitcoin-cash", "Bitcoin Cash"),
    Pair("ETC", "ethereum-classic", "Ethereum Classic"),
    Pair("XLM", "stellar", "Stellar"),
    Pair("XMR", "monero", "Monero"),
    Pair("ZEC", "zcash", "Zcash"),
    Pair("DASH", "dash", "Dash"),
    Pair("ATOM", "cosmos", "Cosmos Hub"),
    Pair("NEAR", "near", "NEAR Protocol"),
    Pair("ALGO", "algorand", "Algorand"),
    Pair("FIL", "filecoin", "Filecoin"),
    Pair("ICP", "internet-computer", "Internet Computer"),
    Pair("VET", "vechain", "VeChain"),
    Pair("HBAR", "hedera-hashgraph", "Hedera"),
    Pair("XTZ", "tezos", "Tezos"),
    Pair("EOS", "eos", "EOS"),
    Pair("NEO", "neo", "NEO"),
    Pair("QTUM", "qtum", "Qtum"),
    Pair("ONT", "ontology", "Ontology"),
    Pair("ICX", "icon", "ICON"),
    Pair("ZIL", "zilliqa", "Zilliqa"),
    Pair("IOST", "iostoken", "IOST"),
    Pair("IOTA", "iota", "IOTA"),
    Pair("WAVES", "waves", "Waves"),
    Pair("KSM", "kusama", "Kusama"),
    Pair("EGLD", "elrond-erd-2", "MultiversX"),
    Pair("FLOW", "flow", "Flow"),
    Pair("THETA", "theta-token", "Theta Network"),
    Pair("FTM", "fantom", "Fantom"),
    Pair("ONE", "harmony", "Harmony"),
    Pair("CELO", "celo", "Celo"),
    Pair("ROSE", "oasis-network", "Oasis"),
    Pair("MINA", "mina-protocol", "Mina Protocol"),
    Pair("KAVA", "kava", "Kava"),
    Pair("RUNE", "thorchain", "THORChain"),
    Pair("AR", "arweave", "Arweave"),
    Pair("STX", "blockstack", "Stacks"),
    Pair("CKB", "nervos-network", "Nervos Network"),
    Pair("CFX", "conflux-token", "Conflux"),
    Pair("ASTR", "astar", "Astar"),
    Pair("GLMR", "moonbeam", "Moonbeam"),
    Pair("MOVR", "moonriver", "Moonriver"),
    Pair("ZEN", "zencash", "Horizen"),
    Pair("DCR", "decred", "Decred"),
    Pair("SC", "siacoin", "Siacoin"),
    Pair("DGB", "digibyte", "DigiByte"),
    Pair("RVN", "ravencoin", "Ravencoin"),
    Pair("XEC", "ecash", "eCash"),
    Pair("APT", "aptos", "Aptos"),
    Pair("SUI", "sui", "Sui"),
    Pair("SEI", "sei-network", "Sei"),
    Pair("TIA", "celestia", "Celestia"),
    Pair("INJ", "injective-protocol", "Injective"),
    Pair("TON", "the-open-network", "Toncoin"),
    Pair("TAO", "bittensor", "Bittensor"),
    Pair("ARB", "arbitrum", "Arbitrum"),
    Pair("OP", "optimism", "Optimism"),
    Pair("STRK", "starknet", "Starknet"),
    Pair("ZK", "zksync", "ZKsync"),
    Pair("MATIC", "matic-network", "Polygon"),
    Pair("POL", "polygon-ecosystem-token", "POL (ex-MATIC)"),
    Pair("IMX", "immutable-x", "Immutable"),
    Pair("MANTA", "manta-network", "Manta Network"),
    Pair("DYM", "dymension", "Dymension"),
    Pair("ALT", "altlayer", "AltLayer"),
    Pair("AXL", "axelar", "Axelar"),
    Pair("ZRO", "layerzero", "LayerZero"),
    Pair("W", "wormhole", "Wormhole"),
    Pair("EIGEN", "eigenlayer", "EigenLayer"),
    Pair("UNI", "uniswap", "Uniswap"),
    Pair("AAVE", "aave", "Aave"),
    Pair("MKR", "maker", "Maker"),
    Pair("COMP", "compound-governance-token", "Compound"),
    Pair("SNX", "havven", "Synthetix"),
    Pair("YFI", "yearn-finance", "yearn.finance"),
    Pair("CRV", "curve-dao-token", "Curve DAO"),
    Pair("CVX", "convex-finance", "Convex Finance"),
    Pair("SUSHI", "sushi", "Sushi"),
    Pair("1INCH", "1inch", "1inch"),
    Pair("BAL", "balancer", "Balancer"),
    Pair("CAKE", "pancakeswap-token", "PancakeSwap"),
    Pair("LDO", "lido-dao", "Lido DAO"),
    Pair("RPL", "rocket-pool", "Rocket Pool"),
    Pair("SSV", "ssv-network", "SSV Network"),
    Pair("GMX", "gmx", "GMX"),
    Pair("PENDLE", "pendle", "Pendle"),
    Pair("ENA", "ethena", "Ethena"),
    Pair("ETHFI", "ether-fi", "ether.fi"),
    Pair("ONDO", "ondo-finance", "Ondo"),
    Pair("JUP", "jupiter-exchange-solana", "Jupiter"),
    Pair("JTO", "jito-governance-token", "Jito"),
    Pair("PYTH", "pyth-network", "Pyth Network"),
    Pair("RAY", "raydium", "Raydium"),
    Pair("GRT", "the-graph", "The Graph"),
    Pair("FET", "fetch-ai", "Artificial Superintelligence Alliance"),
    Pair("OCEAN", "ocean-protocol", "Ocean Protocol"),
    Pair("RENDER", "render-token", "Render"),
    Pair("WLD", "worldcoin-wld", "Worldcoin"),
    Pair("VIRTUAL", "virtual-protocol", "Virtuals Protocol"),
    Pair("LPT", "livepeer", "Livepeer"),
    Pair("ANKR", "ankr", "Ankr Network"),
    Pair("SKL", "skale", "SKALE"),
    Pair("BAND", "band-protocol", "Band"),
    Pair("UMA", "uma", "UMA"),
    Pair("RLC", "iexec-rlc", "iExec RLC"),
    Pair("STORJ", "storj", "Storj"),
    Pair("GLM", "golem", "Golem"),
    Pair("BAT", "basic-attention-token", "Basic Attention Token"),
    Pair("ZRX", "0x", "0x Protocol"),
    Pair("KNC", "kyber-network-crystal", "Kyber Network Crystal"),
    Pair("LRC", "loopring", "Loopring"),
    Pair("ENJ", "enjincoin", "Enjin Coin"),
    Pair("CHZ", "chiliz", "Chiliz"),
    Pair("MANA", "decentraland", "Decentraland"),
    Pair("SAND", "the-sandbox", "The Sandbox"),
    Pair("AXS", "axie-infinity", "Axie Infinity"),
    Pair("GALA", "gala", "GALA"),
    Pair("APE", "apecoin", "ApeCoin"),
    Pair("BEAMX", "beam-2", "Beam"),
    Pair("ENS", "ethereum-name-service", "Ethereum Name Service"),
    Pair("MASK", "mask-network", "Mask Network"),
    Pair("BLUR", "blur", "Blur"),
    Pair("WOO", "woo-network", "WOO"),
    Pair("COTI", "coti", "COTI"),
    Pair("NMR", "numeraire", "Numeraire"),
    Pair("JASMY", "jasmycoin", "JasmyCoin"),
    Pair("TWT", "trust-wallet-token", "Trust Wallet"),
    Pair("SHIB", "shiba-inu", "Shiba Inu"),
    Pair("PEPE", "pepe", "Pepe"),
    Pair("BONK", "bonk", "Bonk"),
    Pair("FLOKI", "floki", "FLOKI"),
    Pair("WIF", "dogwifcoin", "dogwifhat"),
    Pair("BOME", "book-of-meme", "BOOK OF MEME"),
    Pair("PEOPLE", "constitutiondao", "ConstitutionDAO"),
    Pair("NOT", "notcoin", "Notcoin"),
    Pair("ORDI", "ordinals", "ORDI"),
    Pair("PENGU", "pudgy-penguins", "Pudgy Penguins"),
    Pair("TRUMP", "official-trump", "Official Trump"),
    Pair("LUNA", "terra-luna-2", "Terra", date(2022, 5, 31)),
    Pair("LUNC", "terra-luna", "Terra Luna Classic"),
    Pair("FTT", "ftx-token", "FTX"),
    Pair("PAXG", "pax-gold", "PAX Gold"),
    Pair("WBTC", "wrapped-bitcoin", "Wrapped Bitcoin"),
)

Pairs = Mapping[str, Pair]
"""Pairs by the exchange's name of them."""


def pairs_of(table: Mapping[str, tuple[str, str]]) -> Pairs:
    """Make pairs of a table from base asset to CoinGecko id and name, for a market of other assets."""
    made = (Pair(symbol, coingecko_id, name) for symbol, (coingecko_id, name) in table.items())
    return MappingProxyType({pair.provider_id: pair for pair in made})


PAIRS: Final[Mapping[str, Pair]] = MappingProxyType({pair.provider_id: pair for pair in _PAIRS})
