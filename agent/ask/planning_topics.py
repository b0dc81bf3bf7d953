"""Rules for sectors, indices, track records and the breadth of the market; the order of all newer rules. Pure."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from agent.ask import intents_topics as topics
from agent.ask import intents_words as words
from agent.ask.arguments import MOST_ROWS, AskMetric, Index, Market, Portfolio, Sectors, TrackRecord
from agent.ask.intents import Call
from agent.ask.planning_clause import Clause
from agent.ask.planning_lists import Calls, one_call
from agent.ask.planning_own import (
    event_day,
    event_words,
    exposure,
    group_words,
    is_of_other,
    own_fall,
    stress,
    targets,
    weights,
)
from agent.ask.quantities import count_in
from agent.claims.figures import day_text

_MOST_NAME_WORDS = 3
_MARKED_SECTOR = re.compile(r"@\d (?:sector|categor(?:y|ies)|narrative)")
_LEADS = re.compile(r"\b(?:leading|lagging|strong|weak|hot)\b")
_MOVES = (words.UP, words.DOWN, words.MOVED)
_WHOLE_GROUP = re.compile(
    rf" ?(?:$|\W|(?:is|are|do|did|has|have|coins?|tokens?|projects?|markets?)\b|{_LEADS.pattern}"
    rf"|{words.UP.pattern}|{words.DOWN.pattern})"
)
_LAGS = re.compile(r"\blag(?:s|ged|ging)?\b|\bbehind\b")
_MEMBERS = re.compile(r"\b(?:which|what|list|show)\b.{0,20}\b(?:coins|tokens|assets)\b|\b(?:members|constituents)\b")
_HELD_BY = re.compile(r"\b(?:weights?|holds?|holdings|constituents|members|contains?|made of|what(?:'s| is) in)\b")
_CHANGES = re.compile(
    r"^(?:please |can you |could you )?(?:create|make|build|delete|remove|rename|set|change|update)\b"
)
_BY_30 = re.compile(r"\b30 ?(?:%|per ?cent)")
_RECORDS = re.compile(r"\bscorecards?\b|\btrack[- ]records?\b|\bhit[- ]?rates?\b")
_EXPLICIT_TM = re.compile(r"\b(?:tm|token ?metrics) (?:grade|rating|score)s?\b")
_PARTICULAR = re.compile(r"\b(?:which|any|list|show|some)\b")
_BREADTH_BESIDE = re.compile(r"~distance_\d+d~|\b(?:highs?|lows?|beat\w*|outperform\w*)\b")


def index(clause: Clause) -> Calls:
    """Indices of the reader's own; the name is the word beside `index`, which the tool knows or does not."""
    if not topics.INDEX.search(clause.typed) or topics.OTHER_INDEX.search(clause.typed):
        return ()
    return one_call("index", Index(name=_index_name(clause)))


def _index_name(clause: Clause) -> str | None:
    inside = (text for text in clause.quotes if not topics.INDEX.search(text.lower()))
    quoted = next((text for text in inside if " ".join(text.lower().split()) in clause.typed), None)
    return quoted or name_beside(clause.named.typed, topics.INDEX)


def name_beside(typed: str, noun: re.Pattern[str]) -> str | None:
    """The words after a noun, else before it, as far as they can be a name; None without any."""
    found = noun.search(typed.lower())
    if found is None:
        return None
    before, after = typed[: found.start()], re.sub(r"^ (?:called|named) ", " ", typed[found.end() :])
    following = _run(re.findall(r"[^\s,]+", after), words.name_stops() | words.words_of("known_words.txt"))
    leading = _run(re.findall(r"[^\s,]+", before)[::-1], words.name_stops())[::-1]
    name = " ".join(following or leading)[:40].strip()
    return None if name.isdigit() else name or None


def _run(tokens: Sequence[str], stops: frozenset[str]) -> list[str]:
    """The first tokens that are no stop words."""
    run: list[str] = []
    for token in tokens[:_MOST_NAME_WORDS]:
        if token.lower().strip(".'") in stops or not re.search(r"\w", token):
            break
        run.append(token)
    return run


def sectors(clause: Clause) -> Calls:
    """Sectors by their median coin: one by its name, or the first or last of all."""
    is_named_by_mark = bool(_MARKED_SECTOR.search(clause.plain)) and len(clause.assets) == 1
    if clause.own or clause.filters or is_of_other(clause) or (clause.assets and not is_named_by_mark):
        return ()
    name = sector_name(clause)
    if name is None and not topics.SECTOR.search(clause.typed):
        return ()
    window = sector_window(clause) or "30d"
    if name is not None:
        return one_call("sectors", Sectors(sector=name, window=window))
    falls = clause.says(words.LOW_END) or clause.says(words.DOWN) or bool(_LAGS.search(clause.text))
    singular = re.search(r"\b(?:sector|category|narrative)\b", clause.text)
    count = count_in(clause.text, 1 if singular else 3, MOST_ROWS)
    return one_call("sectors", Sectors(window=window, end="bottom" if falls else "top", count=count))


def sector_name(clause: Clause) -> str | None:
    """The words beside `sector`, or a well-known group of coins that is asked about as a whole."""
    if topics.SECTOR.search(clause.typed):
        return name_beside(clause.named.typed, topics.SECTOR)
    found = topics.SECTOR_NAMES.search(clause.plain)
    if found is None or clause.metrics or _PARTICULAR.search(clause.text):
        return None
    if any(clause.says(each) for each in (words.HIGH_END, words.LOW_END, words.COMPARISON)):
        return None
    is_whole = _WHOLE_GROUP.match(clause.plain[found.end() :])
    asks = clause.plain.startswith("how ") or _LEADS.search(clause.text)
    moves = clause.period or asks or any(clause.says(each) for each in _MOVES)
    return singular(found[0]) if is_whole and moves else None


def singular(name: str) -> str:
    """The name of a sector from what its coins are called: `memecoins` are of the sector `meme`."""
    return re.sub(r"(?<=meme)coins?$|(?<=dex)es$|(?<=[a-z0-9])s$", "", name)


def sector_window(clause: Clause) -> Literal["7d", "30d"] | None:
    """The window of the two that sectors are known over which is closest."""
    if clause.window is None:
        return None
    return "7d" if clause.window in ("1d", "7d") else "30d"


def track_record(clause: Clause) -> Calls:
    """How signals or grades did before."""
    if clause.own or not clause.says(topics.TRACK_RECORD) or (clause.assets and not scored_signal(clause)):
        return ()
    signal, grade = scored_signal(clause), scored_grade(clause)
    if not (signal or grade or clause.says(topics.SCORED) or _RECORDS.search(clause.plain)):
        return ()
    return one_call("track_record", TrackRecord(signal=signal, grade=grade, days=record_days(clause)))


def scored_signal(clause: Clause) -> str | None:
    """The signal that is named."""
    return next((name for name, pattern in topics.SCORED_SIGNALS if pattern.search(clause.plain)), None)


def scored_grade(clause: Clause) -> topics.GradeKind | None:
    """The grade that is named; `grades` alone is none of them."""
    named = [topics.GRADE_KINDS[metric] for metric in clause.metrics if metric in topics.GRADE_KINDS]
    return next((kind for kind in named if kind != "tm" or _EXPLICIT_TM.search(clause.plain)), None)


def record_days(clause: Clause) -> Literal[1, 7, 30] | None:
    """The days ahead that a window names, if records are known over them."""
    days: dict[str, Literal[1, 7, 30]] = {"1d": 1, "7d": 7, "30d": 30}
    return days.get(clause.window or "")


def breadth(clause: Clause) -> Calls:
    """The share of coins above a mean or near a high, the regime and the season."""
    if clause.own:
        return ()
    if topics.MONEY.search(clause.text) and not clause.assets:
        return one_call("market", Market(window=clause.window))
    share = topics.BREADTH_SHARE.search(clause.plain) and _BREADTH_BESIDE.search(clause.text)
    season = topics.REGIME.search(clause.plain) and not clause.metrics and not clause.says(words.SIGNAL)
    is_of_all = not clause.assets or bool(share) or "season" in clause.plain
    return one_call("market", Market(window=clause.window)) if (share or season) and is_of_all else ()


def topic_notes(clause: Clause, calls: Calls) -> list[str]:
    """What was taken for what by these rules, and what they cannot take up."""
    notes: list[str] = []
    for call in calls:
        asked = call.arguments
        if isinstance(asked, Portfolio) and asked.view == "stress" and asked.day:
            if asked.day == event_day(clause):
                notes.append(f'I took "{event_words(clause)}" for {day_text(asked.day)}.')
            elif not topics.WOULD_HAVE.search(clause.plain):
                notes.append("What was held on a past day is not known: today's weights are taken.")
        if isinstance(asked, Portfolio) and asked.view == "exposure" and group_words(clause) and not asked.sector:
            notes.append("Of sectors and of other groups the largest ones are told.")
        if isinstance(asked, Sectors) and clause.period and clause.window not in ("7d", "30d"):
            notes.append(f"Sectors are known over 7 and 30 days: {asked.window[:-1]} are taken.")
        if isinstance(asked, Sectors) and not set(clause.metrics) <= {AskMetric.CHANGE, AskMetric.PRICE}:
            notes.append("Sectors are known by the change of their median coin only.")
    notes += _limits_told(clause, calls)
    if topics.SECTOR.search(clause.typed) and clause.assets and not any(call.tool == "sectors" for call in calls):
        notes.append("Which sectors a coin belongs to is not told here.")
    if topics.CROSSED.search(clause.text) and any(call.tool == "screen" for call in calls):
        notes.append("On which day a close crossed a mean is not in the data; on which side of it the closes are is.")
    return notes


def _limits_told(clause: Clause, calls: Calls) -> list[str]:
    """What the tools of these calls do not tell, where it is asked for."""
    notes: list[str] = []
    for call in calls:
        asked = call.arguments
        if isinstance(asked, Sectors) and asked.sector and _MEMBERS.search(clause.text):
            notes.append("Which coins a sector has is not told here.")
        if isinstance(asked, Index) and _HELD_BY.search(clause.typed):
            notes.append(f"What an index holds: `coinbrief index show {asked.name or 'NAME'}`.")
        if isinstance(asked, TrackRecord) and clause.assets:
            notes.append("A track record is of all coins together.")
        if isinstance(asked, Index | Portfolio) and _CHANGES.search(clause.typed):
            notes.append("A question changes nothing: `coinbrief index` and `coinbrief portfolio` do.")
        if isinstance(asked, Portfolio) and topics.FALL_OF.search(clause.plain) and not _BY_30.search(clause.plain):
            notes.append("A fall of Bitcoin by 30% is taken.")
    return notes


def is_read(text: str, clause: Clause, calls: Iterable[Call]) -> bool:
    """Whether words that are no name were taken up by a call of these rules."""
    typed, day = text.lower(), event_day(clause)
    for call in calls:
        names = [getattr(call.arguments, field, None) for field in ("name", "sector")]
        if any(isinstance(name, str) and typed in name.lower() for name in names):
            return True
        if day is not None and getattr(call.arguments, "day", None) == day and event_words(clause) in typed:
            return True
        if getattr(call.arguments, "view", None) == "exposure" and typed in group_words(clause):
            return True
    return False


TOPICS: Sequence[Callable[[Clause], Calls]] = (
    index, targets, weights, stress, own_fall, exposure, breadth, track_record, sectors,
)  # fmt: skip
"""In the order in which they are tried."""
