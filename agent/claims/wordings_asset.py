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
    possessive_source,
    signed_figure,
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
    )


def close(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A closing price."""
    (fact,) = claim.facts
    return (clause(f"{say.name(fact.subject)} closed at ", figure(fact)),)


def since_change(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A move since the last briefing."""
    (fact,) = claim.facts
    name, window = say.name(fact.subject), say.window(fact)
    if is_flat(fact):
        return (clause(f"{name} is flat {window}"),)
    return (clause(f"{name} has {by_direction(fact, 'risen', 'fallen')} ", figure(fact), f" {window}"),)


def versus(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """One subject's change against another's."""
    own, other = claim.facts
    verb = (
        "matched"
        if shown_value(own) == shown_value(other)
        else "beat"
        if shown_value(own) > shown_value(other)
        else "trailed"
    )
    start = f"{say.name(own.subject)} {verb} {say.name(other.subject)} {say.window(own)}: "
    return (clause(start, signed_figure(own), " against ", signed_figure(other)),)


def streak(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Days in a row in one direction."""
    (fact,) = claim.facts
    way = by_direction(fact, "higher", "lower")
    return (clause(f"{say.name(fact.subject)} has closed {way} on ", figure(fact), " days in a row"),)


def rsi(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The relative strength index."""
    (fact,) = claim.facts
    return (clause(f"{say.name(fact.subject)}'s 14-day RSI was ", figure(fact)),)


def rsi_extreme(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The relative strength index beyond a threshold."""
    (fact,) = claim.facts
    beyond = "below 30 (oversold)" if fact.threshold == 30 else "above 70 (overbought)"
    return (clause(f"{say.name(fact.subject)}'s 14-day RSI was ", figure(fact), f", {beyond}"),)


def macd_cross(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A crossing of the MACD and its signal line."""
    (fact,) = claim.facts
    side = "above" if fact.label == "bullish" else "below"
    return (clause(f"{say.name(fact.subject)}'s MACD crossed {side} its signal line"),)


def breakout(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A close beyond the range of the previous twenty days."""
    (fact,) = claim.facts
    passed = "above its previous 20-day high of " if fact.label == "above" else "below its previous 20-day low of "
    return (clause(f"{say.name(fact.subject)} closed {passed}", figure(fact)),)


def volume_spike(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Unusual trading volume."""
    (fact,) = claim.facts
    ending = " standard deviations above its 20-day mean"
    return (clause(f"{say.name(fact.subject)}'s trading volume was ", figure(fact), ending),)


def drawdown(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The distance to the highest close of the window."""
    (fact,) = claim.facts
    name, window = say.name(fact.subject), f"{(fact.window or '').removesuffix('d')}-day high"
    if is_flat(fact):
        return (clause(f"{name} closed at its {window}"),)
    return (clause(f"{name} closed ", figure(fact), f" below its {window}"),)


def volatility(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Annualised volatility."""
    (fact,) = claim.facts
    return (clause(f"{say.name(fact.subject)}'s annualised volatility {say.window(fact)} was ", figure(fact)),)


def grade_name(fact: Fact) -> str:
    """What the grade of this fact is called."""
    return _GRADES[fact.qualifier or ""]


def grade(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A provider's grade."""
    (fact,) = claim.facts
    return (clause(f"{say.name(fact.subject)}'s {grade_name(fact)} was ", figure(fact), " of 100"),)


def grade_change(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A provider's grade that moved, perhaps across a threshold."""
    before, now = claim.facts
    way = "rose" if (now.value or 0) > (before.value or 0) else "fell"
    crossing = "" if now.threshold is None else f", crossing {now.threshold:f}"
    name = say.name(now.subject)
    start = f"{name}'s {grade_name(now)} {way} from "
    return (clause(start, figure(before), " to ", figure(now), f" on the day{crossing}"),)


def trading_signal(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """The provider's trading signal."""
    (fact,) = claim.facts
    return (clause(f"{possessive_source(fact.source)} trading signal for {say.name(fact.subject)} was ", label(fact)),)


def trading_signal_flip(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A trading signal that changed on the day."""
    (fact,) = claim.facts
    start = f"{possessive_source(fact.source)} trading signal for {say.name(fact.subject)} turned "
    return (clause(start, label(fact), " on the day"),)


def stale(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """A price that is not of the document's day."""
    (fact,) = claim.facts
    last = date.fromisoformat(fact.label or "")
    return (clause(f"the last price of {say.name(fact.subject)} is from {day_text(last)}"),)


def missing(claim: Claim, say: Speaker) -> tuple[Clause, ...]:
    """Something that could not be had."""
    (fact,) = claim.facts
    return (clause("no ", label(fact), f" is available for {say.name(fact.subject)}"),)


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
    "trading_signal": trading_signal,
    "trading_signal_flip": trading_signal_flip,
    "stale": stale,
    "missing": missing,
}
