"""Thirty days of collections on a capped plan, against a provider that counts what it is asked."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest

from agent.jobs.collect import Extent
from agent.jobs.collection import Choice
from agent.jobs.holdings import import_holdings
from agent.store.assets import asset_ids, largest_assets
from agent.store.credits import used
from agent.store.engine import Store
from agent.store.panel import load_panel
from agent.store.runs import RunRow, list_runs
from datasources.records import DataKind
from datasources.sandbox.market import SandboxMarket
from datasources.sandbox.server import RunningSandbox
from tests.agent.jobs.world import Clock, World, copied

FIRST = datetime(2025, 11, 1, 0, 20, tzinfo=UTC)  # November has 30 days
DAYS = {50: 30, 500: 8}  # a plan with room to spare shows in eight days what it does
EXTENT = Extent(universe=40, history_days=60)
SERVICE = Choice(due_only=True, patient=True)
DAILY_OF_HOLDINGS = ("daily_bars", "grades", "trader_grades", "investor_grades", "trading_signals", "levels")


@dataclass(frozen=True)
class Month:
    """A month that has passed; `requests` is what the server counted, `held` the assets that are held."""

    world: World
    store: Store
    cap: int
    requests: int
    held: tuple[int, ...]

    @cached_property
    def runs(self) -> Mapping[str, tuple[RunRow, ...]]:
        """The runs of each task, the first one first."""
        with self.store.reader() as session:
            found = list_runs(session, 10_000)[::-1]
        return {key: tuple(run for run in found if run.kind == key) for key in {run.kind for run in found}}

    def asked(self, task: str) -> int:
        """How often a task was done."""
        return sum(run.status == "ok" for run in self.runs.get(task, ()))

    def bars(self) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
        """Of which days (from the last of October on) and held assets there is a bar."""
        last = FIRST.date() + timedelta(days=DAYS[self.cap] - 2)
        with self.store.reader() as session:
            panel = load_panel(session, "sandbox", FIRST.date() - timedelta(days=1), last, ("close",), self.held)
        return np.isfinite(panel.values["close"])


def live(world: World, store: Store, cap: int) -> Month:
    """The first hours hour by hour, then once a day; eight small assets are bought right away."""
    world.clock.now = FIRST
    world.collection(store, EXTENT, cap=cap).collect(Choice([DataKind.TOP_ASSETS]))
    with store.reader() as session:
        ids = asset_ids(session, "sandbox")
        held = largest_assets(session, "sandbox", 40)[10:18]
    keys = [key for key, asset in ids.items() if asset in held]
    lines = "".join(f"{key},1\n" for key in keys)
    import_holdings(store, "sandbox", "main", f"token_id,amount\n{lines}".encode(), FIRST)
    for hour in (*range(1, 4), *range(24, 24 * DAYS[cap], 24)):
        world.clock.now = FIRST + timedelta(hours=hour)
        world.collection(store, EXTENT, cap=cap).collect(SERVICE)
    return Month(world, store, cap, sum(world.running.requests.values()), held)


@pytest.fixture(scope="module")
def months(empty_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, Month]]:
    found = {}
    with ExitStack() as stack:
        for cap in (50, 500):
            clock, market = Clock(FIRST), SandboxMarket(60, 7)
            world = World(stack.enter_context(RunningSandbox(market, clock=clock)), clock, market)
            found[cap] = live(world, copied(empty_template, tmp_path_factory.mktemp(f"month{cap}")), cap)
        yield found


@pytest.mark.parametrize("cap", [50, 500])
def test_a_month_never_asks_more_than_it_has_credits_for(months: dict[int, Month], cap: int) -> None:
    month = months[cap]
    assert 0.8 * cap * DAYS[cap] / 30 <= month.requests <= cap  # and what there is, is made use of
    with month.store.reader() as session:
        assert used(session, "sandbox", FIRST.date(), 1) == month.requests


@pytest.mark.parametrize("cap", [50, 500])
def test_what_is_held_has_its_bar_of_every_day(months: dict[int, Month], cap: int) -> None:
    month = months[cap]
    assert month.asked("daily_bars") == DAYS[cap]
    assert month.bars().shape == (DAYS[cap], 8)
    assert month.bars().all()


def test_fifty_credits_give_the_rest_once_as_far_as_they_go(months: dict[int, Month]) -> None:
    month = months[50]
    # 45 without the safety share: 30 for the bars, 5 for a ranking every week, and 10 for ten things once; at the end
    # of the month the share is not needed any more.
    assert month.asked("top_assets") == 5
    once = [key for key in month.runs if key not in {"top_assets", "daily_bars"} and month.asked(key)]
    assert set(map(month.asked, once)) == {1}
    assert len(once) in {10, 11}
    assert not any("/" in key for key in once)


def test_five_hundred_credits_give_everything_of_the_holdings_that_is_daily_daily(months: dict[int, Month]) -> None:
    month = months[500]
    assert {key: month.asked(key) for key in DAILY_OF_HOLDINGS} == dict.fromkeys(DAILY_OF_HOLDINGS, 8)
    assert month.asked("correlations") == 2  # weekly: on the 1st and the 8th


@pytest.mark.parametrize("cap", [50, 500])
def test_what_is_left_out_is_said_once_and_why(months: dict[int, Month], cap: int) -> None:
    runs = months[cap].runs
    left_out = {key: found for key, found in runs.items() if any(run.status == "deferred" for run in found)}
    assert {"assets", "hourly_signals", "quotes/universe"} <= set(left_out)
    assert all(Counter(run.status for run in found)["deferred"] == 1 for found in left_out.values())
    (hourly,) = left_out["hourly_signals"]
    # eight assets, a request each, on 30 days
    assert hourly.error
    assert hourly.error.startswith(
        "hourly_signals (holdings): left out; even every day it takes 240 credits this month"
    )
    assert hourly.requests == 0


def test_nothing_is_rejected_or_fails(months: dict[int, Month]) -> None:
    found = {run.status for month in months.values() for runs in month.runs.values() for run in runs}
    assert found == {"ok", "deferred"}


def test_with_the_next_month_the_credits_start_anew(months: dict[int, Month]) -> None:
    month = months[50]
    before = month.requests
    month.world.clock.now = FIRST + timedelta(days=DAYS[50], minutes=1)
    reports = month.world.collection(month.store, EXTENT, cap=50).collect(SERVICE)
    assert "daily_bars" in {report.key for report in reports if report.status == "ok"}
    spent = sum(month.world.running.requests.values()) - before
    with month.store.reader() as session:
        assert used(session, "sandbox", month.world.clock.now.date(), 1) == spent > 0
