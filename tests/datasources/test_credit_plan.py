from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasources.credit_plan import CreditPlan, Need, PlannedNeed, Tier, plan_credits

BARS = Need("daily bars", Tier.HOLDINGS, 1, 1, 7)
QUOTES = Need("quotes", Tier.HOLDINGS, 1, 24, 7)
GRADES = Need("grades", Tier.HOLDINGS, 1, 1, 7)
SIGNALS = Need("signals", Tier.HOLDINGS, 1, 1, 7)
MARKET = Need("market metrics", Tier.MARKET, 1, 1, 7)
WATCHED = Need("daily bars", Tier.WATCHLIST, 1, 1, 7)


def token_metrics_needs(universe: int) -> list[Need]:
    """What Token Metrics is asked for: 10 assets held, 10 watched, 33 assets to a request for bars."""
    return [
        BARS,
        QUOTES,
        GRADES,
        SIGNALS,
        MARKET,
        WATCHED,
        Need("top assets", Tier.UNIVERSE, -(-universe // 100), 1, 14),
        Need("daily bars", Tier.UNIVERSE, -(-universe // 33), 1, 14),
    ]


def days_between(plan: CreditPlan, name: str, tier: Tier) -> float | None:
    every = plan.by_key[name, tier].every
    return None if every is None else every / timedelta(days=1)


def test_fifty_credits_cover_what_is_held_and_nothing_else() -> None:
    plan = plan_credits(token_metrics_needs(6_000), 50, 30)
    assert plan.usable == 45
    # Four needs once a week are 5 runs each, 20 credits; the other 25 are five more for every third day, four times,
    # and five more for bars every other day.
    assert [(planned.need.name, planned.runs) for planned in plan.needs if planned.every] == [
        ("daily bars", 15),
        ("quotes", 10),
        ("grades", 10),
        ("signals", 10),
    ]
    assert plan.credits == 45
    assert [words.split(":")[0] for words in plan.left_out] == [
        "market metrics (market)",
        "daily bars (watchlist)",
        "top assets (universe)",
        "daily bars (universe)",
    ]
    # 182 requests for 6,000 assets, on the days 1, 15 and 29
    assert plan.left_out[3].endswith("even every 14 days it takes 546 credits this month, and 0 are free")
    assert "daily bars (holdings): every 2 days instead of every day" in plan.stretched
    assert "quotes (holdings): every 3 days instead of every hour" in plan.stretched


def test_five_hundred_credits_bring_holdings_market_and_watchlist_every_day() -> None:
    plan = plan_credits(token_metrics_needs(6_000), 500, 30)
    for need in (BARS, GRADES, SIGNALS, MARKET, WATCHED):
        assert days_between(plan, need.name, need.tier) == 1
    assert plan.by_key["quotes", Tier.HOLDINGS].every is not None
    assert days_between(plan, "quotes", Tier.HOLDINGS) <= 0.25
    assert plan.credits <= 450


def test_five_thousand_credits_bring_the_universe_too_but_not_every_day() -> None:
    plan = plan_credits(token_metrics_needs(6_000), 5_000, 30)
    assert plan.left_out == ()
    # Daily bars of 6,000 assets are 182 credits a day, 5,460 a month: more than there are.
    bars = days_between(plan, "daily bars", Tier.UNIVERSE)
    assert bars is not None
    assert 1 < bars <= 7


def test_twenty_thousand_credits_bring_everything_as_wanted() -> None:
    plan = plan_credits(token_metrics_needs(6_000), 20_000, 30)
    assert plan.left_out == plan.stretched == ()
    # 3 x 30 + 720 quotes + 2 x 30 + (60 + 182) x 30
    assert plan.credits == 8_130


def test_what_nobody_counts_is_planned_as_wanted() -> None:
    plan = plan_credits(token_metrics_needs(20_000), None, 30)
    assert plan.left_out == plan.stretched == ()
    assert plan.usable is None


def test_without_credits_everything_is_left_out() -> None:
    plan = plan_credits(token_metrics_needs(100), 0, 30)
    assert plan.credits == 0
    assert len(plan.left_out) == len(plan.needs)


def test_what_is_wanted_once_a_week_is_not_planned_more_often() -> None:
    (planned,) = plan_credits([Need("assets", Tier.MARKET, 6, 1 / 7, 30)], 1_000, 28).needs
    assert (planned.every, planned.runs, planned.credits) == (timedelta(days=7), 4, 24)


def test_near_the_end_of_the_period_one_run_is_enough() -> None:
    (planned,) = plan_credits([Need("assets", Tier.MARKET, 6, 1, 30)], 7, 0.5).needs
    assert (planned.every, planned.runs, planned.credits) == (timedelta(days=1), 1, 6)


def test_something_dear_does_not_keep_others_of_its_tier_out() -> None:
    dear = Need("reports", Tier.HOLDINGS, 400, 1, 7)
    plan = plan_credits([dear, BARS], 100, 30)
    assert days_between(plan, "reports", Tier.HOLDINGS) is None
    assert days_between(plan, "daily bars", Tier.HOLDINGS) == 1


@pytest.mark.parametrize(
    ("last_run_hours_ago", "due"), [(None, True), (24, True), (23.6, True), (23.4, False), (0, False), (500, True)]
)
def test_a_daily_need_is_due_after_a_day_give_or_take_half_an_hour(
    last_run_hours_ago: float | None, *, due: bool
) -> None:
    now = datetime(2025, 6, 10, 7, 0, tzinfo=UTC)
    planned = PlannedNeed(BARS, timedelta(days=1), 30, 30)
    last = None if last_run_hours_ago is None else now - timedelta(hours=last_run_hours_ago)
    assert planned.due(last, now) is due


def test_what_is_left_out_is_never_due() -> None:
    assert not PlannedNeed(BARS, None).due(None, datetime(2025, 6, 10, tzinfo=UTC))


@pytest.mark.parametrize(
    "numbers",
    [(-1, 1, 7), (1, 0, 7), (1, float("nan"), 7), (1, 1, 0), (1, 1, float("inf")), (1, 1 / 14, 7), (1, 9_999, 7)],
)
def test_a_need_that_makes_no_sense_is_refused(numbers: tuple[int, float, float]) -> None:
    with pytest.raises(ValueError, match="x:"):
        Need("x", Tier.MARKET, *numbers)


def test_a_plan_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        plan_credits([BARS, BARS], 10, 10)
    with pytest.raises(ValueError, match="days left"):
        plan_credits([BARS], 10, 0)
    with pytest.raises(ValueError, match="safety share"):
        plan_credits([BARS], 10, 10, safety_share=1.0)


# ---- A month, lived through --------------------------------------------------------------------------------------


def live_through_a_month(needs: Sequence[Need], credits_left: int) -> tuple[int, dict[tuple[str, Tier], int]]:
    """Plan and run every hour for 30 days, one request in twenty repeated; gives what was spent and the runs."""
    start = datetime(2025, 6, 1, tzinfo=UTC)
    end = start + timedelta(days=30)
    now, spent, requests = start, 0, 0
    last_run: dict[tuple[str, Tier], datetime] = {}
    runs: dict[tuple[str, Tier], int] = {(need.name, need.tier): 0 for need in needs}
    while now < end:
        plan = plan_credits(needs, credits_left - spent, (end - now) / timedelta(days=1))
        for key, planned in plan.by_key.items():
            if not planned.due(last_run.get(key), now):
                continue
            for _ in range(planned.need.credits_per_run):
                requests += 1
                spent += 2 if requests % 20 == 0 else 1
            last_run[key] = now
            runs[key] += 1
        now += timedelta(hours=1)
    return spent, runs


@pytest.mark.parametrize(("month", "universe"), [(50, 100), (50, 6_000), (500, 6_000), (5_000, 6_000)])
def test_a_month_of_plans_made_anew_every_hour_stays_within_its_credits(month: int, universe: int) -> None:
    spent, runs = live_through_a_month(token_metrics_needs(universe), month)
    assert spent <= month
    assert spent >= 0.7 * min(month, 1_200)  # and does not sit on them either
    for need in (BARS, GRADES, SIGNALS):
        assert runs[need.name, need.tier] >= (10 if month == 50 else 30)
    if month == 50:
        assert runs["daily bars", Tier.UNIVERSE] <= 1


# ---- Laws --------------------------------------------------------------------------------------------------------

names = st.sampled_from(["bars", "quotes", "grades", "signals"])


@st.composite
def some_needs(draw: st.DrawFn) -> list[Need]:
    keys = draw(st.lists(st.tuples(names, st.sampled_from(list(Tier))), min_size=1, max_size=8, unique=True))
    needs = []
    for name, tier in keys:
        wanted = draw(st.sampled_from([1 / 30, 1 / 7, 0.5, 1, 4, 24]))
        slowest = draw(st.sampled_from([days for days in (1, 2, 7, 14, 30) if days * wanted >= 1]))
        needs.append(Need(name, tier, draw(st.integers(0, 200)), wanted, slowest))
    return needs


budgets = st.integers(0, 20_000)
days = st.floats(0.1, 31)


@settings(max_examples=40)
@given(some_needs(), budgets, days)
def test_a_plan_never_exceeds_what_is_left(needs: list[Need], credits_left: int, days_left: float) -> None:
    plan = plan_credits(needs, credits_left, days_left)
    assert plan.credits <= 0.9 * credits_left
    assert [planned.need for planned in plan.needs] == needs
    assert plan == plan_credits(needs, credits_left, days_left)
    for planned in plan.needs:
        assert planned.credits == planned.runs * planned.need.credits_per_run
        assert bool(planned.left_out) == (planned.every is None)


@settings(max_examples=40)
@given(some_needs(), budgets, st.integers(0, 5_000), days)
def test_more_credits_take_nothing_from_a_need_unless_an_earlier_stage_gets_more(
    needs: list[Need], credits_left: int, more: int, days_left: float
) -> None:
    poorer, richer = (plan_credits(needs, amount, days_left) for amount in (credits_left, credits_left + more))
    assert runs_by_stage(richer) >= runs_by_stage(poorer)


def runs_by_stage(plan: CreditPlan) -> list[tuple[int, ...]]:
    """How many paces each need has in each stage, in the order of the stages; compared like words in a dictionary."""
    table = [[0] * len(plan.needs) for _ in range(8)]
    for position, planned in enumerate(plan.needs):
        for level, pace_h in enumerate(planned.need.paces_h, start=1):
            if planned.every is not None and timedelta(hours=pace_h) >= planned.every:
                table[stage_of(planned.need.tier, pace_h, level)][position] += 1
    return [(sum(row), *row) for row in table]


def stage_of(tier: Tier, pace_h: float, level: int) -> int:
    """The stage of a pace as the module's list has it, from 0."""
    if tier is Tier.UNIVERSE:
        return 4 if level == 1 or pace_h >= 7 * 24 else 6
    if level == 1 or pace_h >= 24:
        return [Tier.HOLDINGS, Tier.MARKET, Tier.WATCHLIST].index(tier)
    if pace_h >= 6:
        return 3 if tier is Tier.HOLDINGS else 5
    return 7


@settings(max_examples=40)
@given(some_needs(), budgets, st.integers(0, 5_000), days)
def test_more_credits_never_take_anything_from_the_daily_data_of_holdings(
    needs: list[Need], credits_left: int, more: int, days_left: float
) -> None:
    poorer, richer = (plan_credits(needs, amount, days_left) for amount in (credits_left, credits_left + more))
    for then, now in zip(poorer.needs, richer.needs, strict=True):
        if then.need.tier is Tier.HOLDINGS and then.every is not None:
            assert now.every is not None
            assert now.every <= max(then.every, timedelta(days=1))


@settings(max_examples=40)
@given(some_needs(), budgets, days)
def test_the_daily_data_of_holdings_do_not_depend_on_what_else_is_wanted(
    needs: list[Need], credits_left: int, days_left: float
) -> None:
    held = [need for need in needs if need.tier is Tier.HOLDINGS]
    alone, together = plan_credits(held, credits_left, days_left), plan_credits(needs, credits_left, days_left)
    for planned in alone.needs:
        found = together.by_key[planned.need.name, Tier.HOLDINGS]
        assert (found.every is None) == (planned.every is None)
        if planned.every is not None:
            assert found.every is not None
            assert found.every <= max(planned.every, timedelta(days=1))
