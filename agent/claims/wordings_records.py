"""Wordings of track records: what followed past signals and grades."""

from collections.abc import Callable

from agent.claims.claim import Claim
from agent.claims.fact import Fact
from agent.claims.nouns import grade_noun
from agent.claims.wording import (
    Clause,
    Piece,
    Speaker,
    by_direction,
    clause,
    counted,
    figure,
    is_flat,
    one_of,
    plain_figure,
)


def signal_hits(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How often a signal was followed by what it points to, beside how often that came at all times."""
    hits, cases, usual = claim.facts
    start = f"the signal {_quoted(hits)} was followed by a {one_of(hits, 'rise', 'fall')} {say.ahead(hits)} in "
    against = (" past cases, against ", figure(usual), " at all times")
    return (clause(start, figure(hits), " of ", counted(cases), *against),)


def signal_excess(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """What followed a signal, over holding for as long."""
    cases, excess = claim.facts
    middle = f" past cases of the signal {_quoted(cases)}, the return {say.ahead(excess)} was "
    beyond = () if is_flat(excess) else (figure(excess), f" {by_direction(excess, 'above', 'below')} ")
    return (clause("after ", counted(cases), middle, *beyond, "that of holding on average"),)


def grade_record(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How far a grade and what followed went together."""
    fact, days = claim.facts
    start = f"the rank correlation of the {grade_noun(fact)} with the change {say.ahead(fact)} was "
    return (clause(start, plain_figure(fact), " on average over ", counted(days), " past days"),)


def grade_fifths(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """What followed the highest grades against the lowest."""
    spread, hits, days = claim.facts
    start = f"the fifth of coins with the highest {grade_noun(spread)} did "
    middle = " than the fifth with the lowest on average, and did better on "
    ending = (figure(hits), " of ", counted(days), " past days")
    return (clause(start, *_better(spread, say), middle, *ending),)


def _quoted(fact: Fact) -> str:
    """The name of the fact's signal, as a name."""
    if fact.qualifier is None:
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) names no signal")
    return f'"{fact.qualifier.replace("_", " ")}"'


def _better(fact: Fact, say: Speaker) -> tuple[Piece, ...]:
    if is_flat(fact):
        return (f"no better and no worse {say.ahead(fact)}",)
    return (figure(fact), f" {by_direction(fact, 'better', 'worse')} {say.ahead(fact)}")


RECORD_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "signal_hits": signal_hits,
    "signal_excess": signal_excess,
    "grade_record": grade_record,
    "grade_fifths": grade_fifths,
}
