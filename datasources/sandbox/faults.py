"""Failures on request, exact and countable: what is to go wrong, for which paths, and how often.

A plan is asked once per request, in order; the first fault that is due is the one that happens. Over HTTP a fault is
asked for with the header `x-sandbox-fault: <kind>` or `<kind>:<number>`, where the number is the delay of `slow` and
the Retry-After of `429`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

HEADER = "x-sandbox-fault"


class FaultKind(StrEnum):
    """What goes wrong."""

    UNAUTHORIZED = "401"
    RATE_LIMITED = "429"  # with Retry-After if the fault has one
    SERVER_ERROR = "500"
    SLOW = "slow"  # the right answer after `delay_s`
    CUT = "cut"  # half the body that Content-Length announces, then the connection closes
    MALFORMED = "malformed"  # half the body, announced as the whole
    HTML = "html"  # 200 with a page for people
    SUCCESS_FALSE = "success_false"  # 200 with success: false
    REPEATED_PAGE = "repeated_page"  # always the first page
    SHORT_LENGTH = "short_length"  # `length` is one less than the rows
    EMPTY = "empty"  # 200 with no rows


class FaultError(ValueError):
    """A fault was asked for that does not exist or cannot be read."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A failure of every `every`-th request under `path_prefix`, from the one after the first `after`, `times` times.

    `times` None = for ever.
    """

    kind: FaultKind
    path_prefix: str = "/"
    times: int | None = None
    after: int = 0
    every: int = 1
    delay_s: float = 1.0
    retry_after_s: float | None = None

    def __post_init__(self) -> None:
        if self.every < 1 or self.after < 0 or self.delay_s < 0 or (self.times is not None and self.times < 0):
            raise FaultError("every is at least 1; after, times and delay_s at least 0")


class FaultPlan:
    """The faults of a running sandbox; it may be changed while the sandbox runs, from any thread."""

    def __init__(self, *faults: Fault) -> None:
        self._lock = Lock()
        self._entries = [_Entry(fault) for fault in faults]

    def add(self, fault: Fault) -> None:
        """Plan another fault, counted from now on."""
        with self._lock:
            self._entries.append(_Entry(fault))

    def clear(self) -> None:
        """Plan no faults any more."""
        with self._lock:
            self._entries.clear()

    def take(self, path: str) -> Fault | None:
        """The fault that this request gets; counts the request for every fault its path falls under."""
        with self._lock:
            due = [entry for entry in self._entries if path.startswith(entry.fault.path_prefix) and entry.see()]
            if not due:
                return None
            due[0].fired += 1
            return due[0].fault

    def fired(self) -> tuple[tuple[Fault, int], ...]:
        """Every planned fault with the number of times it has happened."""
        with self._lock:
            return tuple((entry.fault, entry.fired) for entry in self._entries)


class _Entry:
    """A fault and its counts."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.seen = 0
        self.fired = 0

    def see(self) -> bool:
        place = self.seen - self.fault.after
        self.seen += 1
        left = self.fault.times is None or self.fired < self.fault.times
        return left and place >= 0 and place % self.fault.every == 0


def parse_fault_header(text: str) -> Fault:
    """The fault a header asks for; raises FaultError."""
    kind, _, figure = text.partition(":")
    seconds = _seconds(figure) if figure else None
    return Fault(_kind(kind), delay_s=1.0 if seconds is None else seconds, retry_after_s=seconds)


def parse_fault(body: Mapping[str, object]) -> Fault:
    """The fault a JSON object describes, keys as in `Fault`; raises FaultError."""
    unknown = sorted(set(body) - {"kind", "path_prefix", "times", "after", "every", "delay_s", "retry_after_s"})
    if unknown:
        raise FaultError(f"a fault has no {', '.join(unknown)}")
    retry_after = body.get("retry_after_s")
    times = body.get("times")
    return Fault(
        _kind(str(body.get("kind"))),
        path_prefix=str(body.get("path_prefix", "/")),
        times=None if times is None else int(_seconds(times)),
        after=int(_seconds(body.get("after", 0))),
        every=int(_seconds(body.get("every", 1))),
        delay_s=_seconds(body.get("delay_s", 1.0)),
        retry_after_s=None if retry_after is None else _seconds(retry_after),
    )


def _kind(text: str) -> FaultKind:
    try:
        return FaultKind(text)
    except ValueError as error:
        raise FaultError(f"{text!r} is no fault; there are {', '.join(FaultKind)}") from error


def _seconds(value: object) -> float:
    try:
        number = float(str(value))
    except ValueError as error:
        raise FaultError(f"{value!r} is not a number") from error
    if not 0 <= number <= 3600:
        raise FaultError(f"{value!r} is not between 0 and 3600")
    return number
