"""Which candles a query asks for, pair by pair. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final

from datasources.base import Capability, Query
from datasources.binance.pairs import PAIRS, Pairs
from datasources.records import DataKind

CANDLES_PER_PAGE: Final = 1_000
DEFAULT_DAYS: Final = 29

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """The length of a candle, and the exchange's name for it."""

    name: str
    length: timedelta


INTERVALS: Final[Mapping[DataKind, Interval]] = MappingProxyType(
    {DataKind.DAILY_BARS: Interval("1d", _DAY), DataKind.HOURLY_BARS: Interval("1h", _HOUR)}
)
CAPABILITIES: Final[Mapping[DataKind, Capability]] = MappingProxyType(
    {
        DataKind.ASSETS: Capability(1, len(PAIRS)),
        DataKind.DAILY_BARS: Capability(1, CANDLES_PER_PAGE, needs_ids=True),
        DataKind.HOURLY_BARS: Capability(1, CANDLES_PER_PAGE, needs_ids=True),
    }
)


@dataclass(frozen=True, slots=True)
class Span:
    """The candles of one pair that open from `first` on and before `end`, both at a candle's opening."""

    provider_id: str
    interval: Interval
    first: datetime
    end: datetime

    @property
    def pages(self) -> int:
        """How many pages the candles fill if none is missing."""
        return -(-((self.end - self.first) // self.interval.length) // CANDLES_PER_PAGE)

    def params(self, start: datetime) -> dict[str, str | int]:
        """Give the parameters of the page that begins at `start`."""
        return {
            "symbol": self.provider_id,
            "interval": self.interval.name,
            "startTime": (start - _EPOCH) // _MILLISECOND,
            "endTime": (self.end - _EPOCH) // _MILLISECOND - 1,
            "limit": CANDLES_PER_PAGE,
        }


def wanted_ids(query: Query) -> tuple[str, ...]:
    """Give the pairs of a query, each once, no more than its limit."""
    return tuple(dict.fromkeys(query.provider_ids))[: max(query.limit, 0) if query.limit is not None else None]


def plan_spans(kind: DataKind, query: Query, now: datetime, pairs: Pairs = PAIRS) -> Iterator[Span]:
    """Say which candles are wanted: those that are over, without an end up to now, without a start of 29 days."""
    interval = INTERVALS[kind]
    over = _EPOCH + (now - _EPOCH) // interval.length * interval.length
    end = over if query.end is None else min(over, _midnight(query.end) + _DAY)
    last_day = (end - _MILLISECOND).date()
    first_day = query.start or last_day - (DEFAULT_DAYS - 1) * _DAY
    for provider_id in wanted_ids(query):
        pair = pairs.get(provider_id)
        first = _midnight(max(first_day, pair.first_day) if pair and pair.first_day else first_day)
        if first < end:
            yield Span(provider_id, interval, first, end)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
