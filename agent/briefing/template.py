"""The writer that needs no model: claims in order of weight, plain sentences, the same text for the same facts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from agent.briefing.document import Section, Table
from agent.claims.claim import Claim, SectionKey, Sentence
from agent.claims.fact import Entity
from agent.claims.forms import clauses, compose
from agent.claims.wording import Clause  # noqa: TC001 - named in a local annotation beside its values

MOST_SENTENCES = {SectionKey.SIGNALS: 10, SectionKey.GAPS: 12}
USUAL_SENTENCES = 8
_VARIED = frozenset({"change", "top"})

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
        if pending and _join(first, pending[0]):
            second = pending.pop(0)
            joined: list[str | tuple[Claim, Clause]] = [
                (first, clauses(first, entities, as_of)[0]),
                " and ",
                (second, clauses(second, entities, as_of)[0]),
            ]
            yield compose(joined)
        else:
            options = clauses(first, entities, as_of)
            place = sum(map(ord, first.claim_id)) % len(options) if first.template in _VARIED else 0
            yield compose([(first, options[place])])


def _join(first: Claim, second: Claim) -> bool:
    """Two short claims of one kind read better as one sentence."""
    return first.template == second.template and first.template in {"since_change", "macd_cross", "rsi_extreme"}
