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
    start = f"{say.name(share.subject)} at today's weights would have "
    if is_flat(share):
        return _placed(share, other, say, (f"{start}been flat",))
    if direction(money) != direction(share):
        raise ValueError(f"facts {share.fact_id} and {money.fact_id} ({share.metric}) do not go the same way")
    verb = by_direction(share, "gained", "lost")
    return _placed(share, other, say, (f"{start}{verb} ", figure(share), ", or ", figure(money), " of today's value"))


def stress_day_part(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The same of the part of the portfolio that had a price on the day."""
    part, share, other = claim.facts
    start = ("the ", figure(part), f" of {say.name(part.subject)} that had a price would have ")
    fate: tuple[Piece, ...] = ("been flat",)
    if not is_flat(share):
        fate = (f"{by_direction(share, 'gained', 'lost')} ", figure(share))
    return _placed(share, other, say, (*start, *fate, " at today's weights"))


def _placed(share: Fact, other: Fact, say: Speaker, outcome: tuple[Piece, ...]) -> tuple[Clause, ...]:
    """What would have come of a past day, with the day in front of it, and with the day and the other asset."""
    day, beside = _on_the_day(share), _beside(share, other, say)
    return (clause(f"{day}, ", *outcome, ", ", *beside), clause(*beside, f" {day}, ", *outcome))


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
    worst = ("on the ", figure(days), f" worst days of {say.name(days.other or '')} {say.window(days)}")
    holdings, against = say.universe(stressed), (", against ", plain_figure(usual), " on all days")
    return (
        clause(*worst, f", the average correlation between {holdings} was ", plain_figure(stressed), *against),
        clause(f"{holdings} had an average correlation of ", plain_figure(stressed), " ", *worst, *against),
    )


def deepest_fall(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The deepest fall of a window, from peak to trough; raises ValueError for one that is shown as none."""
    (fact,) = claim.facts
    if direction(fact) >= 0:
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) is no fall")
    name, window = say.name(fact.subject), say.window(fact)
    days = f"from {since_day(fact)} to {day_text(fact.as_of)}"
    return (
        clause(f"at today's amounts, {name} would have fallen ", figure(fact), f" {days}, its deepest fall {window}"),
        clause(f"the deepest fall of {name} {window}, at today's amounts, would have been ", figure(fact), f", {days}"),
    )


STRESS_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "stress_day": stress_day,
    "stress_day_part": stress_day_part,
    "stress_correlation": stress_correlation,
    "deepest_fall": deepest_fall,
}
