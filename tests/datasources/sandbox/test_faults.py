import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.sandbox.faults import Fault, FaultError, FaultKind, FaultPlan, parse_fault, parse_fault_header


@settings(deadline=None)
@given(times=st.integers(0, 6), after=st.integers(0, 6), every=st.integers(1, 4))
def test_a_fault_happens_exactly_when_planned(times: int, after: int, every: int) -> None:
    plan = FaultPlan(Fault(FaultKind.SERVER_ERROR, times=times, after=after, every=every))
    happened = [place for place in range(60) if plan.take("/v2/tokens")]
    assert happened == [after + every * count for count in range(times)]
    assert plan.fired()[0][1] == times


def test_only_paths_under_the_prefix_count() -> None:
    plan = FaultPlan(Fault(FaultKind.EMPTY, path_prefix="/v2/price", after=1, times=1))
    taken = [plan.take(path) for path in ("/v2/price", "/v2/tokens", "/v2/price", "/v2/price")]
    assert [fault is not None for fault in taken] == [False, False, True, False]


def test_the_first_fault_that_is_due_wins_and_the_other_waits() -> None:
    plan = FaultPlan(Fault(FaultKind.SERVER_ERROR, times=1), Fault(FaultKind.EMPTY, times=1))
    kinds = [fault and fault.kind for fault in (plan.take("/"), plan.take("/"), plan.take("/"))]
    assert kinds == [FaultKind.SERVER_ERROR, FaultKind.EMPTY, None]


def test_a_header_may_carry_a_number() -> None:
    assert parse_fault_header("429:30").retry_after == "30"
    assert parse_fault_header("slow:0.25").delay_s == 0.25
    assert parse_fault_header("429").retry_after_s is None


def test_an_object_describes_a_fault() -> None:
    body = {"kind": "429", "path_prefix": "/v2", "times": 2, "after": 1, "every": 3, "retry_after_s": 5}
    assert parse_fault(body) == Fault(FaultKind.RATE_LIMITED, "/v2", 2, 1, 3, retry_after_s=5.0)


@pytest.mark.parametrize(
    "body",
    [{}, {"kind": "nope"}, {"kind": "500", "time": 1}, {"kind": "500", "times": "x"}, {"kind": "500", "every": 0}],
)
def test_unreadable_faults_are_refused(body: dict[str, object]) -> None:
    with pytest.raises(FaultError):
        parse_fault(body)


def test_a_header_may_carry_a_wait_in_any_form_a_seed_or_a_delay() -> None:
    assert parse_fault_header("503:Sat, 11 Oct 2025 06:00:30 GMT").retry_after == "Sat, 11 Oct 2025 06:00:30 GMT"
    assert parse_fault_header("429:soon").retry_after == "soon"
    assert parse_fault_header("nulls:7").seed == 7
    assert parse_fault_header("drip:0.5").delay_s == 0.5


def test_a_header_that_would_break_the_answer_is_refused() -> None:
    with pytest.raises(FaultError):
        parse_fault({"kind": "429", "retry_after": "1\r\nx: y"})
