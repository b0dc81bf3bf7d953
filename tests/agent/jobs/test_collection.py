"""All sources of an installation at once, against one sandbox that speaks for all of them."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.jobs.collect import Extent
from agent.jobs.collection import Choice
from agent.jobs.errors import CollectionBusy
from agent.jobs.progress import KindReport
from agent.store.assets import asset_ids
from agent.store.credits import used
from agent.store.engine import Store
from agent.store.hosts import load_hosts
from agent.store.metrics import metrics_on
from agent.store.runs import RunStatus, list_runs
from agent.store.sources import stored_terms
from datasources.records import DataKind
from datasources.sandbox.faults import Fault, FaultKind
from datasources.sandbox.market import SandboxMarket
from datasources.sandbox.server import RunningSandbox
from tests.agent.jobs.database import HISTORY, rows_of
from tests.agent.jobs.world import ALL_PROVIDERS, Clock, World, copied

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
EXTENT = Extent(universe=12, history_days=8)
DUE = Choice(due_only=True, patient=True)


@pytest.fixture(scope="module")
def many() -> Iterator[World]:
    clock, market = Clock(NOW), SandboxMarket(60, 7)
    with RunningSandbox(market, clock=clock) as running:
        yield World(running, clock, market)


@pytest.fixture
def whole(many: World) -> World:
    many.forget().clock.now = NOW
    return many


@pytest.fixture(scope="module")
def filled(many: World, empty_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store into which everything was collected from every source."""
    many.forget().clock.now = NOW
    store = copied(empty_template, tmp_path_factory.mktemp("filled"))
    collect(many, store)
    return store.path


def collect(world: World, store: Store, choice: Choice | None = None, **more: object) -> tuple[KindReport, ...]:
    return world.collection(store, EXTENT, ALL_PROVIDERS, **more).collect(choice or Choice())


def states(reports: tuple[KindReport, ...], source: str) -> set[str]:
    return {report.status.value for report in reports if report.source == source}


def test_every_kind_of_every_source_comes(filled: Path) -> None:
    with Store(filled).reader() as session:
        runs, terms = list_runs(session, 1000), stored_terms(session)
    assert {run.status for run in runs} == {"ok"}
    assert all(run.received for run in runs)
    assert Counter(run.source for run in runs) == {
        "sandbox": 23,
        "sandbox_binance": 2,
        "sandbox_coingecko": 6,
        "sandbox_coin_metrics": 2,
        "sandbox_defillama": 3,
        "sandbox_fear_greed": 1,
        "sandbox_mempool": 2,
    }
    assert set(terms) == {run.source for run in runs}


@pytest.mark.parametrize("source", ["sandbox_coingecko", "sandbox_binance", "sandbox_coin_metrics"])
def test_the_keys_of_the_others_fall_on_the_assets_of_the_markets_own_source(filled: Path, source: str) -> None:
    with Store(filled).reader() as session:
        own, theirs = asset_ids(session, "sandbox"), asset_ids(session, source)
    shared = set(own.values()) & set(theirs.values())
    assert len(shared) >= min(12, len(set(theirs.values())))
    assert len(shared) >= 0.6 * len(set(theirs.values()))


def test_bitcoin_is_one_asset_whatever_it_is_called(filled: Path) -> None:
    with Store(filled).reader() as session:
        bitcoin = asset_ids(session, "sandbox")["3375"]
        assert asset_ids(session, "sandbox_coingecko")["bitcoin"] == bitcoin
        assert asset_ids(session, "sandbox_coin_metrics")["btc"] == bitcoin
        assert bitcoin in asset_ids(session, "sandbox_binance").values()
        assert bitcoin in asset_ids(session, "sandbox_mempool").values()


def test_every_asset_of_the_universe_has_its_market_value(many: World, filled: Path) -> None:
    with Store(filled).reader() as session:
        ids = asset_ids(session, "sandbox")
        caps, supplies = (
            metrics_on(session, "sandbox_coingecko", f"asset.{name}", NOW.date())
            for name in ("market_cap_usd", "circulating_supply")
        )
    largest = [token.token_id for token in many.market.top_tokens(NOW)[:12]]
    known = {ids[str(row.token_id)]: row for row in many.market.snapshots(NOW, largest) if row.supply is not None}
    assert len(known) > 6
    assert {asset: row.value for asset, row in supplies.items()} == {asset: row.supply for asset, row in known.items()}
    assert {asset: row.value for asset, row in caps.items()} == {
        asset: pytest.approx(row.price_usd * (row.supply or 0.0), abs=0.5) for asset, row in known.items()
    }
    assert {(row.day, row.unit) for row in caps.values()} == {(NOW.date(), "usd")}


def test_what_was_just_collected_is_not_asked_for_again(whole: World, filled: Path, tmp_path: Path) -> None:
    store = copied(filled, tmp_path)
    assert collect(whole, store, DUE) == ()
    assert whole.asked() == {}
    assert rows_of(store.path) == rows_of(filled)


def test_a_day_later_only_what_is_due_is_asked_for(whole: World, filled: Path, tmp_path: Path) -> None:
    store = copied(filled, tmp_path)
    whole.clock.now = NOW + timedelta(days=1)
    reports = collect(whole, store, DUE)
    assert {report.status for report in reports} == {RunStatus.OK}
    done = {(report.source, report.key) for report in reports}
    assert {("sandbox", "daily_bars"), ("sandbox_coingecko", "daily_bars"), ("sandbox_fear_greed", "sentiment")} <= done
    # 2026-11-20 is a Friday and weeks begin on Thursday: nothing weekly is due on the 21st
    assert not {("sandbox", "assets"), ("sandbox", "reports"), ("sandbox_coin_metrics", "assets")} & done


def test_one_kind_of_one_source_can_be_asked_for(whole: World, filled: Path, tmp_path: Path) -> None:
    store = copied(filled, tmp_path)
    (report,) = collect(whole, store, Choice([DataKind.SENTIMENT], ("sandbox_fear_greed",)))
    assert (report.source, report.key, report.status) == ("sandbox_fear_greed", "sentiment", RunStatus.OK)
    assert set(whole.asked()) == {"/fng/"}


def test_a_source_that_is_down_leaves_the_others_whole_and_alone(
    whole: World, filled: Path, store: Store, many: World
) -> None:
    with RunningSandbox(many.market, clock=many.clock) as broken:
        broken.faults.add(Fault(FaultKind.SERVER_ERROR, "/coingecko"))
        reports = collect(whole, store, origins={"coingecko": broken.origin})
        assert states(reports, "sandbox_coingecko") == {"failed"}
        assert {s for r in reports if r.source != "sandbox_coingecko" for s in [r.status.value]} == {"ok"}
        # Three kinds failed, each after two attempts; the fifth failure in a row opens the breaker, and that is stored.
        collect(whole, store, Choice(sources=("sandbox_coingecko",)), origins={"coingecko": broken.origin})
        asked = sum(broken.requests.values())
        with store.reader() as session:
            (state,) = load_hosts(session).values()
        assert (asked, state.failures, state.opened_at) == (10, 5, NOW)
        broken.faults.clear()
        collect(whole, store, Choice(sources=("sandbox_coingecko",)), origins={"coingecko": broken.origin})
        assert sum(broken.requests.values()) == asked
        whole.clock.now = NOW + timedelta(minutes=6)
        again = collect(whole, store, Choice(sources=("sandbox_coingecko",)), origins={"coingecko": broken.origin})
        assert states(again, "sandbox_coingecko") == {"ok"}
        with store.reader() as session:
            assert load_hosts(session) == {}


def test_a_key_that_is_revoked_half_way_refuses_the_rest_of_its_source_only(whole: World, store: Store) -> None:
    whole.running.faults.add(Fault(FaultKind.UNAUTHORIZED, "/v2/", after=6))
    reports = collect(whole, store)
    own = [report for report in reports if report.source == "sandbox"]
    first_refused = next(place for place, report in enumerate(own) if report.status is not RunStatus.OK)
    assert first_refused > 2
    assert {report.status for report in own[first_refused:]} <= {RunStatus.FAILED, RunStatus.PARTIAL}
    assert sum(number for path, number in whole.running.requests.items() if path.startswith("/v2/")) == 7
    assert {r.status for r in reports if r.source != "sandbox"} == {RunStatus.OK}


def test_of_two_collections_at_once_one_leaves_and_no_row_is_doubled(whole: World, filled: Path, store: Store) -> None:
    refused = []

    def meanwhile(_task: str) -> None:
        other = whole.collection(Store(store.path), EXTENT, ALL_PROVIDERS)
        with pytest.raises(CollectionBusy):
            other.collect(Choice())
        asyncio.get_running_loop().create_task(other.aclose())
        refused.append(1)
        whole.watcher.on_started = lambda _task: None

    whole.watcher.on_started = meanwhile
    collect(whole, store)
    assert refused == [1]
    assert rows_of(store.path) == rows_of(filled)


def test_credits_that_end_half_way_end_the_requests_and_keep_what_came(whole: World, store: Store) -> None:
    reports = whole.collection(store, EXTENT, cap=3).collect(Choice())
    assert sum(whole.asked().values()) <= 3
    with store.reader() as session:
        assert used(session, "sandbox", NOW.date(), 1) <= 3
    assert {report.status for report in reports} >= {RunStatus.OK, RunStatus.DEFERRED}


class Killed(BaseException):
    """The process ends here."""


def test_a_collection_that_is_killed_between_two_tasks_is_finished_by_the_next(
    whole: World, filled: Path, store: Store
) -> None:
    def die(task: str) -> None:
        if task == "quotes":
            raise Killed

    whole.watcher.on_started = die
    with suppress(Killed):
        collect(whole, store)
    whole.forget().clock.now = NOW
    reports = collect(whole, store, Choice(due_only=True))
    assert {report.status for report in reports} == {RunStatus.OK}
    assert "top_assets" not in {report.key for report in reports}
    left, right = (rows_of(path, {*HISTORY, "host_state"}) for path in (store.path, filled))
    assert {name: len(rows) for name, rows in left.items()} == {name: len(rows) for name, rows in right.items()}
    assert left["bar_daily"] == right["bar_daily"]
