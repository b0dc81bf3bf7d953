"""Wordings of claims about a portfolio's risk: how well it is spread, whose risk it is, what a bad day costs."""

from collections.abc import Callable

from agent.claims.claim import Claim
from agent.claims.nouns import measured_figure
from agent.claims.wording import Clause, Speaker, clause, figure, plain_figure
from agent.claims.wordings_general import owned


def most_alike(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The two holdings that move most, or least, alike."""
    (fact,) = claim.facts
    both = f"{say.name(fact.subject)} and {say.name(fact.other or '')}"
    degree = "least" if fact.rank_from_bottom else "most"
    start = f"of {say.universe(fact)}, {both} moved {degree} alike {say.window(fact)}, with a correlation of "
    return (clause(start, plain_figure(fact)),)


def risk_share(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A holding's part of the portfolio's variance."""
    (fact,) = claim.facts
    ending = f" of the portfolio's risk {say.window(fact)}"
    return (clause(f"{say.name(fact.subject)} carried ", plain_figure(fact), ending),)


def risk_against_weight(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A holding's part of the risk beside its part of the value."""
    share, weight = claim.facts
    middle = f" of the portfolio's risk {say.window(share)} with "
    start = f"{say.name(share.subject)} carried "
    return (clause(start, plain_figure(share), middle, figure(weight), " of its value"),)


def value_at_risk(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The loss that nineteen of twenty days stayed within."""
    share, money = claim.facts
    name = say.name(share.subject)
    start = f"on all but the worst twentieth of days {say.window(share)}, {name}'s loss stayed within "
    return (clause(start, figure(share), ", or ", figure(money)),)


def shock(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """What a fall of one asset goes with, by the portfolio's beta to it."""
    fall, share, money = claim.facts
    middle, window = f" in {say.name(fall.other or '')} goes with a loss of ", say.window(share)
    ending = f", of {say.name(share.subject)} by its beta {window}"
    return (clause("a fall of ", figure(fall), middle, figure(share), ", or ", figure(money), ending),)


def what_if(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A figure of the portfolio after a change of what it holds, beside the figure as it is."""
    after, now = claim.facts
    start = f"with {after.label}, {owned(now, say)} would be "
    return (clause(start, measured_figure(after), " instead of ", measured_figure(now)),)


RISK_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "most_alike": most_alike,
    "risk_share": risk_share,
    "risk_against_weight": risk_against_weight,
    "value_at_risk": value_at_risk,
    "shock": shock,
    "what_if": what_if,
}
