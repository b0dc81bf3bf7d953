"""Wordings of bad days and falls: what they would have made of the portfolio as it is."""

from collections.abc import Callable

from agent.claims.claim import Claim
from agent.claims.fact import Fact
from agent.claims.figures import day_text, direction, shown_value
from agent.claims.wording import (
    Clause,
    Piece,
    Speaker,
    by_direction,
    clause,
    figure,
    is_flat,
    one_of,
    plain_figure,
    since_day,
)

REMEMBERED = (
    *("pandemic sell-off", "China's warning to banks", "collapse of Terra", "Celsius stops withdrawals"),
    *("collapse of FTX", "yen carry trades unwound", "US tariffs", "record liquidations"),
)


def stress_day(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """What a past day would have made of the portfolio at today's weights."""
    share, money, other = claim.facts
    start = f"{_on_the_day(share)}, {say.name(share.subject)} at today's weights would have "
    if is_flat(share):
        return (clause(f"{start}been flat, ", *_beside(share, other, say)),)
    if direction(money) != direction(share):
        raise ValueError(f"facts {share.fact_id} and {money.fact_id} ({share.metric}) do not go the same way")
    verb = by_direction(share, "gained", "lost")
    figures = (figure(share), ", or ", figure(money), " of today's value, ")
    return (clause(f"{start}{verb} ", *figures, *_beside(share, other, say)),)


def stress_day_part(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The same of the part of the portfolio that had a price on the day."""
    part, share, other = claim.facts
    middle = f" of {say.name(part.subject)} that had a price would have "
    start = (f"{_on_the_day(share)}, the ", figure(part), middle)
    ending = (" at today's weights, ", *_beside(share, other, say))
    if is_flat(share):
        return (clause(*start, "been flat", *ending),)
    return (clause(*start, f"{by_direction(share, 'gained', 'lost')} ", figure(share), *ending),)


def _on_the_day(fact: Fact) -> str:
    known = "" if fact.label is None else f" ({one_of(fact, *REMEMBERED)})"
    return f"on {since_day(fact)}{known}"


def _beside(fact: Fact, other: Fact, say: Speaker) -> tuple[Piece, ...]:
    """What another asset did on the day; raises ValueError for its change over anything else."""
    if other.as_of != fact.start or other.window != "1d":
        raise ValueError(f"fact {other.fact_id} ({other.metric}) is not of the day {since_day(fact)} alone")
    start = f"with {say.name(other.subject)} "
    if is_flat(other):
        return (f"{start}flat",)
    return (f"{start}{by_direction(other, 'up', 'down')} ", figure(other))


def stress_correlation(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How alike the holdings move on the worst days; raises ValueError for a single day, which has no correlation."""
    days, stressed, usual = claim.facts
    if shown_value(days) <= 1:
        raise ValueError(f"fact {days.fact_id} ({days.metric}) is too few days to have a correlation")
    start = f" worst days of {say.name(days.other or '')} {say.window(days)}, the average correlation between "
    figures = (plain_figure(stressed), ", against ", plain_figure(usual), " on all days")
    return (clause("on the ", figure(days), f"{start}{say.universe(stressed)} was ", *figures),)


def deepest_fall(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The deepest fall of a window, from peak to trough; raises ValueError for one that is shown as none."""
    (fact,) = claim.facts
    if direction(fact) >= 0:
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) is no fall")
    start = f"at today's amounts, {say.name(fact.subject)} would have fallen "
    days = f" from {since_day(fact)} to {day_text(fact.as_of)}"
    return (clause(start, figure(fact), f"{days}, its deepest fall {say.window(fact)}"),)


STRESS_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "stress_day": stress_day,
    "stress_day_part": stress_day_part,
    "stress_correlation": stress_correlation,
    "deepest_fall": deepest_fall,
}
