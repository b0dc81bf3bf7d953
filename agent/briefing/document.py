"""A finished briefing: sections of sentences, tables and one chart, with the facts behind every figure."""

from dataclasses import dataclass, field
from datetime import date, datetime

from agent.briefing.profile import STANDARD, Profile
from agent.claims.claim import Claim, SectionKey, Sentence
from agent.claims.fact import Entity, Fact

SECTION_TITLES: dict[SectionKey, str] = {
    SectionKey.SINCE_LAST: "Since your last briefing",
    SectionKey.PORTFOLIO: "Your portfolio",
    SectionKey.MARKET: "The market",
    SectionKey.MOVERS: "Movers",
    SectionKey.SIGNALS: "Grades and signals",
    SectionKey.GAPS: "Data gaps",
}


ABSENT = "n/a"  # a cell whose figure is not known
NOT_FIRED = "-"  # a cell of a signal that did not fire


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; a figure names the fact it shows. `tone` is -1, 0 or 1 by the sign of what is shown."""

    text: str
    fact_id: str | None = None
    tone: int = 0


@dataclass(frozen=True, slots=True)
class Column:
    """A column's title and whether it holds figures."""

    title: str
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A small table that belongs to a section."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a briefing."""

    key: SectionKey
    sentences: tuple[Sentence, ...]
    tables: tuple[Table, ...] = ()

    @property
    def title(self) -> str:
        """The heading the reader sees."""
        return SECTION_TITLES[self.key]


@dataclass(frozen=True, slots=True)
class Series:
    """A line of the briefing's chart: one value per day, indexed to 100 on its first day; None where there is none."""

    name: str
    days: tuple[date, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Writer:
    """Who arranged the text and how it got past the verifier.

    `step` is one of template, first, retry, dropped (failing sentences removed) or fallback (template after a model
    failed); `notes` say in plain words what happened, one sentence each.
    """

    name: str  # "template" or "model <model name>"
    step: str
    prompt_sha256: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Briefing:
    """Everything a surface needs to show a briefing, and everything needed to check it."""

    briefing_id: str
    portfolio: str
    day: date  # the day it is for, in the reader's calendar
    edition: str
    revision: int
    as_of: date  # the last UTC day whose close it uses
    written_at: datetime
    headline: Sentence
    sections: tuple[Section, ...]
    claims: tuple[Claim, ...]
    facts: tuple[Fact, ...]
    entities: tuple[Entity, ...]
    writer: Writer
    verifier_version: str
    snapshot_sha256: str
    attributions: tuple[str, ...]
    chart: tuple[Series, ...] = field(default=())
    profile: Profile = STANDARD

    def fact(self, fact_id: str) -> Fact:
        """The fact with this id; raises KeyError if the briefing has none."""
        for fact in self.facts:
            if fact.fact_id == fact_id:
                return fact
        raise KeyError(fact_id)
