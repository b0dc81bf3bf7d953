"""What every source on the network has in common: its name and terms, its clients, and how answers become batches."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from datasources.access import Access
from datasources.base import Batch, Capability, Terms
from datasources.errors import BadPayload, SourceError, Unauthorized, Unsupported
from datasources.http import HttpClient
from datasources.intake import Intake, ParsedRow
from datasources.records import DataKind, Record


class HttpSource:
    """The part of a `Source` that is the same for all; a source adds `fetch`, `plan` and `probe`.

    `clients` are those of all its hosts, the main one first.
    """

    def __init__(
        self,
        name: str,
        terms: Terms,
        access: Access,
        capabilities: Mapping[DataKind, Capability],
        *clients: HttpClient,
    ) -> None:
        self._name = name
        self._terms = terms
        self._clock = access.clock
        self._capabilities = capabilities
        self._clients = clients
        self._booked = 0

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self._name!r}, http={self._clients[0]!r})"

    @property
    def name(self) -> str:
        """The name in settings, the store and every message."""
        return self._name

    @property
    def terms(self) -> Terms:
        """How the provider wants to be named next to its data, and what its licence allows."""
        return self._terms

    @property
    def capabilities(self) -> Mapping[DataKind, Capability]:
        """Which kinds of data this source offers, and what a request for each costs."""
        return self._capabilities

    @property
    def requests(self) -> int:
        """How many requests were sent to all hosts so far, failed and repeated ones included."""
        return sum(client.requests for client in self._clients)

    async def aclose(self) -> None:
        """Release connections; the source cannot be used afterwards."""
        for client in self._clients:
            await client.aclose()

    def _require_offered(self, kind: DataKind) -> None:
        """Raise `Unsupported` for a kind that is not offered."""
        if kind not in self._capabilities:
            raise Unsupported(self._name, f"it has no {kind}")

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)

    def _batch(
        self, intake: Intake, rows: Iterable[ParsedRow], fetched_at: datetime | None = None
    ) -> Batch[Record] | None:
        """Make a batch with the requests since the last one, or nothing of nothing; it came now unless said."""
        records, quarantined = intake.take(rows)
        if not records and not quarantined:
            return None
        booked, self._booked = self._booked, self.requests
        return Batch(records, quarantined, fetched_at or self._now(), self._booked - booked)


def require_key(name: str, api_key: str) -> str:
    """Give a key back if a header can carry it; raises `Unauthorized`."""
    if not re.fullmatch(r"[\x21-\x7e]{1,512}", api_key):
        raise Unauthorized(name, "the API key holds white space or characters beyond ASCII; copy it again")
    return api_key


def is_refusal(error: SourceError) -> bool:
    """Whether an error says nothing about other calls, as one that is refused for good or unreadable does.

    A host that is down or asks to slow down says something about all of them.
    """
    return error.permanent or isinstance(error, BadPayload)
