"""Which day a question is about: the last one with bars, or one that was asked for and has some."""

from datetime import date, timedelta

from sqlmodel import Session

from agent.briefing.wanted import Wanted
from agent.measuring.errors import NoPrices, WrongArgument
from agent.store.bars import last_day

MOST_DAYS = 1100
_EVER = date(1970, 1, 1)


def day_with_bars(session: Session, wanted: Wanted, day: date | None = None) -> date:
    """The day asked for, or the last full one that the market's source has bars of.

    Raises NoPrices without a single bar, and WrongArgument for a day that has none or is not over.
    """
    newest = last_day(session, wanted.source, _EVER, wanted.first_open_day - timedelta(days=1))
    if newest is None:
        raise NoPrices("there are no prices yet: run `coinbrief collect` first")
    if day is None:
        return newest
    if day >= wanted.first_open_day:
        raise WrongArgument(f"{day} is not over yet (UTC): the last day with bars is {newest}")
    if last_day(session, wanted.source, day, day) is None:
        raise WrongArgument(f"there are no bars of {day}: {_nearest(session, wanted.source, day, newest)}")
    return day


def days_with_bars(session: Session, wanted: Wanted, day: date | None, count: int) -> tuple[date, ...]:
    """The last `count` calendar days up to `day`, oldest first, without those that have no bars.

    Raises as `day_with_bars`, and WrongArgument for a count below 1 or above 1,100.
    """
    if not 1 <= count <= MOST_DAYS:
        raise WrongArgument(f"the number of days must be from 1 to {MOST_DAYS:,}, got {count:,}")
    last = day_with_bars(session, wanted, day)
    days = (last - timedelta(days=back) for back in range(count - 1, -1, -1))
    return tuple(item for item in days if last_day(session, wanted.source, item, item) is not None)


def _nearest(session: Session, source: str, day: date, newest: date) -> str:
    before = last_day(session, source, _EVER, day)
    return f"the last day with bars is {newest}" + (f", the last before {day} is {before}" if before else "")
