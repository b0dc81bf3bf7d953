"""The evidence of a signal in words: what each figure is called, and in which unit it is shown."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from agent.cli.shown import number, share, total_usd

if TYPE_CHECKING:
    from agent.measuring.signal_list import ListedSignal

_FRACTION: Final = re.compile(
    r"drawdown.*|held_change|volume_ratio|return_.*|relative_.*|advancers.*|above_sma.*|new_highs|new_lows"
    r"|altcoin_share.*|bitcoin_change.*|issuance.*|hash_ribbon.*|.*_change_\d+d(_previous)?"
)
_CAPITALS: Final = {word: word.upper() for word in ("rsi", "macd", "atr", "sma", "mvrv", "nvt", "tvl", "usd", "ths")}
_WORDS: Final = {
    "z": "z-score",
    "volume": "volume",
    "fear_greed": "fear and greed index",
    "fear_greed_previous": "previous fear and greed index",
    "breadth_assets": "assets counted",
    "altcoin_assets": "large assets counted",
    "held_change": "change over 5 bars",
    "volume_ratio": "volume of 5 bars, of the 20 before",
}


def value_text(signal: "ListedSignal") -> str:
    """The signal's figure in the unit of the evidence that it is, or the reason why there is none."""
    value = signal.value.value
    if value is None:
        return "none"
    name = next((name for name, found in signal.evidence.items() if found == value), "")
    return figure_text(name, value)


def evidence_text(evidence: Mapping[str, object]) -> str:
    """All figures that a signal was read from, in one line."""
    if not evidence:
        return "no evidence was stored"
    return ", ".join(_named(name, value) for name, value in evidence.items())


def figure_text(name: str, value: float) -> str:
    """A figure in the unit that its name tells."""
    if name.endswith("_usd") or "_usd_" in name:
        return total_usd(value)
    if name == "volume":
        return total_usd(value)
    if _FRACTION.fullmatch(name):
        return share(value)
    return number(value, 0) if float(value).is_integer() else number(value, 2)


def words_of(name: str) -> str:
    """A figure's name in words: `close_previous_usd` is the previous close."""
    plain = name.removesuffix("_usd")
    if plain in _WORDS:
        return _WORDS[plain]
    before = plain.endswith("_previous")
    parts = plain.removesuffix("_previous").split("_")
    words = " ".join(_WORDS.get(part, _CAPITALS.get(part, part)) for part in parts)
    return f"previous {words}" if before else words


def _named(name: str, value: object) -> str:
    if name == "level_provided":
        return "level listed by the provider" if value == 1 else "level derived from the bars"
    if not isinstance(value, int | float):
        return words_of(name)
    return f"{words_of(name)} {figure_text(name, value)}"
