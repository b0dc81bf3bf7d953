"""Wordings that fit any figure by its noun: stated, compared, ranked, counted and followed over time."""

import re
from collections.abc import Callable

from agent.claims.claim import Claim
from agent.claims.fact import MARKET, Fact
from agent.claims.figures import day_text, direction, threshold_text
from agent.claims.nouns import MAGNITUDES, is_grade, measured, measured_figure, metric_of, noun, unit_of
from agent.claims.wording import (
    INDEX,
    Clause,
    Speaker,
    by_direction,
    clause,
    count_figure,
    figure,
    is_flat,
    label,
    place,
)

_HEAVY = re.compile(r"\b(?:its|your|of|on|over|with|to|from|between|at)\b")  # nouns that take no `of` after them


def owned(fact: Fact, say: Speaker) -> str:
    """The noun with whose it is: `Bitcoin's 14-day RSI`; of the market `the fear and greed index`.

    Raises ValueError for an index of the reader's own, which owns nothing: no figure of it is said by its noun.
    """
    if fact.subject.startswith(INDEX):
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) is of {fact.subject}, which has no possessive")
    if fact.subject == MARKET:
        return f"the {noun(fact, say)}"
    return f"{say.name(fact.subject)}'s {noun(fact, say)}"


def stated(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A figure by itself."""
    (fact,) = claim.facts
    ending = " of 100" if is_grade(fact) else ""
    first = clause(f"{owned(fact, say)} was ", measured_figure(fact), ending)
    if fact.subject == MARKET or _HEAVY.search(noun(fact, say)):
        return (first,)
    return (first, clause(f"the {noun(fact, say)} of {say.name(fact.subject)} was ", measured_figure(fact), ending))


def changed(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A figure against its own earlier one."""
    before, now = claim.facts
    whose, day = owned(now, say), day_text(before.as_of)
    if measured(now) == measured(before):
        return (clause(f"{whose} was ", measured_figure(now), f", unchanged from {day}"),)
    verb, way = ("rose", "up") if measured(now) > measured(before) else ("fell", "down")
    earlier = (" from ", measured_figure(before), f" on {day}")
    return (
        clause(f"{whose} {verb} to ", measured_figure(now), *earlier),
        clause(f"{whose} was ", measured_figure(now), f", {way}", *earlier),
    )


def bound(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A figure against a threshold; raises ValueError without one and for a figure that is shown equal to it."""
    (fact,) = claim.facts
    if fact.threshold is None:
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) has no threshold")
    limit = abs(fact.threshold) if metric_of(fact)[0] in MAGNITUDES else fact.threshold
    if measured(fact) == limit:
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) is neither above nor below {limit}")
    beyond = f"{'above' if measured(fact) > limit else 'below'} {_threshold(fact)}"
    whose, shown = owned(fact, say), measured_figure(fact)
    return (clause(f"{whose} was ", shown, f", {beyond}"), clause("at ", shown, f", {whose} was {beyond}"))


def _threshold(fact: Fact) -> str:
    metric, _ = metric_of(fact)
    limit = fact.threshold
    if limit is None:
        raise ValueError(f"fact {fact.fact_id} ({fact.metric}) has no threshold")
    return threshold_text(abs(limit) if metric in MAGNITUDES else limit, unit_of(metric), metric)


def versus(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """One subject's figure against another's."""
    own, other = claim.facts
    shown = (measured_figure(own), " against ", measured_figure(other))
    theirs = f"{say.name(other.subject)}'s"
    if measured(own) == measured(other):
        return (clause(f"{owned(own, say)} matched {theirs}: ", *shown),)
    more = "higher" if measured(own) > measured(other) else "lower"
    return (
        clause(f"{owned(own, say)} was {more} than {theirs}: ", *shown),
        clause(f"{say.name(own.subject)} had a {more} {noun(own, say)} than {say.name(other.subject)}, ", *shown),
    )


def ranked(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A place in a universe by a figure; raises ValueError for a place after the tenth."""
    (fact,) = claim.facts
    is_highest = fact.rank_from_bottom is (metric_of(fact)[0] in MAGNITUDES)
    which = f"{place(fact)}{'highest' if is_highest else 'lowest'} {noun(fact, say)} of {say.universe(fact)}"
    name, shown = say.name(fact.subject), measured_figure(fact)
    return (clause(f"{name} had the {which}: ", shown), clause(f"the {which} was {name}'s, at ", shown))


def counted(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How many of a universe have a figure beyond a threshold."""
    (fact,) = claim.facts
    start = f" of {say.universe(fact)} had {with_article(noun(fact, say))} {label(fact).text} {_threshold(fact)}"
    return (clause(count_figure(fact), start),)


def with_article(words: str) -> str:
    """A noun with `a` or `an`; one-day is spoken as it begins with a consonant."""
    vowel = words[:1].lower() in "aeiou" and not words.startswith("one")
    return f"{'an' if vowel else 'a'} {words}"


def screen(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How many of a universe meet every condition."""
    (fact,) = claim.facts
    return (clause(count_figure(fact), f" of {say.universe(fact)} met every condition: ", label(fact)),)


def mean(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The mean of a figure over a universe."""
    (fact,) = claim.facts
    return (clause(f"the mean {noun(fact, say)} of {say.universe(fact)} was ", measured_figure(fact)),)


def difference(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How far apart the figures of two subjects are."""
    fact, own, other = claim.facts
    if measured(own) == measured(other):
        is_above = (direction(fact) >= 0) is not (metric_of(fact)[0] in MAGNITUDES)
    else:
        is_above = measured(own) > measured(other)
    way = f" {'above' if is_above else 'below'} {say.name(other.subject)}'s ("
    return (clause(f"{owned(own, say)} was ", figure(fact), way, *_both(own, other), ")"),)


def _both(own: Fact, other: Fact) -> Clause:
    return clause(measured_figure(own), " against ", measured_figure(other))


def times(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The figure of one subject as a multiple of another's."""
    fact, own, other = claim.facts
    middle = f" times {say.name(other.subject)}'s ("
    return (clause(f"{owned(own, say)} was ", figure(fact), middle, *_both(own, other), ")"),)


def together(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The sum of a figure over a universe."""
    (fact,) = claim.facts
    return (clause(f"the {noun(fact, say)} of {say.universe(fact)} together was ", measured_figure(fact)),)


def extreme(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The highest or lowest close of a window, with its day."""
    (fact,) = claim.facts
    which = str(fact.metric).partition("_")[0]
    start = f"{say.name(fact.subject)}'s {which} close {say.window(fact)} was "
    return (clause(start, figure(fact), f", on {day_text(fact.as_of)}"),)


def change_between(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A move from one day to another, with both closes."""
    before, now, moved = claim.facts
    name, days = say.name(now.subject), f"from {day_text(before.as_of)} to {day_text(now.as_of)}"
    if is_flat(moved):
        return (clause(f"{name} was flat {days}, at ", figure(now)),)
    verb, other_verb = by_direction(moved, "rose", "fell"), by_direction(moved, "gained", "lost")
    closes = (figure(before), " to ", figure(now))
    return (
        clause(f"{name} {verb} ", figure(moved), f" {days}, from ", *closes),
        clause(f"{days}, {name} {other_verb} ", figure(moved), ", going from ", *closes),
    )


GENERAL_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "figure": stated,
    "figure_change": changed,
    "figure_bound": bound,
    "figure_versus": versus,
    "figure_rank": ranked,
    "figure_count": counted,
    "screen": screen,
    "figure_mean": mean,
    "difference": difference,
    "times": times,
    "sum": together,
    "extreme": extreme,
    "change_between": change_between,
}
