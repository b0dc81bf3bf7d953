import math
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from agent.briefing.gather import read_snapshot
from agent.evaluation.markets import build_market, wanted_on
from agent.evaluation.raw import RawMarket, read_raw
from agent.evaluation.recipes import HOSTILE_NAMES, INDEX_START, MARKETS, PORTFOLIO, SECOND_SOURCE, SOURCE, Recipe
from agent.store.disputes import price_disputes
from agent.store.engine import Store
from agent.store.runs import RunStatus, latest_runs

TROUBLED = Recipe(
    "troubled", 5, tokens=15, days=40, holdings=3, hostile_names=True, scanned_days=0,
    trouble=((0, "stale"), (4, "crash"), (6, "flat"), (8, "disputed"), (0, "failed")),
)  # fmt: skip


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RawMarket]:
    path = tmp_path_factory.mktemp("market") / "market.db"
    build_market(TROUBLED, path)
    return path, read_raw(path, SOURCE, PORTFOLIO)


def test_a_recipe_makes_the_same_rows_every_time_and_another_seed_others(
    market: tuple[Path, RawMarket], tmp_path: Path
) -> None:
    again = tmp_path / "again.db"
    build_market(TROUBLED, again)
    assert read_raw(again, SOURCE, PORTFOLIO).closes.equals(market[1].closes)
    assert read_raw(again, SOURCE, PORTFOLIO).held == market[1].held
    other = tmp_path / "other.db"
    build_market(replace(TROUBLED, seed=6), other)
    assert not read_raw(other, SOURCE, PORTFOLIO).closes.equals(market[1].closes)


def test_each_trouble_is_on_its_day(market: tuple[Path, RawMarket]) -> None:
    path, raw = market
    last = TROUBLED.last_close
    crash, flat = (raw.changes_pct(last - timedelta(days=back)) for back in (4, 6))
    assert crash.max() < -10
    assert flat.abs().max() < 1e-9
    stale = [asset_id for asset_id in raw.assets if math.isnan(raw.close(asset_id, last))]
    assert 0 < len(stale) < 6
    assert all(raw.close(asset_id, last - timedelta(days=3)) > 0 for asset_id in stale)
    disputed = last - timedelta(days=8)
    with Store(path).reader() as session:
        chain = (SOURCE, SECOND_SOURCE)
        assert [len(price_disputes(session, chain, day, 2.0)) for day in (disputed, last)] == [1, 0]
        runs = {run.kind: run.status for run in latest_runs(session, SOURCE)}
    assert set(runs.values()) == {RunStatus.FAILED, RunStatus.OK}


def test_hostile_names_are_stored_as_they_are(market: tuple[Path, RawMarket]) -> None:
    names = {asset.name for asset in market[1].assets.values()}
    assert set(HOSTILE_NAMES[:4]) <= names


def test_a_briefing_is_wanted_for_the_morning_after() -> None:
    wanted = wanted_on(TROUBLED.last_close)
    assert wanted.first_open_day == TROUBLED.last_close + timedelta(days=1)


def test_the_markets_of_the_command_differ_in_name_and_seed() -> None:
    assert len({recipe.name for recipe in MARKETS}) == len({recipe.seed for recipe in MARKETS}) == len(MARKETS)
    assert max(recipe.holdings for recipe in MARKETS) == 30


def test_the_reader_has_targets_and_a_market_of_a_year_has_an_index_too(
    market: tuple[Path, RawMarket], tmp_path: Path
) -> None:
    raw = market[1]
    assert len(raw.held) == 3
    assert raw.targets == dict.fromkeys(list(raw.held)[:2], 0.5)  # the last one has none
    path = tmp_path / "older.db"
    build_market(Recipe("older", 5, tokens=15, days=150, holdings=3, scanned_days=1), path)
    with Store(path).reader() as session:
        snapshot = read_snapshot(session, wanted_on(MARKETS[0].last_close))
    assert snapshot is not None
    assert [(index.name, index.days[0], index.days[-1]) for index in snapshot.indices] == [
        ("ten-largest", INDEX_START, MARKETS[0].last_close)
    ]
    assert {category for row in snapshot.assets.values() for category in row.categories}
