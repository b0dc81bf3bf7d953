"""What assets are called in text: provider names are hostile until they have passed here.

A name is kept only if it cannot be mistaken for a statement: few words, no word of the briefing's own language, no
link, no bare number. Otherwise the symbol stands in, and failing that the asset's number.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from agent.claims.fact import Entity

_NAME = re.compile(r"[A-Za-z0-9À-ÿ][A-Za-z0-9À-ÿ.&' -]{0,31}")
_SYMBOL = re.compile(r"[A-Za-z0-9]{1,12}")
_HAS_LETTER = re.compile(r"[A-Za-zÀ-ÿ]")
_MOST_WORDS = 4
_RESERVED = frozenset(
    [
        "rose",
        "fell",
        "gained",
        "lost",
        "risen",
        "fallen",
        "flat",
        "closed",
        "was",
        "worth",
        "up",
        "down",
        "gain",
        "loss",
        "beat",
        "trailed",
        "matched",
        "led",
        "largest",
        "smallest",
        "second",
        "third",
        "buy",
        "sell",
        "hold",
        "should",
        "must",
        "will",
        "may",
        "might",
        "ignore",
        "previous",
        "instructions",
        "system",
        "prompt",
        "user",
        "assistant",
        "because",
        "after",
        "amid",
        "guaranteed",
        "profit",
        "advice",
        "above",
        "below",
        "crossed",
        "turned",
        "bullish",
        "bearish",
        "neutral",
        "stood",
        "from",
        "since",
        "over",
        "on",
        "the",
        "day",
        "days",
        "your",
        "portfolio",
        "holdings",
        "tracked",
        "coins",
        "market",
        "median",
        "change",
        "price",
        "trading",
        "signal",
        "grade",
        "none",
        "no",
        "not",
        "http",
        "https",
        "www",
        "com",
        "click",
        "visit",
        "send",
        "claim",
        "airdrop",
        "million",
        "billion",
        "trillion",
        "percent",
        "usd",
    ],
)


@dataclass(frozen=True, slots=True)
class NamedAsset:
    """An asset as the store knows it, before it has a printable name."""

    asset_id: int
    name: str
    symbol: str


def subject_of(asset_id: int) -> str:
    """The fact subject of an asset."""
    return f"asset:{asset_id}"


def asset_id_of(subject: str) -> int:
    """The asset behind a fact subject; raises ValueError for another kind of subject."""
    kind, _, number = subject.partition(":")
    if kind != "asset":
        raise ValueError(f"{subject!r} is not an asset")
    return int(number)


def printable_name(name: str, symbol: str, asset_id: int) -> str:
    """The asset's name if it is safe to print, else its symbol, else `asset <id>`."""
    collapsed = " ".join(name.split())
    if _is_safe(collapsed, _NAME):
        return collapsed[:1].upper() + collapsed[1:]  # a name may open a sentence, and is spelled one way everywhere
    return symbol if _is_safe(symbol, _SYMBOL) else f"asset {asset_id}"


def _is_safe(text: str, pattern: re.Pattern[str]) -> bool:
    words = text.split(" ")
    return (
        pattern.fullmatch(text) is not None
        and unicodedata.normalize("NFKC", text) == text
        and _HAS_LETTER.search(text) is not None
        and len(words) <= _MOST_WORDS
        and not any(word.strip(".'&-").lower() in _RESERVED for word in words)
        and "'s" not in text
        and not text.endswith((".", "'", "-", "&", " "))
    )


def entity_names(assets: Iterable[NamedAsset]) -> dict[str, Entity]:
    """Printable and mutually distinct names by subject; assets that share a name are told apart by number."""
    chosen = {asset: printable_name(asset.name, asset.symbol, asset.asset_id) for asset in assets}
    taken = Counter(name.lower() for name in chosen.values())
    entities = {}
    for asset, name in chosen.items():
        unique = name if taken[name.lower()] == 1 else f"{name} #{asset.asset_id}"
        symbol = asset.symbol if _is_safe(asset.symbol, _SYMBOL) else None
        entities[subject_of(asset.asset_id)] = Entity(subject_of(asset.asset_id), unique, symbol)
    return entities
