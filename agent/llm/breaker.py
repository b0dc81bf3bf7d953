"""A circuit breaker before one endpoint: after an error that no second try can help, or several in a row, it rests.

closed     -- no credit, a rejected key ----> open for an hour
           -- the fifth failure in a row ---> open for five minutes
open       -- the pause is over ------------> half open: the first to ask is the probe, everybody else is refused
half open  -- any answer -------------------> closed
           -- a failure --------------------> open again

Wrap the adapter itself with it and a budget around that: a budget that is used up says nothing about the endpoint.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from pydantic import AwareDatetime, ConfigDict, TypeAdapter, ValidationError, with_config

from agent.llm.errors import KeyForAnotherHost, LLMError, QuotaSpent, RateLimited, Retryable, Unauthorized, Unavailable
from agent.llm.port import LanguageModel, OnText, Request, Result

FAILURES_TO_OPEN: Final = 5
PAUSE: Final = timedelta(minutes=5)
ACCOUNT_PAUSE: Final = timedelta(hours=1)
_ERRORS: dict[str, type[LLMError]] = {
    error.code: error for error in (Unavailable, RateLimited, QuotaSpent, Unauthorized)
}


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class BreakerState:
    """How an endpoint did lately, to be kept between runs.

    Failures in a row, the code of the last one, and since when the endpoint is left alone (aware UTC; None: it is not).
    """

    failures: int = 0
    code: str = ""
    opened_at: AwareDatetime | None = None

    @property
    def retry_at(self) -> datetime | None:
        """From when on the endpoint is asked again; None if it may be asked now."""
        if self.opened_at is None:
            return None
        return self.opened_at + (ACCOUNT_PAUSE if self.code in {QuotaSpent.code, Unauthorized.code} else PAUSE)

    def to_json(self) -> str:
        """The state as JSON text."""
        return _adapter().dump_json(self).decode()

    @staticmethod
    def from_json(text: str) -> "BreakerState":
        """The state in `text`; raises ValueError for anything else."""
        try:
            return _adapter().validate_json(text, strict=True)
        except ValidationError as error:
            known = ", ".join(field.name for field in fields(BreakerState))
            raise ValueError(f"not a breaker's state: {error.errors()[0]['msg']}; its keys are {known}") from None


@cache
def _adapter() -> TypeAdapter[BreakerState]:
    return TypeAdapter(BreakerState)


class Breaker:
    """Decides whether an endpoint may be asked, from a stored state or a fresh one. Safe between threads."""

    def __init__(self, clock: Callable[[], datetime], state: BreakerState | None = None) -> None:
        self._clock = clock
        self._state = state or BreakerState()
        self._probed_at: datetime | None = None
        self._lock = threading.Lock()

    @property
    def state(self) -> BreakerState:
        """The state as it is now, to be stored."""
        with self._lock:
            return self._state

    def admit(self) -> None:
        """Ask to send a request, then `note` or `release`; raises the error that opened the breaker while it is."""
        with self._lock:
            now, state = self._clock(), self._state
            if state.opened_at is None or state.retry_at is None:
                return
            if state.opened_at > now:  # stored by a clock that was wrong: the pause counts from now
                state = self._state = BreakerState(state.failures, state.code, now)
            until = state.retry_at or now
            if now >= until and self._probed_at is not None:
                until = self._probed_at + PAUSE  # a probe that never comes back does not close the endpoint for ever
            if now < until:
                raise _still_open(state, until)
            self._probed_at = now

    def note(self, error: LLMError | None) -> None:
        """Note how an admitted request ended; None is an answer."""
        with self._lock:
            self._probed_at = None
            if isinstance(error, QuotaSpent | Unauthorized):
                self._state = BreakerState(self._state.failures + 1, error.code, self._clock())
            elif isinstance(error, Retryable):
                failures = self._state.failures + 1
                opens = failures >= FAILURES_TO_OPEN or self._state.opened_at is not None
                self._state = BreakerState(failures, error.code, self._clock() if opens else None)
            else:  # whatever else is wrong with an answer, there was one
                self._state = BreakerState()

    def release(self) -> None:
        """An admitted request ended without telling anything of the endpoint."""
        with self._lock:
            self._probed_at = None


class BreakingModel:
    """A model that is not asked while its breaker is open."""

    def __init__(self, inner: LanguageModel, breaker: Breaker) -> None:
        self._inner = inner
        self._breaker = breaker

    @property
    def model(self) -> str:
        """The model's configured name."""
        return self._inner.model

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        """Answer `request`; raises an `LLMError`, which while the breaker is open is the one that opened it."""
        self._breaker.admit()
        try:
            result = self._inner.generate(request, on_text)
        except KeyForAnotherHost:
            self._breaker.release()
            raise
        except LLMError as error:
            self._breaker.note(error)
            raise
        except BaseException:  # whatever else ends it, the one probe that was admitted is given back
            self._breaker.release()
            raise
        self._breaker.note(None)
        return result


def _still_open(state: BreakerState, until: datetime) -> LLMError:
    kind = _ERRORS.get(state.code, Unavailable)
    since = f"{state.opened_at:%Y-%m-%d %H:%M} UTC" if state.opened_at is not None else "a while ago"
    paused = f"It has been left alone since {since} and is asked again from {until:%Y-%m-%d %H:%M} UTC"
    return kind(f"{kind.plain} {paused}")
