"""A circuit breaker per host: after failures in a row a host is left alone, then asked once to see. Pure.

closed     -- the fifth failure in a row --> open        nobody asks
open       -- five minutes later ----------> half open   the first to ask is the probe, everybody else is refused
half open  -- the probe succeeds ----------> closed
           -- the probe fails -------------> open        for another five minutes
           -- the probe tells nothing -----> half open   the next to ask is the probe
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

FAILURES_TO_OPEN: Final = 5
OPEN_FOR: Final = timedelta(minutes=5)
# A probe that never comes back, because its thread died, does not close a host for ever.
PROBE_FOR: Final = timedelta(minutes=5)


class Outcome(Enum):
    """What a call told about its host."""

    SUCCESS = auto()  # the host answered as it should, or refused the request for a reason of its own
    FAILURE = auto()  # no answer, a broken one, or a server error
    NOTHING = auto()  # it was not asked after all, or only asked us to slow down


@dataclass(frozen=True, slots=True)
class BreakerState:
    """How a host did lately: failures in a row, and since when it is left alone (None = it may be asked).

    `noted_at` is when this process last noted an outcome; None for a state that is as it was stored.
    """

    failures: int = 0
    opened_at: datetime | None = None
    noted_at: datetime | None = None

    @property
    def retry_at(self) -> datetime | None:
        """From when on an open breaker lets a probe through; None if the breaker is closed."""
        return None if self.opened_at is None else self.opened_at + OPEN_FOR


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a host may be asked now: `retry_at` None is yes, and then a `probe` must report its outcome."""

    retry_at: datetime | None = None
    probe: bool = False


class BreakerBoard:
    """The breakers of all hosts, from stored states; `states` gives them back to be stored. Safe between threads."""

    def __init__(self, clock: Callable[[], datetime], states: Mapping[str, BreakerState] | None = None) -> None:
        self._clock = clock
        self._states = dict(states or {})
        self._probes: dict[str, datetime] = {}
        self._lock = threading.Lock()

    @property
    def states(self) -> Mapping[str, BreakerState]:
        """The state of every host that was ever asked."""
        with self._lock:
            return dict(self._states)

    def retry_at(self, host: str) -> datetime | None:
        """When a host may next be asked; None if it may be now. Looking changes nothing."""
        with self._lock:
            return self._refused_until(host, self._clock())

    def admit(self, host: str) -> Admission:
        """Ask to send a request. Whoever is admitted must `note` what came of it, a probe in any case."""
        with self._lock:
            now = self._clock()
            until = self._refused_until(host, now)
            if until is not None:
                return Admission(retry_at=until)
            state = self._states.get(host)
            probe = state is not None and state.opened_at is not None
            if probe:
                self._probes[host] = now
            return Admission(probe=probe)

    def note(self, host: str, outcome: Outcome, *, probe: bool = False) -> None:
        """Note what a call told about its host; the fifth failure in a row opens its breaker, so does a failed probe.

        `probe` says that the call was admitted as the probe, which ends here whatever it told.
        """
        with self._lock:
            now = self._clock()
            if outcome is Outcome.SUCCESS:
                self._probes.pop(host, None)
                self._states[host] = BreakerState(noted_at=now)
            elif outcome is Outcome.FAILURE:
                failures = self._states.get(host, BreakerState()).failures + 1
                opened_at = now if failures >= FAILURES_TO_OPEN else None
                self._states[host] = BreakerState(failures, opened_at, now)
            if probe:
                self._probes.pop(host, None)

    def _refused_until(self, host: str, now: datetime) -> datetime | None:
        state = self._states.get(host)
        if state is None or state.opened_at is None:
            return None
        # A time of opening that lies ahead was stored by a clock that was wrong: it counts from now.
        opened_at = min(state.opened_at, now)
        if opened_at != state.opened_at:
            self._states[host] = BreakerState(state.failures, opened_at, state.noted_at)
        if now < opened_at + OPEN_FOR:
            return opened_at + OPEN_FOR
        probed_at = self._probes.get(host)
        if probed_at is not None and probed_at <= now < probed_at + PROBE_FOR:
            return probed_at + PROBE_FOR
        return None
