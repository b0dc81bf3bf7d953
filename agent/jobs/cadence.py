"""How often each kind of data is asked for, and from when in the day it is worth asking. Pure.

Time is cut into slots of the kind's interval; a kind is due in a slot until it was collected well in it. Where credits
are short, the plan makes the slots longer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

from datasources.records import DataKind

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

FIRST_RETRY: Final = _HOUR
LONGEST_RETRY: Final = _DAY


@dataclass(frozen=True, slots=True)
class Cadence:
    """The interval of a kind, and how long after midnight UTC its day's data is there."""

    interval: timedelta
    ready_after: timedelta = timedelta(minutes=10)

    def stretched(self, times: int) -> "Cadence":
        """The same with a longer interval."""
        return Cadence(self.interval * times, self.ready_after)

    def slot(self, now: datetime) -> datetime:
        """When the slot that `now` lies in began."""
        passed = now - _EPOCH - self.ready_after
        return _EPOCH + self.ready_after + passed // self.interval * self.interval

    def next_slot(self, now: datetime) -> datetime:
        """When the next slot begins."""
        return self.slot(now) + self.interval


@dataclass(frozen=True, slots=True)
class Attempts:
    """The collections of a kind so far: the last good one, the last of all, and how many failed since a good one."""

    good_at: datetime | None = None
    last_at: datetime | None = None
    failures: int = 0
    last_outcome: str | None = None


def cadence_of(kind: DataKind, provider: str) -> Cadence:
    """How often a kind is asked of a provider."""
    return _SPECIAL.get((provider, kind)) or _CADENCES.get(kind, Cadence(_DAY))


def is_due(cadence: Cadence, attempts: Attempts, now: datetime, *, patient: bool) -> bool:
    """Whether a kind should be collected now.

    A patient collector waits longer after each failure, an hour first and a day at most; a person who asks does not.
    """
    if attempts.good_at is not None and attempts.good_at >= cadence.slot(now):
        return False
    if not patient or not attempts.failures or attempts.last_at is None:
        return True
    return now >= attempts.last_at + retry_wait(attempts.failures)


def next_due(cadence: Cadence, attempts: Attempts, now: datetime) -> datetime:
    """When a kind will be collected next."""
    collected = attempts.good_at is not None and attempts.good_at >= cadence.slot(now)
    soonest = cadence.next_slot(now) if collected else now
    if attempts.failures and attempts.last_at is not None:
        return max(soonest, attempts.last_at + retry_wait(attempts.failures))
    return soonest


def retry_wait(failures: int) -> timedelta:
    """How long to leave a kind alone after so many failures in a row."""
    doubled: int = 2 ** min(failures - 1, 10)
    return min(FIRST_RETRY * doubled, LONGEST_RETRY)


_CADENCES: Final[Mapping[DataKind, Cadence]] = MappingProxyType(
    {
        DataKind.QUOTES: Cadence(_HOUR),
        DataKind.HOURLY_BARS: Cadence(_HOUR),
        DataKind.HOURLY_SIGNALS: Cadence(_HOUR),
        DataKind.NETWORK_METRICS: Cadence(6 * _HOUR),
        DataKind.DEFI_METRICS: Cadence(6 * _HOUR),
        DataKind.ONCHAIN_METRICS: Cadence(6 * _HOUR, timedelta(hours=3, minutes=30)),
        DataKind.SENTIMENT: Cadence(6 * _HOUR),
        DataKind.ASSETS: Cadence(_DAY),
        DataKind.MARKET_CAPS: Cadence(_DAY),
        DataKind.CORRELATIONS: Cadence(7 * _DAY),
        DataKind.SCENARIOS: Cadence(7 * _DAY),
        DataKind.PREDICTIONS: Cadence(7 * _DAY),
        DataKind.REPORTS: Cadence(7 * _DAY),
        DataKind.INVESTORS: Cadence(28 * _DAY),
        DataKind.TECHNOLOGY_GRADES: Cadence(7 * _DAY),
        DataKind.FUNDAMENTAL_GRADES: Cadence(7 * _DAY),
    }
)
# The daily point of CoinGecko is final 35 to 40 minutes after midnight; its list of 18,000 coins changes slowly.
_SPECIAL: Final[Mapping[tuple[str, DataKind], Cadence]] = MappingProxyType(
    {
        ("coingecko", DataKind.DAILY_BARS): Cadence(_DAY, timedelta(minutes=45)),
        ("coingecko", DataKind.MARKET_METRICS): Cadence(_HOUR),
        ("token_metrics", DataKind.ASSETS): Cadence(7 * _DAY),
        ("coin_metrics", DataKind.ASSETS): Cadence(7 * _DAY),
        ("defillama", DataKind.ASSETS): Cadence(7 * _DAY),
        ("mempool", DataKind.ASSETS): Cadence(28 * _DAY),
    }
)
