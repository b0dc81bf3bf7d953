"""The last check of a whole briefing: headline, every sentence, every cell of every table."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from agent.briefing.document import ABSENT, NOT_FIRED, Briefing, Cell, Table
from agent.claims.claim import Sentence
from agent.claims.fact import Fact, Metric
from agent.claims.verify import Violation, verify_document, verify_figure, verify_sentence


@dataclass(frozen=True, slots=True)
class _Kind:
    """What the facts of a column have in common; None where they may differ."""

    metric: Metric
    window: str | None = None
    qualifier: str | None = None
    label: str | None = None

    def fits(self, fact: Fact) -> bool:
        """Whether a fact belongs in the column."""
        return fact.metric is self.metric and all(
            wanted in (None, given)
            for wanted, given in (
                (self.window, fact.window),
                (self.qualifier, fact.qualifier),
                (self.label, fact.label),
            )
        )


# What the reader takes a figure under this title for, said here once more, apart from the code that fills the tables.
_COLUMNS = {
    "Close": _Kind(Metric.CLOSE),
    "Value": _Kind(Metric.VALUE),
    "Weight": _Kind(Metric.WEIGHT),
    "1 day": _Kind(Metric.CHANGE, "1d"),
    "7 days": _Kind(Metric.CHANGE, "7d"),
    "30 days": _Kind(Metric.CHANGE, "30d"),
    "RSI": _Kind(Metric.RSI),
    "TM grade": _Kind(Metric.GRADE, qualifier="tm"),
    "Trader grade": _Kind(Metric.GRADE, qualifier="trader"),
    "Investor grade": _Kind(Metric.GRADE, qualifier="investor"),
    "Trading signal": _Kind(Metric.TRADING_SIGNAL),
}
_SIGNAL_COLUMNS = {
    "Above 20-day high": _Kind(Metric.BREAKOUT, label="above"),
    "Below 20-day low": _Kind(Metric.BREAKOUT, label="below"),
    "MACD turned up": _Kind(Metric.MACD_CROSS, label="bullish"),
    "MACD turned down": _Kind(Metric.MACD_CROSS, label="bearish"),
    "Volume (sigma)": _Kind(Metric.VOLUME_Z),
}


def check_briefing(briefing: Briefing, safe: frozenset[str]) -> tuple[Violation, ...]:
    """Why a briefing may not be published; empty if all of it is backed by its facts."""
    claims = {claim.claim_id: claim for claim in briefing.claims}
    entities = {entity.subject: entity for entity in briefing.entities}
    sentences = [sentence for section in briefing.sections for sentence in section.sentences]
    tables = [table for section in briefing.sections for table in section.tables]
    ledger = _Ledger.of(briefing)
    return (
        *verify_document(sentences, claims, entities, briefing.as_of, safe=safe, headline=briefing.headline),
        *(violation for table in tables for violation in ledger.table_violations(table)),
    )


@dataclass(frozen=True, slots=True)
class _Ledger:
    """The facts of a briefing by id and the subjects by name: what its tables are held against."""

    facts: Mapping[str, Fact]
    subjects: Mapping[str, str]

    @classmethod
    def of(cls, briefing: Briefing) -> "_Ledger":
        """The ledger of a briefing."""
        return cls(
            {fact.fact_id: fact for fact in briefing.facts},
            {entity.name: entity.subject for entity in briefing.entities},
        )

    def table_violations(self, table: Table) -> Iterator[Violation]:
        """What is wrong in a table."""
        for row in table.rows:
            if row[0].text not in self.subjects:
                yield Violation("entity", f"a row is of {row[0].text!r}, which is no name here", row[0].text)
            for cell, column in zip(row[1:], table.columns[1:], strict=True):
                yield from self.cell_violations(cell, row[0].text, column.title)

    def cell_violations(self, cell: Cell, row_name: str, title: str) -> Iterator[Violation]:
        """What is wrong with a cell in the row of this name, under this title."""
        kind = _COLUMNS.get(title) or _SIGNAL_COLUMNS.get(title)
        where = f"a cell of {row_name} under {title!r}"
        if kind is None:
            yield Violation("column", f"{where}: no such column is known", cell.text)
        elif cell.fact_id is None:
            if not self._may_be_empty(cell, row_name, title, kind):
                yield Violation("uncited", f"{where} shows {cell.text!r} without a fact", cell.text)
        elif (fact := self.facts.get(cell.fact_id)) is None or not verify_figure(cell.text, fact):
            yield Violation("figure", f"{where} shows {cell.text!r}, which is not its fact", cell.text)
        elif self.subjects.get(row_name) != fact.subject:
            yield Violation("entity", f"{where} shows a fact of {fact.subject}", cell.text)
        elif not kind.fits(fact):
            yield Violation("column", f"{where} shows a {fact.metric} ({fact.window or fact.qualifier})", cell.text)

    def _may_be_empty(self, cell: Cell, row_name: str, title: str, kind: _Kind) -> bool:
        if cell.text != NOT_FIRED or title not in _SIGNAL_COLUMNS:
            return cell.text == ABSENT
        subject = self.subjects.get(row_name)
        return not any(fact.subject == subject and kind.fits(fact) for fact in self.facts.values())

    def without_bad_cells(self, table: Table) -> Table:
        """The table with `n/a` in place of what is wrong, without the rows of nobody."""

        def kept(cell: Cell, row_name: str, title: str) -> Cell:
            return Cell(ABSENT) if any(self.cell_violations(cell, row_name, title)) else cell

        titles = [column.title for column in table.columns]
        rows = (
            (row[0], *(kept(cell, row[0].text, title) for cell, title in zip(row[1:], titles[1:], strict=True)))
            for row in table.rows
            if row[0].text in self.subjects
        )
        return replace(table, rows=tuple(rows))


def without_failures(briefing: Briefing, safe: frozenset[str]) -> Briefing:
    """The briefing without the sentences and figures that fail or repeat, and a note that says how many there were.

    A mandatory claim that no true sentence states is no longer asked for: better a gap that is named than no briefing.
    """
    claims = {claim.claim_id: claim for claim in briefing.claims}
    entities = {entity.subject: entity for entity in briefing.entities}
    sentences = [sentence for section in briefing.sections for sentence in section.sentences]

    def holds(sentence: Sentence) -> bool:
        return not verify_sentence(sentence, claims, entities, briefing.as_of, safe=safe)

    by_section = _true_sentences(briefing, holds)
    kept = [sentence for section in by_section for sentence in section]
    stated = {claim_id for sentence in kept for claim_id in sentence.claim_ids}
    lost = {claim_id for sentence in sentences for claim_id in sentence.claim_ids} - stated
    left = tuple(
        claim
        for claim in briefing.claims
        if claim.claim_id not in lost and (claim.claim_id in stated or not claim.mandatory)
    )
    claims = {claim.claim_id: claim for claim in left}
    ledger = _Ledger.of(briefing)
    sections = (
        replace(section, sentences=new, tables=tuple(map(ledger.without_bad_cells, section.tables)))
        for section, new in zip(briefing.sections, by_section, strict=True)
    )
    count = len(sentences) - len(kept)
    noun = "sentence that failed its check was" if count == 1 else "sentences that failed their check were"
    notes = (*briefing.writer.notes, f"{count} {noun} left out.")
    return replace(
        briefing,
        sections=tuple(section for section in sections if section.sentences or section.tables),
        claims=left,
        writer=replace(briefing.writer, notes=notes),
        headline=next(filter(holds, (briefing.headline, *kept)), briefing.headline),
    )


def _true_sentences(briefing: Briefing, holds: Callable[[Sentence], bool]) -> list[tuple[Sentence, ...]]:
    """Per section the sentences that hold and say something no sentence before them said."""
    said: set[str] = set()
    kept: list[tuple[Sentence, ...]] = []
    for section in briefing.sections:
        new = []
        for sentence in filter(holds, section.sentences):
            marks = {sentence.text, *sentence.claim_ids}
            if said.isdisjoint(marks):
                new.append(sentence)
                said |= marks
        kept.append(tuple(new))
    return kept
