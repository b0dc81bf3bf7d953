"""Whether a sentence states the claims it cites, all of them, each figure labelled by the fact it shows."""

from collections.abc import Iterator, Mapping, Sequence

from agent.claims.backing import Backing
from agent.claims.claim import Claim, Sentence
from agent.claims.evidence import Difference, figure_of
from agent.claims.fact import Fact, Metric, Unit
from agent.claims.grammar.assertions import Direction

_UNSAID_WHERE_FLAT = frozenset({Metric.VALUE_CHANGE, Metric.CLOSE, Metric.STRESS_CHANGE})


def unknown_citations(sentence: Sentence, claims: Mapping[str, Claim]) -> Iterator[Difference]:
    """Cited ids that are no claim of the document, or are cited twice."""
    for claim_id in dict.fromkeys(sentence.claim_ids):
        if claim_id not in claims:
            yield Difference("citation", f"cites {claim_id!r}, which is no claim of this document")
        elif sentence.claim_ids.count(claim_id) > 1:
            yield Difference("duplicate", f"cites claim {claim_id!r} more than once")


def unstated_claims(cited: Sequence[Claim], found: Sequence[Backing]) -> Iterator[Difference]:
    """Cited claims of which a fact is not stated."""
    stated = {fact.fact_id for backing in found for fact in backing.facts}
    for claim in cited:
        for fact in claim.facts:
            if fact.fact_id not in stated and not _goes_without_saying(fact, found):
                detail = f"cites claim {claim.claim_id!r} and does not state its {fact.metric.replace('_', ' ')}"
                yield Difference("citation", f"{detail} ({figure_of(fact)})")


def mislabelled_figures(sentence: Sentence, facts: Sequence[Fact], found: Sequence[Backing]) -> Iterator[Difference]:
    """Segments that name a fact which the claim at that place does not show."""
    known = {fact.fact_id: fact for fact in facts}
    at = 0
    for segment in sentence.segments:
        span = (at, at + len(segment.text))
        at = span[1]
        if segment.fact_id is None:
            continue
        fact = known.get(segment.fact_id)
        if fact is None:
            yield Difference("citation", f"{segment.text!r} names fact {segment.fact_id!r} of no cited claim")
        elif not any(_shows(backing, fact, span) for backing in found):
            yield Difference("citation", f"{segment.text!r} names a fact that is {figure_of(fact)} and not shown there")


def _shows(backing: Backing, fact: Fact, span: tuple[int, int]) -> bool:
    if fact not in backing.facts:
        return False
    clause = backing.assertion.clause
    if backing.assertion.spans:
        return span in backing.assertion.spans
    return clause[0] <= span[0] and span[1] <= clause[1]


def _belongs(fact: Fact, change: Fact) -> bool:
    if fact.metric is Metric.CLOSE:
        return change.metric is Metric.CHANGE and fact.as_of == change.start
    if fact.metric is Metric.STRESS_CHANGE:
        return change.metric is Metric.STRESS_CHANGE and fact.start == change.start and fact.unit is Unit.USD
    return change.window == fact.window


def _goes_without_saying(fact: Fact, found: Sequence[Backing]) -> bool:
    """What was flat has no words for its change in usd, nor for the close it started from."""
    return fact.metric in _UNSAID_WHERE_FLAT and any(
        backed.subject == fact.subject and _belongs(fact, backed)
        for backing in found
        if backing.assertion.direction is Direction.FLAT
        for backed in backing.facts
    )
