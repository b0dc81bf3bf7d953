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
from agent.claims.plain_text import plain

_NAME = re.compile(r"[A-Za-z0-9À-ÖØ-öø-ÿ][A-Za-z0-9À-ÖØ-öø-ÿ.&' -]{0,31}")
_SYMBOL = re.compile(r"[A-Za-z0-9]{1,12}")
_LOOKALIKES = str.maketrans("01i", "oll")
_MOST_WORDS = 4
_SEPARATORS = re.compile(r"[ .'&-]+")
# Words that no name may have: what a briefing says of assets, what others would say of them, orders, links.
_RESERVED_WORDS = """
rose rise rises risen fell fall falls fallen gained gain gains lost loss loses flat unchanged closed closes
up down higher lower beat beats trailed matched led leads largest smallest second third above below crossed crosses
turned bullish bearish neutral stood worth median change price trading signal grade portfolio holdings tracked coins
market none no not million billion trillion percent usd since over from on day days the your
is are was were has have had will may might should must now today tomorrow because after amid surged soared jumped
plunged dropped drops crash crashed crashes hits moon buy sell hold guaranteed profit advice
ignore previous instructions system prompt user assistant click visit send claim claims
airdrop giveaway gift bonus reward rewards free
http https www
"""
_RESERVED = frozenset(_RESERVED_WORDS.split())
# Words that make a statement or an order together with another word; a coin called Safe or Rally keeps its name.
_TELLING_WORDS = """
doubled doubles doubling tripled triples halved halves soars rallied rallies rally skyrockets skyrocketed pumped dumped
collapsed collapses climbed climbs slid slides tumbled recovered recovers increased decreased declined advanced
outperforms outperformed underperformed exceeded reached reaches breaks broke approves approved approval confirms
confirmed partners listed delisted halted hacked hack exploit scam fraud rug worthless dead bankrupt insolvent
undervalued overvalued overbought oversold strong weak safe safest bet best worst highest lowest record top bottom
returns return yield investment invest investing investors recommended recommend verified trusted certain sure risk
riskless never always every all most least more less than versus and or if then therefore so while before until when
dollars euros cents hundred thousand double half twice ranked rank correlated correlation volatility
drawdown average missing stale fresh disputed yesterday week month year soon here again
monday tuesday wednesday thursday friday saturday sunday
january february march april june july august september october november december
kaufen verkaufen jetzt sofort gratis ignoriere compra comprar vender ahora ignora acheter vendre maintenant ignorez
acquista subito comprare vendere
com net org io xyz me ly ru app site online
"""
_TELLING = frozenset(_TELLING_WORDS.split())


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
    """The asset's name if it is safe to print, else its symbol, else `Asset <id>`.

    A name may open a sentence and is spelled one way everywhere, so it begins with a capital.
    """
    collapsed = " ".join(name.split())
    if _is_safe(collapsed, _NAME):
        return _opened(collapsed)
    return _opened(symbol) if _is_safe(symbol, _SYMBOL) else f"Asset {asset_id}"


def _opened(text: str) -> str:
    return text[:1].upper() + text[1:]


def _is_safe(text: str, pattern: re.Pattern[str]) -> bool:
    words = text.split(" ")
    parts = _SEPARATORS.split(text.lower())
    return (
        pattern.fullmatch(text) is not None
        and plain(text) == text
        and len(text[:1].upper()) == 1  # a capital sharp s would be two letters
        and len(words) <= _MOST_WORDS
        and not any(_is_number(word) for word in words)
        and not _RESERVED.intersection(parts)
        and not (len(parts) > 1 and _TELLING.intersection(parts))
        and "'s" not in text
        and not text.endswith((".", "'", "-", "&", " "))
    )


def _is_number(word: str) -> bool:
    return any(letter.isdigit() for letter in word) and not any(letter.isalpha() for letter in word)


def entity_names(assets: Iterable[NamedAsset]) -> dict[str, Entity]:
    """Printable and mutually distinct names by subject; assets whose names look alike are told apart by number."""
    chosen = {asset: printable_name(asset.name, asset.symbol, asset.asset_id) for asset in assets}
    taken = Counter(_looks(name) for name in chosen.values())
    entities = {}
    for asset, name in chosen.items():
        unique = name if taken[_looks(name)] == 1 else f"{name} #{asset.asset_id}"
        symbol = asset.symbol if _is_safe(asset.symbol, _SYMBOL) else None
        entities[subject_of(asset.asset_id)] = Entity(subject_of(asset.asset_id), unique, symbol)
    return entities


def _looks(name: str) -> str:
    """The name as a quick eye reads it: without case, accents and the difference between 0 and O or 1, I and l."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return plain.translate(_LOOKALIKES)
