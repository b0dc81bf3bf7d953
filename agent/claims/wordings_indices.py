"""Wordings of indices that the reader made."""

from collections.abc import Callable

from agent.claims.claim import Claim
from agent.claims.wording import Clause, Piece, Speaker, by_direction, clause, figure, is_flat, signed_figure, since_day


def index_level(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Where an index stood and its day's move."""
    level, moved = claim.facts
    name = say.name(level.subject)
    if is_flat(moved):
        return (
            clause(f"{name} was flat on the day at ", figure(level)),
            clause(f"{name} stood at ", figure(level), ", flat on the day"),
        )
    way, verb = by_direction(moved, "up", "down"), by_direction(moved, "rose", "fell")
    return (
        clause(f"{name} stood at ", figure(level), f", {way} ", figure(moved), f" {say.window(moved)}"),
        clause(f"{name} {verb} ", figure(moved), f" {say.window(moved)} to ", figure(level)),
    )


def index_stood(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Where an index stood."""
    (fact,) = claim.facts
    name = say.name(fact.subject)
    return (clause(f"{name} stood at ", figure(fact)), clause(f"the level of {name} was ", figure(fact)))


def index_since(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """An index since its first day, beside an asset; raises ValueError if the two began on different days."""
    own, other = claim.facts
    since, name = f"since {since_day(own)}", say.name(own.subject)
    if other.start != own.start:
        raise ValueError(f"facts {own.fact_id} and {other.fact_id} ({own.metric}) begin on different days")
    beside = (", against ", signed_figure(other), f" for {say.name(other.subject)}")
    moved: tuple[Piece, ...] = (f"{name} has been flat",)
    if not is_flat(own):
        moved = (f"{name} has {by_direction(own, 'gained', 'lost')} ", figure(own))
    return (clause(f"{since}, ", *moved, *beside), clause(*moved, f" {since}", *beside))


def index_risk(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How much an index swings and how deep it fell."""
    volatility, fall = claim.facts
    swings = (f"{say.name(volatility.subject)} had an annualised volatility of ", figure(volatility))
    swung, fell = say.window(volatility), say.window(fall)
    depth = ("a maximum drawdown of ", figure(fall))
    return (
        clause(*swings, f" {swung} and ", *depth, f" {fell}"),
        clause(f"{swung}, ", *swings, f", and {fell} ", *depth),
    )


INDEX_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "index_level": index_level,
    "index_stood": index_stood,
    "index_since": index_since,
    "index_risk": index_risk,
}
