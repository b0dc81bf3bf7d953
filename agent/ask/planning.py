"""The question grammar: from a question in plain words to calls of typed tools, with no model and no data but names.

Reading goes in steps: the text is cleaned and cut into parts; in each part the assets, metrics and times become marks;
the first rule whose words are there makes the calls. What was taken for what, what was not read and what cannot be
done is said in notes, so that nothing is answered that was not asked without the reader being told.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from agent.ask import intents_words as words
from agent.ask.arguments import AskMetric, Help, Portfolio, Recall, Screen, Window
from agent.ask.conversation import completed, with_antecedents
from agent.ask.intents import Call, Context, Declined, NameLookup, Plan, Premise
from agent.ask.mention_names import Named, named
from agent.ask.planning_clause import Clause, read_clause
from agent.ask.planning_focus import focus_of
from agent.ask.planning_limits import foreign_note, foreign_words, left_out_note, without_exceptions
from agent.ask.planning_rules import calls_for
from agent.ask.planning_text import (
    CAN_ANSWER,
    METRIC_TEXTS,
    NO_SIZE,
    NOT_UNDERSTOOD,
    TOO_LONG,
    ambiguous_note,
    understood_text,
    unknown_note,
    unread_note,
    window_text,
)
from agent.ask.planning_topics import is_read, topic_notes

MOST_CHARACTERS = 400
MOST_CALLS = 6
_CUT = re.compile(
    r"[?!;]+(?=\s|$)|\.(?=\s+\w|\s*$)"
    r"|,?\s+(?:and|also|plus|but)\s+(?=(?:how|what|which|who|when|why|show|am i|is my|are my|did my|is (?:it|that|the)"
    r"|are (?:they|those)|does it|did it|whats|hows)\b)",
    re.IGNORECASE,
)
_CONTRACTIONS = re.compile(r"'(?:s|re|ve|m|d|ll)\b|\b(what|how|who|where)s\b", re.IGNORECASE)
_QUOTED = re.compile('["\u201c\u201d]([^"\u201c\u201d]{1,40})["\u201c\u201d]')
_SECTOR = re.compile(r"\b(?:sectors?|defi|nfts?|memes?|memecoins?|stablecoins?|layer|gaming|privacy)\b")
_SUSPECT = re.compile(r"\b(?:of|for|on|about|is|does|did|has|hows?|buy|sell|hold|and|or|vs|versus|than|with|to)\W+$")


def plan_question(
    question: str, names: NameLookup, today: date, context: Context | None = None, first_day: date | None = None
) -> Plan:
    """The plan of a question; `today` is the last close, `first_day` the first there is data of, if that is known.

    `context` is the plan of the question before, from which a follow-up is completed. A question that means nothing
    has no calls and says so in its notes, with what can be asked. Never raises.
    """
    before, parts, quotes = context, list[Plan](), tuple(_QUOTED.findall(question[:MOST_CHARACTERS]))
    for part in filter(None, (piece.strip(" ,.-") for piece in _pieces(_cleaned(question)))):
        parts.append(_plan_part(part, names, _Around(today, first_day, before, quotes)))
        before = parts[-1] if parts[-1].calls else before
    plan = _merged(_without_asides(parts))
    notes = (*plan.notes, *(TOO_LONG,) * (len(question) > MOST_CHARACTERS))
    if not (plan.calls or plan.candidates or plan.unresolved):
        notes = (*notes, NOT_UNDERSTOOD, CAN_ANSWER)
    elif plan.unresolved and not plan.calls:
        notes = (*notes, CAN_ANSWER)
    return replace(plan, understood=understood_text(plan.calls), notes=tuple(dict.fromkeys(notes)))


def _cleaned(question: str) -> str:
    """The question in plain characters, with none that is a mark here."""
    text = unicodedata.normalize("NFKC", question[:MOST_CHARACTERS])[:MOST_CHARACTERS].replace("\u2019", "'")
    text = re.sub(r"[@~`\"\u201c\u201d]", " ", text).replace("&", " and ").replace("\u2212", "-")
    text = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    text = re.sub(r"\b(btc|eth)\.d\b", r"\1 dominance", text, flags=re.IGNORECASE)
    text = _CONTRACTIONS.sub(lambda match: match[1] or " ", text)
    return re.sub(r"\s+", " ", text).strip()


def _pieces(text: str) -> Sequence[str]:
    return _CUT.split(text)


@dataclass(frozen=True, slots=True)
class _Around:
    """What a part of a question is read with: the last close, the first day, the plan before, what is in quotes."""

    today: date
    first_day: date | None
    before: Context | None
    quotes: tuple[str, ...]

    def read(self, found: Named) -> tuple[Clause, tuple[Call, ...]]:
        """The clause of a text with its calls."""
        clause = read_clause(found, self.today, self.first_day, self.quotes)
        return clause, completed(clause, self.before) or calls_for(clause)


def _plan_part(text: str, names: NameLookup, around: _Around) -> Plan:
    found, left_out = without_exceptions(with_antecedents(named(text, names), around.before))
    clause, calls = around.read(found)
    if not found.candidates and not clause.assets and (not calls or _wants_an_asset(clause, calls)):
        doubtful = named(text, names, everyday=True)
        if doubtful.doubtful and not found.unread and not left_out:
            clause, calls = around.read(doubtful)
    if left_out and not calls and around.before and len(found.text.split()) <= 1:
        calls = around.before.calls  # "and without bitcoin?" changes nothing
    plan = _noted(clause, calls)
    return replace(plan, notes=(*plan.notes, left_out_note(left_out))) if left_out else plan


def _wants_an_asset(clause: Clause, calls: Sequence[Call]) -> bool:
    """Whether a what-if or a search was left without what it is about."""
    recalls = any(isinstance(call.arguments, Recall) for call in calls)
    return clause.says(words.WHAT_IF) or (recalls and bool(re.search(r"\b(?:about|on|for)\b", clause.text)))


def _noted(clause: Clause, calls: tuple[Call, ...]) -> Plan:
    """The plan of a clause's calls, with what the reader has to know about them."""
    foreign = foreign_words(clause, calls) if calls else ()
    if foreign:
        return Plan(notes=(foreign_note(foreign),), declined=clause.declined, unresolved=foreign)
    unresolved = _unresolved(clause, calls)
    if (unresolved or clause.named.candidates) and not clause.assets and _is_of_all(calls):
        calls = ()
    notes = [*clause.named.notes, *(note for period in clause.periods for note in period.notes)]
    notes += [*topic_notes(clause, calls), *_window_notes(clause, calls), *_passed_over(clause, calls)]
    if clause.named.candidates:
        notes.append(ambiguous_note(clause.named.candidates))
    notes += [unknown_note(text) for text in unresolved]
    if calls and not any(isinstance(call.arguments, Recall | Help) for call in calls):
        unread = [text for text in clause.named.unread if text not in unresolved and not is_read(text, clause, calls)]
        notes += [unread_note(unread)] * bool(unread)
    if re.search(r"\bwhat if\b|\bif i\b|\b(?:suppose|imagine) i\b", clause.plain) and not any(
        call.tool == "what_if" or getattr(call.arguments, "view", None) in ("stress", "weights") for call in calls
    ):
        notes.append(NO_SIZE)
    return Plan(
        calls=calls,
        notes=tuple(notes),
        declined=clause.declined,
        premise=_premise(clause, calls),
        candidates=clause.named.candidates,
        unresolved=unresolved,
        focus=focus_of(clause, calls),
    )


def _is_of_all(calls: Iterable[Call]) -> bool:
    """Whether the calls look at everything where one asset was meant."""
    return all(call.tool in ("signals", "grades", "data_health", "market", "price", "screen") for call in calls)


def _unresolved(clause: Clause, calls: Sequence[Call]) -> tuple[str, ...]:
    """Words that stand where a name would, and are none."""
    if any(isinstance(call.arguments, Recall | Help) for call in calls):
        return ()
    unread = clause.named.unread
    if not calls:
        return unread if len(unread) <= 2 and _seeks_an_asset(clause) else ()
    names = (text for text in unread if len(text.split()) <= 3 and _stands_for_a_name(text, clause))
    return tuple(text for text in names if not is_read(text, clause, calls))


def _seeks_an_asset(clause: Clause) -> bool:
    """Whether the clause asks for something that an asset has, or is hardly more than the unknown words."""
    patterns = (words.UP, words.DOWN, words.MOVED, words.HISTORY, words.CORRELATION, words.COMPARISON)
    asks = clause.metrics or clause.periods or any(clause.says(pattern) for pattern in patterns)
    return bool(asks) or len(clause.plain.split()) <= 4 or bool(re.search(r"\b(?:about|of|for)\b", clause.plain))


def _stands_for_a_name(text: str, clause: Clause) -> bool:
    place = clause.plain.find(text.lower())
    is_typed_as_one = text[0].isupper() and place > 0
    return is_typed_as_one or bool(_SUSPECT.search(clause.plain[: max(place, 0)]))


def _window_notes(clause: Clause, calls: Sequence[Call]) -> list[str]:
    """That a time was taken as a window, where only windows are known."""
    windows = {window for call in calls for window in _windows_of(call)}
    notes: list[str] = []
    for period in clause.periods:
        window = period.as_window(clause.today)
        if period.is_usable and not period.window and window in windows:
            span = "the day of" if window == "1d" else f"{window_text(window).removeprefix('over ')} up to"
            notes.append(f'Here "{period.words}" is taken as {span} the last close.')
    return notes


def _passed_over(clause: Clause, calls: Sequence[Call]) -> list[str]:
    """Times and metrics of the question that no call takes up."""
    usable = [period for period in clause.periods if period.is_usable]
    takes_all = any(call.tool in ("screen", "recall") for call in calls)
    notes = [f'Of the times only "{usable[0].words}" was read.'] if len(usable) > 1 and not takes_all else []
    if usable and usable[0].window != "1d" and calls and not any(_takes_time(call) for call in calls):
        notes.append(f'"{usable[0].words}" was not used: this is known as of the last close.')
    if any(_lists_coins(call) for call in calls) and _SECTOR.search(clause.plain):
        notes.append("Coins are not narrowed by sector here: all of them are looked at.")
    for call in calls:
        if isinstance(call.arguments, Screen):
            bounded = {condition.metric for condition in call.arguments.filters}
            notes += [
                f"Without a bound the {METRIC_TEXTS[metric]} was not used."
                for metric in clause.metrics
                if metric not in bounded and metric is not AskMetric.PRICE
            ]
    return notes


def _lists_coins(call: Call) -> bool:
    return call.tool in ("rank", "screen") or (
        isinstance(call.arguments, Portfolio) and call.arguments.view == "changes"
    )


def _takes_time(call: Call) -> bool:
    stated = call.arguments.model_dump(include={"window", "day", "start", "end", "days"}, exclude_none=True)
    return bool(stated) or call.tool in ("screen", "correlation", "help", "index")


def _windows_of(call: Call) -> Iterable[Window]:
    stated = [getattr(call.arguments, "window", None)]
    stated += [condition.window for condition in getattr(call.arguments, "filters", ())]
    return [window for window in stated if window]


def _premise(clause: Clause, calls: Sequence[Call]) -> Premise | None:
    """The move that a why-question, or one for its size, takes for granted."""
    takes = Declined.CAUSE in clause.declined or re.search(r"\bhow (?:much|far|hard|badly|well)\b", clause.text)
    falls, rises = clause.says(words.DOWN), clause.says(words.UP)
    if not takes or falls == rises or not calls or (clause.own and not clause.assets):
        return None
    window = next((window for call in calls for window in _windows_of(call)), None)
    return Premise(clause.asset, -1 if falls else 1, window)


def _without_asides(parts: Sequence[Plan]) -> Sequence[Plan]:
    """The parts, but a declined one that looks at the whole market looks up nothing beside a part that names more."""
    asides = [part for part in parts if part.declined and all(call.tool == "market" for call in part.calls)]
    if all(part in asides or not part.calls for part in parts):
        return parts
    return [replace(part, calls=()) if part in asides else part for part in parts]


def _merged(parts: Sequence[Plan]) -> Plan:
    def every(field: str) -> tuple[object, ...]:
        return tuple(dict.fromkeys(item for part in parts for item in getattr(part, field)))

    return Plan(
        calls=every("calls")[:MOST_CALLS],  # type: ignore[arg-type]  # the field of that name
        notes=every("notes"),  # type: ignore[arg-type]  # the field of that name
        declined=every("declined"),  # type: ignore[arg-type]  # the field of that name
        premise=next((part.premise for part in parts if part.premise), None),
        candidates=every("candidates"),  # type: ignore[arg-type]  # the field of that name
        unresolved=every("unresolved"),  # type: ignore[arg-type]  # the field of that name
        focus=every("focus"),  # type: ignore[arg-type]  # the field of that name
    )
