"""The one sentence on top of a briefing."""

from agent.briefing.material import Material
from agent.briefing.safe import safe_sentences
from agent.claims.claim import Sentence
from agent.claims.forms import NO_DATA, compose, sentence

_ORDER = ("value_change", "value", "change_to_close", "breadth")


def headline(material: Material) -> Sentence:
    """The portfolio's day if it is known, else Bitcoin's, else the market's, else what matters most of the rest."""
    snapshot = material.snapshot
    for template in _ORDER:
        for claim in material.claims:
            if claim.template == template:
                return sentence(claim, material.entities, snapshot.as_of)
    if material.claims:
        weightiest = max(material.claims, key=lambda claim: claim.salience)
        return sentence(weightiest, material.entities, snapshot.as_of)
    fixed = next(iter(safe_sentences(snapshot, material.claims).values()), NO_DATA)
    return compose([fixed.removesuffix(".")])
