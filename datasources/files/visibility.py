"""When a figure of a day became known: a replay must not see what nobody had seen yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Final

from datasources.records import DataKind

# How long after a day has begun its figure is there.
_DELAY: Final[Mapping[DataKind, timedelta]] = MappingProxyType(
    {
        DataKind.DAILY_BARS: timedelta(days=1),  # final when the day is over
        DataKind.ONCHAIN_METRICS: timedelta(days=1, hours=3),  # computed at night
        DataKind.SENTIMENT: timedelta(0),  # published as the day begins
    }
)


@dataclass(frozen=True, slots=True)
class Horizon:
    """Which days of one kind of data may be given: those asked for that were known at `now`."""

    kind: DataKind
    now: datetime
    start: date | None = None
    end: date | None = None

    def shows(self, day: date) -> bool:
        """Tell whether a day may be given; the first and the last day asked for are among them."""
        known = datetime.combine(day, time(), UTC) <= self.now - _DELAY[self.kind]
        return known and (self.start is None or self.start <= day) and (self.end is None or day <= self.end)
