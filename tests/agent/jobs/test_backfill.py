import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

import pytest

from agent.jobs.backfill import AnsweredModel, Backfill, Progress, days_between
from agent.jobs.spending import StoreLedger, spent_so_far
from agent.llm.batch import BatchTicket, State
from agent.llm.budget import BudgetSpent, Cap, Caps, Cost
from agent.llm.cache import fingerprint
from agent.llm.errors import LLMError, Refused, Unavailable
from agent.llm.port import LanguageModel, Message, Request, Result, Usage
from agent.store.engine import Store
from agent.store.llm_calls import calls_since
from tests.agent.briefing.write.ground import draft, use
from tests.agent.jobs.world import NOW, TODAY
from tests.agent.jobs.writing import assert_true, scribe, wanted

NO_CAPS = Caps()
FIRST, SECOND, THIRD = date(2025, 10, 1), date(2025, 10, 2), date(2025, 10, 3)


def an_answer(text: str) -> Result:
    return Result(text, (), Usage(100, 10), "tiny-1", "q", 0.0, Decimal("0.002"))


@dataclass
class Desk:
    """A provider of batches that answers as it is told."""

    progress: State = "waiting"
    refuses: LLMError | None = None
    model: str = "tiny"
    host: str = "host"
    taken: dict[str, Mapping[str, Request]] = field(default_factory=dict)
    answers: dict[str, Result | LLMError] = field(default_factory=dict)

    def submit(self, requests: Mapping[str, Request]) -> BatchTicket:
        if self.refuses is not None:
            raise self.refuses
        ticket = BatchTicket(f"batch_{len(self.taken) + 1}", tuple(requests))
        self.taken[ticket.batch_id] = requests
        return ticket

    def state(self, ticket: BatchTicket) -> State:
        return self.progress

    def fetch(self, ticket: BatchTicket) -> Mapping[str, Result | LLMError]:
        lost = Unavailable("lost")
        return {name: self.answers.get(name, lost) for name in ticket.names}


@dataclass
class Writer:
    """Writes a line for each day that it has not written yet, with what the model says or without."""

    written: dict[date, str] = field(default_factory=dict)

    def __call__(self, model: LanguageModel, day: date) -> None:
        if day in self.written:
            return
        try:
            self.written[day] = model.generate(Request("briefing", (Message("user", f"{day}"),))).text
        except LLMError as error:
            self.written[day] = f"template: {error.code}"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def writer() -> Writer:
    return Writer()


def a_backfill(store: Store, desk: Desk, writer: Writer, caps: Caps = NO_CAPS) -> Backfill:
    return Backfill(
        store=store,
        ledger=StoreLedger(store, lambda: NOW),
        batches=desk,
        write=writer,
        caps=caps,
        price=lambda usage, _at: Decimal((usage.input_tokens or 0) + (usage.output_tokens or 0)) / 1000,
        max_output_tokens=100,
        clock=lambda: NOW,
    )


def spent(store: Store) -> Cost:
    with store.reader() as session:
        return spent_so_far(session, NOW).day


def test_days_without_a_briefing_are_handed_over_and_written_once_the_answers_are_there(
    store: Store, desk: Desk, writer: Writer
) -> None:
    writer.written[SECOND] = "there already"
    started = a_backfill(store, desk, writer).start([FIRST, SECOND, THIRD])
    assert started == Progress("batch_1", "sent", (FIRST, THIRD))
    assert list(desk.taken["batch_1"]) == ["2025-10-01", "2025-10-03"]
    assert spent(store).tokens > 200

    assert a_backfill(store, desk, writer).finish() == (Progress("batch_1", "waiting", (FIRST, THIRD)),)
    assert writer.written == {SECOND: "there already"}

    desk.progress, desk.answers = "done", {"2025-10-01": an_answer("of the first"), "2025-10-03": Refused("no")}
    (finished,) = a_backfill(store, desk, writer).finish()
    assert finished == Progress("batch_1", "done", (FIRST, THIRD), (FIRST,))
    assert writer.written == {SECOND: "there already", FIRST: "of the first", THIRD: "template: refused"}
    assert spent(store) == Cost(Decimal("0.002"), 110)
    with store.reader() as session:
        rows = calls_since(session, NOW)
    assert [(row.outcome, row.purpose, row.run_id) for row in rows] == [
        ("ok", "backfill", "batch_1"),
        ("refused", "backfill", "batch_1"),
    ]
    assert a_backfill(store, desk, writer).finish() == ()


def test_a_batch_that_was_killed_while_it_was_finished_is_finished_by_the_next_run(
    store: Store, desk: Desk, writer: Writer
) -> None:
    backfill = a_backfill(store, desk, writer)
    backfill.start([FIRST, SECOND])
    desk.progress, desk.answers = "done", {day.isoformat(): an_answer(f"of {day}") for day in (FIRST, SECOND)}

    def killed(model: LanguageModel, day: date) -> None:
        if day == SECOND:
            raise KeyboardInterrupt
        writer(model, day)

    with pytest.raises(KeyboardInterrupt):
        replace(backfill, write=killed).finish()
    assert list(writer.written) == [FIRST]
    backfill.finish()
    assert writer.written == {FIRST: "of 2025-10-01", SECOND: "of 2025-10-02"}
    with store.reader() as session:
        assert len(calls_since(session, NOW)) == 2


def test_a_failed_batch_writes_nothing_and_costs_nothing(store: Store, desk: Desk, writer: Writer) -> None:
    a_backfill(store, desk, writer).start([FIRST])
    desk.progress = "failed"
    assert a_backfill(store, desk, writer).finish() == (Progress("batch_1", "failed", (FIRST,)),)
    assert (writer.written, spent(store)) == ({}, Cost(Decimal(0), 0))


def test_a_batch_beyond_the_budget_or_refused_is_not_noted(store: Store, desk: Desk, writer: Writer) -> None:
    with pytest.raises(BudgetSpent):
        a_backfill(store, desk, writer, Caps(day=Cap(tokens=100))).start([FIRST])
    desk.refuses = Unavailable("down")
    with pytest.raises(Unavailable):
        a_backfill(store, desk, writer).start([FIRST])
    assert (desk.taken, spent(store)) == ({}, Cost(Decimal(0), 0))
    assert a_backfill(store, desk, writer).finish() == ()


def test_a_cap_of_one_call_or_run_does_not_hold_a_batch_of_many(store: Store, desk: Desk, writer: Writer) -> None:
    caps = Caps(call=Cap(tokens=150), run=Cap(tokens=150))
    assert a_backfill(store, desk, writer, caps).start([FIRST, SECOND]) is not None


def test_nothing_to_write_asks_for_nothing(store: Store, desk: Desk, writer: Writer) -> None:
    writer.written[FIRST] = "there"
    assert a_backfill(store, desk, writer).start([FIRST]) is None
    assert desk.taken == {}


def test_an_answer_serves_only_the_request_it_was_given_for() -> None:
    request, heard = Request("briefing", (Message("user", "a"),)), list[str]()
    model = AnsweredModel("tiny", {fingerprint(request): an_answer("yes")})
    assert model.generate(request, heard.append).text == "yes"
    assert heard == ["yes"]
    with pytest.raises(Unavailable):
        model.generate(Request("briefing", (Message("user", "b"),)))


def test_days_between_are_all_of_them() -> None:
    assert days_between(FIRST, THIRD) == [FIRST, SECOND, THIRD]
    assert days_between(THIRD, FIRST) == []


def test_a_real_briefing_is_written_from_the_answer_of_a_batch_and_passes_every_check(
    collected: Store, desk: Desk
) -> None:
    made = []

    def write(model: LanguageModel, day: date) -> None:
        made.append(scribe(collected, model=model).brief(wanted(day)))

    backfill = replace(a_backfill(collected, desk, Writer()), write=write)
    assert backfill.start([TODAY]) is not None
    assert made == []
    request = desk.taken["batch_1"][TODAY.isoformat()]
    offered = json.loads(request.messages[1].content)["sections"]
    truth = {item["key"]: [[use(claim["id"])] for claim in item["claims"]] for item in offered}
    desk.progress, desk.answers = "done", {TODAY.isoformat(): an_answer(draft(**truth))}
    backfill.finish()
    (briefing,) = made
    assert_true(briefing)
    assert briefing.writer.name == "model tiny"
    assert backfill.start([TODAY]) is None
