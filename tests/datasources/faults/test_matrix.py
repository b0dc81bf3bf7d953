"""Every fault against every source: right records, rows in quarantine with a reason, or a typed error; nothing else."""

import pytest

from datasources.errors import BadPayload, QuotaSpent, RateLimited, Unauthorized, Unavailable
from datasources.records import DataKind
from datasources.sandbox.faults import Fault, FaultKind
from tests.datasources.faults.bench import IMPATIENCE_S, PATIENCE_S, Bench, Case, Outcome
from tests.datasources.faults.cases import (
    ANSWER_FAULTS,
    CASES,
    MORE_OF_TOKEN_METRICS,
    ROW_FAULTS,
    SOME_ROW_FAULTS,
    unseen,
)
from tests.datasources.faults.judge import is_accounted_for, silent_gap, wrong_records

ONE_OF_EACH = tuple({case.provider: case for case in reversed(CASES)}.values())
HARMLESS = {FaultKind.SLOW, FaultKind.WRONG_TYPE}
ENDLESS = {FaultKind.HANG, FaultKind.STALL, FaultKind.DRIP}
LARGE = {FaultKind.GZIP_BOMB, FaultKind.OVERSIZED, FaultKind.DEEP}
ERRORS = {
    FaultKind.UNAUTHORIZED: Unauthorized,
    FaultKind.PAYMENT_REQUIRED: QuotaSpent,
    FaultKind.FORBIDDEN: Unauthorized,
    FaultKind.RATE_LIMITED: RateLimited,
    FaultKind.SERVER_ERROR: Unavailable,
    FaultKind.BAD_GATEWAY: Unavailable,
    FaultKind.OVERLOADED: Unavailable,
    FaultKind.HTML: BadPayload,
    FaultKind.HTML_OVERLOADED: Unavailable,
    FaultKind.HANG: Unavailable,
    FaultKind.DRIP: Unavailable,
    FaultKind.STALL: Unavailable,
    FaultKind.RESET: Unavailable,
    FaultKind.CUT: Unavailable,
    FaultKind.TRUNCATED: Unavailable,
    FaultKind.NOT_UTF8: BadPayload,
    FaultKind.DEEP: BadPayload,
    FaultKind.GZIP_BOMB: BadPayload,
    FaultKind.OVERSIZED: BadPayload,
    FaultKind.REDIRECT: BadPayload,
}
PASSING = (
    FaultKind.SERVER_ERROR,
    FaultKind.BAD_GATEWAY,
    FaultKind.OVERLOADED,
    FaultKind.RATE_LIMITED,
    FaultKind.RESET,
    FaultKind.CUT,
    FaultKind.TRUNCATED,
)


# all sources have the same HTTP client, so what is slow or large is tried on one of them
ANSWERS = [
    (case, kind)
    for case in ONE_OF_EACH
    for kind in ANSWER_FAULTS
    if case is ONE_OF_EACH[-1] or kind not in ENDLESS | LARGE
]
ROWS = [
    *((case, kind) for case in CASES for kind in ROW_FAULTS),
    *((case, kind) for case in MORE_OF_TOKEN_METRICS for kind in SOME_ROW_FAULTS),
]


@pytest.mark.parametrize(("case", "kind"), ANSWERS, ids=str)
def test_a_failed_answer_is_a_typed_error_and_never_empty(bench: Bench, case: Case, kind: FaultKind) -> None:
    truth = bench.truth(case)
    given = bench.fetch(case, Fault(kind), timeout_s=IMPATIENCE_S if kind in ENDLESS else PATIENCE_S)
    bench.forget_if_told_to_wait(given)
    assert is_accounted_for(given)
    if kind in HARMLESS:
        assert given == truth
    else:
        assert given.records == ()
        assert isinstance(given.error, ERRORS.get(kind, Exception)), given


@pytest.mark.parametrize(("case", "kind"), ROWS, ids=str)
def test_no_damage_to_rows_makes_a_wrong_record_or_a_silent_gap(bench: Bench, case: Case, kind: FaultKind) -> None:
    judge(case, kind, bench.fetch(case, Fault(kind, seed=1)), bench.truth(case))


@pytest.mark.parametrize("seed", range(2, 4))
@pytest.mark.parametrize("case", ONE_OF_EACH, ids=str)
def test_neither_does_the_same_damage_to_other_values(bench: Bench, case: Case, seed: int) -> None:
    for kind in SOME_ROW_FAULTS:
        judge(case, kind, bench.fetch(case, Fault(kind, seed=seed)), bench.truth(case))


def judge(case: Case, kind: FaultKind, given: Outcome, truth: Outcome) -> None:
    allowed = unseen(case, kind)
    assert is_accounted_for(given)
    if allowed is None or not allowed.wrong:
        assert wrong_records(given, truth) == []
    if allowed is None:
        assert silent_gap(given, truth) == []


@pytest.mark.parametrize("kind", PASSING, ids=str)
@pytest.mark.parametrize("case", ONE_OF_EACH, ids=str)
def test_a_failure_that_passes_costs_nothing_but_another_request(bench: Bench, case: Case, kind: FaultKind) -> None:
    assert bench.fetch(case, Fault(kind, times=1), attempts=2) == bench.truth(case)


@pytest.mark.parametrize(
    ("retry_after", "waits_s"),
    [
        (None, None),
        ("7", 7.0),
        ("Wed, 11 Oct 2023 06:00:30 GMT", 30.0),
        ("Wed, 11 Oct 2023 05:00:00 GMT", 0.0),
        ("1000000000", 86_400.0),
        ("-5", None),
        ("soon", None),
        ("1e9", None),
    ],
)
@pytest.mark.parametrize("kind", [FaultKind.RATE_LIMITED, FaultKind.OVERLOADED], ids=str)
@pytest.mark.parametrize("case", [CASES[0]], ids=str)
def test_a_wait_is_read_whatever_form_it_has(
    bench: Bench, case: Case, kind: FaultKind, retry_after: str | None, waits_s: float | None
) -> None:
    given = bench.fetch(case, Fault(kind, retry_after=retry_after))
    bench.forget()
    assert given.records == ()
    if kind is FaultKind.RATE_LIMITED or waits_s is not None:
        assert isinstance(given.error, RateLimited)
        assert given.error.retry_after_s == waits_s
    else:
        assert isinstance(given.error, Unavailable)


def test_a_key_that_is_revoked_mid_run_keeps_what_came_before(bench: Bench) -> None:
    listing = next(case for case in CASES if case.kind is DataKind.ASSETS and case.provider == "token_metrics")
    given, truth = bench.fetch(listing, Fault(FaultKind.UNAUTHORIZED, after=1)), bench.truth(listing)
    assert isinstance(given.error, Unauthorized)
    assert given.records == truth.records[:100]


def test_a_provider_that_never_gets_to_its_second_page_is_no_end(bench: Bench) -> None:
    listing = next(case for case in CASES if case.kind is DataKind.ASSETS and case.provider == "token_metrics")
    given, truth = bench.fetch(listing, Fault(FaultKind.REPEATED_PAGE)), bench.truth(listing)
    assert isinstance(given.error, Unavailable)
    assert given.records == truth.records[:100]


def test_every_fault_is_in_the_matrix() -> None:
    assert {*ANSWER_FAULTS, *ROW_FAULTS} == set(FaultKind)
    assert {kind for _, kind in ANSWERS} | {kind for _, kind in ROWS} == set(FaultKind)
