"""When a schedule's slots are: cron expressions in the reader's time zone, moments in UTC. Pure arithmetic."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger


def cron_trigger(expression: str, timezone: str) -> CronTrigger:
    """The trigger of a five-field cron expression in a time zone."""
    return CronTrigger.from_crontab(expression, timezone=ZoneInfo(timezone))


def slots_between(expression: str, timezone: str, after: datetime, until: datetime) -> tuple[datetime, ...]:
    """The slots later than `after` and not later than `until`, oldest first, in UTC."""
    return tuple(_slots(cron_trigger(expression, timezone), after, until))


def _slots(trigger: CronTrigger, after: datetime, until: datetime) -> Iterator[datetime]:
    previous = after
    while True:
        following = trigger.get_next_fire_time(previous, previous)
        if following is None:
            return
        moment = following.astimezone(UTC)
        if moment > until.astimezone(UTC):
            return
        if moment > after.astimezone(UTC):
            yield moment
        previous = following


def next_slot(expression: str, timezone: str, now: datetime) -> datetime | None:
    """The first slot later than `now`, in UTC."""
    following = cron_trigger(expression, timezone).get_next_fire_time(now, now)
    return None if following is None else following.astimezone(UTC)
