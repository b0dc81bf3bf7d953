"""The last check of a whole briefing: headline, every sentence, every cell of every table."""

from collections.abc import Iterator, Mapping

from agent.briefing.document import Briefing, Cell, Table
from agent.claims.fact import Fact
from agent.claims.verify import Violation, verify_document, verify_figure, verify_sentence

ABSENT = "n/a"


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
        if cell.text != ABSENT:
            yield Violation("uncited", f"a cell of {row_name} shows {cell.text!r} without a fact", cell.text)
        return
    fact = facts.get(cell.fact_id)
    if fact is None or not verify_figure(cell.text, fact):
        yield Violation("figure", f"a cell of {row_name} shows {cell.text!r}, which is not its fact", cell.text)
    elif names.get(fact.subject) != row_name:
        yield Violation("entity", f"a cell of {row_name} shows a fact of {names.get(fact.subject)}", cell.text)
