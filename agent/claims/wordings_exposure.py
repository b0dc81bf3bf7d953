"""Wordings of what a portfolio consists of: traits, other forms of the same coin, and how many holdings matter."""

import re
from collections.abc import Callable

from agent.claims.claim import Claim
from agent.claims.fact import Fact
from agent.claims.figures import shown_value
from agent.claims.wording import Clause, Speaker, clause, figure, one_of

# What is said of the part that has a trait, and what that part is called.
_TRAITS = {
    "sector": ("is in the sector {}", "the sector {}"),
    "chain": ("is on the chain {}", "what is on the chain {}"),
    "consensus": ("has the consensus {}", "what has the consensus {}"),
    "use case": ("has the use case {}", "what has the use case {}"),
    "region": ("comes from the region {}", "what comes from the region {}"),
    "tier by market value": ("is in the tier {} by market value", "the tier {} by market value"),
}
_TRAIT_VALUE = re.compile(r"[A-Za-z0-9 .&()/-]{1,60}")


def trait_share(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How much of the portfolio has a trait; raises ValueError for a trait whose value cannot be printed."""
    (fact,) = claim.facts
    of_all, value = f" of {say.name(fact.subject)}", f'"{_printable(fact)}"'
    predicate, part = (words.format(value) for words in _TRAITS[fact.qualifier or ""])
    return (
        clause(figure(fact), f"{of_all} {predicate}"),
        clause(f"{part} makes up ", figure(fact), of_all),
    )


def _printable(fact: Fact) -> str:
    if fact.label is None or _TRAIT_VALUE.fullmatch(fact.label) is None:
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) has a label that cannot be printed: {fact.label!r}")
    return fact.label


def in_the_end(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How much of the portfolio an asset is with its other forms."""
    (fact,) = claim.facts
    counting = "with other forms counted as what they stand for"
    share = (f"{say.name(fact.subject)} makes up ", figure(fact), " of your portfolio")
    return (clause(f"{counting}, ", *share), clause(*share, f" {counting}"))


def cash_share(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How much of the portfolio is in stablecoins of a currency."""
    (fact,) = claim.facts
    coins = f"stablecoins of the {one_of(fact, 'US dollar', 'euro')}"
    share = (figure(fact), f" of {say.name(fact.subject)}")
    return (clause(f"{coins} make up ", *share), clause(*share, f" is in {coins}"))


def held_again(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How much of the portfolio is in other forms of what it holds already."""
    (fact,) = claim.facts
    forms, share = "other forms of coins that it holds already", (figure(fact), f" of {say.name(fact.subject)}")
    return (clause(*share, f" is in {forms}"), clause(f"{forms} make up ", *share))


def enough_holdings(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How few holdings spread the risk nearly as well as all of them."""
    (fact,) = claim.facts
    verb, window = "reaches" if shown_value(fact) == 1 else "reach", say.window(fact)
    few = (figure(fact), f" of {say.universe(fact)} alone {verb} 95% of the risk reduction of all of them")
    return (clause(*few, f" {window}"), clause(f"{window}, ", *few))


def alike_groups(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Into how many groups that move alike the holdings fall."""
    (fact,) = claim.facts
    groups, window = "group that moves" if shown_value(fact) == 1 else "groups that move", say.window(fact)
    fallen = (f"{say.universe(fact)} fall into ", figure(fact), f" {groups} alike")
    return (clause(*fallen, f" {window}"), clause(f"{window}, ", *fallen))


EXPOSURE_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "trait_share": trait_share,
    "in_the_end": in_the_end,
    "cash_share": cash_share,
    "held_again": held_again,
    "enough_holdings": enough_holdings,
    "alike_groups": alike_groups,
}
