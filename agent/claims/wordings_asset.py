"""Wordings of claims about a single asset."""

from collections.abc import Callable
from datetime import date

from agent.claims.claim import Claim
from agent.claims.fact import Fact
from agent.claims.figures import day_text, shown_value
from agent.claims.wording import (
    Clause,
    Speaker,
    by_direction,
    clause,
    figure,
    is_flat,
    label,
    plain_figure,
    possessive_source,
    signed_figure,
    source_name,
)

_GRADES = {"tm": "TM grade", "trader": "TM trader grade", "investor": "TM investor grade"}


def change(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A rise or fall over a window."""
    (fact,) = claim.facts
    name, window = say.name(fact.subject), say.window(fact)
    if is_flat(fact):
        return (clause(f"{name} was flat {window}"),)
    return (
        clause(f"{name} {by_direction(fact, 'rose', 'fell')} ", figure(fact), f" {window}"),
        clause(f"{window}, {name} {by_direction(fact, 'gained', 'lost')} ", figure(fact)),
    )


def change_to_close(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A day's move and where it ended."""
    moved, close = claim.facts
    name = say.name(moved.subject)
    if is_flat(moved):
        return (clause(f"{name} was flat on the day at ", figure(close)),)
    return (
        clause(f"{name} {by_direction(moved, 'rose', 'fell')} ", figure(moved), " on the day to ", figure(close)),
        clause(
            f"{name} closed at ",
            figure(close),
            f", {by_direction(moved, 'up', 'down')} ",
            figure(moved),
            " on the day",
        ),
        clause(f"on the day, {name} {by_direction(moved, 'rose', 'fell')} ", figure(moved), " to ", figure(close)),
    )


def close(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A closing price."""
    (fact,) = claim.facts
    name = say.name(fact.subject)
    return (clause(f"{name} closed at ", figure(fact)), clause(f"the close of {name} was ", figure(fact)))


def since_change(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A move since the last briefing."""
    (fact,) = claim.facts
    name, window = say.name(fact.subject), say.window(fact)
    if is_flat(fact):
        return (clause(f"{name} is flat {window}"),)
    return (
        clause(f"{name} has {by_direction(fact, 'risen', 'fallen')} ", figure(fact), f" {window}"),
        clause(f"{window}, {name} has {by_direction(fact, 'gained', 'lost')} ", figure(fact)),
    )


def versus(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """One subject's change against another's."""
    own, other = claim.facts
    name, rest = say.name(own.subject), f"{say.name(other.subject)} {say.window(own)}"
    figures = (signed_figure(own), " against ", signed_figure(other))
    if shown_value(own) == shown_value(other):
        return (clause(f"{name} matched {rest}: ", *figures),)
    verb, way = ("beat", "better") if shown_value(own) > shown_value(other) else ("trailed", "worse")
    return (clause(f"{name} {verb} {rest}: ", *figures), clause(f"{name} did {way} than {rest}, ", *figures))


def streak(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Days in a row in one direction."""
    (fact,) = claim.facts
    way = by_direction(fact, "higher", "lower")
    name = say.name(fact.subject)
    return (
        clause(f"{name} has closed {way} on ", figure(fact), " days in a row"),
        clause(f"{name} has now had ", figure(fact), f" {way} closes in a row"),
    )


def rsi(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The relative strength index."""
    (fact,) = claim.facts
    return (clause(f"{say.name(fact.subject)}'s 14-day RSI was ", figure(fact)),)


def rsi_extreme(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The relative strength index beyond a threshold."""
    (fact,) = claim.facts
    beyond = "below 30 (oversold)" if fact.threshold == 30 else "above 70 (overbought)"
    whose = f"{say.name(fact.subject)}'s 14-day RSI was "
    return (clause(whose, figure(fact), f", {beyond}"), clause("at ", figure(fact), f", {whose}{beyond}"))


def macd_cross(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A crossing of the MACD and its signal line."""
    (fact,) = claim.facts
    side = "above" if fact.label == "bullish" else "below"
    return (clause(f"{say.name(fact.subject)}'s MACD crossed {side} its signal line"),)


def breakout(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A close beyond the range of the previous twenty days."""
    (fact,) = claim.facts
    name = say.name(fact.subject)
    if fact.label == "above":
        side, verb, level = "above", "passed", "its previous 20-day high of "
    else:
        side, verb, level = "below", "fell through", "its previous 20-day low of "
    return (
        clause(f"{name} closed {side} {level}", figure(fact)),
        clause(f"{name}'s close {verb} {level}", figure(fact)),
    )


def volume_spike(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Unusual trading volume."""
    (fact,) = claim.facts
    name = say.name(fact.subject)
    return (
        clause(f"{name}'s trading volume was ", figure(fact), " standard deviations above its 20-day mean"),
        clause(f"{name} traded ", figure(fact), " standard deviations more than its 20-day mean"),
    )


def drawdown(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The distance to the highest close of the window."""
    (fact,) = claim.facts
    name, window = say.name(fact.subject), f"{(fact.window or '').removesuffix('d')}-day high"
    if is_flat(fact):
        return (clause(f"{name} closed at its {window}"),)
    return (
        clause(f"{name} closed ", figure(fact), f" below its {window}"),
        clause(f"{name} was ", figure(fact), f" below its {window} at the close"),
    )


def volatility(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Annualised volatility."""
    (fact,) = claim.facts
    name, window = say.name(fact.subject), say.window(fact)
    return (
        clause(f"{name}'s annualised volatility {window} was ", figure(fact)),
        clause(f"{name} had an annualised volatility of ", figure(fact), f" {window}"),
    )


def grade_name(fact: Fact) -> str:
    """What the grade of this fact is called."""
    return _GRADES[fact.qualifier or ""]


def grade(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A provider's grade."""
    (fact,) = claim.facts
    name = say.name(fact.subject)
    return (
        clause(f"{name}'s {grade_name(fact)} was ", figure(fact), " of 100"),
        clause(f"{name} had a {grade_name(fact)} of ", figure(fact), " of 100"),
    )


def grade_change(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A provider's grade that moved, perhaps across a threshold."""
    before, now = claim.facts
    verb, way = ("rose", "up") if (now.value or 0) > (before.value or 0) else ("fell", "down")
    crossing = "" if now.threshold is None else f", crossing {now.threshold:f}"
    whose = f"{say.name(now.subject)}'s {grade_name(now)}"
    return (
        clause(f"{whose} {verb} from ", figure(before), " to ", figure(now), f" on the day{crossing}"),
        clause(f"{whose} went {way} to ", figure(now), " from ", figure(before), f" on the day{crossing}"),
    )


_OWN_GRADES = {"short_term": "short-term", "long_term": "long-term"}


def own_grade(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A grade of our own."""
    (fact,) = claim.facts
    start = f"coinbrief's {_OWN_GRADES[fact.qualifier or '']} grade for {say.name(fact.subject)} was "
    return (clause(start, figure(fact), " of 100"),)


def own_grade_change(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A grade of our own that moved."""
    before, now = claim.facts
    verb = "rose" if (now.value or 0) > (before.value or 0) else "fell"
    start = f"coinbrief's {_OWN_GRADES[now.qualifier or '']} grade for {say.name(now.subject)} {verb} from "
    return (clause(start, figure(before), " to ", figure(now), " on the day"),)


def correlation(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """How alike two subjects move."""
    (fact,) = claim.facts
    one, other, window = say.name(fact.subject), say.name(fact.other or ""), say.window(fact)
    return (
        clause(f"{one}'s correlation with {other} {window} was ", plain_figure(fact)),
        clause(f"{one} and {other} had a correlation of ", plain_figure(fact), f" {window}"),
    )


def trading_signal(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The provider's trading signal."""
    (fact,) = claim.facts
    name = say.name(fact.subject)
    return (
        clause(f"{possessive_source(fact.source)} trading signal for {name} was ", label(fact)),
        clause(f"{source_name(fact.source)} was ", label(fact), f" on {name} in its trading signal"),
    )


def trading_signal_flip(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A trading signal that changed on the day."""
    (fact,) = claim.facts
    start = f"{possessive_source(fact.source)} trading signal for {say.name(fact.subject)} turned "
    return (clause(start, label(fact), " on the day"),)


def stale(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A price that is not of the document's day."""
    (fact,) = claim.facts
    name, last = say.name(fact.subject), day_text(date.fromisoformat(fact.label or ""))
    return (clause(f"the last price of {name} is from {last}"), clause(f"{name}'s last price is from {last}"))


def missing(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Something that could not be had."""
    (fact,) = claim.facts
    name = say.name(fact.subject)
    return (clause("no ", label(fact), f" is available for {name}"), clause(f"{name} has no ", label(fact)))


ASSET_WORDINGS: dict[str, Callable[[Claim, Speaker], tuple[Clause, ...]]] = {
    "change": change,
    "change_to_close": change_to_close,
    "close": close,
    "since_change": since_change,
    "versus": versus,
    "streak": streak,
    "rsi": rsi,
    "rsi_extreme": rsi_extreme,
    "macd_cross": macd_cross,
    "breakout": breakout,
    "volume_spike": volume_spike,
    "drawdown": drawdown,
    "volatility": volatility,
    "grade": grade,
    "grade_change": grade_change,
    "own_grade": own_grade,
    "own_grade_change": own_grade_change,
    "correlation": correlation,
    "trading_signal": trading_signal,
    "trading_signal_flip": trading_signal_flip,
    "stale": stale,
    "missing": missing,
}
