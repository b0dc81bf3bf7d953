from datetime import UTC, date, datetime, timedelta

import pytest

from agent.errors import UnknownRow
from agent.store.engine import Store
from agent.store.runs import (
    RunOutcome,
    RunStatus,
    fail_interrupted_runs,
    finish_run,
    last_good_run,
    latest_runs,
    list_quarantined,
    list_runs,
    quarantine_rows,
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
