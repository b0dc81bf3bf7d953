"""The contract between a source and whoever collects from it.

- `fetch_*` gives batches as they arrive, so that a failure half-way keeps what came before it.
- Nothing there is an empty iteration; a failure raises a `SourceError`. The two are never mixed up.
- A row that cannot become a record is handed over as a `QuarantinedRow`, never dropped.
- A source never yields a row later than `Query.end`, nor one twice, whatever the provider repeats.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, Protocol, TypeVar

from datasources.records import DataKind, QuarantinedRow, Record

R_co = TypeVar("R_co", bound=Record, covariant=True)


@dataclass(frozen=True, slots=True)
class Batch(Generic[R_co]):
    """What one answer of the provider held."""

    records: tuple[R_co, ...]
    quarantined: tuple[QuarantinedRow, ...]
    fetched_at: datetime
    requests: int = 1


@dataclass(frozen=True, slots=True)
class Query:
    """What to fetch: which assets (none = all the source has), which UTC days (inclusive), at most how many assets."""

    provider_ids: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Capability:
    """How one kind of data is to be had from a source."""

    credits_per_request: int
    rows_per_request: int
    history_days: int | None = None  # None = all there is
    needs_ids: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """Under which terms a provider's data may be used; `commercial_use` None means that its terms do not say."""

    attribution: str  # the words the provider wants next to its data
    url: str
    licence: str
    commercial_use: bool | None


@dataclass(frozen=True, slots=True)
class CallPlan:
    """How many requests a query takes before any retry; `exact` unless the number of pages is only known later."""

    requests: int
    exact: bool = True


class Source(Protocol):
    """A provider of market data."""

    @property
    def name(self) -> str:
        """The name in settings, the store and every message."""

    @property
    def terms(self) -> Terms:
        """How the provider wants to be named next to its data, and what its licence allows."""

    @property
    def requests(self) -> int:
        """How many requests were sent so far, failed and repeated ones included."""

    @property
    def capabilities(self) -> Mapping[DataKind, Capability]:
        """Which kinds of data this source offers, and at what cost."""

    def fetch(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        """Fetch one kind of data; raises `Unsupported` for a kind that is not among the capabilities."""

    def plan(self, kind: DataKind, query: Query) -> CallPlan:
        """Say what a query would cost, without asking; raises `Unsupported` like `fetch`."""

    async def probe(self) -> None:
        """Ask for the least there is, to see that the provider can be reached and takes the key; raises SourceError."""

    async def aclose(self) -> None:
        """Release connections; the source cannot be used afterwards."""
