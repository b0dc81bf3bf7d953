"""Who watches a collection from the command line: a live line on a terminal, plain lines elsewhere."""

import sys
from typing import TYPE_CHECKING

import typer

from agent.jobs.progress import KindReport, report_line

if TYPE_CHECKING:
    from rich.status import Status

    from agent.jobs.progress import Progress
    from datasources.records import DataKind


class PlainProgress:
    """One line for each kind of data, when it is done."""

    def started(self, source: str, kind: "DataKind") -> None:
        """Say nothing before there is something to say."""

    def received(self, rows: int) -> None:
        """Say nothing of single answers."""

    def finished(self, report: KindReport) -> None:
        """One line."""
        typer.echo(report_line(report), err=True)


class TerminalProgress(PlainProgress):
    """The kind in progress with its rows so far; each finished kind leaves a line."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(stderr=True)
        self._status: Status | None = None
        self._kind = ""
        self._rows = 0

    def started(self, source: str, kind: "DataKind") -> None:
        """Show the kind."""
        self._kind, self._rows = f"{kind.value.replace('_', ' ')} from {source}", 0
        self._status = self._console.status(self._kind)
        self._status.start()

    def received(self, rows: int) -> None:
        """Show the rows so far."""
        self._rows += rows
        if self._status is not None:
            self._status.update(f"{self._kind}: {self._rows:,} rows")

    def finished(self, report: KindReport) -> None:
        """Leave a line."""
        if self._status is not None:
            self._status.stop()
        self._console.print(report_line(report), highlight=False, markup=False)


def progress_for_terminal() -> "Progress":
    """The watcher that fits where standard error goes."""
    return TerminalProgress() if sys.stderr.isatty() else PlainProgress()
