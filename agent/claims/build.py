"""From facts to claims: what may be said of them, where, and how much it matters to this reader.

Claims are built from sealed facts by their draft keys; a claim whose facts are not all there is not made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from agent.claims.book import short_id
from agent.claims.claim import Claim, ClaimKind, SectionKey
from agent.claims.fact import Fact


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim to be made if its facts are there."""

    template: str
    kind: ClaimKind
    section: SectionKey
    keys: tuple[str, ...]
    salience: float
    mandatory: bool = False


def claim(facts: Mapping[str, Fact], seed: str, draft: Draft) -> Claim | None:
    """The claim of a draft, None if one of its facts is not there."""
    if not all(key in facts for key in draft.keys):
        return None
    return Claim(
        claim_id=short_id(seed, f"{draft.template}|{'|'.join(draft.keys)}|{draft.section}"),
        kind=draft.kind,
        template=draft.template,
        section=draft.section,
        facts=tuple(facts[key] for key in draft.keys),
        salience=max(0.0, min(1.0, draft.salience)),
        mandatory=draft.mandatory,
    )


def claims(facts: Mapping[str, Fact], seed: str, drafts: Iterable[Draft]) -> tuple[Claim, ...]:
    """The claims of all drafts whose facts are there, in order, each once."""
    made: dict[str, Claim] = {}
    for draft in drafts:
        if (found := claim(facts, seed, draft)) is not None:
            made.setdefault(found.claim_id, found)
    return tuple(made.values())
