"""The writer that needs no model: claims in order of weight, plain sentences, the same text for the same facts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from agent.briefing.document import Section, Table
from agent.claims.claim import Claim, SectionKey, Sentence
from agent.claims.fact import Entity
from agent.claims.forms import clauses, compose
from agent.claims.wording import Clause

MOST_SENTENCES = {SectionKey.PORTFOLIO: 12, SectionKey.SIGNALS: 6, SectionKey.GAPS: 12}
USUAL_SENTENCES = 8
_VARIED = frozenset({"change"})  # wordings that may take turns
_PREFERRED = {"top": 1}
# Two short claims of one kind read better as one sentence.
_JOINERS = {"since_change": " and ", "macd_cross": " and ", "rsi_extreme": " and ", "top": ", while "}

Entities = Mapping[str, Entity]


def write_template(
    claims: Sequence[Claim],
    entities: Entities,
    as_of: date,
    safe: Mapping[SectionKey, str],
    tables: Mapping[SectionKey, tuple[Table, ...]],
) -> tuple[Section, ...]:
    """All sections that have something to say; a section without a claim says its safe sentence."""
    sections = []
    for key in SectionKey:
        chosen = _chosen([claim for claim in claims if claim.section is key], MOST_SENTENCES.get(key, USUAL_SENTENCES))
        sentences = tuple(_sentences(chosen, entities, as_of))
        if not sentences and key in safe:
            sentences = (Sentence(compose([safe[key].removesuffix(".")]).segments, ()),)
        if sentences or key in tables:
            sections.append(Section(key, sentences, tables.get(key, ())))
    return tuple(sections)


def _chosen(claims: Sequence[Claim], most: int) -> list[Claim]:
    """The mandatory and the most salient claims, in their given order."""
    ranked = sorted(claims, key=lambda claim: (not claim.mandatory, -claim.salience))
    count = max(most, sum(claim.mandatory for claim in claims))
    kept = {claim.claim_id for claim in ranked[:count]}
    return [claim for claim in claims if claim.claim_id in kept]


def _sentences(claims: Iterable[Claim], entities: Entities, as_of: date) -> Iterable[Sentence]:
    pending = list(claims)
    while pending:
        first = pending.pop(0)
        parts: list[str | tuple[Claim, Clause]] = [(first, _wording(first, entities, as_of))]
        joiner = _JOINERS.get(first.template)
        if joiner is not None and pending and pending[0].template == first.template:
            second = pending.pop(0)
            parts += [joiner, (second, _wording(second, entities, as_of))]
        yield compose(parts)


def _wording(claim: Claim, entities: Entities, as_of: date) -> Clause:
    options = clauses(claim, entities, as_of)
    place = _PREFERRED.get(claim.template, 0)
    if claim.template in _VARIED:
        place = sum(map(ord, claim.claim_id))
    return options[place % len(options)]
