from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from agent.cli.progress import PlainProgress, TerminalProgress, progress_for_terminal
from agent.jobs.progress import KindReport, report_line
from agent.store.runs import RunStatus
from datasources.records import DataKind

FAILED = KindReport(
    "sandbox",
    DataKind.DAILY_BARS,
    "daily_bars",
    RunStatus.FAILED,
    0,
    0,
    0,
    2,
    1,
    "unreadable answer at [/data][0]: [red]x",
)


@pytest.mark.parametrize("kind", [PlainProgress, TerminalProgress])
def test_a_failure_is_shown_as_it_was_said(kind: type[PlainProgress], capsys: pytest.CaptureFixture[str]) -> None:
    watching = kind()
    watching.started("sandbox", DataKind.DAILY_BARS)
    watching.received("sandbox", 7)
    watching.finished(FAILED)
    captured = capsys.readouterr()
    assert captured.out == ""
    shown = " ".join(captured.err.split())
    assert "unreadable answer at [/data][0]: [red]x" in shown
    assert shown.startswith("sandbox failed daily bars")


def test_a_report_counts_in_one_line() -> None:
    line = report_line(KindReport("sandbox", DataKind.QUOTES, "quotes", RunStatus.OK, 1200, 1100, 3, 0, 12, None))
    assert " ".join(line.split()) == "ok quotes 1,200 received, 1,100 new, 3 revised (12 requests)"
    assert "2 quarantined (1 requests) - unreadable" in report_line(FAILED)


def test_side_by_side_sources_share_one_line_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    watching = TerminalProgress()
    screen = StringIO()
    watching._console = Console(file=screen, force_terminal=True, width=120)
    watching.started("sandbox", "daily_bars/holdings")
    watching.started("sandbox_coingecko", "quotes")
    watching.received("sandbox", 1500)
    assert watching._status is not None
    assert str(watching._status.status) == "sandbox: daily bars, holdings 1,500  |  sandbox_coingecko: quotes 0"
    watching.finished(FAILED)
    assert str(watching._status.status) == "sandbox_coingecko: quotes 0"
    watching.finished(replace(FAILED, source="sandbox_coingecko"))
    assert watching._status is None
    assert "[red]x" in screen.getvalue()


@pytest.mark.parametrize(("terminal", "kind"), [(True, TerminalProgress), (False, PlainProgress)])
def test_the_watcher_fits_where_errors_go(
    monkeypatch: pytest.MonkeyPatch, *, terminal: bool, kind: type[PlainProgress]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    assert type(progress_for_terminal()) is kind
