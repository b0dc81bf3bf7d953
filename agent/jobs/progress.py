"""What a collection tells those who watch it."""

import logging
from dataclasses import dataclass
from typing import Protocol

from agent.store.runs import RunStatus
from datasources.records import DataKind

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class KindReport:
    """How the collection of one kind of data went; `key` also says for which tier, if not for all."""

    source: str
    kind: DataKind
    key: str
    status: RunStatus
    received: int
    written: int
    revised: int
    quarantined: int
    requests: int
    error: str | None


class Progress(Protocol):
    """Who watches a collection."""

    def started(self, source: str, task: str) -> None:
        """A kind of data is being fetched."""

    def received(self, source: str, rows: int) -> None:
        """Rows came in."""

    def finished(self, report: KindReport) -> None:
        """A kind of data is done."""


def report_line(report: KindReport) -> str:
    """How a kind went, in one line."""
    name, _, tier = report.key.partition("/")
    kind = name.replace("_", " ") + (f" ({tier})" if tier else "")
    counts = f"{report.received:,} received, {report.written:,} new, {report.revised:,} revised"
    quarantined = f", {report.quarantined:,} quarantined" if report.quarantined else ""
    error = f" - {report.error}" if report.error else ""
    return f"{report.status.value:<9}{kind:<30}{counts}{quarantined} ({report.requests:,} requests){error}"


class LoggedProgress:
    """A line in the log for each kind of data, when it is done."""

    def started(self, source: str, task: str) -> None:
        """Say nothing before there is something to say."""

    def received(self, source: str, rows: int) -> None:
        """Say nothing of single answers."""

    def finished(self, report: KindReport) -> None:
        """One line."""
        LOG.info("%s: %s", report.source, report_line(report))
