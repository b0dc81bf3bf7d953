import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from agent.jobs.ledger import call_row
from agent.jobs.spending import StoreCache, StoreLedger, Unbooked, forget_spending, spent_so_far
from agent.llm.budget import BudgetedModel, BudgetSpent, Cap, Caps, Cost, Denied, Reservation, Wish
from agent.llm.cache import CachedModel, Endpoint
from agent.llm.errors import LLMError, Truncated
from agent.llm.port import CallLog, CallRecord, Message, OnText, Request, Result, Usage
from agent.store.engine import Store
from agent.store.llm_calls import calls_of, calls_since, record_calls
from tests.agent.jobs.writing import assert_true, scribe, wanted

NOW = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
HALF = Caps(day=Cap(usd=Decimal("0.50")))
WISH = Wish("ask", "tiny", 300, Cost(Decimal("0.30"), 1_000))
ASK = Request("ask", (Message("user", "x" * 300),), cache_scope="s1")
ANSWER = Result("hello", (), Usage(80, 7, 0, 2), "tiny", "q", 0.5, Decimal("0.01"))


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Adapter:
    """A model that records its attempts as the adapters do."""

    log: CallLog
    outcomes: list[Result | LLMError] = field(default_factory=lambda: [ANSWER])
    model: str = "tiny"

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        good = isinstance(outcome, Result)
        self.log.on_call(
            CallRecord(
                purpose=request.purpose,
                model="tiny",
                host="host",
                prompt_sha256=None,
                started_at=NOW,
                latency_s=0.5,
                usage=outcome.usage if isinstance(outcome, Result) else Usage(),
                cost_usd=outcome.cost_usd if isinstance(outcome, Result) else None,
                outcome="ok" if good else outcome.code,  # type: ignore[union-attr]  # an error then
                request_id=None,
                output_format="text",
                retries=1,
                wire="responses",
                usage_estimated=good,
            )
        )
        if isinstance(outcome, LLMError):
            raise outcome
        return outcome


def price(usage: Usage, _at: datetime) -> Decimal:
    """A hundredth of a dollar a token."""
    return Decimal((usage.input_tokens or 0) + (usage.output_tokens or 0)) / 100


def budgeted(ledger: StoreLedger, caps: Caps, *outcomes: Result | LLMError) -> BudgetedModel:
    inner = Adapter(ledger, list(outcomes or [ANSWER]))
    return BudgetedModel(inner, ledger, caps=caps, clock=ledger.clock, price=price, max_output_tokens=100)


def granted(ledger: StoreLedger, wish: Wish = WISH, caps: Caps = HALF) -> Reservation:
    found = ledger.reserve(wish, caps)
    assert isinstance(found, Reservation)
    return found


def test_what_is_set_aside_counts_for_every_process_until_it_is_settled(store: Store) -> None:
    ours, theirs = StoreLedger(store, Clock()), StoreLedger(Store(store.path), Clock())
    reservation = granted(ours)
    denied = theirs.reserve(WISH, HALF)
    assert isinstance(denied, Denied)
    assert denied.left == Decimal("0.20")
    ours.settle(reservation, Cost(Decimal("0.05"), 87), 80)
    granted(theirs)
    with store.reader() as session:
        assert spent_so_far(session, NOW).day == Cost(Decimal("0.35"), 1_087)


def test_a_new_day_has_a_new_budget_and_the_month_goes_on(store: Store) -> None:
    clock = Clock()
    ledger = StoreLedger(store, clock)
    granted(ledger)
    clock.now = NOW + timedelta(days=1)
    granted(ledger)
    month = ledger.reserve(WISH, Caps(month=Cap(usd=Decimal("0.80"))))
    assert isinstance(month, Denied)
    assert month.period == "month"
    clock.now = NOW + timedelta(days=10)
    granted(ledger, caps=Caps(month=Cap(usd=Decimal("0.80"))))


def test_a_run_has_a_budget_of_its_own(store: Store) -> None:
    ledger, caps = StoreLedger(store, Clock()), Caps(run=Cap(tokens=1_500))
    with ledger.run("brief-1"):
        granted(ledger, caps=caps)
        assert isinstance(ledger.reserve(WISH, caps), Denied)
    with ledger.run("brief-2"):
        granted(ledger, caps=caps)
    granted(ledger, caps=caps)


def test_of_two_threads_that_race_for_the_last_of_a_budget_exactly_one_gets_it(store: Store) -> None:
    together, sent, refused = threading.Barrier(2), list[str](), list[str]()

    class Slow(Adapter):
        """Answers only once the other thread was told."""

        def generate(self, request: Request, on_text: OnText | None = None) -> Result:
            together.wait(5)
            return super().generate(request, on_text)

    def ask() -> None:
        ledger = StoreLedger(Store(store.path), Clock())
        caps = Caps(day=Cap(usd=Decimal("3.00")))  # a call can cost 2.08
        model = BudgetedModel(Slow(ledger), ledger, caps=caps, clock=Clock(), price=price, max_output_tokens=100)
        try:
            sent.append(model.generate(ASK).text)
        except BudgetSpent as error:
            refused.append(error.plain)
            together.wait(5)

    run_all([threading.Thread(target=ask) for _ in range(2)])
    assert sent == ["hello"]
    assert [text[:43] for text in refused] == ["What is left of the day's budget for the la"]
    with store.reader() as session:
        assert spent_so_far(session, NOW).day == Cost(Decimal("0.01"), 87)


def test_of_many_threads_only_as_many_are_granted_as_the_budget_holds(store: Store) -> None:
    start, found = threading.Barrier(4), list[Reservation | Denied]()

    def reserve() -> None:
        ledger = StoreLedger(Store(store.path), Clock())
        start.wait(5)
        found.append(ledger.reserve(WISH, HALF))

    threads = [threading.Thread(target=reserve) for _ in range(4)]
    run_all(threads)
    assert sorted(type(item).__name__ for item in found) == ["Denied", "Denied", "Denied", "Reservation"]


def test_every_attempt_is_written_down_with_its_run(store: Store) -> None:
    ledger = StoreLedger(store, Clock())
    with ledger.run("run-1"):
        budgeted(ledger, Caps()).generate(ASK)
        with pytest.raises(Truncated):
            budgeted(ledger, Caps(), Truncated("cut")).generate(ASK)
        with pytest.raises(BudgetSpent):
            budgeted(ledger, Caps(day=Cap(tokens=1))).generate(ASK)
    with store.reader() as session:
        good, cut, denied = calls_since(session, NOW)
    assert (good.outcome, good.cost_usd, good.input_tokens, good.reasoning_tokens) == ("ok", Decimal("0.01"), 80, 2)
    assert (good.run_id, good.wire, good.output_format, good.retries, good.estimated) == (
        "run-1",
        "responses",
        "text",
        1,
        1,
    )
    assert (cut.outcome, cut.cost_usd) == ("truncated", None)
    assert (denied.outcome, denied.cost_usd, denied.document_id) == ("over_budget", 0, None)


def test_a_call_that_a_breaker_kept_back_costs_nothing_and_a_lost_one_its_worst(store: Store) -> None:
    ledger = StoreLedger(store, Clock())
    budgeted(ledger, Caps()).generate(ASK)

    class Resting:
        model = "tiny"

        def generate(self, request: Request, on_text: OnText | None = None) -> Result:
            raise Truncated("left alone until later")

    resting = BudgetedModel(Resting(), ledger, caps=HALF, clock=Clock(), price=price, max_output_tokens=1)
    with pytest.raises(LLMError):
        resting.generate(replace(ASK, messages=()))
    with store.reader() as session:
        assert spent_so_far(session, NOW).day == Cost(Decimal("0.01"), 87)
    with pytest.raises(Truncated):
        budgeted(ledger, Caps(), Truncated("cut")).generate(ASK)
    with store.reader() as session:
        assert spent_so_far(session, NOW).day == Cost(Decimal("2.09"), 295)  # 108 tokens in and 100 out besides


def test_the_calls_of_a_run_get_the_document_that_came_of_them(store: Store) -> None:
    ledger = StoreLedger(store, Clock())
    with ledger.run("run-1"):
        budgeted(ledger, Caps()).generate(ASK)
        ledger.on_call(replace(_record(), outcome="cached"))
        with store.writer() as session:  # as whoever stores a document does: nothing else may be written meanwhile
            record_calls(session, [call_row("b1", call) for call in ledger.take()])
        assert ledger.take() == ()
    with store.reader() as session:
        assert [(row.outcome, row.cached) for row in calls_of(session, "b1")] == [("ok", 0), ("cached", 1)]
        assert len(calls_since(session, NOW)) == 2


def test_runs_side_by_side_do_not_mix_their_calls(store: Store) -> None:
    ledger, taken = StoreLedger(store, Clock()), dict[str, int]()
    both = threading.Barrier(2)

    def work(name: str, calls: int) -> None:
        with ledger.run(name):
            for _ in range(calls):
                ledger.on_call(_record())
            both.wait(5)
            taken[name] = len(ledger.take())

    threads = [threading.Thread(target=work, args=(name, calls)) for name, calls in (("a", 1), ("b", 3))]
    run_all(threads)
    assert taken == {"a": 1, "b": 3}


def test_without_an_account_nothing_is_sent_and_the_reader_is_told(store: Store) -> None:
    inner = Adapter(ledger := StoreLedger(Store(store.path, lock_timeout_s=0.02), Clock()))
    model = BudgetedModel(inner, ledger, caps=HALF, clock=Clock(), price=price, max_output_tokens=1)
    with store.write_right(), pytest.raises(Unbooked) as caught:
        model.generate(ASK)
    assert "account of its costs" in caught.value.plain
    assert ledger.take() == ()


def test_a_call_that_cannot_be_booked_counts_as_spent_and_its_record_is_kept(store: Store) -> None:
    ledger = StoreLedger(Store(store.path, lock_timeout_s=0.02), Clock())
    reservation = granted(ledger)
    ledger.on_call(_record())
    with store.write_right():
        ledger.settle(reservation, Cost(Decimal(0), 0), None)
        ledger.flush()
    with store.reader() as session:
        assert spent_so_far(session, NOW).day == WISH.worst_case
        assert calls_since(session, NOW) == ()
    ledger.flush()
    with store.reader() as session:
        assert len(calls_since(session, NOW)) == 1


def test_the_size_of_inputs_is_learned_over_all_processes(store: Store) -> None:
    ledger = StoreLedger(store, Clock())
    assert ledger.tokens_per_byte("tiny") == pytest.approx(1 / 3)
    for _ in range(5):
        ledger.settle(granted(ledger, caps=Caps()), Cost(None, 200), 150)
    assert StoreLedger(store, Clock()).tokens_per_byte("tiny") == 0.5
    missing = StoreLedger(Store(store.path.with_name("missing.db")), Clock())
    assert missing.tokens_per_byte("tiny") == pytest.approx(1 / 3)


def test_a_kept_answer_costs_nothing_and_leaves_a_record(store: Store) -> None:
    ledger = StoreLedger(store, Clock())
    inner = budgeted(ledger, Caps(day=Cap(usd=Decimal("2.50"))))
    model = CachedModel(
        inner,
        StoreCache(store),
        clock=Clock(),
        ttl=timedelta(days=1),
        endpoint=Endpoint("http://host/v1", "chat", {}),
        call_log=ledger,
    )
    first = model.generate(ASK)
    assert [model.generate(ASK) for _ in range(3)] == [replace(first, latency_s=0.0, cost_usd=Decimal(0))] * 3
    ledger.flush()
    with store.reader() as session:
        assert [row.outcome for row in calls_since(session, NOW)] == ["ok", "cached", "cached", "cached"]
        assert spent_so_far(session, NOW).day == Cost(Decimal("0.01"), 87)


def test_a_cache_that_cannot_be_used_only_costs_money(store: Store) -> None:
    busy = StoreCache(Store(store.path, lock_timeout_s=0.02))
    model = CachedModel(
        Adapter(StoreLedger(store, Clock())),
        busy,
        clock=Clock(),
        ttl=timedelta(days=1),
        endpoint=Endpoint("", "chat", {}),
    )
    with store.write_right():
        assert model.generate(ASK) is ANSWER
    assert StoreCache(Store(store.path.with_name("missing.db"))).get("k", NOW) is None


def test_a_budget_of_nothing_leaves_the_briefing_to_the_template_which_says_why(collected: Store) -> None:
    ledger = StoreLedger(collected, Clock())
    model = budgeted(ledger, Caps(day=Cap(usd=Decimal(0))))
    with ledger.run("run-1"):
        briefing = scribe(collected, model=model, calls=ledger.take).brief(wanted())
    assert_true(briefing)
    assert briefing.writer.name == "template"
    assert "The budget of the language model for a day is 0, so nothing is sent to it." in briefing.writer.notes
    with collected.reader() as session:
        assert [row.outcome for row in calls_of(session, briefing.briefing_id)] == ["over_budget"]
        assert spent_so_far(session, NOW).month == Cost(Decimal(0), 0)


def test_what_is_old_is_forgotten_but_not_this_months_account(store: Store) -> None:
    clock = Clock()
    ledger = StoreLedger(store, clock)
    budgeted(ledger, Caps()).generate(ASK)
    forget_spending(store, NOW + timedelta(days=1), NOW)
    with store.reader() as session:
        assert calls_since(session, NOW) == ()
        assert spent_so_far(session, NOW).month.tokens == 87
    forget_spending(store, NOW + timedelta(days=1), NOW + timedelta(days=40))
    with store.reader() as session:
        assert spent_so_far(session, NOW).month.tokens == 0


def _record() -> CallRecord:
    return CallRecord("ask", "tiny", "host", None, NOW, 0.1, Usage(1, 1), None, "ok", None, "text", 0)


def run_all(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
