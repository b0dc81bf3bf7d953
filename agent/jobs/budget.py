"""What of a source's tasks is done now: what is due, what the month's credits are planned for, what is left out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from agent.jobs.cadence import Attempts, cadence_of, is_due, next_due
from agent.jobs.collection_plan import Task
from agent.jobs.collection_plan import Tier as For
from datasources import credit_plan
from datasources.base import CallPlan, Query
from datasources.credit_plan import CreditPlan, Need, PlannedNeed, Tier, plan_credits
from datasources.records import DataKind

Cost = Callable[[DataKind, Query], CallPlan]

# How long a kind may be put off before it is of no use to a reader.
_SLOWEST_DAYS: Final[Mapping[DataKind, float]] = {
    DataKind.QUOTES: 1,
    DataKind.DAILY_BARS: 7,
    DataKind.ASSETS: 30,
    DataKind.TOP_ASSETS: 30,
    DataKind.HOURLY_SIGNALS: 1,
    DataKind.MARKET_METRICS: 7,
}
_USUALLY_SLOWEST_DAYS: Final = 30.0
# The list of the largest assets says which is which: without it a holding cannot be found.
_INDISPENSABLE: Final = frozenset({DataKind.TOP_ASSETS})
_TIERS: Final = {
    For.MARKET: Tier.MARKET,
    For.HOLDINGS: Tier.HOLDINGS,
    For.WATCHLIST: Tier.WATCHLIST,
    For.UNIVERSE: Tier.UNIVERSE,
}


RETRIES: Final = 2


class Verb(StrEnum):
    """What becomes of a task."""

    RUN = "run"
    LEAVE_OUT = "leave out"


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a task, when, and what it costs.

    `history` is the part of its history that is affordable, None = all; `every` the pace it has; `is_news` that it was
    not left out already.
    """

    task: Task
    verb: Verb
    due: bool
    next_at: datetime
    every: timedelta
    cost: CallPlan
    history: tuple[Query, ...] | None = None
    reason: str = ""
    is_news: bool = False


@dataclass(frozen=True, slots=True)
class Credits:
    """A source's account: how many credits are left until they start anew."""

    left: int
    days_left: float


@dataclass
class Budget:
    """Decides for one source; `credits_now` None means that nothing is capped."""

    provider: str
    cost: Cost
    attempts: Callable[[], Mapping[str, Attempts]]
    credits_now: Callable[[], Credits] | None = None
    changed_at: Callable[[], datetime | None] = lambda: None
    _tasks: dict[str, Task] = field(default_factory=dict)
    _costs: dict[str, int] = field(default_factory=dict)

    def expect(self, tasks: Sequence[Task], *, requests_before: Mapping[str, int]) -> None:
        """Say which tasks there will be, so that the plan is made for all of them; earlier runs say what they cost."""
        for task in tasks:
            planned = self._requests(task.kind, task.steps)
            known = requests_before.get(task.key, 0)
            self._tasks[task.key] = task
            self._costs[task.key] = planned.requests if planned.exact else max(planned.requests, known)

    def plan(self) -> CreditPlan | None:
        """The plan until the credits start anew; None if nothing is capped."""
        if self.credits_now is None:
            return None
        now = self.credits_now()
        needs = [self._need(task) for task in self._tasks.values()]
        return plan_credits(needs, now.left, max(now.days_left, 1 / 24))

    def decide(self, tasks: Sequence[Task], now: datetime, *, patient: bool) -> tuple[Decision, ...]:
        """Say what becomes of tasks; a task that was not expected is now."""
        for task in tasks:
            if task.key not in self._tasks:
                self.expect([task], requests_before={})
        plan, past = self.plan(), self.attempts()
        return tuple(self._decision(task, plan, past, now, patient=patient) for task in tasks)

    def _decision(
        self, task: Task, plan: CreditPlan | None, past: Mapping[str, Attempts], now: datetime, *, patient: bool
    ) -> Decision:
        cadence, attempts = cadence_of(task.kind, self.provider), self._counted(task, past.get(task.key, Attempts()))
        cost = self._requests(task.kind, task.steps)
        if plan is None:
            due = is_due(cadence, attempts, now, patient=patient)
            return Decision(task, Verb.RUN, due, next_due(cadence, attempts, now), cadence.interval, cost)
        planned = plan.by_key[task.kind.value, self._tier(task)]
        if planned.every is None:
            news = attempts.last_outcome != "deferred"
            reason = planned.left_out
            out = Decision(task, Verb.LEAVE_OUT, due=False, next_at=now, every=cadence.interval, cost=cost)
            return replace(out, reason=reason, is_news=news)
        return self._planned(task, planned, plan, attempts, now, patient=patient)

    def _planned(
        self, task: Task, planned: PlannedNeed, plan: CreditPlan, attempts: Attempts, now: datetime, *, patient: bool
    ) -> Decision:
        every = planned.every or timedelta(days=1)
        usual = cadence_of(task.kind, self.provider)
        if every <= usual.interval:
            due = is_due(usual, attempts, now, patient=patient)
        else:
            due = planned.due(attempts.good_at, now) and is_due(
                usual, replace(attempts, good_at=None), now, patient=patient
            )
        # A failed run has cost credits as well: after two of them the next is due when it would be anyway.
        due = due and (attempts.failures < RETRIES or planned.due(attempts.last_at, now))
        next_at = next_due(usual, attempts, now) if attempts.good_at is None else max(now, attempts.good_at + every)
        history = self._affordable(task, (plan.usable or 0) - plan.credits)
        cost = self._requests(task.kind, (*task.steps, *history))
        return Decision(task, Verb.RUN, due, next_at, every, cost, history, planned.stretched)

    def _counted(self, task: Task, found: Attempts) -> Attempts:
        """What was tried so far; what was collected for other holdings than today's does not count."""
        changed = self.changed_at()
        if task.tier is For.HOLDINGS and changed and found.good_at and found.good_at < changed:
            return replace(found, good_at=None)
        return found

    def _need(self, task: Task) -> Need:
        cadence = cadence_of(task.kind, self.provider)
        runs_per_day = timedelta(days=1) / cadence.interval
        slowest = max(_SLOWEST_DAYS.get(task.kind, _USUALLY_SLOWEST_DAYS), 1 / runs_per_day)
        return Need(task.kind.value, self._tier(task), self._costs[task.key], runs_per_day, slowest)

    def _tier(self, task: Task) -> credit_plan.Tier:
        return Tier.HOLDINGS if task.kind in _INDISPENSABLE else _TIERS[task.tier]

    def _requests(self, kind: DataKind, queries: Sequence[Query]) -> CallPlan:
        plans = [self.cost(kind, query) for query in queries]
        return CallPlan(sum(plan.requests for plan in plans), all(plan.exact for plan in plans))

    def _affordable(self, task: Task, credits_free: int) -> tuple[Query, ...]:
        """The part of a task's history that the credits nobody else needs will pay for."""
        taken: list[Query] = []
        for query in task.history:
            part = _largest_part(query, lambda piece: self.cost(task.kind, piece).requests <= credits_free)  # noqa: B023 - used at once
            if part is None:
                break
            taken.append(part)
            credits_free -= self.cost(task.kind, part).requests
            if part != query:
                break
        return tuple(taken)


def _largest_part(query: Query, fits: Callable[[Query], bool]) -> Query | None:
    """The query for as many of its first assets as fit; None if not even one does."""
    low, high = 0, len(query.provider_ids)
    while low < high:
        middle = (low + high + 1) // 2
        if fits(replace(query, provider_ids=query.provider_ids[:middle])):
            low = middle
        else:
            high = middle - 1
    return replace(query, provider_ids=query.provider_ids[:low]) if low else None
