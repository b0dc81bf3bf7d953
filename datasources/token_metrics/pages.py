"""Reading the pages of one call: until a short or an empty one, never for ever, and never twice the same."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from datasources.answers import Json, row_text
from datasources.errors import BadPayload, Unavailable
from datasources.http import HttpClient
from datasources.intake import PageWatch
from datasources.token_metrics.ahead import Ahead
from datasources.token_metrics.dialect import Dialect
from datasources.token_metrics.endpoints import Endpoint, Paging
from datasources.token_metrics.plan import Params, page_params
from datasources.token_metrics.wire import open_envelope

LARGEST_PAGE_NUMBER: Final = 200


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one answer, which page it is, and when it came."""

    rows: list[Json]
    number: int
    fetched_at: datetime


class PageReader:
    """Asks a server for pages in its own dialect."""

    def __init__(self, source: str, http: HttpClient, dialect: Dialect, clock: Callable[[], datetime]) -> None:
        self._source = source
        self._http = http
        self._dialect = dialect
        self._clock = clock

    async def read(self, endpoint: Endpoint, params: Params, page_size: int, ahead: Ahead) -> AsyncIterator[Page]:
        """Give the pages that hold rows; the caller may stop early. When the last one came, the next call is sent off.

        A page with nothing but rows of earlier pages means that the provider does not page as it says: `Unavailable`,
        so that nobody takes what came before it for everything. Raises `BadPayload` after 200 pages without an end.
        """
        watch = PageWatch()
        starts: dict[str, int] = {}
        for number in range(1, LARGEST_PAGE_NUMBER + 1):
            asked = params | page_params(endpoint, number, page_size)
            rows = await (ahead.rows(asked) if number == 1 else self.fetch_rows(endpoint, asked))
            if not rows:
                return
            last = endpoint.paging is Paging.NONE or len(rows) < page_size
            if number > 1 or not last:  # a page that is alone repeats none
                earlier = starts.setdefault(row_text(rows[0]), number)
                if watch.repeats(rows):
                    earlier = min(earlier, number - 1)
                    message = f"{endpoint.path} page {number} repeats page {earlier}; the rows before it are kept"
                    raise Unavailable(self._source, message)
            came_at = self._clock().astimezone(UTC)
            if last:
                await ahead.ask_after(params | page_params(endpoint, 1, page_size))
            yield Page(rows, number, came_at)
            if last:
                return
        raise BadPayload(self._source, endpoint.path, f"no end after {LARGEST_PAGE_NUMBER} pages")

    async def fetch_rows(self, endpoint: Endpoint, params: Params) -> list[Json]:
        """Ask once and take the rows out of the answer."""
        answer = await self._http.get_json(endpoint.path, self._dialect.spell(endpoint, params))
        return open_envelope(self._source, endpoint.path, answer)
