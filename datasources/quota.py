"""How fast a plan may be used: requests spaced evenly, for all coroutines of this process that share a `Pacer`."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

Sleep = Callable[[float], Awaitable[object]]


class Pacer:
    """Hand out one request slot every `60 / requests_per_minute` seconds, first come, first served.

    Slots are evenly spaced, so no window of a minute, wherever it starts, holds more than the plan allows plus one.
    `clock` counts seconds and never goes back: a step of the wall clock must neither stall nor flood a provider.
    A slot is reserved without awaiting, so coroutines, and threads with event loops of their own, may share a pacer.
    Raises `ValueError` if the rate is not positive.
    """

    def __init__(
        self,
        requests_per_minute: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        if not requests_per_minute > 0:
            raise ValueError("requests_per_minute must be more than 0")
        self._interval_s = 60.0 / requests_per_minute
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next_slot = clock()
        self._blocked_until = clock()

    async def acquire(self) -> None:
        """Wait for the next slot; a block that begins while waiting moves the slot behind the block."""
        slot, wait_s = self._reserve()
        while True:
            if wait_s > 0:
                await self._sleep(wait_s)
            # The slot, not the clock, is compared: after the sleep the slot has come whatever the clock says.
            if slot >= self._blocked_until:
                return
            slot, wait_s = self._reserve()

    def block_for(self, seconds: float) -> None:
        """Give no slot for so many seconds from now; a shorter block never cuts a longer one."""
        with self._lock:
            self._blocked_until = max(self._blocked_until, self._clock() + seconds)

    @property
    def blocked_s(self) -> float:
        """How many seconds a block still lasts; 0 when there is none."""
        return max(0.0, self._blocked_until - self._clock())

    def _reserve(self) -> tuple[float, float]:
        """Take the next free slot; returns it and the seconds until it comes."""
        with self._lock:
            now = self._clock()
            slot = max(now, self._next_slot, self._blocked_until)
            self._next_slot = slot + self._interval_s
            return slot, slot - now
