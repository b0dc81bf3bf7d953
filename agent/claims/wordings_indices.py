"""Wordings of indices that the reader made."""

from collections.abc import Callable

from agent.claims.claim import Claim
from agent.claims.wording import Clause, Speaker, by_direction, clause, figure, is_flat, signed_figure, since_day


def index_level(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Where an index stood and its day's move."""
    level, moved = claim.facts
    name = say.name(level.subject)
    if is_flat(moved):
        return (clause(f"{name} was flat on the day at ", figure(level)),)
    way = by_direction(moved, "up", "down")
    return (clause(f"{name} stood at ", figure(level), f", {way} ", figure(moved), f" {say.window(moved)}"),)


def index_stood(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Where an index stood."""
    (fact,) = claim.facts
    return (clause(f"{say.name(fact.subject)} stood at ", figure(fact)),)


def index_since(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """An index since its first day, beside an asset; raises ValueError if the two began on different days."""
    own, other = claim.facts
    start = f"since {since_day(own)}, {say.name(own.subject)} has "
    if other.start != own.start:
        raise ValueError(f"facts {own.fact_id} and {other.fact_id} ({own.metric}) begin on different days")
    beside = (", against ", signed_figure(other), f" for {say.name(other.subject)}")
    if is_flat(own):
        return (clause(f"{start}been flat", *beside),)
    return (clause(f"{start}{by_direction(own, 'gained', 'lost')} ", figure(own), *beside),)


def index_risk(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How much an index swings and how deep it fell."""
    volatility, fall = claim.facts
    start = f"{say.name(volatility.subject)} had an annualised volatility of "
    middle = f" {say.window(volatility)} and a maximum drawdown of "
    return (clause(start, figure(volatility), middle, figure(fall), f" {say.window(fall)}"),)


INDEX_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "index_level": index_level,
    "index_stood": index_stood,
    "index_since": index_since,
    "index_risk": index_risk,
}
