"""What characters a text may be made of, before anything is read in it."""

import unicodedata
from collections.abc import Iterable, Iterator

_LONGEST = 2000
_FORBIDDEN_KINDS = {
    "Cc": "a control character",
    "Cf": "an invisible or direction-changing character",
    "Cn": "an unassigned character",
    "Co": "a private-use character",
    "Cs": "half of a surrogate pair",
    "Zl": "a line separator",
    "Zp": "a paragraph separator",
}
_FOREIGN_NUMBERS = {"Nd": "a digit of another script", "No": "a fraction or raised number", "Nl": "a number letter"}
_MINUS = "\u2212"


def impurities(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """What is wrong with the characters of a text, in words; letters and digits of `names` may be of any script."""
    return tuple(dict.fromkeys(_found(text, names)))


def _found(text: str, names: Iterable[str]) -> Iterator[str]:
    if len(text) > _LONGEST:
        yield f"the text has {len(text)} characters, more than {_LONGEST}"
    if unicodedata.normalize("NFKC", text) != text:
        yield "compatibility characters: the text changes under NFKC"
    for character in text:
        kind = _FORBIDDEN_KINDS.get(unicodedata.category(character))
        if kind is not None:
            yield f"{kind}, U+{ord(character):04X}"
    for character in _without(text, names):
        yield from _outside_a_name(character)


def _outside_a_name(character: str) -> Iterator[str]:
    kind = _FOREIGN_NUMBERS.get(unicodedata.category(character))
    if kind is not None and not character.isascii():
        yield f"{kind}, U+{ord(character):04X}"
    if character == _MINUS:
        yield "a typographic minus, U+2212; the minus is the ASCII hyphen"


def _without(text: str, names: Iterable[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        if not name.isascii():
            text = text.replace(name, " ")
    return text
