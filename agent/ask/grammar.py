"""The question grammar: what a plain question asks for, found by words alone, with no data and no model.

Pure. What the words do not cover is left as `mentions`, which may be names of assets; whether they are is for the data
to say. A question for advice, a forecast or a cause is recognised, so that it can be declined and the data stated.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from agent.ask.vocabulary import (
    ADVICE,
    ASPECTS,
    CAUSE,
    DOWNWARDS,
    FORECAST,
    IN_THE_PAST,
    INTRADAY,
    KNOWN_WORDS,
    NEVER_SYMBOLS,
    OWN,
    TOPICS,
    UPWARDS,
    WINDOWS,
)

MOST_CHARACTERS = 400


class Topic(StrEnum):
    """What a question is about."""

    PRICE = "price"
    CHANGE = "change"
    ASSET = "asset"
    SIGNALS = "signals"
    MOVERS = "movers"
    PORTFOLIO = "portfolio"
    DIVERSIFICATION = "diversification"
    MARKET = "market"
    HELP = "help"
    UNKNOWN = "unknown"


class Declined(StrEnum):
    """What a question asks for that the data cannot give."""

    ADVICE = "advice"
    FORECAST = "forecast"
    CAUSE = "cause"
    PAST = "past"
    INTRADAY = "intraday"


@dataclass(frozen=True, slots=True)
class Intent:
    """A question as understood.

    `mentions` are runs of words that may name assets, in order; `window` is 1d, 7d, 30d, 90d, 365d, since or None;
    `top` is False for the lower end of a ranking; `premise` is 1 or -1 where the question assumes a rise or a fall;
    `aspects` narrow a topic (rsi, grade, oversold ...).
    """

    topic: Topic
    mentions: tuple[str, ...] = ()
    window: str | None = None
    top: bool = True
    count: int = 3
    premise: int = 0
    declined: tuple[Declined, ...] = ()
    aspects: tuple[str, ...] = ()


def parse_question(question: str, names: tuple[str, ...] = ()) -> Intent:
    """The intent of `question`; a question without any known word or name has the topic UNKNOWN.

    `names` are mentions that were found otherwise; they stand in for the grammar's own.
    """
    text = _normalised(question)
    lowered = text.lower()
    mentions = names or _mentions(text)
    window = next((name for name, pattern in WINDOWS if pattern.search(lowered)), None)
    declined = _declined(lowered)
    topic = _topic(lowered, has_mentions=bool(mentions))
    if topic is Topic.UNKNOWN and declined:
        topic = Topic.MARKET  # what is declined is answered with the data there is
    count = re.search(r"\b(?:top|bottom|worst|best|first|last|the)\s+(\d{1,2})\b", lowered)
    return Intent(
        topic=topic,
        mentions=mentions if topic not in (Topic.MOVERS, Topic.HELP) else (),
        window=window,
        top=not DOWNWARDS.search(lowered),
        count=min(max(int(count[1]), 1), 10) if count else 3,
        premise=_premise(lowered),
        declined=declined,
        aspects=tuple(name for name, pattern in ASPECTS if pattern.search(lowered)),
    )


def _normalised(question: str) -> str:
    plain = question.replace("\u2019", "'")[:MOST_CHARACTERS]
    return re.sub(r"'(?:s|re|ve|m|d|ll)\b", " ", re.sub(r"\s+", " ", plain)).strip()


def _topic(lowered: str, *, has_mentions: bool) -> Topic:
    found = {Topic(name) for name, pattern in TOPICS if pattern.search(lowered)}
    if Topic.HELP in found and not has_mentions:
        return Topic.HELP
    if Topic.DIVERSIFICATION in found and not has_mentions:
        return Topic.DIVERSIFICATION
    if OWN.search(lowered) and not has_mentions:
        return Topic.PORTFOLIO
    order = (Topic.SIGNALS, Topic.PRICE, Topic.CHANGE) if has_mentions else (Topic.SIGNALS, Topic.MOVERS, Topic.MARKET)
    for topic in order:
        if topic in found:
            return topic
    if has_mentions:
        return Topic.ASSET
    return Topic.MOVERS if Topic.CHANGE in found and "which" in lowered else Topic.UNKNOWN


def _premise(lowered: str) -> int:
    """1 or -1 if a why-question assumes a rise or a fall."""
    if not CAUSE.search(lowered):
        return 0
    return -1 if DOWNWARDS.search(lowered) else 1 if UPWARDS.search(lowered) else 0


def _declined(lowered: str) -> tuple[Declined, ...]:
    patterns = {
        Declined.ADVICE: ADVICE,
        Declined.FORECAST: FORECAST,
        Declined.CAUSE: CAUSE,
        Declined.PAST: IN_THE_PAST,
        Declined.INTRADAY: INTRADAY,
    }
    return tuple(kind for kind, pattern in patterns.items() if pattern.search(lowered))


_WORD = re.compile(r"\$?[\w#][\w.&#$-]*(?<![.-])|[,;/?!:()]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:%|[dhkmx])?")


def _mentions(text: str) -> tuple[str, ...]:
    """Runs of words that belong to no known phrase, as typed; a word in capitals or after $ may be a symbol."""
    shouted = text.upper() == text
    runs: list[list[str]] = [[]]
    for word in _WORD.findall(_without_identified(text)):
        if word.startswith("$") and len(word) > 1:
            runs.extend([[word[1:]], []])
        elif _may_name(word, is_shouted=shouted):
            runs[-1].append(word)
        elif runs[-1]:
            runs.append([])
    identified = tuple(f"id {number}" for number in _IDENTIFIED.findall(text))
    return (*(" ".join(run) for run in runs if run), *identified)


_IDENTIFIED = re.compile(r"(?:\bid\s+|#)(\d{1,12})\b", re.IGNORECASE)


def _without_identified(text: str) -> str:
    return _IDENTIFIED.sub(" , ", text)


def _may_name(word: str, *, is_shouted: bool) -> bool:
    if not word[0].isalnum() or _NUMBER.fullmatch(word):
        return False
    is_symbol = not is_shouted and word.isupper() and 2 <= len(word) <= 10 and word not in NEVER_SYMBOLS
    return is_symbol or word.lower() not in KNOWN_WORDS
