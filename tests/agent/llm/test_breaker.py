import threading
from datetime import UTC, datetime, timedelta

import pytest

from agent.llm.breaker import Breaker, BreakerState, BreakingModel
from agent.llm.errors import LLMError, Malformed, QuotaSpent, RateLimited, Refused, Unauthorized, Unavailable
from agent.llm.port import Message, OnText, Request, Result, Usage

NOW = datetime(2025, 10, 11, 7, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ASK = Request("test", (Message("user", "Hello?"),))
HELLO = Result("hello", (), Usage(), "tiny", None, 0.0, None)


class Endpoint:
    """Ends each request with the next of `outcomes`, and with an answer after the last; counts what it was asked."""

    def __init__(self, *outcomes: BaseException | None) -> None:
        self.outcomes = list(outcomes)
        self.asked = 0
        self.now = NOW
        self.breaker = Breaker(lambda: self.now)
        self.guarded = BreakingModel(self, self.breaker)

    model = "tiny"

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        self.asked += 1
        outcome = self.outcomes.pop(0) if self.outcomes else None
        if outcome is not None:
            raise outcome
        return HELLO

    def ask(self, times: int = 1) -> list[type[BaseException] | None]:
        ends: list[type[BaseException] | None] = []
        for _ in range(times):
            try:
                self.guarded.generate(ASK)
            except (LLMError, KeyError) as error:
                ends.append(type(error))
            else:
                ends.append(None)
        return ends


def test_an_answer_passes_through() -> None:
    assert Endpoint().guarded.generate(ASK) is HELLO
    assert Endpoint().guarded.model == "tiny"


@pytest.mark.parametrize("error", [QuotaSpent("no credit"), Unauthorized("bad key")])
def test_what_a_person_has_to_mend_opens_it_at_once_for_an_hour(error: LLMError) -> None:
    endpoint = Endpoint(error)
    assert endpoint.ask(3) == [type(error)] * 3
    endpoint.now = NOW + 59 * MINUTE
    assert endpoint.ask() == [type(error)]
    assert endpoint.asked == 1
    endpoint.now = NOW + 60 * MINUTE
    assert endpoint.ask(2) == [None, None]
    assert endpoint.breaker.state == BreakerState()


def test_five_failures_in_a_row_open_it_for_five_minutes_with_the_last_as_the_reason() -> None:
    endpoint = Endpoint(*[Unavailable("x")] * 4, RateLimited("slow"))
    assert endpoint.ask(7) == [*[Unavailable] * 4, *[RateLimited] * 3]
    assert endpoint.asked == 5
    endpoint.now = NOW + 5 * MINUTE
    assert endpoint.ask() == [None]


@pytest.mark.parametrize("between", [None, Malformed("x"), Refused("x")])
def test_any_answer_in_between_starts_the_count_again(between: LLMError | None) -> None:
    endpoint = Endpoint(*[Unavailable("x")] * 4, between, *[Unavailable("x")] * 4)
    endpoint.ask(10)
    assert endpoint.asked == 10


def test_a_probe_that_fails_opens_it_again_at_once() -> None:
    endpoint = Endpoint(*[Unavailable("x")] * 6)
    endpoint.ask(5)
    endpoint.now = NOW + 5 * MINUTE
    assert endpoint.ask(3) == [Unavailable] * 3
    assert endpoint.asked == 6
    endpoint.now = NOW + 10 * MINUTE
    assert endpoint.ask() == [None]


def test_a_refusal_says_why_since_when_and_until_when() -> None:
    endpoint = Endpoint(QuotaSpent("no credit"))
    endpoint.ask()
    with pytest.raises(QuotaSpent) as caught:
        endpoint.guarded.generate(ASK)
    assert str(caught.value) == (
        "The budget for the language model is used up. "
        "It has been left alone since 2025-10-11 07:00 UTC and is asked again from 2025-10-11 08:00 UTC"
    )


def test_of_many_threads_one_is_the_probe() -> None:
    endpoint = Endpoint(Unauthorized("bad key"))
    endpoint.ask()
    endpoint.now = NOW + 60 * MINUTE
    entered, leave, ends = threading.Event(), threading.Event(), []

    def answer(request: Request, on_text: OnText | None = None) -> Result:
        entered.set()
        leave.wait(5)
        return HELLO

    endpoint.generate = answer  # type: ignore[method-assign]  # an endpoint that takes its time
    probe = threading.Thread(target=lambda: ends.extend(endpoint.ask()))
    probe.start()
    entered.wait(5)
    assert endpoint.ask(2) == [Unauthorized] * 2
    leave.set()
    probe.join()
    assert ends == [None]
    assert endpoint.ask() == [None]


def test_a_probe_whose_caller_failed_leaves_room_for_another() -> None:
    endpoint = Endpoint(Unauthorized("bad key"), KeyError("the caller"), None)
    endpoint.ask()
    endpoint.now = NOW + 60 * MINUTE
    assert endpoint.ask(2) == [KeyError, None]


def test_a_probe_that_never_comes_back_is_given_up() -> None:
    endpoint = Endpoint(Unauthorized("bad key"))
    endpoint.ask()
    endpoint.now = NOW + 60 * MINUTE
    endpoint.breaker.admit()
    with pytest.raises(Unauthorized):
        endpoint.breaker.admit()
    endpoint.now = NOW + 65 * MINUTE
    endpoint.breaker.admit()


def test_its_state_is_the_same_after_being_kept() -> None:
    endpoint = Endpoint(Unauthorized("bad key"))
    endpoint.ask()
    state = BreakerState.from_json(endpoint.breaker.state.to_json())
    assert state == BreakerState(1, "unauthorized", NOW)
    assert state.retry_at == NOW + 60 * MINUTE
    with pytest.raises(Unauthorized):
        Breaker(lambda: NOW + MINUTE, state).admit()
    Breaker(lambda: NOW + 60 * MINUTE, state).admit()


def test_a_state_from_a_clock_that_was_ahead_does_not_close_an_endpoint_for_years() -> None:
    now = [NOW]
    breaker = Breaker(lambda: now[0], BreakerState(5, "unavailable", NOW + timedelta(days=900)))
    with pytest.raises(Unavailable):
        breaker.admit()
    now[0] = NOW + 5 * MINUTE
    breaker.admit()


@pytest.mark.parametrize("text", ['{"mood": 1}', '{"failures": "5"}', '{"opened_at": "2025-10-11T07:00:00"}', "[]", ""])
def test_what_is_no_state_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a breaker's state"):
        BreakerState.from_json(text)
