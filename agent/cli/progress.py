"""Who watches a collection from the command line: a live line on a terminal, plain lines elsewhere."""

import sys
from typing import TYPE_CHECKING

import typer

from agent.cli.source_view import task_text
from agent.jobs.progress import KindReport, report_line

if TYPE_CHECKING:
    from rich.status import Status

    from agent.jobs.progress import Progress


class PlainProgress:
    """One line for each kind of data, when it is done."""

    def started(self, source: str, task: str) -> None:
        """Say nothing before there is something to say."""

    def received(self, source: str, rows: int) -> None:
        """Say nothing of single answers."""

    def finished(self, report: KindReport) -> None:
        """One line."""
        typer.echo(f"{report.source:<22}{report_line(report)}", err=True)


class TerminalProgress(PlainProgress):
    """What is in progress with its rows so far, every source on its own account; what is done leaves a line."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(stderr=True)
        self._status: Status | None = None
        self._tasks: dict[str, tuple[str, int]] = {}

    def started(self, source: str, task: str) -> None:
        """Show the task."""
        self._tasks[source] = (task_text(task), 0)
        if self._status is None:
            self._status = self._console.status("")
            self._status.start()
        self._show()

    def received(self, source: str, rows: int) -> None:
        """Show the rows so far."""
        task, before = self._tasks[source]
        self._tasks[source] = (task, before + rows)
        self._show()

    def finished(self, report: KindReport) -> None:
        """Leave a line."""
        self._tasks.pop(report.source, None)
        self._console.print(f"{report.source:<22}{report_line(report)}", highlight=False, markup=False)
        if not self._tasks and self._status is not None:
            self._status.stop()
            self._status = None
        self._show()

    def _show(self) -> None:
        if self._status is not None:
            parts = (f"{source}: {task} {rows:,}" for source, (task, rows) in self._tasks.items())
            self._status.update("  |  ".join(parts))


def progress_for_terminal() -> "Progress":
    """The watcher that fits where standard error goes."""
    return TerminalProgress() if sys.stderr.isatty() else PlainProgress()
