"""The fear and greed index of alternative.me: one whole number a day, 0 (fear) to 100 (greed), of the whole market."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from datasources.access import Access
from datasources.answers import Json
from datasources.base import Batch, CallPlan, Capability, Query, Terms
from datasources.context import Context
from datasources.errors import BadPayload, Unavailable
from datasources.http import HttpClient
from datasources.http_source import HttpSource
from datasources.intake import Intake, ParsedRow, read_row
from datasources.records import DataKind, Metric, Record
from datasources.values import Row, RowError, parse_epoch, require_number, text, within

INDEX: Final = "sentiment.fear_greed_index"
DEFAULT_DAYS: Final = 7
MOST_DAYS: Final = 1_000  # beyond, all there is is asked for

_PATH: Final = "/fng/"
# The highest value of each class, as the provider labels them: most other descriptions of the index are wrong.
_CLASSES: Final = ((25, "Extreme Fear"), (46, "Fear"), (54, "Neutral"), (75, "Greed"), (100, "Extreme Greed"))
_CAPABILITIES: Final[Mapping[DataKind, Capability]] = MappingProxyType(
    {DataKind.SENTIMENT: Capability(credits_per_request=1, rows_per_request=MOST_DAYS)}
)


class FearGreedSource(HttpSource):
    """A server that speaks alternative.me's API; its index is published at 00:00 UTC for the day that begins."""

    def __init__(self, name: str, terms: Terms, access: Access) -> None:
        self._http = HttpClient(name, access, {})
        super().__init__(name, terms, access, _CAPABILITIES, self._http)

    def fetch(self, kind: DataKind, query: Query) -> AsyncIterator[Batch[Record]]:
        """Fetch the index in one batch; without a start, the last 7 days. Days the provider missed are not there.

        Raises `Unsupported` at once for another kind; while iterating, whatever the request meets.
        """
        self._require_offered(kind)
        return self._fetch(query)

    def plan(self, kind: DataKind, query: Query) -> CallPlan:
        """Say what a query would cost: one request, none for days to come."""
        self._require_offered(kind)
        first, last = self._days(query)
        return CallPlan(1 if first <= last else 0)

    async def probe(self) -> None:
        """Ask for the newest value."""
        await self._fetch_rows(1)

    def _days(self, query: Query) -> tuple[date, date]:
        today = self._now().date()
        last = min(query.end or today, today)
        back = min(DEFAULT_DAYS, last.toordinal()) - 1
        return query.start or last - timedelta(days=back), last

    async def _fetch(self, query: Query) -> AsyncIterator[Batch[Record]]:
        first, last = self._days(query)
        if first > last:
            return
        # The newest come first, so the days after the last one asked for count too.
        days = (self._now().date() - first).days + 1
        rows = await self._fetch_rows(0 if days > MOST_DAYS else days)
        context = Context(self._now(), last, first)
        intake = Intake(DataKind.SENTIMENT, (), None, ())
        batch = self._batch(intake, parse_rows(rows, context), context.fetched_at)
        if batch is not None:
            yield batch

    async def _fetch_rows(self, limit: int) -> list[Json]:
        return open_envelope(self._name, await self._http.get_json(_PATH, {"limit": limit, "format": "json"}))


def open_envelope(source: str, answer: Json) -> list[Json]:
    """Take the rows out of `{"name": ..., "data": [...], "metadata": {"error": null}}`.

    Raises `Unavailable` for an answer that holds an error and `BadPayload` for one without a list of rows.
    """
    if not isinstance(answer, dict):
        raise BadPayload(source, f"{_PATH} $", "not an object")
    metadata = answer.get("metadata")
    if isinstance(metadata, dict) and metadata.get("error") is not None:
        raise Unavailable(source, f"{_PATH} answered that it failed, with a success status")
    rows = answer.get("data")
    if not isinstance(rows, list):
        raise BadPayload(source, f"{_PATH} $.data", "missing" if rows is None else "not a list")
    return rows


def parse_rows(rows: Sequence[Json], context: Context) -> list[ParsedRow]:
    """Read the index by day; what came beside the days asked for is passed over."""
    return [read_row(row, lambda found: _parse(found, context)) for row in rows]


def _parse(row: Row, context: Context) -> tuple[Metric, ...]:
    day = context.check_formed(parse_epoch(row.get("timestamp"), "timestamp").date())
    if day > context.today:
        raise RowError("from the future")
    if not (context.first_day or day) <= day <= (context.last_day or day):
        return ()
    value = require_number(row.get("value"), "value")
    within(value, 0, 100, "value")
    if not value.is_integer():
        raise RowError("value is not a whole number")
    label = text(row.get("value_classification"), "value_classification", 40)
    if label is not None and label != classify(value):
        raise RowError("value_classification does not fit the value")
    return (Metric(None, day, INDEX, "score", value),)


def classify(value: float) -> str:
    """Give the provider's class of a value from 0 to 100."""
    return next(label for highest, label in _CLASSES if value <= highest)
