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
    signal, what = f"the signal {_quoted(hits)}", f"a {one_of(hits, 'rise', 'fall')} {say.ahead(hits)}"
    share = (" in ", figure(hits), " of ", counted(cases), " past cases, against ", figure(usual), " at all times")
    return (clause(f"{signal} was followed by {what}", *share), clause(f"{what} followed {signal}", *share))


def signal_excess(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """What followed a signal, over holding for as long."""
    cases, excess = claim.facts
    after = ("after ", counted(cases), f" past cases of the signal {_quoted(cases)}")
    beyond = () if is_flat(excess) else (figure(excess), f" {by_direction(excess, 'above', 'below')} ")
    outcome = (f"the return {say.ahead(excess)} was ", *beyond, "that of holding on average")
    return (clause(*after, ", ", *outcome), clause(*outcome, " ", *after))


def grade_record(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How far a grade and what followed went together."""
    fact, days = claim.facts
    grade, change = f"the {grade_noun(fact)}", f"with the change {say.ahead(fact)}"
    past = ("over ", counted(days), " past days")
    return (
        clause(f"the rank correlation of {grade} {change} was ", plain_figure(fact), " on average ", *past),
        clause(*past, f", {grade} had a rank correlation of ", plain_figure(fact), f" {change} on average"),
    )


def grade_fifths(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """What followed the highest grades against the lowest."""
    spread, hits, days = claim.facts
    best = f"the fifth of coins with the highest {grade_noun(spread)} did "
    compared = (best, *_better(spread, say), " than the fifth with the lowest")
    often = (", and did better on ", figure(hits), " of ", counted(days), " past days")
    return (clause(*compared, " on average", *often), clause("on average, ", *compared, *often))


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
