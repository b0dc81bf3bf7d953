"""The one sentence on top of a briefing."""

from agent.briefing.material import Material
from agent.claims.claim import Sentence
from agent.claims.forms import NO_DATA, compose, sentence

_ORDER = ("value_change", "value", "change_to_close", "breadth")


def headline(material: Material) -> Sentence:
    """The portfolio's day if it is known, else Bitcoin's, else the market's."""
    for template in _ORDER:
        for claim in material.claims:
            if claim.template == template:
                return sentence(claim, material.entities, material.snapshot.as_of)
    return compose([NO_DATA.removesuffix(".")])
