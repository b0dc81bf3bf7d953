"""What a collection tells those who watch it."""

from dataclasses import dataclass
from typing import Protocol

from agent.store.runs import RunStatus
from datasources.records import DataKind


@dataclass(frozen=True, slots=True)
class KindReport:
    """How the collection of one kind of data went."""

    source: str
    kind: DataKind
    status: RunStatus
    received: int
    written: int
    revised: int
    quarantined: int
    requests: int
    error: str | None


class Progress(Protocol):
    """Who watches a collection."""

    def started(self, source: str, kind: DataKind) -> None:
        """A kind of data is being fetched."""

    def received(self, rows: int) -> None:
        """Rows came in."""

    def finished(self, report: KindReport) -> None:
        """A kind of data is done."""
