"""What a row is judged against: the time of its answer and what was asked for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from datasources.values import RowError

_TOLERANCE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Context:
    """When an answer came, and the UTC days that were asked for, as far as any were."""

    fetched_at: datetime
    last_day: date | None = None
    first_day: date | None = None

    @property
    def today(self) -> date:
        """The UTC day of the answer."""
        return self.fetched_at.date()

    def check_day(self, day: date) -> date:
        """Give a day back if a row may have it; a clock of the provider may be ahead of ours by a day at most.

        Raises `RowError` for a day outside the ones asked for, or from the future.
        """
        if self.last_day is not None and day > self.last_day:
            raise RowError("later than the last day asked for")
        self.check_formed(day)
        if self.first_day is not None and day < self.first_day:
            raise RowError("earlier than the first day asked for")
        return day

    def check_formed(self, day: date) -> date:
        """Give the day of a historical event back; raises `RowError` if it has not come yet."""
        if day > (self.fetched_at + _TOLERANCE).date():
            raise RowError("from the future")
        return day
