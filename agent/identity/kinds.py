"""What an asset is: a coin of its own, or one that stands for something else. Pure; docs/identity.md has the rules."""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from typing import Final

from agent.identity.underlyings import BRIDGED, STABLECOINS, STAKED, WRAPPED


class AssetKind(StrEnum):
    """What an asset is."""

    COIN = "coin"
    STABLECOIN = "stablecoin"
    WRAPPED = "wrapped"
    BRIDGED = "bridged"
    STAKED = "staked"


_BY_SLUG: Final = {
    **dict.fromkeys(WRAPPED, AssetKind.WRAPPED),
    **dict.fromkeys(BRIDGED, AssetKind.BRIDGED),
    **dict.fromkeys(STAKED, AssetKind.STAKED),
    **dict.fromkeys(STABLECOINS, AssetKind.STABLECOIN),
}

# A label has to be one of these as a whole: "stablecoin protocol" and "liquid staking" are about coins of their own.
_BY_LABEL: Final = {
    **dict.fromkeys(("bridged", "bridged token", "bridged asset"), AssetKind.BRIDGED),
    **dict.fromkeys(
        ("bridged stablecoin", "bridged usdc", "bridged usdt", "bridged dai", "bridged weth", "bridged wbtc"),
        AssetKind.BRIDGED,
    ),
    **dict.fromkeys(
        (
            "liquid staking token",
            "liquid staking derivative",
            "liquid staked token",
            "liquid staked eth",
            "liquid staked sol",
            "liquid staked btc",
            "liquid staked bnb",
            "liquid restaking token",
            "liquid restaked eth",
            "liquid restaked sol",
            "staked token",
        ),
        AssetKind.STAKED,
    ),
    **dict.fromkeys(("wrapped", "wrapped token", "wrapped asset"), AssetKind.WRAPPED),
    **dict.fromkeys(
        (
            "stablecoin",
            "usd stablecoin",
            "eur stablecoin",
            "fiat backed stablecoin",
            "crypto backed stablecoin",
            "algorithmic stablecoin",
            "yield bearing stablecoin",
        ),
        AssetKind.STABLECOIN,
    ),
}

_BY_NAME: Final = (
    (re.compile(r"\bbridged\b|^binance-peg\b|\((?:wormhole|portal|allbridge)\)", re.IGNORECASE), AssetKind.BRIDGED),
    (re.compile(r"\b(?:re)?staked\b", re.IGNORECASE), AssetKind.STAKED),
    (re.compile(r"^wrapped\b", re.IGNORECASE), AssetKind.WRAPPED),
)
_ANY_NAME: Final = re.compile("|".join(pattern.pattern for pattern, _ in _BY_NAME), re.IGNORECASE)
_PRECEDENCE: Final = (AssetKind.BRIDGED, AssetKind.STAKED, AssetKind.WRAPPED, AssetKind.STABLECOIN)
_SEPARATORS: Final = re.compile(r"[^a-z0-9]+")


def classify(slug: str | None, name: str, categories: Iterable[str]) -> AssetKind:
    """Say what an asset is: by its CoinGecko id if it is well known, else by its categories, else by its name."""
    if slug in _BY_SLUG:
        return _BY_SLUG[slug]
    labelled = {kind for category in categories if (kind := _labelled(category)) is not None}
    if labelled:
        return next(kind for kind in _PRECEDENCE if kind in labelled)
    if not _ANY_NAME.search(name):  # one look instead of three
        return AssetKind.COIN
    return next((kind for pattern, kind in _BY_NAME if pattern.search(name)), AssetKind.COIN)


@lru_cache(maxsize=4096)
def _labelled(category: str) -> AssetKind | None:
    """The kind a category says, in whatever case and spelling, singular or plural."""
    return _BY_LABEL.get(_SEPARATORS.sub(" ", category.lower()).strip().removesuffix("s"))
