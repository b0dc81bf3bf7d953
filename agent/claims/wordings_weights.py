"""Wordings of how a portfolio is weighted: against its targets, and against other weights of the same holdings."""

from collections.abc import Callable

from agent.claims.claim import Claim
from agent.claims.fact import Fact
from agent.claims.figures import direction
from agent.claims.nouns import measured, measured_figure
from agent.claims.wording import Clause, Speaker, by_direction, clause, figure, is_flat, one_of
from agent.claims.wordings_general import owned

WEIGHTINGS = (
    *("equally", "by market value", "for the least variance", "for the highest Sharpe ratio"),
    *("for equal shares of risk", "by hierarchical risk parity"),
)


def target_drift(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How far a holding is from the share that it is meant to have."""
    weight, target, gap = claim.facts
    name, share = say.name(weight.subject), " of the portfolio, "
    if is_flat(gap):
        return (clause(f"{name} makes up ", figure(weight), f"{share}where its target is ", figure(target)),)
    distance = (figure(gap), f" {by_direction(gap, 'above', 'below')} its target of ", figure(target))
    return (
        clause(f"{name} makes up ", figure(weight), share, *distance),
        clause("at ", figure(weight), f"{share}{name} is ", *distance),
    )


def target_distance(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How much of the portfolio would change hands to be at its targets."""
    (fact,) = claim.facts
    name = say.name(fact.subject)
    if is_flat(fact):
        return (clause(f"{name} is at its targets"), clause(f"{name} matches its targets"))
    return (
        clause(figure(fact), f" of {name} would have to change hands for it to be back at its targets"),
        clause(f"bringing {name} back to its targets would move ", figure(fact), " of it"),
    )


def target_trade(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """What would bring a holding to its target; raises ValueError for a trade of nothing."""
    (fact,) = claim.facts
    if is_flat(fact):
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) is a trade of nothing")
    name, trade = say.name(fact.subject), one_of(fact, "sale", "purchase")
    return (
        clause(f"a {trade} of ", figure(fact), f" would bring {name} to its target"),
        clause(f"to be at its target, {name} would take a {trade} of ", figure(fact)),
    )


def reweighted(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A figure of the portfolio with other weights; raises ValueError for a figure that is shown as it is."""
    after, now = claim.facts
    if measured(after) == measured(now):
        raise ValueError(f"fact {after.fact_id} ({after.metric}) shows what {now.fact_id} shows")
    way = f"with its holdings weighted {one_of(after, *WEIGHTINGS)}"
    outcome = (f"{owned(now, say)} would have been ", measured_figure(after), " instead of ", measured_figure(now))
    return (clause(f"looking back, {way}, ", *outcome), clause(*outcome, f" {way}, looking back"))


def frontier_volatility(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How much volatility other weights of no less return did without."""
    (fact,) = claim.facts
    start = f"looking back {say.window(fact)}, "
    if _is_none(fact):
        return (clause(f"{start}no other weights of your holdings would have returned as much with less volatility"),)
    others, lower = "other weights of your holdings", (" with an annualised volatility ", figure(fact), " lower")
    return (
        clause(f"{start}{others} would have returned no less", *lower),
        clause(f"{start}no less return was to be had from {others}", *lower),
    )


def frontier_return(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How much more other weights of no more volatility returned."""
    (fact,) = claim.facts
    start = f"looking back {say.window(fact)}, "
    if _is_none(fact):
        return (clause(f"{start}no other weights of your holdings would have returned more with no more volatility"),)
    more = ("other weights of your holdings would have returned ", figure(fact), " more a year")
    return (
        clause(start, *more, " with no more volatility"),
        clause(f"{start}at no more volatility ", *more),
    )


def _is_none(fact: Fact) -> bool:
    """Whether other weights did no better; raises ValueError if they are said to have done worse."""
    if direction(fact) < 0:
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) is below zero, which no best weights can be")
    return is_flat(fact)


WEIGHT_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "target_drift": target_drift,
    "target_distance": target_distance,
    "target_trade": target_trade,
    "reweighted": reweighted,
    "frontier_volatility": frontier_volatility,
    "frontier_return": frontier_return,
}
