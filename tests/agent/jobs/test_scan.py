from datetime import date, timedelta
from pathlib import Path
from shutil import copyfile

import numpy as np
import pytest

from agent.jobs.scan import scan_day, scan_if_changed
from agent.measuring.confidences import score_json
from agent.measuring.ground import Scope
from agent.store.bars import upsert_daily_bars
from agent.store.bulk import raw_connection
from agent.store.engine import Store
from agent.store.own_grades import own_grades_on
from agent.store.runs import RunOutcome, RunStatus, finish_run, start_run
from agent.store.scan_states import scan_state_of
from agent.store.signals import signals_between, signals_on, wider_signals_between
from agent.store.track_records import TrackRecordRow, replace_track_records
from datasources.records import DailyBar
from tests.agent.jobs.scores import signal_score
from tests.agent.jobs.world import Clock
from tests.agent.measuring.market import BITCOIN, COINS, LAST, NOW, SOURCE, STABLECOIN, filled, key, walks

ONE = timedelta(days=1)
SCOPE = Scope(SOURCE, LAST)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Coins that stay at 100 but for the last day: the first ends above, the second at half, the third not at all."""
    close = np.full(walks().shape, 100.0)
    close[-1, :3] = [101.0, 49.0, np.nan]
    return filled(tmp_path_factory.mktemp("scan") / "scan.db", close).path


@pytest.fixture
def still(template: Path, tmp_path: Path) -> Store:
    path = tmp_path / "still.db"
    copyfile(template, path)
    path.chmod(0o600)
    return Store(path)


def test_a_close_above_all_highs_of_twenty_days_is_a_breakout_with_its_evidence(still: Store) -> None:
    rise = DailyBar(key(BITCOIN), LAST, 103.0, 105.0, 99.0, 103.0, 1e6)
    with still.writer() as session:
        upsert_daily_bars(session, SOURCE, [rise], NOW)
    rows = {(row.asset_id, row.name): row for row in scan_day(still, SCOPE, lambda: NOW).rows}
    row = rows[BITCOIN, "breakout_up"]
    assert (row.day, row.direction, row.value) == (LAST, 1, 102.0)
    assert row.evidence == {"close_usd": 103.0, "previous_high_usd": 102.0}
    assert (row.computed_at, row.expires_on) == (NOW, LAST + 7 * ONE)


def test_a_halving_is_a_deep_drawdown(still: Store) -> None:
    rows = {(row.asset_id, row.name): row for row in scan_day(still, SCOPE, lambda: NOW).rows}
    assert rows[2, "drawdown_deep"].value == pytest.approx(-0.51)
    assert rows[2, "breakout_down"].value == 97.0


def test_a_coin_without_a_bar_on_the_day_has_neither_signal_nor_grade(still: Store) -> None:
    report = scan_day(still, SCOPE, lambda: NOW)
    assert 3 not in {row.asset_id for row in report.rows}
    assert report.assets == COINS
    with still.reader() as session:
        grades = own_grades_on(session, SOURCE, LAST)
    assert grades is not None
    assert grades.column(3) is None


def test_a_signal_that_was_never_scored_says_so(still: Store) -> None:
    row = next(row for row in scan_day(still, SCOPE, lambda: NOW).rows if row.name == "breakout_down")
    assert (row.confidence, row.sample_size, row.proven) == (None, 0, False)


def test_confidence_comes_from_what_was_known_of_the_signal_by_then(still: Store) -> None:
    score = signal_score("breakout_down", horizon_days=7, hit_rate=0.7, base_rate=0.5, windows=90)
    with still.writer() as session:
        old = [TrackRecordRow(LAST - ONE, score.name, 7, score_json(score), NOW)]
        replace_track_records(session, SOURCE, LAST - ONE, old)
        later = signal_score("breakout_down", horizon_days=7, hit_rate=0.1, base_rate=0.5, windows=90)
        new = [TrackRecordRow(LAST + ONE, later.name, 7, score_json(later), NOW)]
        replace_track_records(session, SOURCE, LAST + ONE, new)
    row = next(row for row in scan_day(still, SCOPE, lambda: NOW).rows if row.name == "breakout_down")
    # 30 prior windows at one half and 90 at 0.7: (15 + 63) / 120
    assert row.confidence == pytest.approx(0.65)
    assert row.sample_size == score.sample_size


def test_old_data_pulls_confidence_back_to_the_base_rate(still: Store) -> None:
    score = signal_score("breakout_down", horizon_days=7, hit_rate=0.7, base_rate=0.5, windows=90)
    with still.writer() as session:
        replace_track_records(session, SOURCE, LAST, [TrackRecordRow(LAST, score.name, 7, score_json(score), NOW)])
    rows = scan_day(still, SCOPE, lambda: NOW + 20 * ONE).rows
    assert next(row for row in rows if row.name == "breakout_down").confidence == pytest.approx(0.5)


def test_grades_are_stored_with_their_parts_and_stablecoins_have_none(market: Store) -> None:
    report = scan_day(market, SCOPE, lambda: NOW)
    with market.reader() as session:
        grades = own_grades_on(session, SOURCE, LAST)
    assert grades is not None
    column = grades.column(STABLECOIN)
    assert column is not None
    assert np.isnan(grades.short_term[column])
    assert report.graded == np.isfinite(grades.short_term).sum() > 10
    names = [part.name for part in grades.part_names]
    momentum = grades.parts[names.index("momentum_30d")]
    change = walks()[-1] / walks()[-31] - 1
    best = int(np.nanargmax(change)) + 1
    known = int(np.isfinite(change).sum())
    assert grades.asset_ids[int(np.nanargmax(momentum))] == best
    assert np.nanmax(momentum) == pytest.approx(100 * (known - 0.5) / known, rel=1e-6)


def test_a_scan_is_stored_and_scanning_again_replaces_it(market: Store) -> None:
    found = scan_day(market, SCOPE, lambda: NOW)
    assert found.rows
    later = NOW + timedelta(hours=1)
    assert len(scan_day(market, SCOPE, lambda: later).rows) == len(found.rows)
    with market.reader() as session:
        stored = signals_on(session, SOURCE, LAST)
        wider = wider_signals_between(session, SOURCE, LAST, LAST)
        assert signals_between(session, SOURCE, date(2025, 1, 1), date(2026, 1, 1)) == stored
        assert scan_state_of(session, SOURCE, LAST) is not None
    assert {(row.asset_id, row.sector, row.name) for row in (*stored, *wider)} == {
        (row.asset_id, row.sector, row.name) for row in found.rows
    }
    assert {row.computed_at for row in stored} == {later}


def test_days_scanned_one_after_the_other_find_what_a_scan_from_the_beginning_finds(market: Store) -> None:
    for back in (2, 1, 0):
        scan_day(market, Scope(SOURCE, LAST - back * ONE), lambda: NOW)
    with market.writer() as session:
        one_by_one = signals_on(session, SOURCE, LAST)
        raw_connection(session).execute("DELETE FROM scan_state")
    scan_day(market, SCOPE, lambda: NOW)
    with market.reader() as session:
        at_once = signals_on(session, SOURCE, LAST)
    assert [(row.asset_id, row.name) for row in one_by_one] == [(row.asset_id, row.name) for row in at_once]
    assert [row.value for row in one_by_one] == pytest.approx([row.value for row in at_once], rel=1e-9)


def test_a_day_long_before_the_first_bar_has_nothing(market: Store) -> None:
    report = scan_day(market, Scope(SOURCE, date(2020, 1, 1)), lambda: NOW)
    assert (report.assets, report.rows, report.graded) == (0, (), 0)


def test_a_day_is_scanned_again_only_if_something_was_collected_since(market: Store) -> None:
    hour = timedelta(hours=1)
    times = []
    for hours, collected in ((0, False), (2, False), (4, True)):
        if collected:
            with market.writer() as session:
                run = start_run(session, SOURCE, "daily_bars", NOW + 3 * hour)
                finish_run(session, run, RunOutcome(RunStatus.OK, written=1), NOW + 3 * hour)
        scan_if_changed(market, SCOPE, Clock(NOW + hours * hour))
        with market.reader() as session:
            times.append({row.computed_at for row in signals_on(session, SOURCE, LAST)})
    assert times == [{NOW}, {NOW}, {NOW + 4 * hour}]
