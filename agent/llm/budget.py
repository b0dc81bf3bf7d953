"""What may be spent on language models: caps, the decision before a call, and the model that keeps to it.

A call is let through only if what it can cost at most still fits each cap. Where a model's price is not known, US
dollars cannot be checked and caps in tokens rule; a cap in dollars alone then has one in tokens stand for it.
Days and months are those of UTC.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Final, Literal, Protocol

from agent.llm.errors import LLMError, QuotaSpent
from agent.llm.estimate import TOKENS_PER_BYTE, input_bytes, tokens_of
from agent.llm.port import CallLog, CallRecord, LanguageModel, OnText, Request, Result, Usage

Period = Literal["call", "run", "day", "month"]
Unit = Literal["usd", "tokens"]
PERIODS: Final[tuple[Period, ...]] = ("call", "run", "day", "month")
DEFAULT_TOKENS: Final = {"call": 40_000, "run": 120_000, "day": 1_000_000, "month": 10_000_000}
"""Caps in tokens for a model of unknown price where only dollars are capped."""
GENERATED_NOTHING: Final = frozenset(
    {"unauthorized", "bad_request", "rate_limited", "quota_spent", "context_too_long", "over_budget", "unreachable"}
)
"""Outcomes of calls that cost nothing, because the server (or we) refused them or they never reached it."""

Price = Callable[[Usage, datetime], Decimal | None]
"""What tokens cost at a time in US dollars, None where no price is known."""
_OWNERS: Final = {"run": "this run's", "day": "the day's", "month": "the month's"}


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars, None where the price is not known, and tokens of input and output together."""

    usd: Decimal | None
    tokens: int


NOTHING = Cost(Decimal(0), 0)


@dataclass(frozen=True, slots=True)
class Cap:
    """The most of a period; None = no cap."""

    usd: Decimal | None = None
    tokens: int | None = None


NO_CAP = Cap()


@dataclass(frozen=True, slots=True)
class Caps:
    """The most of one call, one run (a briefing, a question), one day and one month."""

    call: Cap = NO_CAP
    run: Cap = NO_CAP
    day: Cap = NO_CAP
    month: Cap = NO_CAP

    def halved(self) -> "Caps":
        """Half of the day and the month, for what can wait: the other half is kept for briefings and questions."""
        return replace(self, day=_half(self.day), month=_half(self.month))


def _half(cap: Cap) -> Cap:
    return Cap(None if cap.usd is None else cap.usd / 2, None if cap.tokens is None else cap.tokens // 2)


@dataclass(frozen=True, slots=True)
class Spent:
    """What is spent or set aside already; the dollars are those that are known."""

    run: Cost = NOTHING
    day: Cost = NOTHING
    month: Cost = NOTHING


@dataclass(frozen=True, slots=True)
class Grant:
    """The call may be made; `stand_ins` are the periods whose cap in dollars has one in tokens stand for it."""

    stand_ins: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Denied:
    """The call may not be made: which cap, what is left of it, when it starts anew, and a sentence for a reader."""

    period: Period
    unit: Unit
    cap: Decimal
    left: Decimal
    resets_at: datetime | None
    message: str


@dataclass(frozen=True, slots=True)
class _Limit:
    unit: Unit
    most: Decimal
    gone: Decimal
    wanted: Decimal | None
    stands_in: bool = False

    @property
    def broken(self) -> bool:
        return self.most == 0 or (self.wanted is not None and self.gone + self.wanted > self.most)


def decide(caps: Caps, spent: Spent, worst_case: Cost, now: datetime) -> Grant | Denied:
    """Whether a call that costs `worst_case` at most may be made at `now`; the first cap that is broken denies it.

    A cap of 0 lets nothing through, whatever a call costs.
    """
    stand_ins: list[Period] = []
    for period in PERIODS:
        gone: Cost = NOTHING if period == "call" else getattr(spent, period)
        for limit in _limits(period, getattr(caps, period), gone, worst_case):
            if limit.broken:
                return _denied(period, limit, now)
            stand_ins += [period] * limit.stands_in
    return Grant(tuple(stand_ins))


def _limits(period: Period, cap: Cap, gone: Cost, worst_case: Cost) -> Iterator[_Limit]:
    if cap.usd is not None:
        yield _Limit("usd", cap.usd, gone.usd or Decimal(0), worst_case.usd)
    stands_in = cap.tokens is None and cap.usd is not None and worst_case.usd is None
    tokens = DEFAULT_TOKENS[period] if stands_in else cap.tokens
    if tokens is not None:
        yield _Limit("tokens", Decimal(tokens), Decimal(gone.tokens), Decimal(worst_case.tokens), stands_in)


def next_start(period: Period, now: datetime) -> datetime | None:
    """When the budget of a period starts anew after `now`; None for calls and runs."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "day":
        return midnight + timedelta(days=1)
    return (midnight.replace(day=1) + timedelta(days=32)).replace(day=1) if period == "month" else None


def period_starts(now: datetime) -> tuple[datetime, datetime]:
    """When the day and the month of `now` began."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight, midnight.replace(day=1)


def _denied(period: Period, limit: _Limit, now: datetime) -> Denied:
    left = max(limit.most - limit.gone, Decimal(0))
    resets_at = next_start(period, now)
    message = _message(period, limit, left, resets_at)
    if limit.stands_in:
        message += " Its price is not known, so that cap in tokens stands for the one in US dollars."
    return Denied(period, limit.unit, limit.most, left, resets_at, message)


def _message(period: Period, limit: _Limit, left: Decimal, resets_at: datetime | None) -> str:
    most = amount_text(limit.unit, limit.most)
    if limit.most == 0:
        return f"The budget of the language model for a {period} is 0, so nothing is sent to it."
    if period == "call":
        return f"A call to the language model may cost {most} at most, and this one could cost more."
    owner, until = _OWNERS[period], _until(period, resets_at)
    if left == 0:
        return f"{owner.capitalize()} budget for the language model ({most}) is used up{until}."
    rest = amount_text(limit.unit, left).rpartition(" ")[0]
    return (
        f"What is left of {owner} budget for the language model{until} ({rest} of {most}) is too little for this call."
    )


def _until(period: Period, resets_at: datetime | None) -> str:
    if resets_at is None:
        return ""
    return " until 00:00 UTC" if period == "day" else f" until {resets_at.day} {resets_at:%B}, 00:00 UTC"


def amount_text(unit: Unit, amount: Decimal) -> str:
    """An amount as a sentence has it: 0.50 USD, 40,000 tokens."""
    if unit == "tokens":
        return f"{amount:,.0f} tokens"
    cents = amount.quantize(Decimal("0.01"))
    return f"{cents:,f} USD" if cents or not amount else f"{amount.quantize(Decimal('0.0001')):f} USD"


class BudgetSpent(QuotaSpent):
    """A cap of ours is reached; `denied` says which, `plain` tells it to a reader."""

    code: ClassVar[str] = "over_budget"

    def __init__(self, denied: Denied) -> None:
        super().__init__(f"{denied.message} See llm.caps.{denied.period}_{denied.unit}")
        self.denied = denied
        self.plain = denied.message  # type: ignore[misc]  # other errors have one sentence each, this one has several


@dataclass(frozen=True, slots=True)
class Wish:
    """A call to be made, and what it can cost at most."""

    purpose: str
    model: str
    input_bytes: int
    worst_case: Cost


@dataclass(frozen=True, slots=True)
class Reservation:
    """What was set aside for a call."""

    reservation_id: str


class SpendingLedger(CallLog, Protocol):
    """Keeps account of what is set aside and spent, over all processes, and of every call."""

    def reserve(self, wish: Wish, caps: Caps) -> Reservation | Denied:
        """Decide and set aside in one step that nobody can come between; raises an `LLMError` if it cannot be kept."""
        ...

    def settle(self, reservation: Reservation, spent: Cost, input_tokens: int | None) -> None:
        """Book what the call did cost; what is never settled stays spent."""
        ...

    def attempts(self) -> Sequence[CallRecord]:
        """The attempts that were noted in this thread since it last reserved."""
        ...


@dataclass(slots=True)
class Booking:
    """What a call is booked at when it ends well: what was set aside for it, unless it is known better by then."""

    spent: Cost
    input_tokens: int | None = None


@contextmanager
def within_caps(
    ledger: SpendingLedger,
    caps: Caps,
    wish: Wish,
    *,
    clock: Callable[[], datetime],
    lost: Callable[[LLMError], Cost],
    prompt_sha256: str | None = None,
) -> Iterator[Booking]:
    """Set aside what a call can cost, let it be made, and book it; `lost` says what one that failed has cost.

    Raises BudgetSpent, which is noted as a call that was not made. What ends a call in any other way leaves it set
    aside.
    """
    reservation = ledger.reserve(wish, caps)
    if isinstance(reservation, Denied):
        denied = BudgetSpent(reservation)
        ledger.on_call(_denied_call(wish, denied, clock(), prompt_sha256))
        raise denied
    booking = Booking(wish.worst_case)
    try:
        yield booking
    except LLMError as error:
        ledger.settle(reservation, lost(error), None)
        raise
    ledger.settle(reservation, booking.spent, booking.input_tokens)


def _denied_call(wish: Wish, error: BudgetSpent, at: datetime, prompt_sha256: str | None) -> CallRecord:
    return CallRecord(
        purpose=wish.purpose,
        model=wish.model,
        host="",
        prompt_sha256=prompt_sha256,
        started_at=at,
        latency_s=0.0,
        usage=Usage(input_tokens=0, output_tokens=0),
        cost_usd=Decimal(0),
        outcome=error.code,
        request_id=None,
        output_format="",
        retries=0,
    )


class BudgetedModel:
    """Lets `inner` be called within `caps` only; put it around a breaker, so that a full budget opens none.

    The adapter within must have `ledger` as its call log: only so is it known what a call that failed has cost.
    `price` tells what tokens of this model cost, `tokens_per_byte` how its input is estimated. Raises BudgetSpent.
    """

    def __init__(
        self,
        inner: LanguageModel,
        ledger: SpendingLedger,
        *,
        caps: Caps,
        clock: Callable[[], datetime],
        price: Price,
        max_output_tokens: int,
        tokens_per_byte: Callable[[str], float] = lambda _model: TOKENS_PER_BYTE,
    ) -> None:
        self._inner = inner
        self._ledger = ledger
        self._caps = caps
        self._clock = clock
        self._price = price
        self._max_output_tokens = max_output_tokens
        self._tokens_per_byte = tokens_per_byte

    @property
    def model(self) -> str:
        """The model's configured name."""
        return self._inner.model

    def generate(self, request: Request, on_text: OnText | None = None) -> Result:
        """Answer `request` if the budget allows it; raises BudgetSpent and the errors of `inner`."""
        wish = self._wish(request)
        with within_caps(
            self._ledger,
            self._caps,
            wish,
            clock=self._clock,
            lost=lambda _error: self._lost(wish.worst_case),
            prompt_sha256=request.prompt_sha256,
        ) as booking:
            result = self._inner.generate(request, on_text)
            booking.spent = self._cost(result.usage, result.cost_usd, wish.worst_case)
            booking.input_tokens = _counted_input(result)
        return result

    def _wish(self, request: Request) -> Wish:
        size = input_bytes(request)
        usage = Usage(
            input_tokens=tokens_of(size, self._tokens_per_byte(self.model)),
            output_tokens=request.max_output_tokens or self._max_output_tokens,
        )
        tokens = (usage.input_tokens or 0) + (usage.output_tokens or 0)
        return Wish(request.purpose, self.model, size, Cost(self._price(usage, self._clock()), tokens))

    def _lost(self, worst_case: Cost) -> Cost:
        """What a failed call may have cost: its attempts at their worst, but for those whose cost is known.

        Nothing for what the server refused or never got, and for a call that an open breaker kept back.
        """
        lost = [
            self._cost(attempt.usage, attempt.cost_usd, worst_case)
            for attempt in self._ledger.attempts()
            if attempt.outcome not in GENERATED_NOTHING
        ]
        known = [cost.usd for cost in lost if cost.usd is not None]
        usd = None if lost and not known else sum(known, Decimal(0))
        return Cost(usd, sum(cost.tokens for cost in lost))

    def _cost(self, usage: Usage, cost_usd: Decimal | None, worst_case: Cost) -> Cost:
        if usage.input_tokens is None or usage.output_tokens is None:
            return worst_case if cost_usd is None else Cost(cost_usd, worst_case.tokens)
        usd = self._price(usage, self._clock()) if cost_usd is None else cost_usd
        return Cost(usd, usage.input_tokens + usage.output_tokens)


def _counted_input(result: Result) -> int | None:
    return None if result.usage_estimated else result.usage.input_tokens
