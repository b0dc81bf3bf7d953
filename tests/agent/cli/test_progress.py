import pytest

from agent.cli.progress import PlainProgress, TerminalProgress
from agent.jobs.progress import KindReport, report_line
from agent.store.runs import RunStatus
from datasources.records import DataKind

FAILED = KindReport(
    "sandbox", DataKind.DAILY_BARS, RunStatus.FAILED, 0, 0, 0, 2, 1, "unreadable answer at [/data][0]: [red]x"
)


@pytest.mark.parametrize("kind", [PlainProgress, TerminalProgress])
def test_a_failure_is_shown_as_it_was_said(kind: type[PlainProgress], capsys: pytest.CaptureFixture[str]) -> None:
    watching = kind()
    watching.started("sandbox", DataKind.DAILY_BARS)
    watching.received(7)
    watching.finished(FAILED)
    captured = capsys.readouterr()
    assert captured.out == ""
    shown = " ".join(captured.err.split())
    assert "unreadable answer at [/data][0]: [red]x" in shown
    assert shown.startswith("failed daily bars")


def test_a_report_counts_in_one_line() -> None:
    line = report_line(KindReport("sandbox", DataKind.QUOTES, RunStatus.OK, 1200, 1100, 3, 0, 12, None))
    assert " ".join(line.split()) == "ok quotes 1,200 received, 1,100 new, 3 revised (12 requests)"
    assert "2 quarantined (1 requests) - unreadable" in report_line(FAILED)
