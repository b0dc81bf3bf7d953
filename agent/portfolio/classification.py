"""What well-known assets are: sector, use case, chain, consensus and region, from a file of ours or from categories.

The file is `classification.csv` beside this module, by CoinGecko id. An empty cell means that nothing certain is known.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from agent.portfolio.errors import Problem, UnreadableClassification

KEY: Final = "coingecko_id"
SECTORS: Final = frozenset(
    {
        "artificial intelligence",
        "defi",
        "exchange",
        "gaming",
        "gold",
        "infrastructure",
        "layer 1",
        "layer 2",
        "meme",
        "privacy",
        "real-world assets",
        "stablecoin",
        "wrapped or staked",
    }
)
CONSENSUS: Final = frozenset({"byzantine agreement", "proof of stake", "proof of storage", "proof of work"})
SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
WORDS: Final = re.compile(r"[A-Za-z]+(?: [a-z]+)*")
COUNTRY: Final = re.compile(r"[A-Z]{2}")

# Where an asset has several of these, the first in this order is its sector: what it is goes before what it runs on.
_SECTOR_CATEGORIES: Final = (
    ("stablecoin", ("stablecoins", "stablecoin", "usd-stablecoin", "eur-stablecoin", "fiat-backed-stablecoin")),
    ("wrapped or staked", ("wrapped-tokens", "liquid-staking-tokens", "liquid-staked-eth", "bridged-tokens")),
    ("gold", ("tokenized-gold",)),
    ("meme", ("meme-token", "meme", "dog-themed-coins", "cat-themed-coins", "frog-themed-coins", "solana-meme-coins")),
    ("exchange", ("centralized-exchange-token-cex",)),
    ("privacy", ("privacy-coins", "privacy")),
    ("layer 2", ("layer-2", "layer-2-l2", "rollup", "zero-knowledge-rollups")),
    ("layer 1", ("layer-1", "layer-1-l1")),
    ("gaming", ("gaming", "gaming-gamefi", "gaming-metaverse", "metaverse", "play-to-earn")),
    ("artificial intelligence", ("artificial-intelligence", "artificial-intelligence-ai", "ai-agents")),
    ("real-world assets", ("real-world-assets-rwa",)),
    ("defi", ("decentralized-finance-defi", "decentralized-exchange", "lending-borrowing", "yield-farming")),
    ("exchange", ("exchange-based-tokens",)),  # of decentralized ones too, so it comes after them
    ("infrastructure", ("infrastructure", "oracle", "storage", "depin")),
)

# Ecosystems whose slug is not the name of the chain with "-ecosystem" behind it.
_CHAIN_OF: Final = MappingProxyType(
    {
        "binance-smart-chain": "bnb-chain",
        "bnb-chain-ecosystem": "bnb-chain",
        "dot-ecosystem": "polkadot",
        "near-protocol-ecosystem": "near",
        "xrp-ledger-ecosystem": "xrp-ledger",
    }
)
_ECOSYSTEM: Final = "-ecosystem"


class Origin(StrEnum):
    """Where an attribute is known from: the file, or a category that a source put the asset into."""

    FILE = "file"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing known of an asset, and where from."""

    value: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Classification:
    """What an asset is; None where it is not known.

    `chain` is the one chain it lives on (None if there are several), `consensus` how that chain agrees, `region` the
    ISO 3166 code of the country in which its foundation or issuer has its seat.
    """

    sector: Attribute | None = None
    use_case: Attribute | None = None
    chain: Attribute | None = None
    consensus: Attribute | None = None
    region: Attribute | None = None


COLUMNS: Final = (KEY, *(each.name for each in fields(Classification)))


@cache
def load_classification() -> Mapping[str, Classification]:
    """Read the file that comes with the package, by CoinGecko id. Raises UnreadableClassification."""
    file = resources.files("agent.portfolio").joinpath("classification.csv")
    return parse_classification(file.read_text(encoding="utf-8"))


def parse_classification(text: str) -> Mapping[str, Classification]:
    """Read classifications from CSV whose first row names the columns; raises UnreadableClassification with all faults.

    An empty cell is None, everything else has the origin "file".
    """
    reader = csv.reader(io.StringIO(text, newline=""))
    if tuple(next(reader, ())) != COLUMNS:
        raise UnreadableClassification([Problem(1, None, f"the columns must be {','.join(COLUMNS)}")])
    problems: list[Problem] = []
    found: dict[str, Classification] = {}
    for cells in reader:
        faults = list(_faults(reader.line_num, cells, found))
        if not faults:
            known = (Attribute(cell, Origin.FILE) if cell else None for cell in cells[1:])
            found[cells[0]] = Classification(*known)
        problems += faults
    if problems:
        raise UnreadableClassification(problems)
    return MappingProxyType(found)


def _faults(number: int, cells: list[str], found: Mapping[str, Classification]) -> Iterator[Problem]:
    if len(cells) != len(COLUMNS):
        yield Problem(number, None, f"has {len(cells)} cells for {len(COLUMNS)} columns")
        return
    key, sector, use_case, chain, consensus, region = cells
    if key in found:
        yield Problem(number, KEY, f"{key!r} is there already")
    if not SLUG.fullmatch(key):
        yield Problem(number, KEY, f"{key!r} is not a CoinGecko id: small letters, digits and hyphens")
    if sector and sector not in SECTORS:
        yield Problem(number, "sector", f"{sector!r} is not one of {', '.join(sorted(SECTORS))}")
    if use_case and not WORDS.fullmatch(use_case):
        yield Problem(number, "use_case", f"{use_case!r} is not plain words")
    if chain and not SLUG.fullmatch(chain):
        yield Problem(number, "chain", f"{chain!r} is not a slug: small letters, digits and hyphens")
    if consensus and consensus not in CONSENSUS:
        yield Problem(number, "consensus", f"{consensus!r} is not one of {', '.join(sorted(CONSENSUS))}")
    if region and not COUNTRY.fullmatch(region):
        yield Problem(number, "region", f"{region!r} is not the two-letter code of a country")


def classify(
    coingecko_id: str | None, categories: Iterable[str], known: Mapping[str, Classification]
) -> Classification:
    """Say what an asset is: by the file if it stands there, else its sector, chain and consensus by its categories.

    An asset of the file is taken from it alone: a cell is empty there because nothing certain is known. Of several
    categories the most telling one gives the sector. Categories that name several chains give none, and the consensus
    is that of other assets of the chain in the file.
    """
    if coingecko_id is not None and coingecko_id in known:
        return known[coingecko_id]
    slugs = {_slug(category) for category in categories}
    sector = next((sector for sector, own in _SECTOR_CATEGORIES if slugs & set(own)), None)
    chains = {chain for slug in slugs if (chain := _chain(slug))}
    chain = chains.pop() if len(chains) == 1 else None
    return Classification(
        sector=_by_category(sector), chain=_by_category(chain), consensus=_by_category(_consensus(chain, known))
    )


def _slug(category: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", category.lower()).strip("-")


def _chain(slug: str) -> str | None:
    """The chain an ecosystem is named after."""
    if slug in _CHAIN_OF:
        return _CHAIN_OF[slug]
    return slug.removesuffix(_ECOSYSTEM) if slug.endswith(_ECOSYSTEM) else None


def _consensus(chain: str | None, known: Mapping[str, Classification]) -> str | None:
    own = (each.consensus for each in known.values() if chain and each.chain and each.chain.value == chain)
    return next((consensus.value for consensus in own if consensus), None)


def _by_category(value: str | None) -> Attribute | None:
    return Attribute(value, Origin.CATEGORY) if value else None
