"""Wordings of claims about the whole market."""

from collections.abc import Callable

from agent.claims.claim import Claim
from agent.claims.fact import Fact
from agent.claims.figures import direction, shown_value
from agent.claims.wording import (
    Clause,
    Piece,
    Speaker,
    by_direction,
    clause,
    count_figure,
    figure,
    label,
    plain_figure,
)

_ORDINALS = {1: "", 2: "second ", 3: "third "}


def top(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A place among the largest moves of a universe."""
    (fact,) = claim.facts
    name, window, universe = say.name(fact.subject), say.window(fact), say.universe(fact)
    start = f"the {_ORDINALS[fact.rank or 1]}{_extreme(fact)} {window} among {universe} was {name}'s "
    ranked = clause(start, figure(fact))
    if fact.rank == 1 and not fact.rank_from_bottom and direction(fact) > 0 and fact.universe != "holdings":
        return (ranked, clause(f"{name} led {universe} {window} with a gain of ", figure(fact)))
    return (ranked,)


def _extreme(fact: Fact) -> str:
    noun = by_direction(fact, "gain", "loss")
    natural = (noun == "gain") is not fact.rank_from_bottom
    return f"{'largest' if natural else 'smallest'} {noun}"


def breadth(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How many rose, fell and stood still."""
    rose, fell, flat = claim.facts
    universe, window = say.universe(rose), say.window(rose)
    verb = "was" if shown_value(flat) == 1 else "were"
    rest = (f" rose {window}, ", count_figure(fell), " fell and ", count_figure(flat), f" {verb} flat")
    return (
        clause(count_figure(rose), f" of {universe}", *rest),
        clause(f"of {universe}, ", count_figure(rose), *rest),
    )


def median(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The middle of all changes."""
    (fact,) = claim.facts
    first = clause(f"the median change of {say.universe(fact)} {say.window(fact)} was ", plain_figure(fact))
    if fact.universe != "tracked":
        return (first,)
    typical = f"the typical tracked coin of {fact.universe_size:,} changed by "
    return (first, clause(typical, plain_figure(fact), f" {say.window(fact)} (the median)"))


def total_market_cap(claim: Claim, say: Speaker) -> tuple[Clause, ...]:  # noqa: ARG001  (one signature for all wordings)
    """What all of crypto is worth."""
    (fact,) = claim.facts
    return (
        clause("the total market value of crypto was ", figure(fact)),
        clause("crypto as a whole was worth ", figure(fact)),
    )


def high_grade_share(claim: Claim, say: Speaker) -> tuple[Clause, ...]:  # noqa: ARG001  (one signature for all wordings)
    """The share of coins that the provider grades highly."""
    (fact,) = claim.facts
    return (clause(figure(fact), " of coins had a high TM grade"),)


def fear_greed(claim: Claim, say: Speaker) -> tuple[Clause, ...]:  # noqa: ARG001  (one signature for all wordings)
    """The fear and greed index."""
    (fact,) = claim.facts
    return (
        clause("the fear and greed index stood at ", *_with_class(fact)),
        clause("the mood of the market, by the fear and greed index, was ", *_with_class(fact)),
    )


def fear_greed_change(claim: Claim, say: Speaker) -> tuple[Clause, ...]:  # noqa: ARG001  (one signature for all wordings)
    """The fear and greed index against the day before."""
    now, before = claim.facts
    index = "the fear and greed index "
    if shown_value(now) == shown_value(before):
        return (clause(f"{index}was unchanged at ", *_with_class(now)),)
    verb, way = ("rose", "up") if shown_value(now) > shown_value(before) else ("fell", "down")
    earlier = (" from ", *_with_class(before), " the day before")
    return (
        clause(f"{index}{verb} to ", *_with_class(now), *earlier),
        clause("at ", *_with_class(now), f", {index}was {way}", *earlier),
    )


def _with_class(fact: Fact) -> tuple[Piece, ...]:
    return (figure(fact), " (", label(fact), ")")


MARKET_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "top": top,
    "breadth": breadth,
    "median": median,
    "total_market_cap": total_market_cap,
    "high_grade_share": high_grade_share,
    "fear_greed": fear_greed,
    "fear_greed_change": fear_greed_change,
}
