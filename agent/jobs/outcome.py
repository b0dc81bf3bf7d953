"""What a collection is to be called: good, partial, rejected or failed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.store.runs import RunStatus
from datasources.base import Query
from datasources.errors import SourceError

FEWEST = 0.5  # of what came the last time, for as much as was asked now
FEW_ROWS = 5  # below this a share says nothing
MOST_QUARANTINED = 0.2


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run ended; `error_class` and `error` say why if it did not end well."""

    status: RunStatus
    error_class: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Yield:
    """What a run was to bring and what it brought, in rows; `expected` None = nobody knows."""

    expected: int | None
    received: int
    quarantined: int = 0


def expected_rows(queries: Sequence[Query]) -> int | None:
    """How many rows queries could bring: a row for each asset and day asked for; None where neither is named."""
    total = 0
    for query in queries:
        days = (query.end - query.start).days + 1 if query.start and query.end else None
        if not query.provider_ids and days is None and query.limit is None:
            return None
        total += max(len(query.provider_ids) or query.limit or 1, 1) * (days or 1)
    return total


def judge(this: Yield, last_good: Yield | None, error: SourceError | None) -> Verdict:
    """Say how a run ended: a source that suddenly gives half of what it gave, or much that is unusable, is not well.

    A run that gave the usual share of what was asked for is good, whatever that share is.
    """
    if error is not None:
        status = RunStatus.PARTIAL if this.received else RunStatus.FAILED
        return Verdict(status, type(error).__name__, str(error))
    rows = this.received + this.quarantined
    if this.quarantined >= FEW_ROWS and this.quarantined > MOST_QUARANTINED * rows:
        message = f"{this.quarantined:,} of {rows:,} rows could not be used; `coinbrief sources --quarantine` shows why"
        return Verdict(RunStatus.REJECTED, "TooManyQuarantined", message)
    usual = _usual(this, last_good)
    if usual is not None and usual >= FEW_ROWS and this.received < FEWEST * usual:
        message = f"{this.received:,} rows came where about {usual:,.0f} were to be expected; what came is kept"
        return Verdict(RunStatus.REJECTED, "TooFewRows", message)
    return Verdict(RunStatus.OK)


def _usual(this: Yield, last_good: Yield | None) -> float | None:
    if last_good is None:
        return None
    if this.expected is None or not last_good.expected:
        return float(last_good.received) if this.expected is None and last_good.expected is None else None
    return last_good.received / last_good.expected * this.expected
