"""Finding claims without a model: an intent's topic picks the tool, its mentions are resolved and never guessed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from agent.ask.grammar import Intent, Topic
from agent.ask.phrases import (
    CAN_ANSWER,
    NOT_NARROWED,
    NOT_UNDERSTOOD,
    NOTHING_FOUND,
    OPPOSITE,
    RANK_WINDOWS,
    ambiguous_note,
    understood_text,
    unknown_note,
)
from agent.ask.selection import contradicts, is_narrowed, relevant_claims
from agent.ask.tools import Candidate, ToolAnswer, Toolbox, ToolStatus
from agent.claims.claim import Claim
from agent.claims.fact import Entity

_MOST_MENTIONS = 4
_RANKED = ("1d", "7d", "30d")


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found for a question, before it is put into sentences."""

    understood: str = ""
    claims: tuple[Claim, ...] = ()
    entities: Mapping[str, Entity] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()


def look_up(intent: Intent, tools: Toolbox) -> Findings:
    """The claims that answer `intent`, with notes on what is ambiguous, unknown or not in the data."""
    if intent.topic is Topic.HELP:
        return Findings(notes=(CAN_ANSWER,))
    if intent.topic is Topic.UNKNOWN:
        return Findings(notes=(NOT_UNDERSTOOD, CAN_ANSWER))
    if intent.mentions:
        return _look_up_assets(intent, tools)
    return _look_up_whole(intent, tools)


def _look_up_whole(intent: Intent, tools: Toolbox) -> Findings:
    notes: tuple[str, ...] = ()
    if intent.topic is Topic.MOVERS and (intent.window or "1d") not in _RANKED:
        intent, notes = replace(intent, window="30d"), (RANK_WINDOWS,)
    answer = _call(intent, tools)
    claims = relevant_claims(answer.claims, intent)
    return Findings(
        understood_text(intent, ()), claims, answer.entities, (*notes, *_gap_notes(answer.claims, claims, intent))
    )


def _call(intent: Intent, tools: Toolbox) -> ToolAnswer:
    if intent.topic is Topic.MOVERS:
        return tools.market_rank("top" if intent.top else "bottom", intent.window or "1d", intent.count)
    if intent.topic in (Topic.PORTFOLIO, Topic.DIVERSIFICATION):
        return tools.portfolio_state()
    if intent.topic is Topic.SIGNALS:
        return tools.signals_and_grades(None)
    return tools.market_rank("overview", "1d", intent.count)


def _look_up_assets(intent: Intent, tools: Toolbox) -> Findings:
    claims: list[Claim] = []
    entities: dict[str, Entity] = {}
    names: list[str] = []
    notes: list[str] = []
    candidates: tuple[Candidate, ...] = ()
    for mention in intent.mentions[:_MOST_MENTIONS]:
        answer = _asset_answer(mention, intent, tools)
        if answer.status is ToolStatus.UNKNOWN:
            notes.append(unknown_note(mention))
        elif answer.status is ToolStatus.AMBIGUOUS:
            notes.append(ambiguous_note(answer.candidates))
            candidates += answer.candidates
        else:
            chosen = relevant_claims(answer.claims, intent)
            claims.extend(chosen)
            names.append(answer.candidates[0].name)
            entities |= answer.entities
            notes.extend(_gap_notes(answer.claims, chosen, intent))
    if not names and not candidates:
        notes.append(CAN_ANSWER)
    understood = understood_text(intent, names) if names else ""
    return Findings(understood, tuple(claims), entities, tuple(dict.fromkeys(notes)), candidates)


def _asset_answer(mention: str, intent: Intent, tools: Toolbox) -> ToolAnswer:
    """The answer for the longest part of the mention that is an asset, so that a stray word does no harm."""
    read = tools.signals_and_grades if intent.topic is Topic.SIGNALS else tools.asset
    for text in _parts_of(mention):
        answer = read(text)
        if answer.status is not ToolStatus.UNKNOWN:
            return answer
    return ToolAnswer(ToolStatus.UNKNOWN)


def _parts_of(mention: str) -> Iterator[str]:
    words = mention.split()[:5]
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def _gap_notes(found: Sequence[Claim], chosen: Sequence[Claim], intent: Intent) -> tuple[str, ...]:
    if not chosen:
        return (NOTHING_FOUND,)
    narrowed = () if is_narrowed(found, intent) else (NOT_NARROWED,)
    return (*narrowed, OPPOSITE) if contradicts(chosen, intent) else narrowed
