"""Whether a published sentence consists of nothing but wordings of its claims and neutral words between them.

The words are listed here once more, apart from the list that the writer is held to: a word that slips onto that list
shows up here as a false statement.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from agent.claims.claim import Claim, Sentence
from agent.claims.fact import Entity
from agent.claims.forms import SAFE_SENTENCES, clauses

_PHRASES: Final = (
    "and", "while", "meanwhile", "also", "in addition", "besides", "separately", "as for", "elsewhere",
    "on the data side", "among the signals", "among your holdings", "in your portfolio", "within your portfolio",
    "turning to your holdings", "turning to your portfolio", "in the market", "across the market",
    "in the wider market", "turning to the market", "overall", "finally", "lastly", "first", "to begin with",
    "then", "next",
)  # fmt: skip
_BETWEEN: Final = re.compile(rf"(?:{'|'.join(sorted(_PHRASES, key=len, reverse=True))}|[,;. ])*", re.IGNORECASE)


def foreign_words(
    sentence: Sentence, claims: Mapping[str, Claim], entities: Mapping[str, Entity], as_of: date
) -> str | None:
    """What of a sentence is neither a wording of a claim it cites nor a neutral word; None if nothing is."""
    if not sentence.claim_ids:
        return None if sentence.text in SAFE_SENTENCES else sentence.text
    rest = sentence.text
    for claim_id in sentence.claim_ids:
        if claim_id not in claims:
            return f"claim {claim_id} is unknown"
        found = _wording_in(rest, claims[claim_id], entities, as_of)
        if found is None:
            return rest
        rest = f"{rest[: found.start()]} {rest[found.end() :]}"
    return None if _BETWEEN.fullmatch(rest) else rest.strip()


def _wording_in(text: str, claim: Claim, entities: Mapping[str, Entity], as_of: date) -> re.Match[str] | None:
    """Where a wording of the claim stands: the longest that is there, with its first letter in either case."""
    worded = sorted(("".join(part.text for part in clause) for clause in clauses(claim, entities, as_of)), key=len)
    for words in reversed(worded):
        first = re.escape(words[0]) if not words[0].isalpha() else f"[{words[0].upper()}{words[0].lower()}]"
        found = re.search(rf"(?<!\w){first}{re.escape(words[1:])}(?!\w)", text)
        if found is not None:
            return found
    return None
