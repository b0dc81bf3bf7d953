"""Calls to a model in memory, in place of the store's ledger."""

from dataclasses import dataclass, field

from agent.llm.port import CallRecord


@dataclass(slots=True)
class CallBook:
    """A `CallLog` that keeps records in the order they came."""

    _records: list[CallRecord] = field(default_factory=list)

    def on_call(self, record: CallRecord) -> None:
        """Keep a record."""
        self._records.append(record)

    def take(self) -> tuple[CallRecord, ...]:
        """The records since they were last taken."""
        taken = tuple(self._records)
        del self._records[: len(taken)]
        return taken
