"""The writer that needs no model: claims in order of weight, plain sentences, the same text for the same facts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from agent.briefing.document import Section, Table
from agent.briefing.profile import STANDARD, Profile, Tone
from agent.claims.claim import Claim, SectionKey, Sentence
from agent.claims.fact import Entity
from agent.claims.forms import clauses, compose
from agent.claims.wording import Clause

# Two short claims of one kind read better as one sentence.
_JOINERS = {"since_change": " and ", "macd_cross": " and ", "rsi_extreme": " and ", "top": ", while "}
_OPENERS: dict[SectionKey, str] = {
    SectionKey.PORTFOLIO: "turning to your portfolio, ",
    SectionKey.MARKET: "in the wider market, ",
    SectionKey.GAPS: "on the data side, ",
}
_STARTS = 2  # words by which two sentences are said to begin alike

Entities = Mapping[str, Entity]


def write_template(
    claims: Sequence[Claim],
    entities: Entities,
    as_of: date,
    safe: Mapping[SectionKey, str],
    tables: Mapping[SectionKey, tuple[Table, ...]],
    profile: Profile = STANDARD,
) -> tuple[Section, ...]:
    """All sections that have something to say; a section without a claim says its safe sentence."""
    sections = []
    for key in profile.order:
        chosen = chosen_claims([claim for claim in claims if claim.section is key], profile.most_sentences(key))
        sentences = tuple(_sentences(chosen, entities, as_of, profile.tone))
        if not sentences and key in safe:
            sentences = (Sentence(compose([safe[key].removesuffix(".")]).segments, ()),)
        if sentences or key in tables:
            sections.append(Section(key, sentences, tables.get(key, ())))
    return tuple(sections)


def chosen_claims(claims: Sequence[Claim], most: int) -> list[Claim]:
    """The mandatory and the most salient claims, in their given order."""
    ranked = sorted(claims, key=lambda claim: (not claim.mandatory, -claim.salience))
    count = max(most, sum(claim.mandatory for claim in claims))
    kept = {claim.claim_id for claim in ranked[:count]}
    return [claim for claim in claims if claim.claim_id in kept]


def _sentences(claims: Iterable[Claim], entities: Entities, as_of: date, tone: Tone) -> Iterator[Sentence]:
    pending, last = list(claims), ""
    opener = _OPENERS.get(pending[0].section) if pending and tone == "conversational" else None
    if opener and pending[0].facts[0].subject.startswith("portfolio:"):
        opener = None  # the sentence names the portfolio itself
    while pending:
        first = pending.pop(0)
        wording = _wording(first, entities, as_of, tone, last)
        parts: list[str | tuple[Claim, Clause]] = [(first, wording)]
        joiner = _JOINERS.get(first.template)
        if joiner is not None and pending and pending[0].template == first.template:
            second = pending.pop(0)
            parts += [joiner, (second, _wording(second, entities, as_of, tone, _text(wording)))]
        sentence = compose([opener, *parts] if opener else parts)
        opener, last = None, sentence.text
        yield sentence


def _wording(claim: Claim, entities: Entities, as_of: date, tone: Tone, last: str) -> Clause:
    """A wording that does not begin as the sentence before did, if there is one; a brisk one is the shortest."""
    options = clauses(claim, entities, as_of)
    if tone == "brisk":
        return min(options, key=lambda option: len(_text(option)))
    # An id is drawn at random and stays the same when the briefing is rebuilt.
    turn = sum(map(ord, claim.claim_id)) if claim.template == "change" or tone == "conversational" else 0
    turned = [options[(turn + place) % len(options)] for place in range(len(options))]
    return next((option for option in turned if _start(_text(option)) != _start(last)), turned[0])


def _text(clause: Clause) -> str:
    return "".join(segment.text for segment in clause)


def _start(text: str) -> list[str]:
    return text.casefold().split()[:_STARTS]
