"""How fast a plan may be used, and how much of it: the pace of requests, and the credits they cost."""

import asyncio
import math
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

Sleep = Callable[[float], Awaitable[object]]


class CreditMeter(Protocol):
    """Keeps the account of a provider's credits; `reserve` is called from the event loop, before each request."""

    def reserve(self, credits_wanted: int) -> None:
        """Take credits before a request is sent, kept even if it fails; raises `QuotaSpent` if they are not there."""


class Unmetered:
    """The account of a provider that counts nothing."""

    def reserve(self, credits_wanted: int) -> None:
        """Allow everything."""


class Blocked(Exception):
    """The provider told us to wait for longer than the caller can: `seconds` from now."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"blocked for {seconds:.0f} s")
        self.seconds = seconds


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

    async def acquire(self, longest_block_s: float = math.inf) -> None:
        """Wait for the next slot; a block that begins while waiting moves the slot behind the block.

        Raises `Blocked`, without taking a slot, as soon as a block lasts for more than `longest_block_s`.
        """
        slot, wait_s = self._reserve(longest_block_s)
        while True:
            if wait_s > 0:
                await self._sleep(wait_s)
            # The slot, not the clock, is compared: after the sleep the slot has come whatever the clock says.
            if slot >= self._blocked_until:
                return
            slot, wait_s = self._reserve(longest_block_s)

    def block_for(self, seconds: float) -> None:
        """Give no slot for so many seconds from now; a shorter block never cuts a longer one."""
        with self._lock:
            self._blocked_until = max(self._blocked_until, self._clock() + seconds)

    @property
    def blocked_s(self) -> float:
        """How many seconds a block still lasts; 0 when there is none."""
        return max(0.0, self._blocked_until - self._clock())

    def _reserve(self, longest_block_s: float) -> tuple[float, float]:
        """Take the next free slot; returns it and the seconds until it comes."""
        with self._lock:
            now = self._clock()
            if self._blocked_until - now > longest_block_s:
                raise Blocked(self._blocked_until - now)
            slot = max(now, self._next_slot, self._blocked_until)
            self._next_slot = slot + self._interval_s
            return slot, slot - now
