"""Wordings of claims about a portfolio and its holdings."""

from collections.abc import Callable

from agent.claims.claim import Claim
from agent.claims.wording import Clause, Speaker, by_direction, clause, figure, is_flat, plain_figure


def value(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """What the portfolio was worth."""
    (fact,) = claim.facts
    return (clause(f"{say.name(fact.subject)} was worth ", figure(fact), " at the close"),)


def value_change(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A day of the portfolio, in per cent and in money."""
    moved, money, worth = claim.facts
    name = say.name(moved.subject)
    if is_flat(moved):
        return (clause(f"{name} was flat on the day at ", figure(worth)),)
    verb, noun = by_direction(moved, "rose", "fell"), by_direction(moved, "gain", "loss")
    way = by_direction(moved, "up", "down")
    return (
        clause(f"{name} {verb} ", figure(moved), f" on the day, a {noun} of ", figure(money), ", to ", figure(worth)),
        clause(
            f"{name} was worth ",
            figure(worth),
            f" at the close, {way} ",
            figure(moved),
            f" on the day (a {noun} of ",
            figure(money),
            ")",
        ),
    )


def since_value_change(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The portfolio since the last briefing."""
    moved, money = claim.facts
    name, window = say.name(moved.subject), say.window(moved)
    if is_flat(moved):
        return (clause(f"{name} is flat {window}"),)
    verb, noun = by_direction(moved, "has risen", "has fallen"), by_direction(moved, "gain", "loss")
    return (clause(f"{name} {verb} ", figure(moved), f" {window}, a {noun} of ", figure(money)),)


def contribution(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The holding that moved the portfolio most."""
    (fact,) = claim.facts
    noun = by_direction(fact, "gain", "loss")
    start = f"the largest {noun} among {say.universe(fact)} {say.window(fact)} came from {say.name(fact.subject)}: "
    return (clause(start, figure(fact)),)


def largest_holding(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The heaviest holding."""
    (fact,) = claim.facts
    return (
        clause(
            f"{say.name(fact.subject)} is the largest of {say.universe(fact)}, at ", figure(fact), " of the portfolio"
        ),
    )


def weight(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A holding's share."""
    (fact,) = claim.facts
    return (clause(f"{say.name(fact.subject)} makes up ", figure(fact), " of the portfolio"),)


def concentration(claim: Claim, say: Speaker) -> tuple[Clause, ...]:  # noqa: ARG001  (one signature for all wordings)
    """How many equal holdings the portfolio amounts to."""
    held, effective, index = claim.facts
    middle = " holdings are as concentrated as "
    return (
        clause("by weight your ", figure(held), middle, figure(effective), " equal ones (HHI ", figure(index), ")"),
    )


def diversification(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The portfolio's volatility against that of its holdings."""
    own, holdings, ratio = claim.facts
    name, window = say.name(own.subject), say.window(own)
    return (
        clause(
            f"{name}'s annualised volatility {window} was ",
            figure(own),
            ", against a weighted average of ",
            figure(holdings),
            " for its holdings (diversification ratio ",
            figure(ratio),
            ")",
        ),
    )


def average_correlation(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How alike the holdings move."""
    (fact,) = claim.facts
    return (
        clause(f"the average correlation between {say.universe(fact)} {say.window(fact)} was ", plain_figure(fact)),
    )


def bitcoin_link(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Correlation with and beta to Bitcoin."""
    linked, beta = claim.facts
    start = f"{say.name(linked.subject)}'s correlation with {say.name(linked.other or '')} {say.window(linked)} was "
    return (clause(start, plain_figure(linked), " and its beta ", plain_figure(beta)),)


def sharpe(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The Sharpe ratio."""
    (fact,) = claim.facts
    return (clause(f"{say.name(fact.subject)}'s Sharpe ratio {say.window(fact)} was ", plain_figure(fact)),)


def max_drawdown(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The deepest fall from a peak."""
    (fact,) = claim.facts
    return (clause(f"{say.name(fact.subject)}'s maximum drawdown {say.window(fact)} was ", figure(fact)),)


PORTFOLIO_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "value": value,
    "value_change": value_change,
    "since_value_change": since_value_change,
    "contribution": contribution,
    "largest_holding": largest_holding,
    "weight": weight,
    "concentration": concentration,
    "diversification": diversification,
    "average_correlation": average_correlation,
    "bitcoin_link": bitcoin_link,
    "sharpe": sharpe,
    "max_drawdown": max_drawdown,
}
