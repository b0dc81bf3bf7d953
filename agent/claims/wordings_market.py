"""Wordings of claims about the whole market."""

from collections.abc import Callable

from agent.claims.claim import Claim, Segment
from agent.claims.fact import Fact
from agent.claims.figures import direction, shown_value
from agent.claims.wording import Clause, Piece, Speaker, by_direction, clause, figure, is_flat, label, plain_figure

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
    universe = say.universe(rose)
    verb = "was" if shown_value(flat) == 1 else "were"
    return (
        clause(
            _count(rose),
            f" of {universe} rose {say.window(rose)}, ",
            _count(fell),
            " fell and ",
            _count(flat),
            f" {verb} flat",
        ),
    )


def _count(fact: Fact) -> Segment:
    return Segment("none", fact.fact_id) if is_flat(fact) else figure(fact)


def median(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The middle of all changes."""
    (fact,) = claim.facts
    return (clause(f"the median change of {say.universe(fact)} {say.window(fact)} was ", plain_figure(fact)),)


def total_market_cap(claim: Claim, say: Speaker) -> tuple[Clause, ...]:  # noqa: ARG001  (one signature for all wordings)
    """What all of crypto is worth."""
    (fact,) = claim.facts
    return (clause("the total market value of crypto was ", figure(fact)),)


def high_grade_share(claim: Claim, say: Speaker) -> tuple[Clause, ...]:  # noqa: ARG001  (one signature for all wordings)
    """The share of coins that the provider grades highly."""
    (fact,) = claim.facts
    return (clause(figure(fact), " of coins had a high TM grade"),)


def fear_greed(claim: Claim, say: Speaker) -> tuple[Clause, ...]:  # noqa: ARG001  (one signature for all wordings)
    """The fear and greed index."""
    (fact,) = claim.facts
    return (clause("the fear and greed index stood at ", *_with_class(fact)),)


def fear_greed_change(claim: Claim, say: Speaker) -> tuple[Clause, ...]:  # noqa: ARG001  (one signature for all wordings)
    """The fear and greed index against the day before."""
    now, before = claim.facts
    index = "the fear and greed index "
    if shown_value(now) == shown_value(before):
        return (clause(f"{index}was unchanged at ", *_with_class(now)),)
    verb = "rose" if shown_value(now) > shown_value(before) else "fell"
    return (clause(f"{index}{verb} to ", *_with_class(now), " from ", *_with_class(before), " the day before"),)


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
