from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from agent.jobs.budget import Budget
from agent.jobs.collect import Collector, Extent
from agent.jobs.collection import Account, Choice, Collection, Member
from agent.jobs.errors import CollectionBusy
from agent.jobs.holdings import import_holdings
from agent.store.assets import asset_ids, top_assets
from agent.store.bars import daily_bar
from agent.store.coverage import known_gaps
from agent.store.credits import StoreMeter
from agent.store.engine import Store
from agent.store.lock import write_lock
from agent.store.panel import load_panel
from agent.store.runs import RunStatus, latest_runs, list_quarantined, list_runs, start_run
from datasources.base import Query
from datasources.breaker import BreakerBoard
from datasources.errors import Unavailable
from datasources.records import DataKind, QuarantinedRow, Record
from datasources.sandbox.faults import Fault, FaultKind
from tests.agent.jobs.database import rows_of
from tests.agent.jobs.scripted_source import Answer, ScriptedSource, bar, listing
from tests.agent.jobs.world import LAST_CLOSE, NOW, SMALL, Watcher, World, copied, statuses

FEW = (DataKind.ASSETS, DataKind.TOP_ASSETS, DataKind.DAILY_BARS, DataKind.QUOTES)
BARS = "/v2/daily-ohlcv"


@pytest.fixture(scope="session")
def undisturbed(running_world: World, empty_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a collection of everything leaves when nothing goes wrong."""
    store = copied(empty_template, tmp_path_factory.mktemp("undisturbed"))
    running_world.forget().collect(store)
    return store.path


def bars_held(store: Store, days: int = SMALL.history_days) -> int:
    """How many bars are stored of the days a small collection covers."""
    with store.reader() as session:
        panel = load_panel(session, "sandbox", LAST_CLOSE - timedelta(days=days - 1), LAST_CLOSE)
    return int(np.isfinite(panel.values["close"]).sum())


def test_everything_a_source_offers_is_collected_once_with_a_run_row_each(world: World, undisturbed: Path) -> None:
    store = Store(undisturbed)
    with store.reader() as session:
        runs = latest_runs(session, "sandbox")
    assert {run.kind for run in runs} == {
        "assets", "top_assets", "daily_bars", "quotes", "grades", "trader_grades", "investor_grades",
        "trading_signals", "market_metrics", "levels", "quant_metrics", "correlations", "sentiment",
        "technology_grades", "fundamental_grades", "hourly_signals", "predictions", "reports", "investors",
        "indices", "index_holdings", "index_performance", "moonshots",
    }  # fmt: skip
    assert {run.status for run in runs} == {RunStatus.OK}
    assert all(run.received and run.finished_at == NOW and run.watermark_day == NOW.date() for run in runs)
    assert bars_held(store) == 5 * 40


def test_a_second_collection_asks_for_no_bar_again_and_changes_no_row(
    world: World, undisturbed: Path, tmp_path: Path
) -> None:
    store = copied(undisturbed, tmp_path)
    before = rows_of(store.path)
    reports = world.collect(store)
    assert set(statuses(reports).values()) == {RunStatus.OK}
    assert all(report.written == 0 and report.revised == 0 for kind, report in reports.items() if kind not in FEW[:2])
    assert rows_of(store.path) == before
    asked = world.asked()
    assert "daily-ohlcv" not in asked
    # one request for each asset of the focus, each index, or each half of a list; else one in all
    one_by_one = {"hourly-trading-signals": 5, "indices-holdings": 4, "indices-performance": 4}
    halves = {"indices": 2, "moonshot-tokens": 2, "crypto-investors": 2}
    assert {path: count for path, count in asked.items() if count > 1} == one_by_one | halves


def test_the_next_day_only_the_new_day_is_asked_for(world: World, undisturbed: Path, tmp_path: Path) -> None:
    store = copied(undisturbed, tmp_path)
    world.clock.now = NOW + timedelta(days=1)
    report = world.collect(store, [DataKind.DAILY_BARS])[DataKind.DAILY_BARS]
    assert (report.received, report.written, report.requests) == (5, 5, 1)
    assert world.asked() == {"daily-ohlcv": 1}


def test_a_coin_that_enters_the_universe_gets_its_whole_history(
    world: World, undisturbed: Path, tmp_path: Path
) -> None:
    store = copied(undisturbed, tmp_path)
    world.collect(store, FEW, Extent(6, 40))
    assert bars_held(store) == 6 * 40


def test_what_is_held_is_collected_though_it_is_not_among_the_largest(
    world: World, undisturbed: Path, tmp_path: Path
) -> None:
    store = copied(undisturbed, tmp_path)
    with store.reader() as session:
        ids = asset_ids(session, "sandbox")
        large = {row.asset_id for row in top_assets(session, "sandbox", 12)}
    held = next(key for key in sorted(ids) if ids[key] not in large)
    import_holdings(store, "sandbox", "main", f"token_id,amount\n{held},1\n".encode(), NOW)
    world.collect(store, [DataKind.DAILY_BARS])
    with store.reader() as session:
        assert daily_bar(session, "sandbox", ids[held], LAST_CLOSE) is not None


@pytest.mark.parametrize(
    ("fault", "error_class"),
    [
        (FaultKind.SERVER_ERROR, "Unavailable"),
        (FaultKind.RATE_LIMITED, "RateLimited"),
        (FaultKind.MALFORMED, "Unavailable"),  # half a body is a body that was cut off
        (FaultKind.HTML, None),
    ],
)
def test_a_kind_that_fails_for_ever_says_so_and_the_others_come(
    world: World, store: Store, fault: FaultKind, error_class: str | None
) -> None:
    world.running.faults.add(Fault(fault, "/v2/price"))
    reports = world.collect(store, (*FEW[:2], DataKind.QUOTES, DataKind.GRADES))
    failed = reports.pop(DataKind.QUOTES)
    assert (failed.status, failed.received) == (RunStatus.FAILED, 0)
    assert set(statuses(reports).values()) == {RunStatus.OK}
    with store.reader() as session:
        run = next(run for run in latest_runs(session) if run.kind == "quotes")
    assert (run.status, run.watermark_day) == (RunStatus.FAILED, None)
    assert run.error_class == (error_class or run.error_class)
    assert run.error
    assert "/price" in run.error


def test_an_empty_answer_is_no_failure(world: World, store: Store) -> None:
    world.running.faults.add(Fault(FaultKind.EMPTY, "/v2/price"))
    report = world.collect(store, FEW)[DataKind.QUOTES]
    assert (report.status, report.received, report.error) == (RunStatus.OK, 0, None)


@pytest.mark.parametrize("fault", [FaultKind.SERVER_ERROR, FaultKind.CUT])
def test_bars_that_came_before_a_failure_are_kept_and_the_rest_is_asked_for_next_time(
    world: World, undisturbed: Path, store: Store, fault: FaultKind
) -> None:
    world.running.faults.add(Fault(fault, BARS, after=1))
    report = world.collect(store, FEW)[DataKind.DAILY_BARS]
    assert report.status is RunStatus.PARTIAL
    assert report.error
    assert 0 < report.received == bars_held(store) < 200
    world.forget()
    again = world.collect(store, FEW)[DataKind.DAILY_BARS]
    assert (again.status, again.received) == (RunStatus.OK, 200 - report.received)
    assert rows_of(store.path)["bar_daily"] == rows_of(undisturbed)["bar_daily"]


def test_a_failure_that_passes_is_tried_again_and_leaves_no_trace(
    world: World, undisturbed: Path, store: Store
) -> None:
    world.running.faults.add(Fault(FaultKind.SERVER_ERROR, "/v2/", every=2))
    reports = world.collect(store, FEW)
    assert set(statuses(reports).values()) == {RunStatus.OK}
    assert rows_of(store.path)["bar_daily"] == rows_of(undisturbed)["bar_daily"]


def test_an_answer_without_bars_for_a_moment_is_not_taken_for_a_gap_for_ever(
    world: World, undisturbed: Path, store: Store
) -> None:
    world.running.faults.add(Fault(FaultKind.EMPTY, BARS))
    assert world.collect(store, FEW)[DataKind.DAILY_BARS].received == 0
    with store.reader() as session:
        assert known_gaps(session, "sandbox") == ()
    world.forget()
    world.collect(store, FEW)
    assert rows_of(store.path)["bar_daily"] == rows_of(undisturbed)["bar_daily"]


def test_a_page_that_repeats_itself_ends_the_paging_and_is_stored_once(world: World, store: Store) -> None:
    world.running.faults.add(Fault(FaultKind.REPEATED_PAGE, "/v2/"))
    reports = world.collect(store, FEW)
    assert set(statuses(reports).values()) == {RunStatus.OK}
    assert reports[DataKind.ASSETS].received == 40
    assert bars_held(store) == 200


def test_a_key_that_is_refused_is_not_tried_on_every_kind(world: World, store: Store) -> None:
    world.running.faults.add(Fault(FaultKind.UNAUTHORIZED))
    reports = world.collect(store)
    assert set(statuses(reports).values()) == {RunStatus.FAILED}
    assert sum(world.asked().values()) == 1
    with store.reader() as session:
        runs = latest_runs(session)
    assert {run.error_class for run in runs} == {"Unauthorized"}


def test_a_refusal_half_way_keeps_what_came(world: World, store: Store) -> None:
    world.running.faults.add(Fault(FaultKind.UNAUTHORIZED, "/v2/price"))
    reports = world.collect(store)
    assert reports[DataKind.DAILY_BARS].received == 200
    refused = [kind for kind, report in reports.items() if report.status is RunStatus.FAILED]
    assert refused[0] is DataKind.QUOTES
    assert len(refused) == 18  # of 23 kinds three came before, and two need an index
    assert world.asked()["price"] == 1


def test_the_key_is_in_no_row_and_no_message(world: World, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    key = "tm-0123456789abcdef0123456789abcdef"
    reports = world.collect(store, FEW[:2], api_key=key)
    assert key not in repr(reports) + caplog.text
    assert key.encode() not in store.path.read_bytes()


def test_of_two_collectors_at_once_one_is_told_to_wait(world: World, store: Store) -> None:
    other = world.collection(store)
    refused: list[CollectionBusy] = []

    def meanwhile(_task: str) -> None:
        with pytest.raises(CollectionBusy, match="another process is collecting") as caught:
            other.collect(Choice([DataKind.ASSETS]))
        refused.append(caught.value)

    world.watcher.on_started = meanwhile
    world.collect(store, [DataKind.ASSETS])
    assert len(refused) == 1
    world.watcher.on_started = lambda _task: None
    assert world.collect(store, [DataKind.ASSETS])[DataKind.ASSETS].status is RunStatus.OK


def test_a_run_of_a_process_that_died_is_closed_even_at_the_same_moment(world: World, store: Store) -> None:
    with store.writer() as session:
        start_run(session, "sandbox", "assets", NOW)
    world.collect(store, [DataKind.QUOTES])
    with store.reader() as session:
        died = next(run for run in list_runs(session) if run.kind == "assets")
    assert (died.status, died.finished_at) == (RunStatus.FAILED, NOW)
    assert died.error
    assert "interrupted" in died.error


def test_a_busy_writer_elsewhere_is_not_called_a_second_collection(world: World, store: Store) -> None:
    quick = Store(store.path, lock_timeout_s=0)
    with write_lock(store.path.with_name(f"{store.path.name}.lock"), 0.0), pytest.raises(Exception, match="writing"):
        world.collection(quick).collect(Choice([DataKind.ASSETS]))


def collect_from(store: Store, extent: Extent = SMALL, /, **answers: Answer) -> tuple[ScriptedSource, Watcher]:
    source, watcher = ScriptedSource({DataKind(kind): answer for kind, answer in answers.items()}), Watcher()

    def clock() -> datetime:
        return NOW

    account = Account(store, source.name, 0, 1, source.name, clock)
    collector = Collector(store, source, extent, clock, watcher)
    meter = StoreMeter(store, source.name, 0, clock=clock)
    member = Member(collector, source.name, meter, account, Budget(source.name, source.plan, account.attempts))
    Collection(store, (member,), BreakerBoard(clock), clock).collect(Choice())
    return source, watcher


def test_a_source_without_assets_is_asked_about_none(store: Store) -> None:
    source, watcher = collect_from(store, assets=lambda _: [], daily_bars=lambda _: [], quotes=lambda _: [])
    assert [kind for kind, _ in source.asked] == [DataKind.ASSETS]
    assert [report.received for report in watcher.reports] == [0]  # what is not asked for has no run
    assert source.closed


def test_rows_of_assets_that_were_never_listed_are_set_aside_and_the_others_kept(store: Store) -> None:
    source, watcher = collect_from(
        store,
        assets=lambda _: [listing("a"), listing("b")],
        daily_bars=lambda _: [bar("a"), bar("ghost"), bar("b")],
        quotes=lambda _: [],
    )
    report = watcher.reports[1]
    assert (report.status, report.received, report.written, report.quarantined) == (RunStatus.OK, 2, 2, 1)
    assert watcher.kinds == [DataKind.ASSETS, DataKind.DAILY_BARS, DataKind.QUOTES]
    with store.reader() as session:
        (aside,) = list_quarantined(session)
        assert asset_ids(session, "scripted").keys() == {"a", "b"}
    assert aside.reason == "the source has not listed this asset"
    assert "ghost" in aside.raw
    assert source.closed


def test_rows_that_are_no_records_are_set_aside_and_their_days_asked_for_again(store: Store) -> None:
    broken = QuarantinedRow(DataKind.DAILY_BARS, "close is missing", '{"token_id": 1}')
    answers: dict[str, Answer] = {"assets": lambda _: [listing("a")], "daily_bars": lambda _: [bar("a"), broken]}
    collect_from(store, **answers)
    source, _ = collect_from(store, **answers)
    (asked,) = [query for kind, query in source.asked if kind is DataKind.DAILY_BARS]
    assert (asked.start, asked.end) == (LAST_CLOSE - timedelta(days=39), LAST_CLOSE - timedelta(days=1))
    with store.reader() as session:
        (aside,) = list_quarantined(session)
    assert aside.seen_count == 2


def test_days_the_source_has_no_bar_of_are_asked_for_once(store: Store) -> None:
    answers: dict[str, Answer] = {"assets": lambda _: [listing("a")], "daily_bars": lambda _: [bar("a")]}
    collect_from(store, **answers)
    with store.reader() as session:
        (gap,) = known_gaps(session, "scripted")
    assert (gap.first_day, gap.last_day) == (LAST_CLOSE - timedelta(days=39), date(2025, 10, 8))
    source, _ = collect_from(store, **answers)
    (asked,) = [query for kind, query in source.asked if kind is DataKind.DAILY_BARS]
    assert (asked.start, asked.end) == (date(2025, 10, 9), date(2025, 10, 9))  # it may still come


def test_a_bar_that_was_restated_replaces_the_old_one_and_counts_as_revised(store: Store) -> None:
    close = [1.0]

    def bars(_query: Query) -> list[Record | QuarantinedRow]:
        return [bar("a", close[0])]

    for value in (1.0, 2.0):
        close[0] = value
        _, watcher = collect_from(store, assets=lambda _: [listing("a")], daily_bars=bars)
    assert (watcher.reports[1].received, watcher.reports[1].written, watcher.reports[1].revised) == (1, 0, 1)


def test_a_long_ranking_is_kept_whole(store: Store) -> None:
    many = [listing(f"c{place}", place) for place in range(1, 4502)]
    collect_from(store, Extent(5000, 1), top_assets=lambda query: [*many[: query.limit]])
    with store.reader() as session:
        assert len(top_assets(session, "scripted", 5000)) == 4501


def failing(_query: Query) -> list[Record | QuarantinedRow]:
    raise Unavailable("scripted", "is away")


def test_without_a_ranking_the_known_assets_stand_in(store: Store) -> None:
    source, watcher = collect_from(
        store,
        Extent(2, 3),
        assets=lambda _: [listing("a"), listing("b"), listing("c")],
        top_assets=failing,
        daily_bars=lambda query: [bar(key) for key in query.provider_ids],
    )
    assert [report.status for report in watcher.reports] == [RunStatus.OK, RunStatus.FAILED, RunStatus.OK]
    assert {query.provider_ids for kind, query in source.asked if kind is DataKind.DAILY_BARS} == {("a", "b")}


def test_a_collection_counts_what_it_received(undisturbed: Path) -> None:
    with Store(undisturbed).reader() as session:
        received = {run.kind: run.received for run in latest_runs(session)}
    assert (received["assets"], received["top_assets"], received["daily_bars"]) == (40, 5, 200)
