from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent.jobs.budget import Budget, Credits, Decision, Verb
from agent.jobs.cadence import Attempts
from agent.jobs.collection_plan import Task, Tier
from datasources.base import CallPlan, Query
from datasources.records import DataKind

NOW = datetime(2025, 11, 1, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)
YESTERDAY = date(2025, 10, 31)


def cost(_kind: DataKind, query: Query) -> CallPlan:
    """A credit for each asset and every 29 days; one for what is about none."""
    days = (query.end - query.start).days + 1 if query.start and query.end else 1
    return CallPlan(max(len(query.provider_ids), 1) * -(-days // 29))


def bars(tier: Tier, *keys: str, history: tuple[Query, ...] = ()) -> Task:
    key = "daily_bars" if tier is Tier.HOLDINGS else f"daily_bars/{tier}"
    return Task(DataKind.DAILY_BARS, tier, key, (Query(keys, YESTERDAY, YESTERDAY),), history)


HELD = bars(Tier.HOLDINGS, "1")
REST = bars(Tier.UNIVERSE, "2", "3")


def budget(left: int | None, past: Mapping[str, Attempts] | None = None, days_left: float = 30) -> Budget:
    credits_now = None if left is None else lambda: Credits(left, days_left)
    return Budget("token_metrics", cost, lambda: past or {}, credits_now)


def decide(item: Budget, *tasks: Task, now: datetime = NOW, patient: bool = True) -> list[Decision]:
    item.expect(tasks, requests_before={})
    return list(item.decide(tasks, now, patient=patient))


def test_what_is_not_capped_is_due_by_its_cadence_and_never_left_out() -> None:
    done = {"daily_bars": Attempts(NOW - timedelta(hours=1), NOW - timedelta(hours=1))}
    held, rest = decide(budget(None, done), HELD, REST)
    assert (held.verb, held.due, held.next_at) == (Verb.RUN, False, datetime(2025, 11, 2, 0, 10, tzinfo=UTC))
    assert (rest.verb, rest.due, rest.history) == (Verb.RUN, True, None)


def test_with_credits_for_the_holdings_alone_the_rest_is_left_out_with_the_reason() -> None:
    held, rest = decide(budget(34), HELD, REST)
    # 34 credits less a tenth are 30: one for each day
    assert (held.verb, held.due, held.every) == (Verb.RUN, True, DAY)
    assert (rest.verb, rest.due, rest.is_news) == (Verb.LEAVE_OUT, False, True)
    assert rest.reason == (
        "daily_bars (universe): left out; even every 7 days it takes 10 credits this month, and 0 are free"
    )


def test_what_is_left_out_is_news_once() -> None:
    (_, rest) = decide(budget(34, {"daily_bars/universe": Attempts(None, NOW, 0, "deferred")}), HELD, REST)
    assert (rest.verb, rest.is_news) == (Verb.LEAVE_OUT, False)


def test_few_credits_stretch_the_pace() -> None:
    # 17 credits less a tenth are 15: every other day
    (held,) = decide(budget(17), HELD)
    assert (held.every, held.due) == (2 * DAY, True)
    assert held.reason == "daily_bars (holdings): every 2 days instead of every day"
    (later,) = decide(budget(16, {"daily_bars": Attempts(NOW, NOW)}, 29), HELD, now=NOW + DAY)
    assert (later.every, later.due, later.next_at) == (2 * DAY, False, NOW + 2 * DAY)
    (then,) = decide(budget(16, {"daily_bars": Attempts(NOW, NOW)}, 28), HELD, now=NOW + 2 * DAY)
    assert then.due


def test_what_was_paid_for_is_not_planned_twice() -> None:
    """Ten credits of 34 went for ten things that are wanted once a month: the bars keep their day."""
    once = [Task(kind, Tier.HOLDINGS, kind.value, (Query(("1",)),)) for kind in list(DataKind)[5:15]]
    past = {task.key: Attempts(NOW, NOW, 0, "ok") for task in once}
    decisions = decide(budget(34, past), HELD, *once)
    assert decisions[0].every == DAY
    assert {decision.verb for decision in decisions} == {Verb.RUN}
    assert not any(decision.due for decision in decisions[1:])


def test_history_is_fetched_with_what_nobody_else_needs_in_the_largest_part_that_fits() -> None:
    years = Query(("1", "2", "3"), YESTERDAY - timedelta(days=86), YESTERDAY)  # three windows, so three credits each
    held = bars(Tier.HOLDINGS, "1", history=(years,))
    (poor,) = decide(budget(34), held)
    assert poor.history == ()
    (richer,) = decide(budget(41), held)  # 36 usable, six to spare
    assert richer.history == (Query(("1", "2"), years.start, years.end),)
    (rich,) = decide(budget(44), held)  # 39 usable, nine to spare
    assert rich.history == (years,)


def test_two_tasks_do_not_spend_the_same_spare_credits() -> None:
    month = (YESTERDAY - timedelta(days=28), YESTERDAY)
    held = bars(Tier.HOLDINGS, "1", history=(Query(("1",), *month),))
    rest = bars(Tier.UNIVERSE, "2", history=(Query(("2",), *month),))
    first, second = decide(budget(68), held, rest)  # 61 usable, 60 for both every day
    assert first.history == held.history
    assert second.history == ()


def test_a_task_with_nothing_but_a_history_it_cannot_pay_is_empty() -> None:
    task = Task(DataKind.DAILY_BARS, Tier.HOLDINGS, "daily_bars", (), (Query(("1",), YESTERDAY, YESTERDAY),))
    item = budget(34)
    item.expect([HELD], requests_before={})
    (decision,) = item.decide([task], NOW, patient=True)
    assert decision.is_empty


def test_a_failed_run_is_tried_twice_and_then_waits_for_its_turn() -> None:
    hour = timedelta(hours=1)

    def due(failures: int, ago: timedelta) -> bool:
        (held,) = decide(budget(34, {"daily_bars": Attempts(NOW - DAY, NOW - ago, failures, "failed")}), HELD)
        return held.due

    assert not due(1, hour / 2)
    assert due(1, hour)
    assert not due(2, 2 * hour)  # it has cost a credit each time
    assert due(2, DAY)


def test_new_holdings_make_their_data_due_again() -> None:
    past = {"daily_bars": Attempts(NOW - timedelta(hours=2), NOW - timedelta(hours=2))}
    item = Budget("token_metrics", cost, lambda: past, lambda: Credits(34, 30), lambda: NOW - timedelta(hours=1))
    assert decide(item, HELD)[0].due
    old = Budget("token_metrics", cost, lambda: past, lambda: Credits(34, 30), lambda: NOW - DAY)
    assert not decide(old, HELD)[0].due


def test_a_list_whose_length_nobody_knows_is_thought_to_be_long_until_it_was_fetched() -> None:
    assets = Task(DataKind.ASSETS, Tier.MARKET, "assets", (Query(),))
    item = Budget("token_metrics", lambda *_: CallPlan(1, exact=False), dict, lambda: Credits(50, 30))
    (unknown,) = decide(item, assets)
    assert unknown.verb is Verb.LEAVE_OUT
    item.expect([assets], requests_before={"assets": 2})
    (known,) = item.decide([assets], NOW, patient=True)
    assert known.verb is Verb.RUN


CAPS = Task(DataKind.MARKET_CAPS, Tier.HOLDINGS, "market_caps", (Query(("1",)),))


@given(st.integers(0, 1000))
def test_market_values_take_nothing_from_what_the_holdings_the_market_and_the_watchlist_have_daily(left: int) -> None:
    others = (
        HELD,
        bars(Tier.WATCHLIST, "4"),
        Task(DataKind.QUOTES, Tier.HOLDINGS, "quotes", (Query(("1",)),)),
        Task(DataKind.MARKET_METRICS, Tier.MARKET, "market_metrics", (Query(),)),
    )

    def paces(*tasks: Task) -> list[tuple[Verb, timedelta]]:
        return [(decision.verb, max(decision.every, DAY)) for decision in decide(budget(left), *tasks)]

    assert paces(*others, CAPS)[:-1] == paces(*others)


def test_market_values_come_weekly_as_soon_as_there_are_credits_for_anything_but_the_holdings() -> None:
    held, rest, values = decide(budget(39), HELD, REST, CAPS)  # 35 usable: 30 for the bars, five for as many weeks
    assert [decision.verb for decision in (held, rest, values)] == [Verb.RUN, Verb.LEAVE_OUT, Verb.RUN]
    assert (held.every, values.every) == (DAY, 7 * DAY)


@given(
    st.integers(0, 400),
    st.floats(0.1, 31),
    st.dictionaries(
        st.sampled_from(["daily_bars", "daily_bars/universe", "grades", "levels"]), st.integers(0, 400), max_size=4
    ),
)
def test_a_plan_never_takes_more_than_there_is(left: int, days_left: float, ages_h: dict[str, int]) -> None:
    past = {key: Attempts(NOW - timedelta(hours=age), NOW, 0, "ok") for key, age in ages_h.items()}
    item = budget(left, past, days_left)
    grades = Task(DataKind.GRADES, Tier.HOLDINGS, "grades", (Query(("1",)),))
    levels = Task(DataKind.LEVELS, Tier.HOLDINGS, "levels", (Query(("1",)),))
    tasks = (HELD, REST, grades, levels)
    item.expect(tasks, requests_before={})
    plan = item.plan(NOW)
    assert plan is not None
    paid = sum(
        cost(task.kind, task.steps[0]).requests
        for task, planned in zip(tasks, plan.needs, strict=True)
        if planned.every and task.key in ages_h and timedelta(hours=ages_h[task.key]) < planned.every
    )
    assert plan.credits - paid <= left
