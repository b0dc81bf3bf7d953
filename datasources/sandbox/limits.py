"""How much of a provider the sandbox gives: requests in a minute, and credits in a calendar month."""

from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime


class MinuteLimit:
    """At most so many requests of a key within any 60 seconds; None = no limit."""

    def __init__(self, requests_per_minute: int | None, monotonic: Callable[[], float]) -> None:
        self._allowed = requests_per_minute
        self._monotonic = monotonic
        self._times: dict[str, deque[float]] = {}

    def admits(self, key: str) -> bool:
        """Whether one more request may come in now; counts it if so."""
        if self._allowed is None:
            return True
        now, times = self._monotonic(), self._times.setdefault(key, deque())
        while times and now - times[0] >= 60.0:
            times.popleft()
        if len(times) >= self._allowed:
            return False
        times.append(now)
        return True


class MonthlyCredits:
    """At most so many requests of a key in a calendar month (UTC) of the sandbox's clock; None = no limit."""

    def __init__(self, credits_per_month: int | None, clock: Callable[[], datetime]) -> None:
        self._allowed = credits_per_month
        self._clock = clock
        self._used: Counter[tuple[str, int, int]] = Counter()

    def spends(self, key: str) -> bool:
        """Whether there is a credit left this month; takes it if so."""
        if self._allowed is None:
            return True
        now = self._clock().astimezone(UTC)
        month = key, now.year, now.month
        if self._used[month] >= self._allowed:
            return False
        self._used[month] += 1
        return True
