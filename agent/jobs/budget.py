"""What of a source's tasks is done now: what is due, what the month's credits are planned for, what is left out."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Final

from agent.jobs.cadence import Attempts, cadence_of, is_due, next_due
from agent.jobs.collection_plan import LONGEST_PAUSE_DAYS, Task
from agent.jobs.collection_plan import Tier as For
from datasources import credit_plan
from datasources.base import CallPlan, Query
from datasources.credit_plan import SAFETY_SHARE, CreditPlan, Need, PlannedNeed, Tier, plan_credits
from datasources.records import DataKind

Cost = Callable[[DataKind, Query], CallPlan]

# How long a kind may be put off before it is of no use to a reader.
_SLOWEST_DAYS: Final[Mapping[DataKind, float]] = {
    DataKind.QUOTES: 1,
    DataKind.DAILY_BARS: 7,
    DataKind.HOURLY_SIGNALS: 1,
    DataKind.MARKET_METRICS: 7,
    DataKind.MARKET_CAPS: 7,
}
_USUALLY_SLOWEST_DAYS: Final = 31.0  # once in any month
# How often is often enough, where that is less often than what costs nothing is asked for.
_WANTED_DAYS: Final[Mapping[DataKind, float]] = {DataKind.TOP_ASSETS: 7}
# The list of the largest assets says which is which, and their bars what they are worth: they come before all else.
_INDISPENSABLE: Final = frozenset({(DataKind.TOP_ASSETS, For.MARKET), (DataKind.DAILY_BARS, For.HOLDINGS)})
# What costs a request for each asset and each time comes after everything else, and so do market values: they are of
# use when they are a week old. They cost little, so that they come before the rest of what is left.
_LUXURIES: Final = frozenset({DataKind.HOURLY_SIGNALS, DataKind.HOURLY_BARS, DataKind.MARKET_CAPS})
# Then whatever else there is of what is held, and only then the market and what is watched.
_TIERS: Final = {
    For.HOLDINGS: Tier.MARKET,
    For.MARKET: Tier.WATCHLIST,
    For.WATCHLIST: Tier.WATCHLIST,
    For.UNIVERSE: Tier.UNIVERSE,
}


RETRIES: Final = 2
_ROUNDING: Final = 1e-9
# What a list of all assets is thought to cost before it was fetched once: some providers list ten thousand.
UNKNOWN_LIST: Final = 100


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

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to ask for: all is there but a history that is not affordable."""
        return self.verb is Verb.RUN and not self.task.steps and self.history == ()


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
    _known: dict[str, int] = field(default_factory=dict)
    _attempts: Mapping[str, Attempts] | None = None
    _planned_now: CreditPlan | None = None

    def expect(self, tasks: Sequence[Task], *, requests_before: Mapping[str, int]) -> None:
        """Say which tasks there will be, so that the plan is made for all of them.

        Their steps are those of a run that has one day to catch up with; earlier runs say what they cost where a query
        does not.
        """
        self._tasks.update({task.key: task for task in tasks})
        self._planned_now = None
        self._known.update(requests_before)

    def plan(self, now: datetime) -> CreditPlan | None:
        """The plan until the credits start anew, made once for a collection; None if nothing is capped."""
        if self.credits_now is not None and self._planned_now is None:
            self._planned_now = self._plan(self.credits_now(), self._past(), now)
        return self._planned_now

    def noted(self, decision: Decision) -> None:
        """Say that a task was done; if nobody knew what it would cost, the rest is planned anew."""
        if not decision.cost.exact:
            self._attempts = self._planned_now = None

    def decide(self, tasks: Sequence[Task], now: datetime, *, patient: bool) -> tuple[Decision, ...]:
        """Say what becomes of tasks; a task that was not expected is now."""
        if unexpected := {task.key: task for task in tasks if task.key not in self._tasks}:
            self._tasks.update(unexpected)
            self._planned_now = None
        past, plan = self._past(), self.plan(now)
        free, found = 0 if plan is None else (plan.usable or 0) - plan.credits, []
        for task in tasks:
            decision = self._decision(task, plan, past.get(task.key, Attempts()), now, free, patient=patient)
            free -= sum(self.cost(task.kind, query).requests for query in decision.history or ())
            found.append(decision)
        return tuple(found)

    def _plan(self, credits_now: Credits, past: Mapping[str, Attempts], now: datetime) -> CreditPlan:
        """Plan so that what ran a while ago is not paid for again, and a slow pace pays for the days it has to fetch.

        Both depend on the pace that comes out, so the plan is made again until it agrees with itself.
        """
        days = dict.fromkeys(self._tasks, 1)
        ages = {
            key: now - found.good_at for key, found in past.items() if key in self._tasks and found.good_at is not None
        }
        needs = {key: self._need(task, 1) for key, task in self._tasks.items()}
        while True:
            paid = sum(needs[key].credits_per_run for key in ages)
            left = max(credits_now.days_left, 1 / 24)
            share = SAFETY_SHARE * credits_now.left / max(credits_now.left + paid, 1)  # what is paid needs no safety
            plan = plan_credits(tuple(needs.values()), credits_now.left + paid, left, share)
            planned = dict(zip(needs, plan.needs, strict=True))
            slower = {key: span for key, item in planned.items() if (span := _days_between(item)) > days[key]}
            spent = [key for key, age in ages.items() if not _saves_a_run(planned[key], age, timedelta(days=left))]
            if not slower and not spent:
                return plan
            days |= slower
            needs |= {key: self._need(self._tasks[key], span) for key, span in slower.items()}
            ages = {key: age for key, age in ages.items() if key not in spent}

    def _decision(
        self, task: Task, plan: CreditPlan | None, attempts: Attempts, now: datetime, free: int, *, patient: bool
    ) -> Decision:
        cadence = cadence_of(task.kind, self.provider)
        cost = self._requests(task.kind, task.steps)
        if plan is None:
            due = is_due(cadence, attempts, now, patient=patient)
            return Decision(task, Verb.RUN, due, next_due(cadence, attempts, now), cadence.interval, cost)
        planned = plan.by_key[task.key, self._tier(task)]
        if planned.every is None:
            slowest = timedelta(days=planned.need.slowest_days)
            if attempts.good_at is not None and now < attempts.good_at + slowest:  # what came is still of use
                return Decision(task, Verb.RUN, due=False, next_at=attempts.good_at + slowest, every=slowest, cost=cost)
            return Decision(
                task,
                Verb.LEAVE_OUT,
                due=False,
                next_at=now,
                every=cadence.interval,
                cost=cost,
                reason=_words(task, planned.left_out),
                is_news=attempts.last_outcome != "deferred",
            )
        return self._planned(task, planned, attempts, now, free, patient=patient)

    def _planned(
        self, task: Task, planned: PlannedNeed, attempts: Attempts, now: datetime, free: int, *, patient: bool
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
        history = self._affordable(task, free)
        cost = self._requests(task.kind, (*task.steps, *history))
        return Decision(task, Verb.RUN, due, next_at, every, cost, history, _words(task, planned.stretched))

    @cached_property
    def _changed(self) -> datetime | None:
        return self.changed_at()

    def _past(self) -> Mapping[str, Attempts]:
        """What was tried so far; what was collected for other holdings than today's does not count."""
        if self._attempts is None:
            self._attempts = self.attempts()
        past, changed = self._attempts, self._changed
        if changed is None:
            return past
        held = {key for key, task in self._tasks.items() if task.tier is For.HOLDINGS}
        return {
            key: replace(found, good_at=None)
            if key in held and found.good_at is not None and found.good_at < changed
            else found
            for key, found in past.items()
        }

    def _need(self, task: Task, days: int) -> Need:
        cadence = cadence_of(task.kind, self.provider)
        wanted_days = _WANTED_DAYS.get(task.kind, cadence.interval / timedelta(days=1))
        slowest_days = max(_SLOWEST_DAYS.get(task.kind, _USUALLY_SLOWEST_DAYS), wanted_days)
        return Need(task.key, self._tier(task), self._credits(task, days), 1 / wanted_days, slowest_days)

    def _credits(self, task: Task, days: int) -> int:
        """What a run costs that catches up with so many days; of a list without an end, what it cost before."""
        planned = self._requests(task.kind, [_stretched(query, days) for query in task.steps])
        if planned.exact:
            return planned.requests
        known = self._known.get(task.key)
        return max(planned.requests, known or (UNKNOWN_LIST if task.kind is DataKind.ASSETS else 0))

    def _tier(self, task: Task) -> credit_plan.Tier:
        if task.kind in _LUXURIES:
            return Tier.UNIVERSE
        return Tier.HOLDINGS if (task.kind, task.tier) in _INDISPENSABLE else _TIERS[task.tier]

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


def _words(task: Task, words: str) -> str:
    """What a plan says of a need, named by whom it is for."""
    return f"{task.kind} ({task.tier}):{words.partition(':')[2]}" if words else ""


def _days_between(planned: PlannedNeed) -> int:
    """How many days a run has to catch up with at its pace, eight at most; one for what is left out."""
    pace = planned.every or timedelta(days=1)
    return min(math.ceil(pace / timedelta(days=1)), LONGEST_PAUSE_DAYS)


def _saves_a_run(planned: PlannedNeed, age: timedelta, left: timedelta) -> bool:
    """Whether a run of some time ago stands for the first of the runs that are planned from now on."""
    if planned.every is None or age >= planned.every:
        return False
    return math.ceil((left + age) / planned.every - _ROUNDING) <= math.ceil(left / planned.every - _ROUNDING)


def _stretched(query: Query, days: int) -> Query:
    if query.start is None or query.end is None:
        return query
    return replace(query, start=min(query.start, query.end - timedelta(days=days - 1)))


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
