from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from agent.llm.budget import (
    NOTHING,
    BudgetedModel,
    BudgetSpent,
    Cap,
    Caps,
    Cost,
    Denied,
    Reservation,
    Spent,
    Wish,
    decide,
)
from agent.llm.errors import LLMError, QuotaSpent, Unavailable
from agent.llm.estimate import input_bytes, tokens_of
from agent.llm.port import CallRecord, Message, OnText, Request, Result, Usage

NOW = datetime(2026, 11, 27, 15, 30, tzinfo=UTC)
FIRST, UNCOUNTED = Reservation("r1"), Usage()


@dataclass
class FakeLedger:
    answer: Reservation | Denied = FIRST
    wishes: list[Wish] = field(default_factory=list)
    settled: list[tuple[str, Cost, int | None]] = field(default_factory=list)
    calls: list[CallRecord] = field(default_factory=list)

    def reserve(self, wish: Wish, caps: Caps) -> Reservation | Denied:
        self.wishes.append(wish)
        return self.answer

    def settle(self, reservation: Reservation, spent: Cost, input_tokens: int | None) -> None:
        self.settled.append((reservation.reservation_id, spent, input_tokens))

    def on_call(self, record: CallRecord) -> None:
        self.calls.append(record)

    def attempts(self) -> list[CallRecord]:
        return self.calls


class FakeModel:
    model = "tiny"

    def __init__(self, outcome: Result | LLMError) -> None:
        self.outcome = outcome
        self.requests: list[Request] = []

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        self.requests.append(request)
        if on_text is not None:
            on_text("hello")
        if isinstance(self.outcome, LLMError):
            raise self.outcome
        return self.outcome


def a_result(usage: Usage, cost_usd: Decimal | None = None, **changes: Any) -> Result:
    return Result("hello", (), usage, "tiny", "q", 0.1, cost_usd, **changes)


def per_token(usage: Usage, _at: datetime) -> Decimal:
    return Decimal((usage.input_tokens or 0) + 10 * (usage.output_tokens or 0)) / 1000


def unpriced(_usage: Usage, _at: datetime) -> None:
    return None


ASK = Request("ask", (Message("user", "x" * 300),), prompt_sha256="ab")


def budgeted(
    outcome: Result | LLMError, ledger: FakeLedger, price: Callable[[Usage, datetime], Decimal | None] = per_token
) -> tuple[BudgetedModel, FakeModel]:
    inner = FakeModel(outcome)
    return BudgetedModel(inner, ledger, caps=Caps(), clock=lambda: NOW, price=price, max_output_tokens=50), inner


def test_the_worst_case_is_set_aside_before_and_the_true_cost_booked_after() -> None:
    ledger, heard = FakeLedger(), list[str]()
    model, inner = budgeted(a_result(Usage(80, 7), Decimal("0.15")), ledger)
    assert model.generate(ASK, heard.append).text == "hello"
    tokens = tokens_of(input_bytes(ASK))
    assert ledger.wishes == [Wish("ask", "tiny", input_bytes(ASK), Cost(Decimal(tokens + 500) / 1000, tokens + 50))]
    assert ledger.settled == [("r1", Cost(Decimal("0.15"), 87), 80)]
    assert (heard, inner.requests, model.model) == (["hello"], [ASK], "tiny")


def test_a_call_of_unknown_tokens_is_booked_at_its_worst() -> None:
    ledger = FakeLedger()
    budgeted(a_result(Usage()), ledger)[0].generate(ASK)
    assert ledger.settled == [("r1", ledger.wishes[0].worst_case, None)]


def test_a_price_of_ours_serves_where_the_adapter_knows_none() -> None:
    ledger = FakeLedger()
    budgeted(a_result(Usage(80, 7)), ledger)[0].generate(ASK)
    budgeted(a_result(Usage(80, 7), usage_estimated=True), ledger, unpriced)[0].generate(ASK)
    assert ledger.settled == [("r1", Cost(Decimal("0.15"), 87), 80), ("r1", Cost(None, 87), None)]


def attempt(outcome: str, usage: Usage = UNCOUNTED, cost_usd: Decimal | None = None) -> CallRecord:
    return CallRecord("ask", "tiny", "host", None, NOW, 0.1, usage, cost_usd, outcome, None, "text", 0)


def lost(*attempts: CallRecord, price: Callable[[Usage, datetime], Decimal | None] = per_token) -> tuple[Cost, Cost]:
    """What a call that failed after these attempts is booked at, and what was set aside for it."""
    ledger = FakeLedger(calls=list(attempts))
    with pytest.raises(Unavailable):
        budgeted(Unavailable("no answer in time"), ledger, price)[0].generate(ASK)
    ((_, spent, input_tokens),) = ledger.settled
    assert input_tokens is None
    return spent, ledger.wishes[0].worst_case


def test_a_failed_call_is_booked_at_its_worst_unless_its_cost_is_known() -> None:
    spent, worst_case = lost(attempt("unavailable"))
    assert spent == worst_case
    assert lost(attempt("truncated", Usage(80, 50), Decimal("0.2")))[0] == Cost(Decimal("0.2"), 130)
    assert lost(attempt("truncated", Usage(80, 50)))[0] == Cost(Decimal("0.58"), 130)
    spent, worst_case = lost(attempt("malformed"), price=unpriced)
    assert spent == worst_case == Cost(None, worst_case.tokens)


def test_what_a_server_refused_or_never_got_costs_nothing() -> None:
    assert lost(attempt("unauthorized"), attempt("bad_request"), attempt("rate_limited"))[0] == NOTHING
    assert lost(attempt("unreachable"), attempt("unreachable"))[0] == NOTHING
    assert lost()[0] == NOTHING
    assert lost(price=unpriced)[0] == NOTHING
    spent, worst_case = lost(attempt("bad_request"), attempt("unreachable"), attempt("unavailable"))
    assert spent == worst_case


def test_a_call_that_is_denied_is_never_made_and_tells_a_reader_why() -> None:
    no = decide(Caps(day=Cap(usd=Decimal(1))), Spent(day=Cost(Decimal(1), 0)), Cost(Decimal(1), 9), NOW)
    assert isinstance(no, Denied)
    ledger = FakeLedger(no)
    model, inner = budgeted(a_result(Usage(1, 1)), ledger)
    with pytest.raises(QuotaSpent) as caught:
        model.generate(ASK)
    assert isinstance(caught.value, BudgetSpent)
    assert caught.value.plain == no.message
    assert "llm.caps.day_usd" in str(caught.value)
    assert (inner.requests, ledger.settled) == ([], [])
    (record,) = ledger.calls
    assert (record.outcome, record.cost_usd, record.usage.input_tokens) == ("over_budget", 0, 0)
    assert QuotaSpent("x").plain != no.message


def test_an_interrupted_call_stays_set_aside() -> None:
    ledger = FakeLedger()

    def interrupt(_text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        budgeted(a_result(Usage(1, 1)), ledger)[0].generate(ASK, interrupt)
    assert ledger.settled == []


def test_a_request_may_ask_for_more_output_and_a_ratio_for_more_input() -> None:
    ledger, inner = FakeLedger(), FakeModel(a_result(Usage(1, 1)))
    model = BudgetedModel(
        inner,
        ledger,
        caps=Caps(),
        clock=lambda: NOW,
        price=unpriced,
        max_output_tokens=50,
        tokens_per_byte=lambda name: {"tiny": 1.0}[name],
    )
    model.generate(Request("ask", ASK.messages, max_output_tokens=9))
    assert ledger.wishes[0].worst_case == Cost(None, input_bytes(ASK) + 9)
