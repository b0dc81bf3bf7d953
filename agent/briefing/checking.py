"""The last check of a whole briefing: headline, every sentence, every cell of every table."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from agent.briefing.document import ABSENT, NOT_FIRED, Briefing, Cell, Table
from agent.claims.claim import Sentence
from agent.claims.fact import Fact
from agent.claims.verify import Violation, verify_document, verify_figure, verify_sentence


def check_briefing(briefing: Briefing, safe: frozenset[str]) -> tuple[Violation, ...]:
    """Why a briefing may not be published; empty if all of it is backed by its facts."""
    claims = {claim.claim_id: claim for claim in briefing.claims}
    entities = {entity.subject: entity for entity in briefing.entities}
    sentences = [sentence for section in briefing.sections for sentence in section.sentences]
    tables = [table for section in briefing.sections for table in section.tables]
    return (
        *verify_sentence(briefing.headline, claims, entities, briefing.as_of, safe=safe),
        *verify_document(sentences, claims, entities, briefing.as_of, safe=safe),
        *(violation for table in tables for violation in _table_violations(briefing, table)),
    )


def _table_violations(briefing: Briefing, table: Table) -> Iterator[Violation]:
    facts = {fact.fact_id: fact for fact in briefing.facts}
    names = {entity.subject: entity.name for entity in briefing.entities}
    for row in table.rows:
        for cell in row[1:]:
            yield from _cell_violations(cell, row[0].text, facts, names)


def _cell_violations(
    cell: Cell, row_name: str, facts: Mapping[str, Fact], names: Mapping[str, str]
) -> Iterator[Violation]:
    if cell.fact_id is None:
        if cell.text not in {ABSENT, NOT_FIRED}:
            yield Violation("uncited", f"a cell of {row_name} shows {cell.text!r} without a fact", cell.text)
        return
    fact = facts.get(cell.fact_id)
    if fact is None or not verify_figure(cell.text, fact):
        yield Violation("figure", f"a cell of {row_name} shows {cell.text!r}, which is not its fact", cell.text)
    elif names.get(fact.subject) != row_name:
        yield Violation("entity", f"a cell of {row_name} shows a fact of {names.get(fact.subject)}", cell.text)


def without_failures(briefing: Briefing, safe: frozenset[str]) -> Briefing:
    """The briefing without the sentences and figures that fail, and a note that says how many there were.

    A mandatory claim whose only sentence fails is no longer asked for: better a gap that is named than no briefing.
    """
    claims = {claim.claim_id: claim for claim in briefing.claims}
    entities = {entity.subject: entity for entity in briefing.entities}

    def holds(sentence: Sentence) -> bool:
        return not verify_sentence(sentence, claims, entities, briefing.as_of, safe=safe)

    sentences = [sentence for section in briefing.sections for sentence in section.sentences]
    failed = [sentence for sentence in sentences if not holds(sentence)]
    lost = {claim_id for sentence in failed for claim_id in sentence.claim_ids}
    sections = tuple(
        replace(
            section,
            sentences=tuple(filter(holds, section.sentences)),
            tables=tuple(_without_bad_cells(briefing, table) for table in section.tables),
        )
        for section in briefing.sections
    )
    noun = "sentence that failed its check was" if len(failed) == 1 else "sentences that failed their check were"
    notes = (*briefing.writer.notes, f"{len(failed)} {noun} left out.")
    return replace(
        briefing,
        sections=sections,
        claims=tuple(claim for claim in briefing.claims if claim.claim_id not in lost),
        writer=replace(briefing.writer, notes=notes),
        headline=briefing.headline if holds(briefing.headline) else next(filter(holds, sentences), briefing.headline),
    )


def _without_bad_cells(briefing: Briefing, table: Table) -> Table:
    facts = {fact.fact_id: fact for fact in briefing.facts}
    names = {entity.subject: entity.name for entity in briefing.entities}

    def kept(cell: Cell, row_name: str) -> Cell:
        return Cell(ABSENT) if any(_cell_violations(cell, row_name, facts, names)) else cell

    rows = tuple((row[0], *(kept(cell, row[0].text) for cell in row[1:])) for row in table.rows)
    return replace(table, rows=rows)
