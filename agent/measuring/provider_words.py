"""Words of a provider that are shown as its own: only what cannot be taken for anything else is left of them."""

import re

_LONGEST = 60
_ELSE = re.compile(r"[^A-Za-z0-9 .&()/-]+")


def provider_words(text: str) -> str:
    """The text without any but plain characters, at most 60 of them; `(unnamed)` if nothing is left."""
    return " ".join(_ELSE.sub(" ", text).split())[:_LONGEST].rstrip() or "(unnamed)"
