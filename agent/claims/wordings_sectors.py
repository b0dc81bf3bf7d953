"""Wordings of sectors and of the state that the market is in."""

from collections.abc import Callable

from agent.claims.claim import Claim
from agent.claims.wording import (
    Clause,
    Speaker,
    by_direction,
    clause,
    figure,
    is_flat,
    label,
    one_of,
    place,
    signed_figure,
)


def sector_change(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How the middle coin of a sector moved."""
    (fact,) = claim.facts
    start, window = f"the median coin of the sector {say.name(fact.subject)} ", say.window(fact)
    if is_flat(fact):
        return (clause(f"{start}was flat {window}"),)
    return (clause(f"{start}{by_direction(fact, 'rose', 'fell')} ", figure(fact), f" {window}"),)


def sector_rank(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A sector's place among all; raises ValueError for a place after the tenth."""
    (fact,) = claim.facts
    which = f"{place(fact)}{'weakest' if fact.rank_from_bottom else 'strongest'} {say.window(fact)}"
    start = f"of {say.universe(fact)}, {say.name(fact.subject)} was the {which}, with a median change of "
    return (clause(start, signed_figure(fact)),)


def regime(claim: Claim, say: Speaker) -> tuple[Clause, ...]:  # noqa: ARG001  (one signature for all wordings)
    """The state that the market is in."""
    (fact,) = claim.facts
    one_of(fact, "risk on", "risk off", "mixed")
    return (clause("by Bitcoin's 200-day mean and the breadth of the market, the regime was ", label(fact)),)


SECTOR_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "sector_change": sector_change,
    "sector_rank": sector_rank,
    "regime": regime,
}
