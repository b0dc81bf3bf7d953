"""What language models cost: the ledger added up by day, model or purpose, and what is left of each cap."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, Literal

from agent.jobs.spending import spent_so_far
from agent.llm.budget import GENERATED_NOTHING, NOTHING, PERIODS, Caps, Cost, Period, Unit, next_start
from agent.store.engine import Store
from agent.store.llm_budget import lost_reservations
from agent.store.llm_calls import LlmCallRow, calls_since

By = Literal["day", "model", "purpose"]
_KEYS: Final[Mapping[By, Callable[[LlmCallRow], str]]] = {
    "day": lambda call: call.called_at.astimezone(UTC).date().isoformat(),
    "model": lambda call: call.model,
    "purpose": lambda call: call.purpose,
}
_OVER_BUDGET: Final = "over_budget"
_FINE: Final = frozenset({"ok", "cached"})


@dataclass(frozen=True, slots=True)
class CostLine:
    """Calls added up: `calls` were sent, `cache_hits` answered from what is kept, `refused` stopped by a cap.

    Tokens are of sent calls; cached ones are part of the input, reasoning ones of the output. `unknown` counts the sent
    calls that may have cost something nobody knows the price of; `usd` is without them.
    """

    key: str
    calls: int
    failed: int
    cache_hits: int
    refused: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int
    usd: Decimal
    unknown: int


@dataclass(frozen=True, slots=True)
class CapLine:
    """One cap: what counts against it, what is left, and when it starts anew; runs and calls start at nothing."""

    period: Period
    unit: Unit
    cap: Decimal
    spent: Decimal
    left: Decimal
    resets_at: datetime | None


@dataclass(frozen=True, slots=True)
class Costs:
    """The ledger from `since` on; `lost` reservations are of processes that were killed, and count as spent."""

    since: datetime
    by: By
    lines: tuple[CostLine, ...]
    total: CostLine
    failures: Mapping[str, int]
    caps: tuple[CapLine, ...]
    lost: int


def costs(store: Store, caps: Caps, since: datetime, now: datetime, by: By = "day") -> Costs:
    """Add up what was called since a time."""
    with store.reader() as session:
        calls = calls_since(session, since)
        spent = spent_so_far(session, now)
        lost = lost_reservations(session, since, now)
    groups: dict[str, list[LlmCallRow]] = {}
    for call in calls:
        groups.setdefault(_KEYS[by](call), []).append(call)
    failures = Counter(call.outcome for call in calls if call.outcome not in _FINE)
    gone = {"call": NOTHING, "run": NOTHING, "day": spent.day, "month": spent.month}
    return Costs(
        since=since,
        by=by,
        lines=tuple(_line(key, groups[key]) for key in sorted(groups)),
        total=_line("total", calls),
        failures=dict(sorted(failures.items())),
        caps=tuple(line for period in PERIODS for line in _caps(period, caps, gone[period], now)),
        lost=lost,
    )


def _line(key: str, calls: Iterable[LlmCallRow]) -> CostLine:
    calls = list(calls)
    sent = [call for call in calls if not call.cached and call.outcome != _OVER_BUDGET]
    return CostLine(
        key=key,
        calls=len(sent),
        failed=sum(call.outcome != "ok" for call in sent),
        cache_hits=sum(call.cached for call in calls),
        refused=sum(call.outcome == _OVER_BUDGET for call in calls),
        input_tokens=sum(call.input_tokens for call in sent),
        cached_tokens=sum(call.cached_tokens for call in sent),
        output_tokens=sum(call.output_tokens for call in sent),
        reasoning_tokens=sum(call.reasoning_tokens for call in sent),
        usd=sum((call.cost_usd for call in sent if call.cost_usd is not None), Decimal(0)),
        unknown=sum(call.cost_usd is None and call.outcome not in GENERATED_NOTHING for call in sent),
    )


def _caps(period: Period, caps: Caps, gone: Cost, now: datetime) -> Iterable[CapLine]:
    cap = getattr(caps, period)
    amounts: tuple[tuple[Unit, Decimal | int | None, Decimal | int | None], ...] = (
        ("usd", cap.usd, gone.usd),
        ("tokens", cap.tokens, gone.tokens),
    )
    for unit, most, spent in amounts:
        if most is not None:
            used = Decimal(spent or 0)
            left = max(Decimal(most) - used, Decimal(0))
            yield CapLine(period, unit, Decimal(most), used, left, next_start(period, now))
