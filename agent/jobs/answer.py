"""Answering a question from the store, and keeping the answer with its facts so that it can be explained."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from agent.ask.answer import Answer
from agent.ask.gathering import Tools
from agent.ask.intents import Context, NameLookup
from agent.ask.respond import Manner, Reply, answer_question
from agent.briefing.archive import fact_row
from agent.briefing.gather import last_day_with_bars
from agent.briefing.wanted import Wanted
from agent.jobs.answer_record import answer_json
from agent.jobs.errors import NothingCollected
from agent.jobs.ledger import call_row
from agent.jobs.scan import scan_if_changed
from agent.llm.port import CallRecord
from agent.measuring.errors import NoPrices
from agent.measuring.ground import scope_of
from agent.store.answers import AnswerRow, save_answer
from agent.store.engine import Store
from agent.store.llm_calls import record_calls

QUESTION_NOT_KEPT = "(not kept)"


class ReadingTools(Tools, NameLookup, Protocol):
    """The tools over a reader's data, which know the names in it too."""


OpenTools = Callable[[Wanted], ReadingTools]


@dataclass(frozen=True, slots=True)
class Keeping:
    """What is kept of an answer: nothing at all with `answers` off, no words of the reader with `questions` off."""

    answers: bool = True
    questions: bool = True


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers questions; `open_tools` gives the tools over a reader's data, `calls` what models were asked lately."""

    store: Store
    clock: Callable[[], datetime]
    open_tools: OpenTools
    manner: Manner = field(default_factory=Manner)
    calls: Callable[[], Sequence[CallRecord]] = tuple
    keeping: Keeping = field(default_factory=Keeping)

    def answer(self, question: str, wanted: Wanted, context: Context | None = None) -> Reply:
        """The answer, stored. Raises NothingCollected without a single bar."""
        self._scan(wanted)
        try:
            tools = self.open_tools(wanted)
        except NoPrices as error:
            raise NothingCollected(str(error)) from None
        reply = answer_question(question, tools, tools, self.manner, context)
        self._keep(reply.answer)
        return reply

    def _scan(self, wanted: Wanted) -> None:
        with self.store.reader() as session:
            as_of = last_day_with_bars(session, wanted.source, wanted.first_open_day)
        if as_of is not None:
            scan_if_changed(self.store, scope_of(wanted, as_of), self.clock)

    def _keep(self, answer: Answer) -> None:
        asked_at = self.clock()
        answer_id = f"a-{hashlib.sha256(f'{asked_at.isoformat()}|{answer.question}'.encode()).hexdigest()[:12]}"
        kept = answer if self.keeping.questions else _without_words(answer)
        with self.store.writer() as session:
            if self.keeping.answers:
                row = AnswerRow(answer_id, asked_at, kept.question, answer_json(kept))
                save_answer(session, row, [fact_row(answer_id, fact) for fact in kept.facts])
            record_calls(session, [call_row(answer_id, call) for call in self.calls()])


def _without_words(answer: Answer) -> Answer:
    """The answer without what repeats the question: notes name what was not found, and steps what was looked up."""
    return replace(answer, question=QUESTION_NOT_KEPT, understood="", notes=(), steps=())
