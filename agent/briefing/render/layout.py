"""What every surface shows of a briefing, before it has a shape: paragraphs, figures, marks, the chart's takeaway.

Nothing is computed here. A figure is the text that `forms` wrote into the briefing; only its sign is read off the
fact, so that a figure taken out of its sentence keeps the direction the sentence gave it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from agent.briefing.document import Briefing, Cell, Section, Series, Table
from agent.briefing.render.errors import RenderError
from agent.briefing.render.wording import printable
from agent.claims.claim import SectionKey, Sentence
from agent.claims.fact import Fact, Metric, State
from agent.claims.figures import day_text

ARROWS: Mapping[int, str] = {1: "▲", 0: "", -1: "▼"}
STATE_MARKS: Mapping[State, str] = {State.STALE: "†", State.DISPUTED: "‡", State.RATE_LIMITED: "§"}

_WINDOWS = {
    "1d": "On the day",
    "7d": "Over 7 days",
    "30d": "Over 30 days",
    "90d": "Over 90 days",
    "365d": "Over 365 days",
}
_LISTS = frozenset({SectionKey.GAPS, SectionKey.SIGNALS})
_PARAGRAPH_MAX = 4
_PARAGRAPH_AIM = 3


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as the briefing shows it first, with its fact."""

    fact: Fact
    text: str


@dataclass(frozen=True, slots=True)
class Highlight:
    """A figure of the headline set large: what it is, its text with sign, and the tone of the sign (-1, 0, 1)."""

    label: str
    text: str
    tone: int
    fact: Fact


def is_list(section: Section) -> bool:
    """Whether the sentences stand one by one (gaps, signals) instead of flowing."""
    return section.key in _LISTS


def paragraphs(section: Section) -> tuple[tuple[Sentence, ...], ...]:
    """The section's sentences in paragraphs of two to four, as even as can be; a lone sentence stands alone."""
    sentences = section.sentences
    if len(sentences) <= _PARAGRAPH_MAX:
        return (sentences,) if sentences else ()
    count = -(-len(sentences) // _PARAGRAPH_AIM)
    size, longer = divmod(len(sentences), count)
    starts = [index * size + min(index, longer) for index in range(count + 1)]
    return tuple(sentences[start:end] for start, end in pairwise(starts))


def visible_sections(briefing: Briefing) -> tuple[Section, ...]:
    """The sections that hold anything, in order."""
    return tuple(section for section in briefing.sections if section.sentences or section.tables)


def facts_by_id(briefing: Briefing) -> dict[str, Fact]:
    """The briefing's facts by id."""
    return {fact.fact_id: fact for fact in briefing.facts}


def shown_figures(briefing: Briefing) -> tuple[Figure, ...]:
    """Every fact that is shown, once, in reading order, in its first wording.

    Raises `RenderError` if a figure names a fact which the briefing does not carry.
    """
    facts = facts_by_id(briefing)
    seen: dict[str, Figure] = {}
    for text, fact_id in _figure_texts(briefing):
        if fact_id not in facts:
            raise RenderError(f"the figure {text!r} names fact {fact_id!r}, which the briefing does not carry")
        seen.setdefault(fact_id, Figure(facts[fact_id], printable(text)))
    return tuple(seen.values())


def table_notes(table: Table, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """What the marks before a table's figures mean, one line for each mark used."""
    marked = [facts[cell.fact_id] for row in table.rows for cell in row if cell_mark(cell, facts) and cell.fact_id]
    notes = []
    for state, mark in STATE_MARKS.items():
        days = sorted({fact.as_of for fact in marked if fact.state is state})
        if days:
            notes.append(f"{mark} {_STATE_NOTES[state]} {' and '.join(day_text(day) for day in days)}.")
    return tuple(notes)


_STATE_NOTES = {
    State.STALE: "No newer value: as of",
    State.DISPUTED: "Rests on a price that sources disagree about, as of",
    State.RATE_LIMITED: "Not refreshed, the source asked to slow down: as of",
}


def cell_mark(cell: Cell, facts: Mapping[str, Fact]) -> str:
    """The mark before a figure which is not fresh, where it leaves the digits aligned; empty for all others."""
    fact = facts.get(cell.fact_id) if cell.fact_id is not None else None
    return STATE_MARKS.get(fact.state, "") if fact is not None else ""


def highlights(briefing: Briefing) -> tuple[Highlight, ...]:
    """The portfolio's value and changes, as far as the headline states them, to be set large."""
    facts = facts_by_id(briefing)
    found: dict[tuple[Metric, str | None], Highlight] = {}
    for segment in briefing.headline.segments:
        fact = facts.get(segment.fact_id) if segment.fact_id is not None else None
        if fact is None or not fact.subject.startswith("portfolio:"):
            continue
        if fact.metric in {Metric.VALUE, Metric.CHANGE, Metric.VALUE_CHANGE}:
            found.setdefault((fact.metric, fact.window), _highlight(fact, segment.text))
    return tuple(sorted(found.values(), key=lambda highlight: highlight.fact.metric is not Metric.VALUE))


def chart_takeaway(series: tuple[Series, ...]) -> str:
    """What the chart shows, in one sentence without a figure; empty if there is no line."""
    names = [printable(line.name) for line in series if last_value(line) is not None]
    if not names:
        return ""
    first, last = series[0].days[0], series[0].days[-1]
    return f"{' and '.join(names)} from {day_text(first)} to {day_text(last)}, each line starting at 100."


def last_value(line: Series) -> float | None:
    """The last value a line has; None if it has none."""
    return next((value for value in reversed(line.values) if value is not None), None)


def _highlight(fact: Fact, text: str) -> Highlight:
    if fact.metric is Metric.VALUE:
        return Highlight("Value at the close", text, 0, fact)
    tone = _tone(fact, text)
    is_named = fact.metric is Metric.VALUE_CHANGE  # its label says which way it went
    sign = "" if is_named else {1: "+", -1: "-", 0: ""}[tone]
    return Highlight(_change_label(fact, tone), sign + text.lstrip("+-"), tone, fact)


def _tone(fact: Fact, text: str) -> int:
    if fact.value is None or not re.search(r"[1-9]", text):
        return 0
    return 1 if fact.value > 0 else -1


def _change_label(fact: Fact, tone: int) -> str:
    if fact.metric is Metric.VALUE_CHANGE:
        return {1: "Gain", -1: "Loss", 0: "Change"}[tone]
    if fact.start is not None and fact.window == "since":
        return f"Since {day_text(fact.start)}"
    return _WINDOWS.get(fact.window or "", "Change")


def _figure_texts(briefing: Briefing) -> Iterator[tuple[str, str]]:
    sentences = [briefing.headline, *(sentence for section in briefing.sections for sentence in section.sentences)]
    for segment in (segment for sentence in sentences for segment in sentence.segments):
        if segment.fact_id is not None:
            yield segment.text, segment.fact_id
    for cell in (c for section in briefing.sections for table in section.tables for row in table.rows for c in row):
        if cell.fact_id is not None:
            yield cell.text, cell.fact_id
