import pytest

from agent.jobs import intake as module
from agent.jobs.intake import Intake
from agent.jobs.sinks import SINKS, Owner, sink_of
from agent.store.engine import Store
from agent.store.runs import RunStatus, list_quarantined, start_run
from datasources.base import Batch
from datasources.records import DataKind, QuarantinedRow
from tests.agent.jobs.database import rows_of
from tests.agent.jobs.scripted_source import bar, listing
from tests.agent.jobs.world import NOW

BROKEN = QuarantinedRow(DataKind.DAILY_BARS, "close is missing", "{}")


@pytest.fixture
def taking(store: Store) -> Intake:
    with store.writer() as session:
        sink_of(DataKind.ASSETS, Owner("sandbox"))(session, "sandbox", [listing(key) for key in "abcdef"], NOW)
        run_id = start_run(session, "sandbox", DataKind.DAILY_BARS, NOW)
    seen: list[int] = []
    return Intake(
        store,
        "sandbox",
        DataKind.DAILY_BARS,
        "daily_bars",
        run_id,
        SINKS[DataKind.DAILY_BARS],
        lambda: NOW,
        seen.append,
    )


def stored(taking: Intake) -> int:
    return len(rows_of(taking.store.path)["bar_daily"])


def test_rows_wait_until_they_are_flushed(taking: Intake) -> None:
    taking.take(Batch((bar("a"), bar("b")), (), NOW))
    assert (taking.received, stored(taking)) == (2, 0)
    taking.flush()
    assert stored(taking) == 2
    taking.flush()
    assert taking.written.inserted == 2


def test_rows_are_written_as_soon_as_there_are_enough(taking: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS_PER_WRITE", 3)
    taking.take(Batch((bar("a"), bar("b")), (), NOW))
    assert stored(taking) == 0
    taking.take(Batch((bar("c"), bar("d")), (), NOW))
    assert stored(taking) == 4


def test_rows_that_are_no_records_are_set_aside_even_alone(taking: Intake) -> None:
    taking.take(Batch((), (BROKEN,), NOW))
    taking.flush()
    with taking.store.reader() as session:
        assert [row.reason for row in list_quarantined(session)] == ["close is missing"]


def test_rows_of_unlisted_assets_are_set_aside_and_counted_as_such(taking: Intake) -> None:
    taking.take(Batch((bar("a"), bar("zz"), bar("yy")), (BROKEN,), NOW))
    taking.flush()
    assert (taking.received, taking.quarantined, taking.written.inserted) == (1, 3, 1)
    with taking.store.reader() as session:
        assert len(list_quarantined(session)) == 3


def test_the_report_adds_everything_up(taking: Intake) -> None:
    taking.take(Batch((bar("a"), bar("b")), (BROKEN,), NOW, requests=3))
    taking.take(Batch((bar("a", 2.0),), (), NOW, requests=2))
    taking.flush()
    report = taking.report(RunStatus.PARTIAL, "cut")
    assert (report.received, report.quarantined, report.requests) == (3, 1, 5)
    assert (report.status, report.error, report.written) == (RunStatus.PARTIAL, "cut", 2)


def test_nothing_received_writes_nothing(taking: Intake) -> None:
    before = rows_of(taking.store.path)
    taking.flush()
    assert rows_of(taking.store.path) == before
