"""Wordings of what a portfolio consists of: traits, other forms of the same coin, and how many holdings matter."""

import re
from collections.abc import Callable

from agent.claims.claim import Claim
from agent.claims.fact import Fact
from agent.claims.figures import shown_value
from agent.claims.wording import Clause, Speaker, clause, figure, one_of

_TRAITS = {
    "sector": "is in the sector {}",
    "chain": "is on the chain {}",
    "consensus": "has the consensus {}",
    "use case": "has the use case {}",
    "region": "comes from the region {}",
    "tier by market value": "is in the tier {} by market value",
}
_TRAIT_VALUE = re.compile(r"[A-Za-z0-9 .&()/-]{1,60}")


def trait_share(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How much of the portfolio has a trait; raises ValueError for a trait whose value cannot be printed."""
    (fact,) = claim.facts
    trait = _TRAITS[fact.qualifier or ""].format(f'"{_printable(fact)}"')
    return (clause(figure(fact), f" of {say.name(fact.subject)} {trait}"),)


def _printable(fact: Fact) -> str:
    if fact.label is None or _TRAIT_VALUE.fullmatch(fact.label) is None:
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) has a label that cannot be printed: {fact.label!r}")
    return fact.label


def in_the_end(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How much of the portfolio an asset is with its other forms."""
    (fact,) = claim.facts
    start = f"with other forms counted as what they stand for, {say.name(fact.subject)} makes up "
    return (clause(start, figure(fact), " of your portfolio"),)


def cash_share(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How much of the portfolio is in stablecoins of a currency."""
    (fact,) = claim.facts
    currency = one_of(fact, "US dollar", "euro")
    return (clause(f"stablecoins of the {currency} make up ", figure(fact), f" of {say.name(fact.subject)}"),)


def held_again(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How much of the portfolio is in other forms of what it holds already."""
    (fact,) = claim.facts
    ending = f" of {say.name(fact.subject)} is in other forms of coins that it holds already"
    return (clause(figure(fact), ending),)


def enough_holdings(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How few holdings spread the risk nearly as well as all of them."""
    (fact,) = claim.facts
    verb = "reaches" if shown_value(fact) == 1 else "reach"
    ending = f" alone {verb} 95% of the risk reduction of all of them {say.window(fact)}"
    return (clause(figure(fact), f" of {say.universe(fact)}{ending}"),)


def alike_groups(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Into how many groups that move alike the holdings fall."""
    (fact,) = claim.facts
    groups = " group that moves" if shown_value(fact) == 1 else " groups that move"
    return (clause(f"{say.universe(fact)} fall into ", figure(fact), f"{groups} alike {say.window(fact)}"),)


EXPOSURE_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "trait_share": trait_share,
    "in_the_end": in_the_end,
    "cash_share": cash_share,
    "held_again": held_again,
    "enough_holdings": enough_holdings,
    "alike_groups": alike_groups,
}
