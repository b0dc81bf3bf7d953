from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.jobs.outcome import Verdict, Yield, expected_rows, judge
from agent.store.runs import RunStatus
from datasources.base import Query
from datasources.errors import BadPayload, QuotaSpent, SourceError, Unavailable

ERRORS = st.sampled_from([Unavailable("x", "away"), QuotaSpent("x", "spent"), BadPayload("x", "/a", "cut")])
YIELDS = st.builds(Yield, st.none() | st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10_000))


@given(YIELDS, st.none() | YIELDS, ERRORS)
def test_a_run_with_an_error_is_never_good(this: Yield, before: Yield | None, error: SourceError) -> None:
    verdict = judge(this, before, error)
    assert verdict.status is (RunStatus.PARTIAL if this.received else RunStatus.FAILED)
    assert (verdict.error_class, verdict.error) == (type(error).__name__, str(error))


@given(YIELDS, st.none() | YIELDS)
def test_what_is_not_good_says_why(this: Yield, before: Yield | None) -> None:
    verdict = judge(this, before, None)
    assert verdict.status in {RunStatus.OK, RunStatus.REJECTED}
    assert (verdict == Verdict(RunStatus.OK)) == (verdict.error is None) == (verdict.error_class is None)


@pytest.mark.parametrize(
    ("this", "before", "status"),
    [
        (Yield(None, 0), None, RunStatus.OK),  # nothing is known to be usual
        (Yield(None, 50), Yield(None, 100), RunStatus.OK),
        (Yield(None, 49), Yield(None, 100), RunStatus.REJECTED),
        (Yield(None, 0), Yield(None, 5), RunStatus.REJECTED),
        (Yield(None, 0), Yield(None, 4), RunStatus.OK),  # four rows say nothing
        (Yield(10, 10), Yield(100, 100), RunStatus.OK),  # less was asked for
        (Yield(10, 4), Yield(100, 100), RunStatus.REJECTED),
        (Yield(100, 40), Yield(100, 50), RunStatus.OK),  # half of what is asked for is what it usually gives
        (Yield(100, 24), Yield(100, 50), RunStatus.REJECTED),
        (Yield(100, 0), Yield(None, 50), RunStatus.OK),  # what was asked for cannot be compared
    ],
)
def test_half_of_the_usual_rows_is_too_few(this: Yield, before: Yield | None, status: RunStatus) -> None:
    verdict = judge(this, before, None)
    assert verdict.status is status
    assert verdict.error_class == ("TooFewRows" if status is RunStatus.REJECTED else None)


@pytest.mark.parametrize(
    ("received", "quarantined", "status"),
    [(0, 4, RunStatus.OK), (0, 5, RunStatus.REJECTED), (20, 5, RunStatus.OK), (19, 5, RunStatus.REJECTED)],
)
def test_more_than_a_fifth_that_is_unusable_is_too_much(received: int, quarantined: int, status: RunStatus) -> None:
    assert judge(Yield(None, received, quarantined), None, None).status is status


@pytest.mark.parametrize(
    ("queries", "rows"),
    [
        ((), 0),
        ((Query(),), None),
        ((Query(limit=100),), 100),
        ((Query(("a", "b")),), 2),
        ((Query(("a", "b"), date(2025, 10, 1), date(2025, 10, 3)),), 6),
        ((Query((), date(2025, 10, 1), date(2025, 10, 3)),), 3),
        ((Query(("a",)), Query(("b", "c"))), 3),
        ((Query(("a",)), Query()), None),
    ],
)
def test_a_row_is_expected_for_each_asset_and_day(queries: tuple[Query, ...], rows: int | None) -> None:
    assert expected_rows(queries) == rows
