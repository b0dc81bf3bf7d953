"""Wordings of claims about a portfolio and its holdings."""

from collections.abc import Callable

from agent.claims.claim import Claim
from agent.claims.wording import Clause, Speaker, by_direction, clause, figure, is_flat, plain_figure


def value(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """What the portfolio was worth."""
    (fact,) = claim.facts
    worth = f"{say.name(fact.subject)} was worth "
    return (clause(worth, figure(fact), " at the close"), clause(f"at the close, {worth}", figure(fact)))


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
        clause(
            f"{name} {by_direction(moved, 'gained', 'lost')} ",
            figure(money),
            f" on the day, a {by_direction(moved, 'rise', 'fall')} of ",
            figure(moved),
            ", and was worth ",
            figure(worth),
            " at the close",
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
    name, among, window = say.name(fact.subject), say.universe(fact), say.window(fact)
    return (
        clause(f"the largest {noun} among {among} {window} came from {name}: ", figure(fact)),
        clause(f"{name} brought {among} their largest {noun} {window}: ", figure(fact)),
    )


def largest_holding(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The heaviest holding."""
    (fact,) = claim.facts
    place, share = f"{say.name(fact.subject)} is the largest of {say.universe(fact)}", " of the portfolio"
    return (clause(f"{place}, at ", figure(fact), share), clause("at ", figure(fact), f"{share}, {place}"))


def weight(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A holding's share."""
    (fact,) = claim.facts
    return (clause(f"{say.name(fact.subject)} makes up ", figure(fact), " of the portfolio"),)


def concentration(claim: Claim, say: Speaker) -> tuple[Clause, ...]:  # noqa: ARG001  (one signature for all wordings)
    """How many equal holdings the portfolio amounts to."""
    held, effective, index = claim.facts
    middle = " holdings are as concentrated as "
    ending = (figure(effective), " equal ones (HHI ", figure(index), ")")
    return (
        clause("by weight your ", figure(held), middle, *ending),
        clause("your ", figure(held), " holdings weigh like ", *ending),
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
        clause(
            f"{window}, {name}'s annualised volatility was ",
            figure(own),
            " where its holdings averaged ",
            figure(holdings),
            " (diversification ratio ",
            figure(ratio),
            ")",
        ),
    )


def average_correlation(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How alike the holdings move."""
    (fact,) = claim.facts
    among, window = say.universe(fact), say.window(fact)
    return (
        clause(f"the average correlation between {among} {window} was ", plain_figure(fact)),
        clause(f"{window}, {among} had an average correlation of ", plain_figure(fact)),
    )


def bitcoin_link(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Correlation with and beta to Bitcoin."""
    linked, beta = claim.facts
    whose, other, window = f"{say.name(linked.subject)}'s", say.name(linked.other or ""), say.window(linked)
    figures = (plain_figure(linked), " and its beta ", plain_figure(beta))
    return (
        clause(f"{whose} correlation with {other} {window} was ", *figures),
        clause(f"against {other}, {whose} correlation {window} was ", *figures),
    )


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
