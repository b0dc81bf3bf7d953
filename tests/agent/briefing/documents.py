"""Briefings put together from snapshots the way the briefing job does, without a store."""

from dataclasses import replace
from datetime import UTC, datetime

from agent.briefing.checking import check_briefing
from agent.briefing.document import Briefing, Cell, Section, Table, Writer
from agent.briefing.headline import headline
from agent.briefing.material import Material, briefing_material
from agent.briefing.safe import safe_sentences
from agent.briefing.snapshot import Snapshot
from agent.briefing.template import write_template
from agent.claims.claim import Segment, Sentence
from agent.claims.verify import VERSION

WRITTEN = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)


_MADE: list[Material] = []  # of the last snapshot alone: one is asked about several times in a row


def material_of(snapshot: Snapshot) -> Material:
    """What can be said of a snapshot, measured once for this very object."""
    if not _MADE or _MADE[0].snapshot is not snapshot:
        _MADE[:] = [briefing_material(snapshot)]
    return _MADE[0]


def briefing_of(snapshot: Snapshot) -> Briefing:
    """The template's briefing of a snapshot."""
    made = material_of(snapshot)
    safe = safe_sentences(snapshot, made.claims)
    return Briefing(
        briefing_id="p1-2025-10-11-daily-1",
        portfolio=snapshot.portfolio,
        day=snapshot.day,
        edition=snapshot.edition,
        revision=1,
        as_of=snapshot.as_of,
        written_at=WRITTEN,
        headline=headline(made),
        sections=write_template(made.claims, made.entities, snapshot.as_of, safe, made.tables),
        claims=made.claims,
        facts=tuple(made.facts.values()),
        entities=tuple(made.entities.values()),
        writer=Writer("template", "template"),
        verifier_version=VERSION,
        snapshot_sha256=made.snapshot_sha256,
        attributions=made.attributions,
        chart=made.chart,
    )


def safe_of(snapshot: Snapshot) -> frozenset[str]:
    """The fixed sentences that hold for a snapshot."""
    return frozenset(safe_sentences(snapshot, material_of(snapshot).claims).values())


def codes(briefing: Briefing, safe: frozenset[str]) -> set[str]:
    """The codes of all that the last check finds wrong."""
    return {violation.code for violation in check_briefing(briefing, safe)}


def with_sentence(briefing: Briefing, place: tuple[int, int], sentence: Sentence) -> Briefing:
    """The briefing with another sentence in a section's place."""
    section = briefing.sections[place[0]]
    sentences = (*section.sentences[: place[1]], sentence, *section.sentences[place[1] + 1 :])
    return _with_section(briefing, place[0], replace(section, sentences=sentences))


def with_table(briefing: Briefing, place: int, table: Table) -> Briefing:
    """The briefing with another table in place of a section's first."""
    return _with_section(briefing, place, replace(briefing.sections[place], tables=(table,)))


def with_cell(table: Table, row: int, column: int, cell: Cell) -> Table:
    """The table with another cell."""
    cells = (*table.rows[row][:column], cell, *table.rows[row][column + 1 :])
    return replace(table, rows=(*table.rows[:row], cells, *table.rows[row + 1 :]))


def _with_section(briefing: Briefing, place: int, section: Section) -> Briefing:
    return replace(briefing, sections=(*briefing.sections[:place], section, *briefing.sections[place + 1 :]))


def tampered(sentence: Sentence, old: str, new: str) -> Sentence:
    """The sentence with words replaced in its segments."""
    segments = tuple(Segment(segment.text.replace(old, new), segment.fact_id) for segment in sentence.segments)
    return replace(sentence, segments=segments)
