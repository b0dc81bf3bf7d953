"""Wordings of sectors and of the state that the market is in."""

from collections.abc import Callable

from agent.claims.claim import Claim
from agent.claims.wording import (
    Clause,
    Piece,
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
    moved: tuple[Piece, ...] = (f"{start}was flat",)
    if not is_flat(fact):
        moved = (f"{start}{by_direction(fact, 'rose', 'fell')} ", figure(fact))
    return (clause(*moved, f" {window}"), clause(f"{window}, ", *moved))


def sector_rank(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A sector's place among all; raises ValueError for a place after the tenth."""
    (fact,) = claim.facts
    sectors, window = f"of {say.universe(fact)}", say.window(fact)
    which = f"{say.name(fact.subject)} was the {place(fact)}{'weakest' if fact.rank_from_bottom else 'strongest'}"
    change = ("with a median change of ", signed_figure(fact))
    return (
        clause(f"{sectors}, {which} {window}, ", *change),
        clause(*change, f", {which} {sectors} {window}"),
    )


def regime(claim: Claim, say: Speaker) -> tuple[Clause, ...]:  # noqa: ARG001  (one signature for all wordings)
    """The state that the market is in."""
    (fact,) = claim.facts
    one_of(fact, "risk on", "risk off", "mixed")
    measures = "by Bitcoin's 200-day mean and the breadth of the market"
    return (
        clause(f"{measures}, the regime was ", label(fact)),
        clause("the regime was ", label(fact), f" {measures}"),
    )


SECTOR_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "sector_change": sector_change,
    "sector_rank": sector_rank,
    "regime": regime,
}
