"""Invented project names: pronounceable, unlike any English word, and unique."""

import numpy as np
from numpy.random import Generator

_ONSETS = ("br", "dr", "f", "gl", "k", "kr", "l", "m", "n", "p", "pl", "r", "s", "sk", "t", "tr", "v", "vr", "z", "zh")
_VOWELS = ("a", "e", "i", "o", "u", "y")
_ENDINGS = (
    "dax", "dyn", "fyx", "gora", "kiva", "kora", "lexa", "lumo", "lyx", "mezo", "miro", "niva", "nyx", "quo", "rixa",
    "ryn", "syra", "tavo", "teq", "umo", "vela", "vex", "vora", "wyn", "xar", "xio", "zari", "zeno", "zyn",
)  # fmt: skip
_SUFFIXES = ("", "", "", "", " Network", " Protocol", " Finance")


def invented_names(count: int, generator: Generator) -> list[str]:
    """`count` different names, the same for the same generator."""
    syllables = len(_ONSETS) * len(_VOWELS)
    picks = generator.choice(syllables * syllables * len(_ENDINGS), size=count, replace=False)
    suffixes = generator.integers(0, len(_SUFFIXES), size=count)
    return [_word(int(pick)) + _SUFFIXES[int(suffix)] for pick, suffix in zip(picks, suffixes, strict=True)]


def ticker_of(name: str) -> str:
    """The symbol a project of this name would choose: first letter, then consonants, three to five letters."""
    word = name.split(maxsplit=1)[0]
    consonants = [letter for letter in word[1:] if letter not in _VOWELS]
    letters = word[0] + "".join(dict.fromkeys(consonants))
    return (letters + word[-1] * 2)[: int(np.clip(len(letters), 3, 5))].upper()


def slug_of(name: str) -> str:
    """The name as it stands in an address."""
    kept = "".join(character if character.isalnum() else "-" for character in name.lower())
    return "-".join(part for part in kept.split("-") if part)


def _word(pick: int) -> str:
    rest, ending = divmod(pick, len(_ENDINGS))
    first, second = divmod(rest, len(_ONSETS) * len(_VOWELS))
    return (_syllable(first) + _syllable(second) + _ENDINGS[ending]).capitalize()


def _syllable(pick: int) -> str:
    onset, vowel = divmod(pick, len(_VOWELS))
    return _ONSETS[onset] + _VOWELS[vowel]
