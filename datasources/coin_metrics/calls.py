"""Which calls a query takes: assets that fit one address, days that fit one page. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from datasources.coin_metrics.catalogue import WANTED
from datasources.coin_metrics.wire import Params

ROWS_PER_PAGE: Final = 10_000
DEFAULT_DAYS: Final = 7  # exchange flows are restated, so a week is asked for again
LONGEST_ASSETS: Final = 5_000  # characters, so that the whole address stays below 8,000

_DAY: Final = timedelta(days=1)
_COMMA: Final = 3  # a comma takes three characters in an address


@dataclass(frozen=True, slots=True)
class Call:
    """The assets, columns and days of one call."""

    assets: tuple[str, ...]
    columns: tuple[str, ...]
    first_day: date
    last_day: date

    @property
    def params(self) -> Params:
        """The parameters that ask for it, oldest days first; what is not free or not there is left out, not refused."""
        return {
            "assets": ",".join(self.assets),
            "metrics": ",".join(self.columns),
            "frequency": "1d",
            "start_time": self.first_day.isoformat(),
            "end_time": self.last_day.isoformat(),
            "sort": "time",
            "paging_from": "start",
            "page_size": ROWS_PER_PAGE,
            "ignore_forbidden_errors": "true",
            "ignore_unsupported_errors": "true",
        }


def plan_calls(
    assets: Sequence[str], free: Mapping[str, frozenset[str]], first_day: date, last_day: date
) -> Iterator[Call]:
    """Split assets and days into calls of about one page each, so that each can be taken in on its own."""
    for chunk in split_assets(assets):
        columns = frozenset[str]().union(*(free[asset] for asset in chunk))
        ordered = tuple(column for column in WANTED if column in columns)
        for start, end in split_days(first_day, last_day, ROWS_PER_PAGE // len(chunk)):
            yield Call(chunk, ordered, start, end)


def split_assets(assets: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Cut assets into chunks whose list is short enough for an address."""
    chunk: list[str] = []
    length = 0
    for asset in assets:
        if chunk and length + len(asset) + _COMMA > LONGEST_ASSETS:
            yield tuple(chunk)
            chunk, length = [], 0
        chunk.append(asset)
        length += len(asset) + _COMMA
    if chunk:
        yield tuple(chunk)


def split_days(first_day: date, last_day: date, days: int) -> Iterator[tuple[date, date]]:
    """Cut the days from first to last, both included, into windows of so many, oldest first."""
    while first_day <= last_day:
        end = min(last_day, first_day + (days - 1) * _DAY) if days < (last_day - first_day).days else last_day
        yield first_day, end
        first_day = end + _DAY
