from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from agent.store.engine import Store
from agent.store.own_grades import OwnGradeDay, put_own_grades
from agent.store.runs import RunOutcome, RunStatus, finish_run, start_run
from agent.store.scans import is_scan_current
from agent.store.track_records import TrackRecordRow, replace_track_records

DAY = date(2025, 10, 10)
NOW = datetime(2025, 10, 11, 6, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OK = RunOutcome(RunStatus.OK)


@pytest.fixture
def scanned(listed: Store) -> Store:
    none = np.empty(0)
    with listed.writer() as session:
        put_own_grades(session, "sandbox", OwnGradeDay(DAY, none.astype(np.int64), none, none, (), none, NOW))
    return listed


def is_current(store: Store, day: date = DAY, source: str = "sandbox") -> bool:
    with store.reader() as session:
        return is_scan_current(session, source, day)


def collect(store: Store, outcome: RunOutcome | None, finished_at: datetime) -> None:
    with store.writer() as session:
        run_id = start_run(session, "coingecko", "metrics", NOW - 5 * MINUTE)
        if outcome is not None:
            finish_run(session, run_id, outcome, finished_at)


def test_a_day_that_was_scanned_is_current_and_no_other_day_or_source_is(scanned: Store) -> None:
    assert is_current(scanned)
    assert not is_current(scanned, DAY - timedelta(days=1))
    assert not is_current(scanned, source="coingecko")


@pytest.mark.parametrize(
    ("outcome", "after", "current"),
    [
        (replace(OK, received=9, written=1), MINUTE, False),
        (replace(OK, received=9, revised=1), MINUTE, False),
        (replace(OK, received=9), MINUTE, True),
        (replace(OK, received=9, written=1), -MINUTE, True),
        (RunOutcome(RunStatus.PARTIAL, written=1, error_class="Unavailable"), MINUTE, False),
        (RunOutcome(RunStatus.FAILED, error_class="Unauthorized"), MINUTE, True),
        (RunOutcome(RunStatus.FAILED, error="interrupted"), MINUTE, False),
        (None, MINUTE, False),
    ],
)
def test_a_scan_is_not_current_once_something_may_have_been_collected(
    scanned: Store, outcome: RunOutcome | None, after: timedelta, *, current: bool
) -> None:
    collect(scanned, outcome, NOW + after)
    assert is_current(scanned) is current


def test_a_scan_is_not_current_once_signals_were_scored_anew(scanned: Store) -> None:
    for computed_at, current in ((NOW, True), (NOW + MINUTE, False)):
        row = TrackRecordRow(DAY, "breakout_up", 7, {"x": 1.0}, computed_at)
        with scanned.writer() as session:
            replace_track_records(session, "sandbox", DAY, [row])
        assert is_current(scanned) is current
