from datetime import UTC, date, datetime, timedelta

import pytest

from agent.errors import UnknownRow
from agent.store.bulk import raw_connection
from agent.store.engine import Store
from agent.store.runs import (
    QuarantineCount,
    RunOutcome,
    RunStatus,
    fail_interrupted_runs,
    finish_run,
    last_attempts,
    last_good_run,
    latest_runs,
    list_quarantined,
    list_runs,
    quarantine_counts,
    quarantine_rows,
    requests_since,
    start_run,
)
from datasources.records import DataKind, QuarantinedRow

T1 = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
T2 = T1 + timedelta(hours=1)


def test_a_run_is_opened_and_closed_with_its_outcome(store: Store) -> None:
    outcome = RunOutcome(RunStatus.PARTIAL, 10, 9, 8, 1, 1, 3, "RateLimited", "asked too often", date(2025, 10, 10))
    with store.writer() as session:
        run_id = start_run(session, "sandbox", DataKind.DAILY_BARS, T1)
        assert latest_runs(session)[0].status == "running"
        finish_run(session, run_id, outcome, T2)
        [row] = list_runs(session)
    assert (row.source, row.kind, row.status, row.started_at, row.finished_at) == (
        "sandbox", "daily_bars", "partial", T1, T2,
    )  # fmt: skip
    assert (row.expected, row.received, row.written, row.revised, row.quarantined, row.requests) == (10, 9, 8, 1, 1, 3)
    assert (row.error_class, row.error, row.watermark_day) == ("RateLimited", "asked too often", date(2025, 10, 10))


def test_a_run_that_was_never_started_cannot_end(store: Store) -> None:
    with pytest.raises(UnknownRow, match="no collection run 7"), store.writer() as session:
        finish_run(session, 7, RunOutcome(RunStatus.OK), T1)


def test_the_latest_run_of_each_kind_and_source_is_found(store: Store) -> None:
    with store.writer() as session:
        for source, kind in (("b", "quotes"), ("a", "quotes"), ("a", "grades"), ("a", "quotes")):
            start_run(session, source, kind, T1)
        assert [(row.source, row.kind, row.run_id) for row in latest_runs(session)] == [
            ("a", "grades", 3),
            ("a", "quotes", 4),
            ("b", "quotes", 1),
        ]
        assert [row.run_id for row in latest_runs(session, "b")] == [1]


def test_the_last_good_run_is_not_the_last_run(store: Store) -> None:
    with store.writer() as session:
        for status in (RunStatus.OK, RunStatus.FAILED):
            finish_run(session, start_run(session, "a", "quotes", T1), RunOutcome(status), T2)
        good = last_good_run(session, "a", "quotes")
        assert last_good_run(session, "a", "grades") is None
    assert good is not None
    assert good.run_id == 1


def test_rejected_and_deferred_runs_are_the_last_but_not_good(store: Store) -> None:
    with store.writer() as session:
        for status in (RunStatus.OK, RunStatus.REJECTED, RunStatus.DEFERRED):
            finish_run(session, start_run(session, "a", "quotes", T1), RunOutcome(status), T2)
        good = last_good_run(session, "a", "quotes")
        assert [row.status for row in latest_runs(session, "a")] == [RunStatus.DEFERRED]
        assert [row.status for row in list_runs(session)] == ["deferred", "rejected", "ok"]
        assert fail_interrupted_runs(session, T2, T2) == 0
    assert good is not None
    assert good.run_id == 1


def test_the_last_attempts_say_how_each_kind_stands_and_when_it_last_went_well(store: Store) -> None:
    failed = RunOutcome(RunStatus.FAILED, requests=2, error_class="Unauthorized", error="the key was refused")
    with store.writer() as session:
        assert last_attempts(session) == ()
        finish_run(session, start_run(session, "b", "quotes", T1), RunOutcome(RunStatus.OK, 7, 7, 7), T2)
        finish_run(session, start_run(session, "b", "quotes", T2), failed, T2)
        finish_run(session, start_run(session, "a", "quotes", T1), RunOutcome(RunStatus.OK), T2)
        finish_run(session, start_run(session, "a", "grades", T1), failed, T2)
        start_run(session, "a", "quotes", T2)
        found = last_attempts(session)
    assert [(item.source, item.kind, item.last.status) for item in found] == [
        ("a", "grades", "failed"),
        ("a", "quotes", "running"),
        ("b", "quotes", "failed"),
    ]
    assert found[0].last_ok is None
    assert [item.last_ok.run_id for item in found[1:] if item.last_ok] == [3, 1]
    last, good = found[2].last, found[2].last_ok
    assert good is not None
    assert (last.started_at, last.finished_at, last.error_class, last.error) == (
        T2, T2, "Unauthorized", "the key was refused",
    )  # fmt: skip
    assert (good.received, good.written, good.finished_at) == (7, 7, T2)


def test_failures_are_counted_since_the_last_good_run(store: Store) -> None:
    statuses = [
        RunStatus.FAILED, RunStatus.OK, RunStatus.FAILED, RunStatus.DEFERRED, RunStatus.PARTIAL, RunStatus.REJECTED,
    ]  # fmt: skip
    with store.writer() as session:
        for status in statuses:
            finish_run(session, start_run(session, "a", "quotes", T1), RunOutcome(status), T2)
            finish_run(session, start_run(session, "b", "quotes", T1), RunOutcome(RunStatus.FAILED), T2)
        finish_run(session, start_run(session, "b", "grades", T1), RunOutcome(RunStatus.OK), T2)
        start_run(session, "b", "grades", T2)
        found = last_attempts(session)
        assert last_attempts(session, "a") == tuple(row for row in found if row.source == "a")
        assert last_attempts(session, "nobody") == ()
    assert [(row.source, row.kind, row.failures) for row in found] == [
        ("a", "quotes", 3),
        ("b", "grades", 0),
        ("b", "quotes", 6),
    ]


def test_the_attempts_are_read_in_three_queries(store: Store) -> None:
    with store.writer() as session:
        for kind in ("a", "b", "c"):
            start_run(session, "sandbox", kind, T1)
        statements: list[str] = []
        raw_connection(session).set_trace_callback(statements.append)
        last_attempts(session)
        raw_connection(session).set_trace_callback(None)
    assert len(statements) == 3


def test_requests_are_summed_by_source_from_the_start_of_a_day(store: Store) -> None:
    midnight = datetime(2025, 10, 11, tzinfo=UTC)
    with store.writer() as session:
        for source, started_at, requests in (
            ("a", midnight - timedelta(microseconds=1), 100),
            ("a", midnight, 3),
            ("a", T1, 4),
            ("b", T2, 5),
        ):
            run_id = start_run(session, source, "quotes", started_at)
            finish_run(session, run_id, RunOutcome(RunStatus.FAILED, requests=requests), T2)
        assert requests_since(session, date(2025, 10, 11)) == {"a": 7, "b": 5}
        assert requests_since(session, date(2025, 10, 12)) == {}


def test_rows_set_aside_are_counted_by_reason(store: Store) -> None:
    quotes, grades = DataKind.QUOTES, DataKind.GRADES
    back = QuarantinedRow(quotes, "negative", "back")
    new = [
        back,
        *(QuarantinedRow(*row) for row in ((quotes, "no id", "1"), (grades, "x", "1"), (quotes, "no id", "2"))),
    ]
    with store.writer() as session:
        run_id = start_run(session, "a", "quotes", T1)
        before = [back, QuarantinedRow(quotes, "negative", "not seen again")]
        quarantine_rows(session, run_id, "a", before, T1 - timedelta(days=1))
        quarantine_rows(session, run_id, "a", new, T1)
        quarantine_rows(session, run_id, "b", [back], T2)
        assert quarantine_counts(session, T1.date()) == (
            QuarantineCount("a", "grades", "x", 1),
            QuarantineCount("a", "quotes", "no id", 2),
            QuarantineCount("a", "quotes", "negative", 1),
            QuarantineCount("b", "quotes", "negative", 1),
        )
        assert quarantine_counts(session, T1.date() + timedelta(days=1)) == ()


def test_runs_whose_process_died_are_closed(store: Store) -> None:
    with store.writer() as session:
        start_run(session, "a", "quotes", T1)
        start_run(session, "a", "grades", T2)
        assert fail_interrupted_runs(session, T2, T2) == 1
        assert [(row.kind, row.status) for row in latest_runs(session)] == [("grades", "running"), ("quotes", "failed")]


def test_a_row_set_aside_twice_is_counted(store: Store) -> None:
    bad = QuarantinedRow(DataKind.QUOTES, "negative price", '{"price": -1}')
    with store.writer() as session:
        first, second = (start_run(session, "a", "quotes", at) for at in (T1, T2))
        quarantine_rows(session, first, "a", [bad, QuarantinedRow(DataKind.QUOTES, "no id", "{}")], T1)
        quarantine_rows(session, second, "a", [bad], T2)
        rows = list_quarantined(session)
        assert list_quarantined(session, "other") == ()
    assert [(row.raw, row.seen_count, row.run_id) for row in rows] == [('{"price": -1}', 2, second), ("{}", 1, first)]
    assert (rows[0].first_seen_at, rows[0].last_seen_at) == (T1, T2)


def test_a_long_row_is_kept_short(store: Store) -> None:
    with store.writer() as session:
        run_id = start_run(session, "a", "quotes", T1)
        quarantine_rows(session, run_id, "a", [QuarantinedRow(DataKind.QUOTES, "too long", "x" * 9000)], T1)
        assert len(list_quarantined(session)[0].raw) == 4096
