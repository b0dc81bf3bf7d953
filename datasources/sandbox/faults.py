"""Failures on request, exact and countable: what is to go wrong, for which paths, and how often.

A plan is asked once per request, in order; the first fault that is due is the one that happens. Over HTTP a fault is
asked for with the header `x-sandbox-fault: <kind>` or `<kind>:<value>`, where the value is the Retry-After of 429 and
503 (seconds, a date or nonsense), the seed of a fault that spoils rows, and the seconds of every other. A key that is
revoked mid-run is `401` with `after`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock

HEADER = "x-sandbox-fault"


class FaultKind(StrEnum):
    """What goes wrong; where nothing else is said the answer is otherwise right."""

    # a failure with its status
    UNAUTHORIZED = "401"
    PAYMENT_REQUIRED = "402"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    RATE_LIMITED = "429"  # with Retry-After if the fault has one
    SERVER_ERROR = "500"
    BAD_GATEWAY = "502"
    OVERLOADED = "503"  # with Retry-After if the fault has one
    # a page for people
    HTML = "html"  # with 200
    HTML_FORBIDDEN = "html_403"
    HTML_OVERLOADED = "html_503"
    # the connection
    HANG = "hang"  # no answer until the client gives up
    SLOW = "slow"  # the right answer after `delay_s`
    DRIP = "drip"  # the right answer in 20 pieces, `delay_s` before each
    STALL = "stall"  # half the body, then nothing until the client gives up
    RESET = "reset"  # no answer; the connection is reset
    CUT = "cut"  # half the body that Content-Length announces, then the connection closes
    TRUNCATED = "truncated"  # half the body and no Content-Length, then the connection closes
    # the body
    MALFORMED = "malformed"  # half the body, announced as the whole
    NOT_UTF8 = "not_utf8"  # a byte that is none
    DEEP = "deep"  # 100,000 lists in each other
    GZIP_BOMB = "gzip_bomb"  # a few kB that become more than 32 MB
    OVERSIZED = "oversized"  # more than 32 MB
    REDIRECT = "redirect"  # 302 to another host
    WRONG_TYPE = "wrong_type"  # announced as plain text
    SUCCESS_FALSE = "success_false"  # 200 with the provider's error body
    NO_ROWS_KEY = "no_rows_key"  # 200 with an object that holds nothing
    # the page
    REPEATED_PAGE = "repeated_page"  # always the first page
    OVERLAPPING_PAGE = "overlapping_page"  # begins with the last rows of the page before
    SHORT_LENGTH = "short_length"  # `length` is one less than the rows
    EMPTY = "empty"  # no rows
    # the rows, every second one (see `spoil`); which value of them, the seed says
    MISSING_KEYS = "missing_keys"
    RENAMED_KEYS = "renamed_keys"
    EXTRA_KEYS = "extra_keys"
    NULLS = "nulls"
    NAN = "nan"
    INFINITY = "infinity"
    HUGE_NUMBERS = "huge_numbers"  # 1e400
    NUMBERS_AS_STRINGS = "numbers_as_strings"  # "1.5" for 1.5
    WORDS_FOR_NUMBERS = "words_for_numbers"  # "n/a", "NaN", "1,5" ...
    JUNK_ROWS = "junk_rows"  # null, numbers, text and lists in place of rows
    NEGATIVE_PRICES = "negative_prices"
    ZERO_PRICES = "zero_prices"
    NEGATIVE_VOLUMES = "negative_volumes"
    FUTURE_ROWS = "future_rows"  # the newest row once more, ten days after now
    UNFINISHED_ROWS = "unfinished_rows"  # the newest row once more, on the day of now
    DUPLICATE_ROWS = "duplicate_rows"
    CONTRADICTING_ROWS = "contradicting_rows"  # once more behind the right ones, with another price
    UNSORTED_ROWS = "unsorted_rows"
    CLOCK_AHEAD = "clock_ahead"  # every time one day late


WITH_RETRY_AFTER = frozenset({FaultKind.RATE_LIMITED, FaultKind.OVERLOADED})
SPOILERS = frozenset(list(FaultKind)[list(FaultKind).index(FaultKind.MISSING_KEYS) :])


class FaultError(ValueError):
    """A fault was asked for that does not exist or cannot be read."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A failure of every `every`-th request under `path_prefix`, from the one after the first `after`, `times` times.

    `times` None = for ever. `retry_after` is the text of the header Retry-After, and wins over `retry_after_s`.
    """

    kind: FaultKind
    path_prefix: str = "/"
    times: int | None = None
    after: int = 0
    every: int = 1
    delay_s: float = 1.0
    retry_after_s: float | None = None
    retry_after: str | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.every < 1 or self.after < 0 or self.delay_s < 0 or (self.times is not None and self.times < 0):
            raise FaultError("every is at least 1; after, times and delay_s at least 0")
        if self.retry_after is not None and not (self.retry_after.isascii() and self.retry_after.isprintable()):
            raise FaultError("retry_after is printable ASCII")


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
    name, _, value = text.partition(":")
    kind = _kind(name)
    if not value:
        return Fault(kind)
    if kind in WITH_RETRY_AFTER:
        return Fault(kind, retry_after=value)
    if kind in SPOILERS:
        return Fault(kind, seed=int(_seconds(value)))
    return Fault(kind, delay_s=_seconds(value))


def parse_fault(body: Mapping[str, object]) -> Fault:
    """The fault a JSON object describes, keys as in `Fault`; raises FaultError."""
    unknown = sorted(set(body) - set(Fault.__slots__))
    if unknown:
        raise FaultError(f"a fault has no {', '.join(unknown)}")
    retry_after, retry_after_s = body.get("retry_after"), body.get("retry_after_s")
    times = body.get("times")
    return Fault(
        _kind(str(body.get("kind"))),
        path_prefix=str(body.get("path_prefix", "/")),
        times=None if times is None else int(_seconds(times)),
        after=int(_seconds(body.get("after", 0))),
        every=int(_seconds(body.get("every", 1))),
        delay_s=_seconds(body.get("delay_s", 1.0)),
        retry_after_s=None if retry_after_s is None else _seconds(retry_after_s),
        retry_after=None if retry_after is None else str(retry_after),
        seed=int(_seconds(body.get("seed", 0))),
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
