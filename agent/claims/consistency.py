"""Whether sentences that are true one by one can stand together: contradictions, and gains told without the losses."""

from collections.abc import Iterator, Mapping, Sequence

from agent.claims.claim import Claim, Sentence
from agent.claims.evidence import figure_of
from agent.claims.fact import Fact, Metric, Unit
from agent.claims.violation import Violation

_MANY_AT_ONCE = frozenset({Metric.AVAILABILITY, Metric.SIGNAL, Metric.SHOCK})
"""Several of these may hold of one subject on one day."""
_LABELLED = frozenset(
    {
        *(Metric.MATCHES, Metric.WHAT_IF, Metric.REWEIGHTED, Metric.BREAKOUT, Metric.HIT_RATE, Metric.BASE_RATE),
        *(Metric.TRAIT_SHARE, Metric.CASH_SHARE),
    }
)
"""The label of these says what was measured; that of the others is what was found."""


def contradictions(sentences: Sequence[Sentence], claims: Mapping[str, Claim]) -> Iterator[Violation]:
    """Facts behind the sentences that say different things of the same metric, subject, window and day."""
    said: dict[tuple[object, ...], str] = {}
    for sentence in sentences:
        for fact in _facts(sentence, claims):
            key, shown = _what(fact), _shown(fact)
            if said.setdefault(key, shown) != shown:
                what = f"{fact.metric.replace('_', ' ')} of {fact.subject}"
                yield Violation("contradiction", f"{what}: says {shown}, elsewhere it is {said[key]}", sentence.text)


def one_sided(claims: Mapping[str, Claim], passed: set[str]) -> Iterator[Violation]:
    """The largest loss among the holdings where the largest gain is told and it is not."""
    told = {_ranking(fact) for claim_id in passed for fact in _of(claims, claim_id) if _is_extreme(fact, bottom=False)}
    for claim in claims.values():
        losses = [fact for fact in claim.facts if _is_extreme(fact, bottom=True) and _ranking(fact) in told]
        if losses and not claim.mandatory and claim.claim_id not in passed:
            detail = f"tells the largest gain among the holdings without the largest loss, {figure_of(losses[0])}"
            yield Violation("incomplete", detail, "")


def _facts(sentence: Sentence, claims: Mapping[str, Claim]) -> Iterator[Fact]:
    for claim_id in sentence.claim_ids:
        for fact in _of(claims, claim_id):
            if fact.metric not in _MANY_AT_ONCE:
                yield fact


def _of(claims: Mapping[str, Claim], claim_id: str) -> tuple[Fact, ...]:
    return claims[claim_id].facts if claim_id in claims else ()


def _what(fact: Fact) -> tuple[object, ...]:
    source = fact.source if fact.metric in {Metric.SOURCE_CLOSE, Metric.TRADING_SIGNAL, Metric.LAST_COLLECTED} else None
    qualifier = None if fact.metric is Metric.TRADING_SIGNAL else fact.qualifier
    label = fact.label if fact.metric in _LABELLED else None
    size = (fact.universe, fact.universe_size) if fact.subject == "market" else None
    of = (fact.subject, fact.metric, fact.unit, fact.window, fact.start, fact.as_of, fact.other)
    return (*of, qualifier, source, label, fact.threshold if fact.metric is Metric.MATCHES else None, size)


def _shown(fact: Fact) -> str:
    return figure_of(fact) if fact.unit is not Unit.DATE else (fact.label or "")


def _is_extreme(fact: Fact, *, bottom: bool) -> bool:
    first = fact.metric is Metric.CONTRIBUTION and fact.rank == 1 and fact.rank_from_bottom is bottom
    return first and fact.value is not None and (fact.value < 0 if bottom else fact.value > 0)


def _ranking(fact: Fact) -> tuple[object, ...]:
    return fact.universe, fact.universe_size, fact.window, fact.as_of
