"""The plain words around an answer: what was understood, what is declined, what is not in the data. No market facts."""

from collections.abc import Sequence
from datetime import date

from agent.ask.grammar import Declined, Intent, Topic
from agent.ask.tools import Candidate
from agent.claims.figures import day_text

CAN_ANSWER = (
    'You can ask, for example: "What is the price of Bitcoin?", "How did ETH do over 7 days?", "What is SOL\'s RSI?", '
    '"Which coins rose most this week?", "How is the market?", "How is my portfolio?", "Am I diversified?".'
)
NOT_UNDERSTOOD = "The question was not understood."
NOTHING_FOUND = "Nothing on this is in the data."
NOT_NARROWED = "What exactly was asked for is not in the data; this is what there is."
OPPOSITE = "The question assumes another direction than the data shows."
UNVERIFIED = "Some statements failed their check and were left out."
TOO_LONG = "Only the first 400 characters of the question were read."
RANK_WINDOWS = "Coins are ranked over 1, 7 or 30 days; 30 days are used."

_WINDOWS = {
    "1d": "on the day",
    "7d": "over 7 days",
    "30d": "over 30 days",
    "90d": "over 90 days",
    "365d": "over 365 days",
    "since": "since the last briefing",
}
_SUBJECTS = {
    Topic.PRICE: "price and changes of",
    Topic.CHANGE: "change of",
    Topic.ASSET: "price, changes and indicators of",
    Topic.SIGNALS: "indicators, signals and grades of",
}
_WHOLE = {
    Topic.PORTFOLIO: "your portfolio",
    Topic.DIVERSIFICATION: "how diversified your portfolio is",
    Topic.MARKET: "the market as a whole",
    Topic.SIGNALS: "indicators, signals and grades of all coins",
}


def declined_notes(intent: Intent, as_of: date) -> tuple[str, ...]:
    """What the question asks for that is not given, and what is given instead."""
    notes = {
        Declined.ADVICE: "coinbrief gives no advice; it states what the data says.",
        Declined.FORECAST: "coinbrief makes no forecasts; it states what has happened.",
        Declined.CAUSE: "The data does not say why; it says what changed.",
        Declined.PAST: f"Only the latest day is answered: the close of {day_text(as_of)} (UTC).",
        Declined.INTRADAY: f"The data is daily, up to the close of {day_text(as_of)} (UTC).",
    }
    return tuple(notes[kind] for kind in intent.declined)


def understood_text(intent: Intent, names: Sequence[str]) -> str:
    """What was looked up, as one sentence."""
    return f"Understood: {subject_text(intent, names)}."


def subject_text(intent: Intent, names: Sequence[str]) -> str:
    """What was looked up, as a phrase."""
    if intent.topic is Topic.MOVERS:
        return ranking_text(intent.window or "1d", intent.count, top=intent.top)
    if not names:
        return _WHOLE.get(intent.topic, "the market as a whole")
    window = f" {_WINDOWS[intent.window]}" if intent.topic is Topic.CHANGE and intent.window else ""
    return f"{_SUBJECTS.get(intent.topic, _SUBJECTS[Topic.ASSET])} {' and '.join(names)}{window}"


def ranking_text(window: str, count: int, *, top: bool) -> str:
    """A ranking as a phrase."""
    end = "top" if top else "bottom"
    changes = f"{end} change" if count == 1 else f"{end} {count} changes"
    return f"the {changes} {_WINDOWS[window]}"


def unknown_note(mention: str) -> str:
    """That an asset is not in the data; the reader's own words, cut to what a name can be."""
    shown = "".join(char for char in mention if char.isalnum() or char in " .$-&")[:40].strip()
    return f'Not in the data: no asset is called "{shown}".'


def ambiguous_note(candidates: Sequence[Candidate]) -> str:
    """The question back: which of these is meant."""
    listed = ", ".join(candidate.label for candidate in candidates[:8])
    more = f" and {len(candidates) - 8} more" if len(candidates) > 8 else ""
    example = f"price of id {candidates[0].asset_id}"
    return f"More than one asset fits: {listed}{more}. Ask again with the id, for example: {example}."
