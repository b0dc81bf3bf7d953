"""What may come of a fault: right records, rows in quarantine with a reason, a typed error; nothing else."""

from dataclasses import fields
from typing import Any

from datasources.errors import SourceError
from datasources.records import Record
from tests.datasources.faults.bench import Outcome


def wrong_records(given: Outcome, truth: Outcome) -> list[str]:
    """The records that the undisturbed provider does not give, each in words."""
    right = truth.by_key
    wrong = []
    for key, record in given.by_key.items():
        if key not in right:
            wrong.append(f"invented: {record}")
        elif not agrees(record, right[key]):
            wrong.append(f"changed: {record}; right is {right[key]}")
    return wrong


def agrees(record: Record, right: Record) -> bool:
    """Whether a record says nothing that the right one does not say; it may say less."""
    return all(_at_most(getattr(record, field.name), getattr(right, field.name)) for field in fields(right))


def _at_most(value: Any, right: Any) -> bool:
    if value is None or value == right:
        return True
    return isinstance(value, tuple) and isinstance(right, tuple) and set(value) <= set(right)


def silent_gap(given: Outcome, truth: Outcome) -> list[str]:
    """The records that are missing without a word: no error came, and no row is in quarantine."""
    if given.error is not None or given.quarantined:
        return []
    return [str(record) for key, record in truth.by_key.items() if key not in given.by_key]


def is_accounted_for(given: Outcome) -> bool:
    """Whether everything that went wrong says why."""
    reasons = all(row.reason and len(row.raw) <= 4_000 for row in given.quarantined)
    return reasons and (given.error is None or (isinstance(given.error, SourceError) and bool(str(given.error))))
