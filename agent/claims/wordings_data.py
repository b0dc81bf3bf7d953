"""Wordings of claims about the data itself."""

from collections.abc import Callable
from datetime import date

from agent.claims.claim import Claim, Segment
from agent.claims.figures import day_text
from agent.claims.wording import Clause, Speaker, clause, figure, label, source_name


def new_signals(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How many signals are new since the last briefing."""
    (fact,) = claim.facts
    count, since = int(fact.value or 0), say.window(fact)
    if count == 0:
        return (clause(Segment("no", fact.fact_id), f" signal is new {since}"),)
    return (clause(figure(fact), f" signal{'s are' if count > 1 else ' is'} new {since}"),)


def coverage(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How many of the tracked coins have a bar for the day."""
    (fact,) = claim.facts
    verb = "has" if fact.value == 1 else "have"
    return (clause(figure(fact), f" of {say.universe(fact)} {verb} a bar for {day_text(fact.as_of)}"),)


def source_failed(claim: Claim, say: Speaker) -> tuple[Clause, ...]:  # noqa: ARG001  (one signature for all wordings)
    """A collection that failed."""
    (fact,) = claim.facts
    kind = (fact.qualifier or "").replace("_", " ")
    source = source_name(fact.subject.removeprefix("source:"))
    return (clause(f"collecting {kind} from {source} failed: ", label(fact)),)


def source_empty(claim: Claim, say: Speaker) -> tuple[Clause, ...]:  # noqa: ARG001  (one signature for all wordings)
    """A source that has nothing of a kind."""
    (fact,) = claim.facts
    kind = (fact.qualifier or "").replace("_", " ")
    return (clause(f"{source_name(fact.subject.removeprefix('source:'))} gave no {kind}"),)


def left_out(claim: Claim, say: Speaker) -> tuple[Clause, ...]:  # noqa: ARG001  (one signature for all wordings)
    """Data that the month's credits are not planned for."""
    (fact,) = claim.facts
    kind = (fact.qualifier or "").replace("_", " ")
    return (clause(f"the month's credits for {source_name(fact.subject.removeprefix('source:'))} leave out {kind}"),)


def price_elsewhere(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A price that another source had to give."""
    (fact,) = claim.facts
    source, market = source_name(fact.label or ""), source_name(fact.qualifier or "")
    return (clause(f"the price of {say.name(fact.subject)} is from {source}, as {market} has none for the day"),)


def disputed(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Two sources that do not have the same price."""
    one, two = claim.facts
    start = f"sources disagree about the price of {say.name(one.subject)}: {source_name(one.source)} has "
    return (clause(start, figure(one), f" and {source_name(two.source)} has ", figure(two)),)


def last_collected(claim: Claim, say: Speaker) -> tuple[Clause, ...]:  # noqa: ARG001  (one signature for all wordings)
    """When a kind of data last came whole."""
    (fact,) = claim.facts
    kind, source = (fact.qualifier or "").replace("_", " "), source_name(fact.subject.removeprefix("source:"))
    return (clause(f"{kind} from {source} last came in on {day_text(date.fromisoformat(fact.label or ''))}"),)


DATA_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "new_signals": new_signals,
    "coverage": coverage,
    "source_failed": source_failed,
    "source_empty": source_empty,
    "left_out": left_out,
    "price_elsewhere": price_elsewhere,
    "disputed": disputed,
    "last_collected": last_collected,
}
