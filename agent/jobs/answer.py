"""Answering a question from the store, and keeping the answer with its facts so that it can be explained."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from agent.ask.answer import Answer
from agent.ask.reading import StoredData
from agent.ask.respond import answer_question
from agent.briefing.archive import fact_row
from agent.briefing.gather import Wanted, last_day_with_bars, read_snapshot
from agent.briefing.material import briefing_material
from agent.briefing.snapshot import Snapshot
from agent.claims.fact import Fact, FactRef
from agent.jobs.answer_record import answer_json
from agent.jobs.errors import NothingCollected
from agent.jobs.ledger import call_row
from agent.jobs.scan import scan_day
from agent.llm.port import CallRecord, LanguageModel
from agent.measuring.ground import scope_of
from agent.store.answers import AnswerRow, save_answer
from agent.store.assets import AssetRow, find_assets, get_assets
from agent.store.engine import Store
from agent.store.llm_calls import record_calls
from agent.store.signals import signals_on


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers questions; `calls` gives what the model was asked since the last time."""

    store: Store
    clock: Callable[[], datetime]
    model: LanguageModel | None
    calls: Callable[[], Sequence[CallRecord]]

    def answer(self, question: str, wanted: Wanted) -> Answer:
        """The answer, stored. Raises NothingCollected without a single bar."""
        self._scan(wanted)
        with self.store.reader() as session:
            snapshot = read_snapshot(session, wanted)
        if snapshot is None:
            raise NothingCollected("there are no prices yet: run `coinbrief collect` first")
        data = StoredData(snapshot, lambda text: self._find(text, wanted.source))
        answer = answer_question(question, data, portfolio=wanted.portfolio, model=self.model)
        self._keep(answer, with_inputs(answer.facts, snapshot))
        return answer

    def _scan(self, wanted: Wanted) -> None:
        with self.store.reader() as session:
            as_of = last_day_with_bars(session, wanted.source, wanted.first_open_day)
            scanned = as_of is None or signals_on(session, wanted.source, as_of)
        if as_of is not None and not scanned:
            scan_day(self.store, scope_of(wanted, as_of), self.clock)

    def _find(self, text: str, source: str) -> tuple[AssetRow, ...]:
        with self.store.reader() as session:
            return tuple(row for row in _found(session, text) if source in row.refs)

    def _keep(self, answer: Answer, facts: Sequence[Fact]) -> None:
        asked_at = self.clock()
        answer_id = f"a-{hashlib.sha256(f'{asked_at.isoformat()}|{answer.question}'.encode()).hexdigest()[:12]}"
        row = AnswerRow(answer_id, asked_at, answer.question, answer_json(answer))
        with self.store.writer() as session:
            save_answer(session, row, [fact_row(answer_id, fact) for fact in facts])
            record_calls(session, [call_row(answer_id, call) for call in self.calls()])


def with_inputs(facts: Iterable[Fact], snapshot: Snapshot) -> tuple[Fact, ...]:
    """The facts, each once, and those they were computed from, so that all of them can be traced."""
    known = {fact.fact_id: fact for fact in facts}
    if _referred(known.values()) <= known.keys():
        return tuple(known.values())
    measured = {fact.fact_id: fact for fact in briefing_material(snapshot).facts.values()}
    while wanted := (_referred(known.values()) - known.keys()) & measured.keys():
        known |= {fact_id: measured[fact_id] for fact_id in sorted(wanted)}
    return tuple(known.values())


def _referred(facts: Iterable[Fact]) -> set[str]:
    return {item.fact_id for fact in facts for item in fact.derivation.inputs if isinstance(item, FactRef)}


def _found(session: Session, text: str) -> tuple[AssetRow, ...]:
    """The assets a text may mean; one not written as a symbol means the coin of that name, if there is one."""
    text = text.strip()
    number = text.removeprefix("id ").removeprefix("#").strip()
    if number != text and number.isdigit():
        return tuple(get_assets(session, [int(number)]).values())
    rows = find_assets(session, text)
    named = tuple(row for row in rows if row.name.casefold() == text.casefold() and text != text.upper())
    return named or rows
